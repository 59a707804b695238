"""Asking the time-stamp authority about the anchors that have no stamp."""

from prefect import task

from casework.clock import anchoring
from tasks.office import office


@task(name="stamp anchors")
def stamp() -> str:
    """Have every waiting anchor stamped; says what was done, and why the rest waits."""
    desk = office()
    if desk.timestamping is None:
        return "No time-stamp authority is configured; the roots are exported only."
    done, why = anchoring.stamp_pending(
        desk.db, desk.timestamping, desk.timestamp_roots, desk.clock(), desk.timestamp_policy
    )
    return f"{done} stamped." if why is None else f"{done} stamped; the rest waits: {why}"
