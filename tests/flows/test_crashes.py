"""Workers that die, stall or meet a misbehaving marketplace: bought once, referred once, no loss.

Each test buy of the matrix meets one death of its worker, at its own point. The other side's own
ledger is the judge.
"""

import dataclasses
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.processes.process import Process
from evidence import ledger as chains
from rules.lifecycle import Stage
from storage import ledger
from storage.rows import every, table_of
from storage.tables import MoveRecord, Wakeup
from tests.flows.conftest import patiently
from tests.flows.programme import Programme, until

BUYING = ("order intent", "purchase call", "placed order")
REFERRING = ("referral intent", "referral call", "sent referral")
POINTS = [
    f"{point}:{when}"
    for point in (*BUYING, *REFERRING, "lease release")
    for when in ("before", "after")
]
MISBEHAVIOURS = (
    "reset_after_commit",
    "reset_then_commit",
    "hang_after_commit",
    "error_500_after_commit",
    "truncated_json",
    "duplicate_answer",
)

QUICK = {"TESTBUY_LEASE_SECONDS": "3", "TESTBUY_LOST_AFTER_SECONDS": "8"}


def crashing_worker(programme: Programme, name: str, **settings: str) -> Process:
    """A worker of one run at a time that dies where `crashes.json` says, and is forked again."""
    plain = programme.worker(name, limit=1, **settings)
    arguments = list(plain.argv[3:])
    arguments[arguments.index("--name") + 1] = name
    script = str(Path(__file__).with_name("crashing.py"))
    env = {**plain.env, "PYTHONPATH": str(Path(__file__).parents[2])}
    return dataclasses.replace(plain, argv=(sys.executable, script, *arguments), env=env)


@dataclasses.dataclass
class Matrix:
    """The test buys of the cells, by the point at which their worker dies."""

    programme: Programme
    references: dict[str, str]

    def arm(self, cells: dict[str, str]) -> None:
        text = json.dumps({reference: point for point, reference in cells.items()})
        (self.programme.home / "crashes.json").write_text(text)


@pytest.fixture(scope="module")
def sweep(api, create):
    """Owe a run of the sweep, unless the one before still stands in the queue."""
    runs = []

    def run() -> None:
        if runs and patiently(api.flow_run, runs[-1].id).state_type == "SCHEDULED":
            return
        runs.append(create("sweep/sweep", {}, f"crash-sweep-{time.time()}"))

    return run


@pytest.fixture(scope="module")
def matrix(programme, sweep) -> Matrix:
    """All cells, run side by side by three workers that die one after the other."""
    cells = {point: programme.request(f"L-{n:02d}") for n, point in enumerate(POINTS, 1)}
    matrix = Matrix(programme, cells)
    for point, reference in cells.items():
        if point.startswith(REFERRING):
            programme.carry_to_referral(reference)
            programme.approve_referral(reference)
    matrix.arm(cells)
    programme.dispatch()
    with at_work(
        programme, *(crashing_worker(programme, f"crash-{n}", **QUICK) for n in (1, 2, 3))
    ):
        _drive(matrix, cells.values(), {"Waiting for parcel", "Waiting for agency"}, sweep)
    return matrix


@contextmanager
def at_work(programme: Programme, *workers: Process) -> Iterator[None]:
    """These workers, and nobody else's, take the runs."""
    programme.stack.start(*workers)
    try:
        yield
    finally:
        programme.stack.stop()


def _drive(matrix, references, names, sweep) -> None:
    """Sweep until each of `references` waits as it should and no wake-up of it is open."""
    programme = matrix.programme
    swept_at = time.monotonic()

    def arrived() -> bool:
        nonlocal swept_at
        rows = [programme.row(reference) for reference in references]
        at_rest = all(row.waiting_name in names and not row.lease_holder for row in rows)
        if at_rest and not any(open_wakeups(programme, row.id) for row in rows):
            return True
        # Also where all are at rest: a lost run's wake-up is owed again by a sweep alone.
        if time.monotonic() - swept_at > 5:
            sweep()
            swept_at = time.monotonic()
        return False

    def where() -> str:
        rows = [programme.row(reference) for reference in references]
        points = {each: point for point, each in matrix.references.items()}
        return "; ".join(
            f"{points.get(row.reference)}: {row.waiting_name}, {open_wakeups(programme, row.id)}"
            for row in rows
        )

    until(arrived, where, seconds=600)


def open_wakeups(programme: Programme, testbuy_id: int) -> list[Wakeup]:
    rows = table_of(Wakeup)
    with programme.db.read() as tx:
        return list(
            every(tx, Wakeup, rows.c.testbuy_id == testbuy_id, rows.c.finished_at.is_(None))
        )


def moves_of(programme: Programme, reference: str) -> list[str]:
    rows = table_of(MoveRecord)
    with programme.db.read() as tx:
        made = every(
            tx,
            MoveRecord,
            rows.c.testbuy_id == programme.row(reference).id,
            order_by=rows.c.version,
        )
    return [record.move.value for record in made]


def check_chain(programme: Programme, reference: str) -> None:
    with programme.db.read() as tx:
        assert chains.verify(ledger.chain(tx, reference), reference).ok


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_at(point, matrix):
    programme, reference = matrix.programme, matrix.references[point]
    assert (programme.home / f"crashed-{reference}").exists(), "nobody died"
    (order,) = programme.outside.orders_of(reference)
    moves = moves_of(programme, reference)
    assert moves.count("place_order") == 1
    if point.startswith(REFERRING):
        (receipt,) = programme.outside.referrals_of(reference)
        referral = programme.referral(reference)
        assert referral.agency_number == receipt["number"]
        assert referral.bundle_digest == receipt["bundle_digest"]
        assert moves.count("refer") == 1
    else:
        assert programme.row(reference).stage is Stage.ORDERED
        assert order["paid_minor"] == 45_000
    check_chain(programme, reference)
    assert not open_wakeups(programme, programme.row(reference).id)


def test_a_marketplace_that_misbehaves(programme, matrix, sweep):
    references = [programme.request(f"L-{n:02d}") for n in range(16, 16 + len(MISBEHAVIOURS))]
    outside = programme.outside
    for kind in MISBEHAVIOURS:
        outside.misbehave(outside.marketplace, kind, "/orders")
    with at_work(programme, programme.worker("plain")):
        _drive(matrix, references, {"Waiting for parcel"}, sweep)
    for reference in references:
        assert len(outside.orders_of(reference)) == 1
        assert moves_of(programme, reference).count("place_order") == 1
        check_chain(programme, reference)


def test_a_worker_that_stalls_past_its_lease_writes_nothing_more(programme, matrix, sweep, api):
    reference = programme.request("L-25")
    matrix.arm({"purchase call:stop": reference})
    with at_work(programme, crashing_worker(programme, "stalling", **QUICK)):
        until((programme.home / f"crashed-{reference}").exists)
        stalled = int((programme.home / "pids" / "stalling").read_text())
        (first,) = patiently(api.flow_runs, tags=[f"testbuy:{reference}"])
        try:
            programme.stack.start(programme.worker("second", **QUICK))
            _drive(matrix, [reference], {"Waiting for parcel"}, sweep)
            before = programme.row(reference)
        finally:
            os.kill(stalled, signal.SIGCONT)
        until(lambda: patiently(api.flow_run, first.id).state_name == "Passed on")
    assert programme.row(reference) == before
    assert len(programme.outside.orders_of(reference)) == 1
    assert moves_of(programme, reference) == ["request", "authorise", "assign", "place_order"]
    check_chain(programme, reference)
