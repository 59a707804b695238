"""Carrying a test buy through its steps in one flow run.

Owns the lease around the steps, the run's last state and the artifact. Leaves the order of the
steps to `flows.testbuy`, and what each does to casework and the tasks.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed

from casework.act import Act, Hold
from casework.clock import leases, summaries
from casework.errors import LeaseLost, Refused
from evidence.vault import Vault
from flows import continued
from flows.continued import PASSED_ON
from storage.session import Database
from tasks.office import Office, office

Step = Callable[[Office, Hold], Any]

log = logging.getLogger("testbuy.flows")


def move(change: Callable[[Database, Act, str], Any]) -> Step:
    """A step within the database: one casework call."""
    return lambda desk, hold: change(desk.db, desk.act(hold), hold.reference)


def drawing(change: Callable[[Database, Vault, Act, str], Any]) -> Step:
    """A step that makes files of files and names them in rows: one casework call."""
    return lambda desk, hold: change(desk.db, desk.vault, desk.act(hold), hold.reference)


def outside(call: Callable[[Hold], Any]) -> Step:
    """A step around an outside system: what is due, one call, what came of it."""
    return lambda _desk, hold: call(hold)


def carry(reference: str, wakeup: str | None, steps: Sequence[Step], *, last: Step) -> State[Any]:
    """Take the lease of `reference`, pass through `steps`, and say what it waits for.

    `last` is taken even where a step before it was refused: it minds what the test buy waits for,
    and a deadline nobody minds would wake another run at each sweep.

    Another run holding the lease, or taking it over, ends this one; nothing is lost, because
    whatever woke this run was committed before and is seen by the other.
    """
    desk = office()
    holder = str(flow_run.id)
    hold = leases.take(desk.db, desk.act(), reference, holder, desk.lease)
    if hold is None:
        leases.pass_on(desk.db, desk.act(), reference, wakeup)
        return Completed(name=PASSED_ON, message=f"Another run carries {reference}.")
    try:
        pass_through(desk, hold, steps, last=last)
    except LeaseLost as lost:
        return Completed(name=PASSED_ON, message=str(lost))
    except BaseException:
        # The wake-up stays unfinished, so that the sweep owes this run again.
        leases.drop(desk.db, desk.act(), hold)
        raise
    before = leases.release(desk.db, desk.act(), hold, wakeup)
    if before is None:
        return Completed(name=PASSED_ON, message=f"Another run carries {reference}.")
    summary = summaries.summary(desk.db, reference, desk.clock())
    create_markdown_artifact(
        summary.markdown(desk.public_url), key=reference.lower(), description=summary.headline
    )
    if before.flow_run_id and before.flow_run_id != holder:
        continued.mark(desk, before.flow_run_id)
    return Completed(name=summary.waiting_name, message=summary.headline)


def pass_through(desk: Office, hold: Hold, steps: Sequence[Step], *, last: Step) -> None:
    """Take the steps until one is refused, and `last` whatever became of them."""
    for several in (steps, (last,)):
        try:
            for step in several:
                step(desk, hold)
        except LeaseLost:
            raise
        except Refused as refused:
            # A rule says no: the test buy stays where it is, and the run ends as a wait.
            log.warning("%s: %s", hold.reference, refused)
