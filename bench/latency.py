"""From a person's change to the next flow run's first line: server, worker and dispatcher live.

Changes are requests, one after another, each waited for; then verdicts, given one after another,
whose ten seconds to undo run beside each other. A verdict's wait begins when those seconds are
over: the dispatcher seals it, and that leaves the wake-up. The first line is the lease taken, as
its row tells.
"""

import secrets
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

from bench import Row, life
from casework.act import Act
from casework.buying import requesting
from casework.clock.dispatch import Dispatcher
from casework.examinations import examining
from casework.verdicts import pending
from cli.processes.installation import PROJECT
from cli.processes.loopback import free_port
from cli.processes.prefect import api_url, prefect_server, register_deployments, worker
from cli.processes.stack import Stack
from connectors.prefect_api import PrefectApi
from rules.roles import Role
from storage.rows import one
from storage.session import Database
from storage.tables import RequestedVia, Route, TestBuy

CHANGES, VERDICTS = 30, 30
APART_S = 1.5
GOAL_P50_S, GOAL_P99_S = 1.0, 3.0


def rows() -> list[Row]:
    """The median and the 99th percentile, in seconds."""
    with tempfile.TemporaryDirectory() as name, Stack(Path(name)) as stack:
        home = Path(name)
        people = life.prepare(home / "testbuy.db")
        api = api_url(free_port())
        port = int(api.rpartition(":")[2].removesuffix("/api"))
        stack.start(prefect_server(port, home))
        env = {"TESTBUY_HOME": name, "TESTBUY_PREFECT_API_URL": api}
        stack.start(worker(home, api, project=PROJECT, env=env))
        register_deployments(home, api, project=PROJECT)
        db = Database.in_folder(home)
        bench = life.Bench(db, people)
        flags = range(CHANGES + 1, CHANGES + VERDICTS + 1)
        submitted = [bench.submit(flag, bench.waive) for flag in flags]
        with PrefectApi(api) as prefect:
            dispatcher = Dispatcher(db, prefect, _now, first=lambda: _settle(db))
            dispatcher.start()
            changes = [_wait(db, people, flag) for flag in range(1, CHANGES + 1)]
            verdicts = _sealed(db, people[Role.AUTHENTICATOR], submitted)
            dispatcher.stop()
        db.close()
    return _cut("change", changes) + _cut("verdict's ten seconds", verdicts)


def _cut(what: str, waits: list[float]) -> list[Row]:
    cuts = quantiles(waits, n=100, method="inclusive")
    return [
        Row(f"{what} to next flow run, p50", cuts[49], GOAL_P50_S, "s, the goal"),
        Row(f"{what} to next flow run, p99", cuts[98], GOAL_P99_S, "s, the goal"),
    ]


def _now() -> datetime:
    return datetime.now(UTC)


def _settle(db: Database) -> int:
    return pending.settle(db, _now(), secrets.token_bytes(32))


def _sealed(db: Database, examiner: int, submitted: list[tuple[str, str]]) -> list[float]:
    """Give a verdict each `APART_S`, and see when the flow run that follows from it begins."""
    left, waits = list(submitted), list[float]()
    awaited: dict[str, tuple[datetime, int]] = {}
    next_at = time.monotonic()
    while left or awaited:
        if left and time.monotonic() >= next_at:
            reference, public_id = left.pop(0)
            act = Act(Role.AUTHENTICATOR, _now(), secrets.token_bytes(32), examiner)
            examining.claim(db, act, public_id)
            given = pending.give(db, act, public_id, life.SAID)
            assert given.takes_effect_at is not None
            awaited[reference] = given.takes_effect_at, _fence(db, reference)
            next_at = time.monotonic() + APART_S
        for reference, (at, before) in tuple(awaited.items()):
            if _fence(db, reference) > before:
                waits.append((_now() - at).total_seconds())
                del awaited[reference]
            elif (_now() - at).total_seconds() > 60:
                raise TimeoutError(f"{reference} got no flow run within a minute")
        time.sleep(0.005)
    return waits


def _fence(db: Database, reference: str) -> int:
    with db.read() as tx:
        row = one(tx, TestBuy, reference=reference)
    assert row is not None
    return row.fence


def _wait(db: Database, people: dict[Role, int], flag: int) -> float:
    began_at = time.monotonic()
    analyst = Act(Role.ANALYST, datetime.now(UTC), secrets.token_bytes(32), people[Role.ANALYST])
    reference = requesting.request(
        db,
        analyst,
        flag_id=flag,
        purpose="Confirm the suspicion",
        campaign=None,
        via=RequestedVia.PORTAL,
        route=Route.BY_HAND,
    ).reference
    while True:
        if _fence(db, reference):
            return time.monotonic() - began_at
        if time.monotonic() - began_at > 60:
            raise TimeoutError(f"{reference} got no flow run within a minute")
        time.sleep(0.005)
