"""Renaming the runs that a later one continued, so that a state's name lists each test buy once.

Owns the two names that no wait bears, and who gets the first. Leaves to `flows.carrying` when a
run has been continued.
"""

import logging
from datetime import timedelta

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from casework.clock import leases
from casework.clock.dispatch import DEPLOYMENT
from connectors.prefect_answers import PrefectBusy, PrefectError, PrefectUnreachable
from connectors.prefect_api import PrefectApi
from tasks.office import Office

CONTINUED, PASSED_ON = "Continued", "Passed on"
LOOK_BACK = timedelta(minutes=10)
"""How long after a run's end its test buy is looked at: some sweeps, should Prefect be busy."""

log = logging.getLogger("testbuy.flows")


def mark(desk: Office, flow_run_id: str) -> None:
    """Rename a run that was continued; what goes wrong here is mended by the sweep."""
    if desk.prefect is None:
        return
    patient = Retrying(
        retry=retry_if_exception_type((PrefectBusy, PrefectUnreachable)),
        stop=stop_after_attempt(6),
        wait=wait_exponential(multiplier=0.2, max=3),
        reraise=True,
    )
    try:
        patient(desk.prefect.set_state, flow_run_id, "COMPLETED", CONTINUED)
    except PrefectError as error:
        log.warning("run %s keeps its old name: %s", flow_run_id, error)


def mend(desk: Office) -> int:
    """Rename the continued runs of lately carried test buys that kept their names; gives how many.

    A run gives its lease back before its engine names its last state. So the next run may have
    marked it already, and its own name comes last; and a run may end between taking a test buy
    over and marking the run before it.
    """
    if desk.prefect is None:
        return 0
    try:
        return _mend(desk, desk.prefect)
    except PrefectError as error:
        log.warning("continued runs keep their old names until the next sweep: %s", error)
        return 0


def _mend(desk: Office, prefect: PrefectApi) -> int:
    waits = {"deployment": DEPLOYMENT, "but_named": (CONTINUED, PASSED_ON)}
    lately = {run.name for run in prefect.completed_runs(**waits, after=desk.clock() - LOOK_BACK)}
    standing = prefect.completed_runs(**waits, names=sorted(lately)) if lately else []
    # The rows are read after the runs: one that was latest by then may only have been passed since.
    latest = leases.latest_runs(desk.db, lately)
    stale = [run for run in standing if latest.get(run.name, run.id) != run.id]
    for run in stale:
        prefect.set_state(run.id, "COMPLETED", CONTINUED)
    return len(stale)
