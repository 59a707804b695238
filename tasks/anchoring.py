"""Asking the time-stamp authority about the anchors that have no stamp."""

from prefect import task

from casework.clock import anchoring
from tasks.office import office


@task(name="stamp anchors")
def stamp() -> tuple[bool, str]:
    """Have every waiting anchor stamped: whether any waited, what was done, why the rest waits."""
    desk = office()
    if desk.timestamping is None:
        return False, "No time-stamp authority is configured; the roots are exported only."
    done, why = anchoring.stamp_pending(
        desk.db, desk.timestamping, desk.timestamp_roots, desk.clock(), desk.timestamp_policy
    )
    if why is not None:
        return True, f"{done} stamped; the rest waits: {why}"
    return done > 0, f"{done} stamped."
