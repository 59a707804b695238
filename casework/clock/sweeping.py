"""What the clock owes: wake-ups whose runs were lost, deadlines that passed, looks outside.

The sweep asks other people's systems about many test buys in one run; only those for which
something changed are woken, so that waiting costs no flow runs.
"""

from datetime import timedelta
from typing import Protocol

from casework.act import Act
from connectors.prefect_answers import FlowRunRef, PrefectError, PrefectRefused
from storage import testbuys, wakeups
from storage.session import Database


class FlowRuns(Protocol):
    """The part of Prefect's API that tells whether a run still waits for its worker."""

    def flow_run(self, flow_run_id: str) -> FlowRunRef: ...


def redrive_lost(db: Database, act: Act, after: timedelta, flow_runs: FlowRuns | None) -> int:
    """Owe again the runs that were created, never finished and hold no lease; gives how many.

    A run that no worker has taken yet is late, not lost: a second one would only lengthen the queue
    that it stands in.
    """
    with db.read() as tx:
        silent = wakeups.lost(tx, act.now, after)
    lost = [each for each in silent if not _may_still_come(flow_runs, each.flow_run_id)]
    if not lost:
        return 0
    with db.write() as tx:
        for wakeup in lost:
            wakeups.redrive(tx, wakeup, act.now)
    return len(lost)


def _may_still_come(flow_runs: FlowRuns | None, flow_run_id: str | None) -> bool:
    if flow_runs is None or flow_run_id is None:
        return False
    try:
        return flow_runs.flow_run(flow_run_id).state_type == "SCHEDULED"
    except PrefectRefused:
        return False
    except PrefectError:
        # Prefect does not say: the next sweep asks again.
        return True


def wake_overdue(db: Database, act: Act, limit: int = 200) -> int:
    """Wake test buys whose deadline has passed and whose run is not due already; gives how many."""
    with db.write() as tx:
        overdue = testbuys.overdue(tx, act.now, limit)
        for testbuy in overdue:
            wakeup_id = act.token(f"due:{testbuy.reference}")
            wakeups.leave(tx, testbuy.id, wakeup_id, "deadline", act.now)
        return len(overdue)
