"""Real child processes: readiness, order of the end, and that nothing ever stays behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.processes.claim import AlreadyRunningError
from cli.processes.listing import listed
from cli.processes.loopback import answers, free_port
from cli.processes.process import Process, ProcessError, Said, python_module
from cli.processes.stack import Stack
from flows.whereabouts import Whereabouts, began

PROJECT = Path(__file__).parents[2]

#: Says its name, and writes it to `order` when it is asked to end.
POLITE = """
import signal, sys, time
def end(*_):
    with open(sys.argv[2], "a") as order:
        order.write(sys.argv[1] + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("ready", sys.argv[1], flush=True)
while True:
    time.sleep(1)
"""

#: Ignores SIGTERM, and has a child that does so too; writes both process ids to a file.
STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
if child:
    with open(sys.argv[1], "w") as pids:
        pids.write(f"{os.getpid()} {child}")
    print("ready", flush=True)
while True:
    time.sleep(1)
"""

SUPERVISOR = """
import sys, time
from pathlib import Path
from cli.processes.process import Process, Said
from cli.processes.stack import Stack
home, script = Path(sys.argv[1]), sys.argv[2]
with Stack(home, stop_seconds=0.5) as stack:
    stack.start(
        Process(
            name="stubborn",
            argv=(sys.executable, "-c", script, str(home / "pids")),
            log=home / "log",
            ready=Said("ready"),
        )
    )
    print("up", flush=True)
    time.sleep(60)
"""


def python(name, script, *arguments, log, **options):
    return Process(
        name=name, argv=(sys.executable, "-c", script, *map(str, arguments)), log=log, **options
    )


def polite(name, tmp_path):
    return python(
        name,
        POLITE,
        name,
        tmp_path / "order",
        log=tmp_path / f"{name}.log",
        ready=Said(f"ready {name}"),
    )


def await_end(pids, seconds=60.0):
    deadline = time.monotonic() + seconds
    while any(began(pid) for pid in pids):
        assert time.monotonic() < deadline, "a process stayed behind"
        time.sleep(0.02)


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


def test_ready_is_when_the_address_answers(home, tmp_path):
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    server = python_module(
        "files",
        "http.server",
        [str(port), "--bind", "127.0.0.1"],
        log=tmp_path / "log",
        ready=url,
        cwd=tmp_path,
    )
    with Stack(home) as stack:
        assert not answers(url)
        stack.start(server)
        assert answers(url)
        assert stack.alive() == {"files": True}
        (entry,) = listed(home)
        assert (entry.name, entry.pid, entry.alive) == ("files", stack.pid("files"), True)
    assert not answers(url)
    assert listed(home) == []


def test_the_end_comes_in_reverse_order(home, tmp_path):
    with Stack(home) as stack:
        stack.start(polite("server", tmp_path))
        stack.start(polite("worker", tmp_path), polite("portal", tmp_path))
    assert (tmp_path / "order").read_text().split() == ["portal", "worker", "server"]


def test_a_process_that_fails_is_named_with_the_end_of_its_log(home, tmp_path):
    failing = python(
        "portal",
        "print('\\n'.join(f'line {n}' for n in range(30))); raise SystemExit(3)",
        log=tmp_path / "portal.log",
        ready=Said("never"),
        advice="Free the port.",
    )
    with Stack(home) as stack:
        stack.start(polite("server", tmp_path))
        with pytest.raises(ProcessError) as failure:
            stack.start(failing)
        text = str(failure.value)
        assert text.startswith("portal ended at its start with code 3. Free the port.")
        assert "line 29" in text
        assert "line 9\n" not in text
        assert stack.alive() == {"server": True, "portal": False}
    assert (tmp_path / "order").read_text().split() == ["server"]


def test_a_process_that_is_never_ready_is_named_and_ended(home, tmp_path):
    slow = python(
        "slow",
        "import time; time.sleep(60)",
        log=tmp_path / "log",
        ready=Said("ready"),
        ready_seconds=0.3,
    )
    with Stack(home) as stack:
        with pytest.raises(ProcessError, match=r"slow was not ready within 0\.3 s"):
            stack.start(slow)
        pid = stack.pid("slow")
    await_end([pid])


def test_a_program_that_is_not_there_is_named(home, tmp_path):
    with Stack(home) as stack, pytest.raises(ProcessError, match="typst can't be started"):
        stack.start(Process(name="typst", argv=("/nowhere/typst",), log=tmp_path / "log"))


def test_one_that_ignores_the_end_is_killed_with_its_children(home, tmp_path):
    stubborn = python(
        "stubborn", STUBBORN, tmp_path / "pids", log=tmp_path / "log", ready=Said("ready")
    )
    with Stack(home, stop_seconds=0.3) as stack:
        stack.start(stubborn)
        pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
        assert all(began(pid) for pid in pids)
    await_end(pids)


def test_children_of_a_crashed_process_end_with_its_restart(home, tmp_path):
    stubborn = python(
        "stubborn", STUBBORN, tmp_path / "pids", log=tmp_path / "log", ready=Said("ready")
    )
    with Stack(home, stop_seconds=0.3) as stack:
        stack.start(stubborn)
        leader, child = map(int, (tmp_path / "pids").read_text().split())
        os.kill(leader, signal.SIGKILL)
        await_end([leader])
        assert stack.alive() == {"stubborn": False}
        assert stack.ended_with("stubborn") == -signal.SIGKILL
        assert began(child)
        stack.restart("stubborn")
        await_end([child])
        assert stack.alive() == {"stubborn": True}
        assert stack.pid("stubborn") != leader


def test_a_restart_waits_for_the_new_process_to_say_it_is_ready(home, tmp_path):
    late = python(
        "late",
        "import sys, time, pathlib\n"
        "again = pathlib.Path(sys.argv[1])\n"
        "time.sleep(0.5 if again.exists() else 0)\n"
        "again.touch()\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)",
        tmp_path / "again",
        log=tmp_path / "log",
        ready=Said("ready"),
    )
    with Stack(home) as stack:
        stack.start(late)
        began_at = time.monotonic()
        stack.restart("late")
        assert time.monotonic() - began_at >= 0.5
        assert (tmp_path / "log").read_text().count("ready") == 2


def test_a_name_is_started_once(home, tmp_path):
    with Stack(home) as stack:
        stack.start(polite("server", tmp_path))
        with pytest.raises(ProcessError, match="started already"):
            stack.start(polite("server", tmp_path))


def test_a_home_folder_has_one_supervisor(home, tmp_path):
    with Stack(home) as stack:
        stack.start(polite("server", tmp_path))
        with pytest.raises(AlreadyRunningError, match="server"), Stack(home):
            pass
        assert stack.alive() == {"server": True}
    with Stack(home):
        pass


def test_two_that_begin_at_once_in_one_home_folder_are_told_apart(home):
    """Before the first process there is nothing in the list that the second could see."""
    with Stack(home), pytest.raises(AlreadyRunningError, match="starting from"), Stack(home):
        pass
    with Stack(home):
        pass


def test_an_answer_of_somebody_else_is_not_readiness(home, tmp_path):
    """The address answers, and the process that should answer there has died."""
    dying = python(
        "portal",
        "raise SystemExit(98)",
        log=tmp_path / "log",
        ready=lambda: time.sleep(1) or True,
    )
    with Stack(home) as stack, pytest.raises(ProcessError, match="ended at its start with code 98"):
        stack.start(dying)


def test_one_that_ends_while_the_others_start_is_named(home, tmp_path):
    brief = python(
        "portal",
        "import time; print('ready', flush=True); time.sleep(0.3); raise SystemExit(5)",
        log=tmp_path / "brief.log",
        ready=Said("ready"),
    )
    slow = python(
        "server",
        "import time; time.sleep(1.5); print('ready', flush=True); time.sleep(60)",
        log=tmp_path / "slow.log",
        ready=Said("ready"),
    )
    with Stack(home) as stack, pytest.raises(ProcessError, match=r"portal ended .* with code 5"):
        stack.start(brief, slow)


def test_nothing_is_started_at_an_address_that_answers_already(home, tmp_path):
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    arguments = [str(port), "--bind", "127.0.0.1"]
    log = tmp_path / "log"
    first, second = (
        python_module(name, "http.server", arguments, log=log, ready=url, cwd=tmp_path)
        for name in ("first", "second")
    )
    with Stack(home) as stack:
        stack.start(first)
        with pytest.raises(ProcessError, match=f"second .* another program answers at {url}"):
            stack.start(second)
        assert stack.alive() == {"first": True}


def test_a_restart_changes_nothing_in_the_order_of_the_end(home, tmp_path):
    with Stack(home) as stack:
        stack.start(polite("server", tmp_path))
        stack.start(polite("worker", tmp_path))
        stack.restart("server")
        (tmp_path / "order").unlink()
        assert [entry.name for entry in listed(home)] == ["server", "worker"]
    assert (tmp_path / "order").read_text().split() == ["worker", "server"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_stays_when_the_supervisor_goes(home, number):
    home.mkdir()
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(home), STUBBORN],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert supervisor.stdout is not None
    assert supervisor.stdout.readline() == "up\n"
    pids = [int(pid) for pid in (home / "pids").read_text().split()]
    supervisor.send_signal(number)
    supervisor.communicate(timeout=60)
    await_end(pids)
    # What a killed supervisor left in its list is known to be dead, and is in nobody's way.
    with Stack(home):
        pass


def test_whereabouts_tell_a_process_from_a_later_one_of_its_id():
    own = str(Whereabouts.own())
    assert not Whereabouts.parse(own).is_gone()
    host, pid, _ = own.split("/")
    assert Whereabouts.parse(f"{host}/{pid}/1").is_gone()
    assert not Whereabouts.parse(f"elsewhere/{pid}/1").is_gone()
    assert not Whereabouts.parse(None).is_gone()
    assert not Whereabouts.parse("12345").is_gone()
