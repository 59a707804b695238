"""Each thing that can be wrong is made wrong, and `doctor` must name it and what mends it."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casework.act import Act
from casework.buying import assigning, campaigns, ordering, requesting
from casework.clock import duties
from casework.flags import flagging
from casework.flags.feed import read_feed
from casework.people import access
from casework.programme import programme
from cli.doctor import examining
from cli.doctor.finding import Finding
from cli.processes.listing import Entry, write_list
from rules.roles import Role
from storage import wakeups
from storage.session import Database
from storage.tables import RequestedVia, Route

NOW = datetime.now(UTC)
FEED = (
    "flag_id,source,model,model_version,score,signals,platform,shop_id,shop_name,listing_id,"
    "listing_url,title,brand,category,price_minor,currency,seen_at,registrant,region\n"
    "F-1,vision,logo,3,0.97,cheap,simulated,S-1,Shop,L-1,https://shop.example/1,Watch,Swarovski,"
    "watches,45000,CNY,2026-11-01T08:00:00Z,Wang,CN\n"
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    from casework.programme import bootstrap

    with closing(Database.in_folder(tmp_path)) as db:
        bootstrap.prepare(db)
    return tmp_path


def act(role: Role, person: int | None = None, at: datetime = NOW) -> Act:
    return Act(role, at, bytes(32), person)


def change(home: Path, work: Callable[[Database], None]) -> None:
    with closing(Database.in_folder(home)) as db:
        work(db)


def sql(home: Path, statement: str) -> None:
    with closing(sqlite3.connect(home / "testbuy.db")) as db, db:
        db.execute(statement)


def wrong(home: Path, what: str, at: datetime = NOW) -> list[Finding]:
    found = [each for each in examining.examine(home, at) if each.what == what and not each.well]
    assert all(each.mend for each in found)
    return found


def test_a_new_installation_lacks_nothing_but_its_processes(home):
    found = examining.examine(home, NOW)
    assert [each.what for each in found if not each.well] == ["processes", "signing key"]
    looked_at = {"database", "vault", "disk", "triggers", "time stamps", "anchors", "ledger"}
    assert looked_at | {"wake-ups", "fonts"} <= {each.what for each in found}


def test_processes_that_died_or_are_deaf(home):
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as deaf:
        log = home / "portal.log"
        write_list(home, [Entry("portal", deaf.pid, log, "http://127.0.0.1:9/health")])
        (found,) = wrong(home, "process portal")
        assert "does not answer" in found.state
        assert str(log) in found.mend
        deaf.kill()
        deaf.wait()
    (found,) = wrong(home, "process portal")
    assert "has ended" in found.state


def test_a_portal_beyond_this_machine_in_clear(home, monkeypatch):
    for url, wrongs in (
        ("http://testbuys.example", 1),
        ("https://testbuys.example", 0),
        ("http://127.0.0.1:8400", 0),
    ):
        monkeypatch.setenv("TESTBUY_PUBLIC_URL", url)
        assert len(wrong(home, "address")) == wrongs


def test_no_database_and_none_is_made_by_looking(tmp_path):
    (found,) = wrong(tmp_path, "database")
    assert found.mend == "testbuy up"
    assert not (tmp_path / "testbuy.db").exists()


def test_an_older_schema_and_a_broken_file(home):
    sql(home, "UPDATE alembic_version SET version_num = 'older'")
    (found,) = wrong(home, "database")
    assert "older" in found.state
    (home / "testbuy.db").write_bytes(b"no database" * 1000)
    assert "can't be read" in wrong(home, "database")[0].state


def test_a_dropped_trigger(home):
    sql(home, "DROP TRIGGER keeps_ledger_update")
    (found,) = wrong(home, "triggers")
    assert "keeps_ledger_update" in found.state


def test_a_trigger_that_is_there_and_keeps_nothing(home):
    sql(home, "DROP TRIGGER keeps_ledger_update")
    sql(
        home,
        "CREATE TRIGGER keeps_ledger_update BEFORE UPDATE ON ledger WHEN 0 "
        "BEGIN SELECT raise(ABORT, ''); END",
    )
    assert "keeps_ledger_update" in wrong(home, "triggers")[0].state


def test_a_vault_nobody_can_write_and_what_was_left_in_it(home, monkeypatch):
    incoming = home / "vault" / ".incoming"
    incoming.mkdir(parents=True)
    (incoming / "half").write_bytes(b"x")
    assert "1 unfinished" in wrong(home, "leftovers")[0].state

    def refuse(**_: object) -> None:
        raise OSError(30, "Read-only file system")

    # Permissions do not bind the superuser that tests may run as.
    monkeypatch.setattr(examining.tempfile, "TemporaryFile", refuse)
    assert "Read-only" in wrong(home, "vault")[0].state


def test_a_full_disk_and_missing_fonts(home, monkeypatch):
    monkeypatch.setattr(examining, "ENOUGH_FREE", 1 << 60)
    assert wrong(home, "disk")
    monkeypatch.setenv("TESTBUY_FONTS", str(home / "none"))
    assert "TESTBUY_FONTS" in wrong(home, "fonts")[0].mend


def test_what_was_never_set_up(home):
    def set_up(db: Database) -> None:
        boss = act(Role.ADMINISTRATOR)
        programme.add_brand(db, boss, rights_holder="Swarovski AG", brand="Swarovski")
        buyer = access.create_person(
            db, act(Role.PROGRAMME), "Ann", "ann@example.org", None, [Role.BUYER]
        )
        programme.enrol_buyer(
            db, boss, person_id=buyer, region="CN", capacity=1, advance_minor=0, currency="CNY"
        )
        rows = read_feed("feed.csv", FEED.encode()).rows
        flagging.import_flags(db, act(Role.ANALYST), rows)

    change(home, set_up)
    assert "Swarovski" in wrong(home, "brand")[0].state
    assert "no persona" in wrong(home, "buyer")[0].state
    assert "CN" in wrong(home, "agency")[0].state
    assert wrong(home, "thresholds") == []
    change(
        home,
        lambda db: programme.add_agency(
            db, act(Role.ADMINISTRATOR), name="Luohu police", jurisdiction="CN"
        ),
    )
    assert wrong(home, "agency") == []
    assert "unverified" in wrong(home, "thresholds")[0].state


def test_what_is_stuck(home):
    def begin(db: Database) -> None:
        boss = act(Role.ADMINISTRATOR)
        people = {
            role: access.create_person(
                db, act(Role.PROGRAMME), f"Person {role}", f"{role}@example.org", None, [role]
            )
            for role in (Role.ANALYST, Role.APPROVER, Role.BUYER)
        }
        programme.add_brand(db, boss, rights_holder="Swarovski AG", brand="Swarovski")
        programme.enrol_buyer(
            db,
            boss,
            person_id=people[Role.BUYER],
            region="CN",
            capacity=5,
            advance_minor=0,
            currency="CNY",
        )
        programme.add_persona(
            db,
            boss,
            buyer_id=people[Role.BUYER],
            label="one",
            recipient="Chen",
            address="Road 1",
            region="CN",
            max_exposure=9,
        )
        rows = read_feed("feed.csv", FEED.encode()).rows
        flagging.import_flags(db, act(Role.ANALYST), rows)
        analyst = act(Role.ANALYST, people[Role.ANALYST])
        campaigns.open_campaign(
            db,
            analyst,
            name="Autumn",
            purpose="Watches",
            brands=["Swarovski"],
            categories=["watches"],
            max_price_minor=1,
            currency="CNY",
            max_buys=1,
            budget_minor=1,
            opens_at=NOW,
            closes_at=NOW + timedelta(days=9),
        )
        reference = requesting.request(
            db,
            analyst,
            flag_id=1,
            purpose="See",
            campaign=None,
            via=RequestedVia.PORTAL,
            route=Route.INTERFACE,
        ).reference
        approver = act(Role.APPROVER, people[Role.APPROVER])
        requesting.approve(db, approver, reference, version=1)
        assigning.assign(db, act(Role.PROGRAMME), reference)
        intent = ordering.intend_order(db, act(Role.PROGRAMME), reference)
        assert intent is not None
        ordering.settle_unknown(db, act(Role.PROGRAMME), reference, intent.attempt_id)

    change(home, begin)
    assert "“Autumn”" in wrong(home, "campaign")[0].state
    (unknown,) = wrong(home, "order")
    assert "still asked about" in unknown.state
    assert unknown.mend.endswith("000001")
    assert wrong(home, "wake-ups", NOW + timedelta(minutes=1)) == []
    later = NOW + timedelta(minutes=3)
    assert "not brought to Prefect" in wrong(home, "wake-ups", later)[0].state
    assert wrong(home, "deadline") == []
    assert "000001 is overdue" in wrong(home, "deadline", NOW + timedelta(days=9))[0].state

    def dispatch(db: Database) -> None:
        with db.write() as tx:
            (due,) = wakeups.claim_due(tx, NOW + timedelta(seconds=1), timedelta(seconds=30))
            wakeups.dispatched(tx, due, "run", NOW)

    change(home, dispatch)
    assert wrong(home, "wake-ups", NOW + timedelta(minutes=4)) == []
    later = NOW + timedelta(minutes=6)
    assert "has not ended" in wrong(home, "wake-ups", later)[0].state

    assert wrong(home, "ledger") == []
    sql(home, "DROP TRIGGER keeps_ledger_update")
    sql(
        home,
        "UPDATE ledger SET body = CAST(replace(body, 'approver', 'nobody') AS BLOB) "
        "WHERE subject LIKE 'TB%' AND seq = 2",
    )
    assert "000001 is broken" in wrong(home, "ledger")[0].state


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "oracle://x"),
        ("DATABASE_URL", "postgresql+psycopg://me:secret@here:port/x"),
        ("LEASE_SECONDS", "soon"),
        ("UPLOAD_LIMIT_MB", "0"),
    ],
)
def test_settings_that_can_not_be_read(home, monkeypatch, name, value):
    monkeypatch.setenv(f"TESTBUY_{name}", value)
    (found,) = wrong(home, "settings")
    assert f"TESTBUY_{name}" in found.state
    assert found.mend
    assert "secret" not in found.state + found.mend
    assert {"vault", "processes"} <= {each.what for each in examining.examine(home, NOW)}


def test_a_sweep_that_no_longer_comes_round(home):
    def sweep(db: Database) -> None:
        held = duties.take(db, "sweep", "run", timedelta(seconds=60), lambda: NOW)
        assert held
        held.give_back()

    change(home, sweep)
    assert not wrong(home, "sweep", NOW + timedelta(minutes=4))
    (found,) = wrong(home, "sweep", NOW + timedelta(minutes=6))
    assert f"{NOW:%H:%M}" in found.state
