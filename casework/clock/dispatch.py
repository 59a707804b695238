"""Bringing wake-ups to Prefect: claim those due, create each flow run by its key, settle.

A wake-up is claimed and its claim committed before the call; a crash in between lets the claim
lapse, and the same key then finds the run that was created. Prefect away or busy: the wake-up
waits, and is tried again with the same key.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from connectors.prefect_answers import FlowRunRef, PrefectBusy, PrefectError
from storage import wakeups
from storage.session import Database
from storage.wakeups import DueWakeup

CLAIM = timedelta(seconds=30)
AWAY_PAUSES = timedelta(seconds=0.5), timedelta(seconds=15)
"""The first pause and the longest while Prefect does not answer; each is twice the one before."""
BUSY_PAUSES = timedelta(seconds=0.15), timedelta(seconds=3)
"""Where it answers and is busy, as its SQLite store is for moments: calls go one by one."""

DEPLOYMENT = "testbuy/testbuy"

log = logging.getLogger("testbuy.dispatch")


class FlowRuns(Protocol):
    """The part of Prefect's API that dispatching needs."""

    def create_flow_run(
        self,
        deployment: str,
        parameters: dict[str, object],
        *,
        idempotency_key: str,
        tags: list[str],
    ) -> FlowRunRef: ...


def dispatch_due(db: Database, flow_runs: FlowRuns, clock: Callable[[], datetime]) -> int:
    """Create the flow runs that are due; gives how many were created."""
    now = clock()
    with db.read() as tx:
        if wakeups.nothing_due(tx, now):
            return 0
    with db.write() as tx:
        claimed = wakeups.claim_due(tx, now, CLAIM)
    return sum(_create(db, flow_runs, wakeup, clock) for wakeup in claimed)


def _create(
    db: Database, flow_runs: FlowRuns, wakeup: DueWakeup, clock: Callable[[], datetime]
) -> bool:
    try:
        run = flow_runs.create_flow_run(
            DEPLOYMENT,
            {"reference": wakeup.reference, "wakeup": wakeup.id},
            idempotency_key=wakeup.key,
            tags=[
                f"testbuy:{wakeup.reference}",
                f"brand:{wakeup.brand}",
                f"stage:{wakeup.stage}",
            ],
        )
    except PrefectError as error:
        busy = isinstance(error, PrefectBusy)
        first, longest = BUSY_PAUSES if busy else AWAY_PAUSES
        # Beyond 2**5 every pause is the longest.
        pause = min(first * 2 ** min(wakeup.failures, 5), longest)
        if busy and error.retry_after:
            pause = max(pause, timedelta(seconds=error.retry_after))
        log.warning("wake-up of %s waits %s: %s", wakeup.reference, pause, error)
        with db.write() as tx:
            wakeups.put_off(tx, wakeup, clock() + pause)
        return False
    with db.write() as tx:
        wakeups.dispatched(tx, wakeup, run.id, clock())
    return True


class Dispatcher:
    """A thread that dispatches while its process lives; any number of processes may run one.

    `first` is done before each round: what else the clock owes that leaves wake-ups.
    """

    def __init__(
        self,
        db: Database,
        flow_runs: FlowRuns,
        clock: Callable[[], datetime],
        every_seconds: float = 0.2,
        first: Callable[[], object] = lambda: None,
    ) -> None:
        self._work = (db, flow_runs, clock)
        self._first = first
        self._every = every_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="dispatcher", daemon=True)

    def start(self) -> None:
        """Begin dispatching."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the round under way and end."""
        self._stopping.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stopping.wait(self._every):
            for work in (self._first, lambda: dispatch_due(*self._work)):
                try:
                    work()
                except Exception:
                    # The thread outlives a database that is away or locked; what is due are rows.
                    log.exception("dispatching failed; trying again")
