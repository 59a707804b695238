"""`testbuy` as an operator types it: real processes, a real database in a folder of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casework.act import Act
from casework.people import access
from casework.programme import bootstrap, programme
from cli.processes.listing import Entry, listed, write_list
from cli.processes.loopback import answers, free_port
from rules.lifecycle import Stage
from rules.roles import Role
from storage.policies import remind_after
from storage.rows import every
from storage.session import Database
from storage.tables import Agency

PROJECT = Path(__file__).parents[2]
COLUMNS = (
    "flag_id,source,model,model_version,score,signals,platform,shop_id,shop_name,listing_id,"
    "listing_url,title,brand,category,price_minor,currency,seen_at,registrant,region"
)
Command = Callable[..., subprocess.CompletedProcess[str]]


def flag(number: int, **others: object) -> dict[str, object]:
    values: dict[str, object] = dict.fromkeys(COLUMNS.split(","), "")
    return values | {
        "flag_id": f"F-{number}",
        "source": "vision",
        "model": "logo",
        "model_version": "3",
        "score": 0.97,
        "signals": ["cheap"],
        "platform": "simulated",
        "shop_id": f"S-{number}",
        "shop_name": f"Shop {number}",
        "listing_id": f"L-{number}",
        "listing_url": f"https://shop.example/{number}",
        "title": "Watch",
        "brand": "Swarovski",
        "category": "watches",
        "price_minor": 45000,
        "currency": "CNY",
        "seen_at": "2026-11-01T08:00:00Z",
        "registrant": "Wang",
        "region": "CN",
        **others,
    }


def csv_line(values: dict[str, object]) -> str:
    return ",".join(str(values[name]) for name in COLUMNS.split(",")).replace("['cheap']", "cheap")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with closing(Database.in_folder(tmp_path)) as db:
        bootstrap.prepare(db)
        boss = Act(Role.ADMINISTRATOR, datetime.now(UTC), bytes(32))
        programme.add_brand(db, boss, rights_holder="Swarovski AG", brand="Swarovski")
    return tmp_path


@pytest.fixture
def testbuy(home: Path) -> Command:
    """Run `testbuy` with these words; no trace may reach the person."""

    def run(*words: object, **told: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "TESTBUY_HOME": str(home), "COLUMNS": "200", "NO_COLOR": "1"} | told
        env.pop("TESTBUY_TRACE", None)
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", *map(str, words)],
            cwd=PROJECT,
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert "Traceback" not in done.stdout + done.stderr
        return done

    return run


def test_importing_lines_of_both_kinds(testbuy, tmp_path):
    feed = tmp_path / "feed.csv"
    lines = [csv_line(flag(1)), "F-2,vision", csv_line(flag(3, brand="Nobody's"))]
    feed.write_text("\n".join([COLUMNS, *lines, csv_line(flag(4))]))
    done = testbuy("import-flags", feed)
    assert done.returncode == 1
    told = done.stdout.splitlines()
    assert told[0].startswith("line 3: ")
    assert told[1] == "line 4: The brand “Nobody's” is not in the programme."
    assert told[2:] == ["2 imported, 0 known before, 2 rejected"]

    jsonl = tmp_path / "feed.jsonl"
    good = json.dumps(flag(5))
    jsonl.write_text(f"{good}\n{{not json\n{json.dumps(flag(6, price_minor=-1))}\n")
    done = testbuy("import-flags", jsonl)
    assert done.returncode == 1
    told = done.stdout.splitlines()
    assert [line.split(":")[0] for line in told[:2]] == ["line 2", "line 3"]
    assert told[2] == "1 imported, 0 known before, 2 rejected"

    jsonl.write_text(good)
    done = testbuy("import-flags", jsonl)
    assert (done.returncode, done.stdout) == (0, "0 imported, 1 known before, 0 rejected\n")


@pytest.mark.parametrize("text", ["hello", "", "flag_id,flag_id\n1,2\n"])
def test_a_file_that_is_no_feed_is_an_error(testbuy, tmp_path, text):
    feed = tmp_path / "feed.csv"
    feed.write_text(text)
    done = testbuy("import-flags", feed)
    assert done.returncode == 1
    assert "no feed" in done.stdout or "line 1" in done.stdout
    assert "imported," not in done.stdout and "broke" not in done.stdout


def test_launching_and_showing(testbuy, tmp_path):
    feed = tmp_path / "feed.jsonl"
    feed.write_text(json.dumps(flag(1)))
    testbuy("import-flags", feed)
    done = testbuy("launch", "F-1", "F-none", "--purpose", "Confirm it")
    assert done.returncode == 1, "a refused line is told to the shell"
    first, second = done.stdout.splitlines()
    reference = first.removeprefix("F-1: ")
    assert reference.startswith("TB-")
    assert second == "F-none: refused: No flag has this number."
    again = testbuy("launch", "F-1", "--purpose", "Confirm it")
    assert again.returncode == 1
    assert f"{reference} is already buying this listing" in again.stdout
    shown = testbuy("show", reference)
    assert shown.returncode == 0
    assert shown.stdout.split()[0] == reference
    assert "Waiting for adoption (analyst)" in shown.stdout
    assert shown.stdout.splitlines()[2].endswith("request")


def test_a_new_account_logs_in_by_the_link_printed(testbuy, home):
    words = ("create-user", "Ann Lee", "ann@example.org", "--role", "authenticator")
    done = testbuy(*words, "--brand", "Swarovski")
    assert done.returncode == 0
    token = done.stdout.strip().rpartition("/link/")[2]
    with closing(Database.in_folder(home)) as db:
        now = datetime.now(UTC)
        logged_in = access.log_in_by_link(db, token, now, os.urandom(32))
        signed_in = access.signed_in(db, logged_in.token, now)
    assert signed_in is not None
    assert signed_in.roles == {Role.AUTHENTICATOR}


def test_brackets_in_a_name_are_no_markup(testbuy, home):
    done = testbuy("create-user", "Ann [/b] Lee", "ann@example.org", "--role", "analyst")
    assert done.returncode == 0
    assert done.stdout.splitlines()[0].startswith("The portal is not up")
    assert done.stdout.splitlines()[1].startswith("Ann [/b] Lee may log in")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("show", "TB-2026-999999"), "There is no test buy TB-2026-999999"),
        (("import-flags", "no-such-file"), "no-such-file can't be read: No such file"),
        (("create-user", "Ann", "ann@example.org", "--role", "programme"), "programme's own role"),
        (("reset-second-factor", "no@example.org"), "There is no account for no@example.org"),
        (("create-user", "Ann", "no address", "--role", "buyer"), "address"),
        (("up", "--cert", "a.pem"), "--cert and --key go together"),
        (("up", "--cert", "a.pem", "--key", "b.pem"), "a.pem can't be read: No such file"),
        (("show", "[red]TB"), "There is no test buy [red]TB"),
        (("show", ":smile:"), "There is no test buy :smile:"),
        (("up", "--public-url", "testbuys.example"), "https://"),
        (("set-deadline", "ordered", "nan", "3"), "days"),
        (("set-deadline", "ordered", "1e30", "1e30"), "days"),
        (("show", "[/x] TB"), "There is no test buy [/x] TB"),
        (("launch", "[/x]", "--purpose", "Look"), "[/x]: refused"),
        (("up", "--host", "0.0.0.0"), "needs --cert and --key"),
    ],
)
def test_wrong_input_is_told_in_one_line(testbuy, words, told):
    done = testbuy(*words)
    assert done.returncode == 1
    assert told in done.stdout
    assert len(done.stdout.splitlines()) == 1


def test_a_category_that_looks_like_markup_is_told_as_it_was_typed(testbuy, tmp_path):
    feed = tmp_path / "feed.csv"
    lines = [csv_line(flag(1)), csv_line(flag(2, brand="[/x]")), csv_line(flag(3, brand="[red]X"))]
    feed.write_text("\n".join([COLUMNS, *lines]))
    told = testbuy("import-flags", feed).stdout.splitlines()
    assert told[0] == "line 3: The brand “[/x]” is not in the programme."
    assert told[1] == "line 4: The brand “[red]X” is not in the programme."
    assert told[2] == "1 imported, 0 known before, 2 rejected"


@pytest.mark.parametrize("words", [("show", "TB-1"), ("launch", "F-1", "--purpose", "Look")])
def test_looking_in_a_folder_without_an_installation_makes_none(testbuy, tmp_path, words):
    nowhere = tmp_path / "nowhere"
    done = testbuy(*words, "--home", nowhere)
    assert (done.returncode, nowhere.exists()) == (1, False)
    assert f"There is no installation in {nowhere}" in done.stdout
    assert "--home" in done.stdout


def test_what_breaks_is_told_without_a_trace_whatever_it_says(testbuy, home, tmp_path):
    """The net itself must not break: not of brackets, and not of a terminal without quotes."""
    (tmp_path / "[b] “x”").write_text("no folder")
    done = testbuy("add-brand", "A", "B", "--home", tmp_path / "[b] “x”", PYTHONIOENCODING="ascii")
    assert done.returncode == 1
    assert done.stdout.startswith("Something broke: ")
    assert "testbuy doctor" in done.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [("DATABASE_URL", "nonsense"), ("DATABASE_URL", "oracle://x"), ("LEASE_SECONDS", "soon")],
)
def test_settings_that_can_not_be_read_are_told_with_their_mend(testbuy, name, value):
    done = testbuy("show", "TB-1", **{f"TESTBUY_{name}": value})
    assert done.returncode == 1
    assert f"TESTBUY_{name}" in done.stdout
    assert "broke" not in done.stdout


def test_a_link_begins_with_the_address_of_the_portal_that_is_up(testbuy, home):
    log = home / "portal.log"
    health = "http://127.0.0.1:18420/health"
    address = "https://testbuys.example"
    write_list(home, [Entry("portal", os.getpid(), log, health, address)])
    done = testbuy("create-user", "Ann", "ann@example.org", "--role", "analyst")
    assert f"by {address}/link/" in done.stdout
    assert "not up" not in done.stdout
    write_list(home, [])
    done = testbuy(
        "create-user", "Ben", "ben@example.org", "--role", "analyst",
        TESTBUY_PUBLIC_URL="https://other.example/",
    )  # fmt: skip
    assert "start it with `testbuy up`" in done.stdout
    assert "by https://other.example/link/" in done.stdout


def test_a_broken_database_is_told_without_a_trace(testbuy, home):
    for file in home.glob("testbuy.db*"):
        file.unlink()
    (home / "testbuy.db").write_bytes(b"no database" * 1000)
    done = testbuy("show", "TB-2026-000001")
    assert done.returncode == 1
    assert "not a database" in done.stdout


def serving_for(portal: int) -> set[int]:
    """The processes that serve for the one that was started."""
    children = Path(f"/proc/{portal}/task/{portal}/children").read_text().split()
    return {int(pid) for pid in children if "spawn_main" in command_of(pid)}


def command_of(pid: str) -> str:
    """Nothing of one that has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def test_up_starts_everything_and_leaves_nothing(home):
    port, prefect_port = free_port(), free_port()
    broken_off = home / "vault" / ".incoming" / "upload"
    broken_off.parent.mkdir(parents=True)
    broken_off.touch()
    env = {**os.environ, "COLUMNS": "200"}
    words = ("up", "--home", home, "--port", port, "--prefect-port", prefect_port)
    words += ("--portals", 2)
    with subprocess.Popen(
        [sys.executable, "-m", "cli.main", *map(str, words)],
        cwd=PROJECT,
        env=env,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as up:
        assert up.stdout
        try:
            told = "".join(iter(up.stdout.readline, "Stop with Ctrl-C.\n"))
            assert f"http://127.0.0.1:{port}" in told
            running = {each.name: each.pid for each in listed(home)}
            assert set(running) == {"prefect-server", "worker", "portal"}
            assert answers(f"http://127.0.0.1:{port}/health")
            assert not broken_off.exists()
            second = subprocess.run(
                [sys.executable, "-m", "cli.main", "up", "--home", str(home)],
                cwd=PROJECT,
                capture_output=True,
                text=True,
                timeout=60,
            )
            assert second.returncode == 1
            assert "already runs" in second.stdout
            # Another installation on these ports would have joined this one's Prefect.
            other = home.parent / "other"
            third = subprocess.run(
                [sys.executable, "-m", "cli.main", *map(str, ("up", "--home", other, *words[3:]))],
                cwd=PROJECT,
                capture_output=True,
                text=True,
                timeout=60,
            )
            assert third.returncode == 1
            assert f"Port {port} is in use. Choose another with --port." in third.stdout
            assert not (other / "logs").exists()
            serving = serving_for(running["portal"])
            assert len(serving) == 2
            os.kill(min(serving), signal.SIGKILL)
            until = time.monotonic() + 120
            while len(now := serving_for(running["portal"])) < 2 or now == serving:
                assert answers(f"http://127.0.0.1:{port}/health"), "one of two was left"
                assert time.monotonic() < until, "the second process was not started again"
                time.sleep(0.1)
            os.kill(running["portal"], signal.SIGKILL)
            assert up.stdout.readline().startswith("portal has ended with code -9; starting it")
            until = time.monotonic() + 120
            while not answers(f"http://127.0.0.1:{port}/health"):
                assert time.monotonic() < until, "the portal was not started again"
                time.sleep(0.1)
            again = {each.name: each.pid for each in listed(home)}
            assert sorted(again) == sorted(running)
            assert again["portal"] != running["portal"]
            running |= {"portal again": again["portal"]}
            running |= {f"serving {pid}": pid for pid in serving | now}
        finally:
            os.kill(up.pid, signal.SIGINT)
            rest = up.stdout.read()
            code = up.wait(timeout=60)
    assert (code, rest) == (0, "Stopped.\n")
    deadline = time.monotonic() + 60
    while left := [name for name, pid in running.items() if Path(f"/proc/{pid}").exists()]:
        assert time.monotonic() < deadline, f"left behind: {left}"
        time.sleep(0.05)
    assert listed(home) == []


def test_the_programme_is_set_up_by_commands(testbuy: Command, home: Path, tmp_path: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text(f"{COLUMNS}\n{csv_line(flag(1, brand='Tindra'))}\n")
    assert "“Tindra” is not in the programme" in testbuy("import-flags", feed).stdout
    assert testbuy("add-brand", "Tindra Ltd", "Tindra").returncode == 0
    assert "1 imported" in testbuy("import-flags", feed).stdout
    assert testbuy("add-agency", "Police of Luohu District", "cn").returncode == 0
    assert testbuy("set-deadline", "submitted", "3", "6").returncode == 0
    assert "by the thing itself" in testbuy("set-category", "perfume", "--physical").stdout
    unlisted = testbuy("set-category", "perfume", "--shots", "long")
    assert (unlisted.returncode, "Choose full or short" in unlisted.stdout) == (1, True)
    backwards = testbuy("set-deadline", "submitted", "6", "3")
    assert backwards.returncode == 1
    assert "escalate no sooner" in backwards.stdout
    with closing(Database.in_folder(home)) as db, db.read() as tx:
        (agency,) = every(tx, Agency)
        patience = remind_after(tx, Stage.SUBMITTED)
    assert (agency.name, agency.jurisdiction) == ("Police of Luohu District", "CN")
    assert patience == 3 * 86_400


def test_who_held_asks_for_a_date_and_an_exhibit_that_are_there(testbuy, tmp_path):
    """Its answer is `casework.views.custody`'s, tested there; here, that a person is understood."""
    testbuy("add-brand", "Swarovski AG", "Swarovski")
    for words, said in (
        (("AS/1", "soon"), "Write a date like 2026-11-03"),
        (("AS/1", "2026-11-03"), "There is no exhibit AS/1. Check the label."),
    ):
        done = testbuy("who-held", *words)
        assert (done.returncode, said in done.stdout) == (1, True), done.stdout
