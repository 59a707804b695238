"""The board as it is served: the real portal in processes of its own, asked over HTTP.

Asked twice by a crowd: by people, who look at what they got before they ask again, and by clients
that never pause, who tell what the server can give at most. The floor is a file of the same server,
asked by the same clients in the same run. What the machine was busy with beside server and clients
stands in rows of its own, because a wait is also that.
"""

import json
import os
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from bench import Row
from casework.people import log_ins
from casework.people.log_ins import Device
from cli.processes.loopback import answers, free_port
from portal.visit import SESSION_COOKIE
from rules.access import Began
from storage.session import Database

CLIENTS, EACH = 32, 25
READING_S = 1.0
"""How long the quickest look at a board before they ask for the next, in the mean."""
PROCESSES = 2
ALONE = 100
BOARD, FLOOR = "/board", "/static/mark.svg"
_TICK = os.sysconf("SC_CLK_TCK")


class Asked(NamedTuple):
    """What asking took: seconds waited for each answer, and CPU seconds of server, and of others
    as a share of what the machine has."""

    waits: list[float]
    server_cpu_s: float
    others: float

    @property
    def cpu_ms(self) -> float:
        return 1000 * self.server_cpu_s / len(self.waits)

    def part_ms(self, hundredth: int) -> float:
        """The wait that so many hundredths stay below."""
        return 1000 * statistics.quantiles(self.waits, n=100, method="inclusive")[hundredth - 1]


def rows(db: Database, home: Path, person: int) -> list[Row]:
    """CPU a page and waits of the board, each beside the floor; `db` is what `home` serves."""
    with db.write() as tx:
        began = log_ins.begin(
            tx, person, Began.LINK, Device(), datetime.now(UTC), secrets.token_bytes(32)
        )
    cookie = f"{SESSION_COOKIE}={began.token}"
    made: list[Row] = []
    with served(db, home) as (port, pid):
        for path in (BOARD, FLOOR):
            ask(port, pid, path, cookie, CLIENTS, 10)  # every thread has its own connection
        alone = {path: ask(port, pid, path, cookie, 1, ALONE) for path in (BOARD, FLOOR)}
        people = {
            path: ask(port, pid, path, cookie, CLIENTS, EACH, READING_S) for path in (BOARD, FLOOR)
        }
        crowd = {path: ask(port, pid, path, cookie, CLIENTS, EACH) for path in (BOARD, FLOOR)}
    unit, goal = "a file of the same server", "board served"
    made.append(Row(f"{goal}, CPU", alone[BOARD].cpu_ms, alone[FLOOR].cpu_ms, f"ms, {unit}"))
    made.append(
        Row(f"{goal}, p50 alone", alone[BOARD].part_ms(50), alone[FLOOR].part_ms(50), f"ms, {unit}")
    )
    for who, asked in (("people", people), ("clients that never pause", crowd)):
        for part in (50, 99):
            value, floor = (asked[path].part_ms(part) for path in (BOARD, FLOOR))
            made.append(Row(f"{goal}, {CLIENTS} {who}, p{part}", value, floor, f"ms, {unit}"))
        others = 100 * asked[BOARD].others
        made.append(Row(f"{goal}, {who}, CPU of others", others, 100, "% of the machine"))
    return made


@contextmanager
def served(db: Database, home: Path) -> Iterator[tuple[int, int]]:
    """A portal over `db`; gives its port and its first process."""
    port = free_port()
    env = os.environ | {"TESTBUY_HOME": str(home), "TESTBUY_DATABASE_URL": db.url}
    told = ["--port", str(port), "--processes", str(PROCESSES)]
    process = subprocess.Popen([sys.executable, "-m", "portal", *told], env=env)
    try:
        until = time.monotonic() + 120
        while not answers(f"http://127.0.0.1:{port}{FLOOR}"):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the portal does not start")
            time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def ask(
    port: int, pid: int, path: str, cookie: str, clients: int, each: int, pause_s: float = 0.0
) -> Asked:
    """Ask for a page by so many clients at once, `each` times."""
    told = [str(port), path, cookie, str(clients), str(each), str(pause_s)]
    before, busy, began = _cpu_s(pid), _busy_s(), time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "bench.clients", *told], capture_output=True, check=True, text=True
    )
    took = time.monotonic() - began
    said = json.loads(done.stdout)
    server = _cpu_s(pid) - before
    others = _busy_s() - busy - server - said["cpu_s"]
    return Asked(said["waits"], server, max(0.0, others / took / (os.cpu_count() or 1)))


def _cpu_s(pid: int) -> float:
    """User and system time of a process, its threads and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK + sum(_cpu_s(int(each)) for each in children)


def _busy_s() -> float:
    """What all processors together have worked since the machine started."""
    user, nice, system, _idle, _wait, hard, soft, *_ = map(
        int, Path("/proc/stat").read_text().partition("\n")[0].split()[1:]
    )
    return (user + nice + system + hard + soft) / _TICK
