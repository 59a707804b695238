"""Taking in a feed of flagged shops that is pasted in the control room."""

from typing import Any

from prefect import flow
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from casework.errors import Refused
from casework.flags.feed import read_feed
from casework.flags.flagging import import_flags
from tasks.office import office


@flow(name="intake")
def intake(feed: str) -> State[Any]:
    """Import a feed (CSV with a header, or JSON lines); faulty lines are reported, none twice."""
    desk = office()
    try:
        read = read_feed("feed", feed.encode())
    except Refused as refused:
        return Failed(name="No feed", message=" ".join(refused.reasons))
    done = import_flags(desk.db, desk.act(), read.rows)
    rejected = sorted((*read.rejected, *done.rejected), key=lambda each: each.line)
    create_table_artifact(
        [{"line": each.line, "reason": each.reason} for each in rejected],
        key="intake",
        description="Lines that were not taken, and why.",
    )
    if done.stopped:
        return Failed(name="Stopped", message=done.stopped)
    return Completed(
        name=f"{done.imported} imported, {done.known} known, {len(rejected)} rejected",
        message="Flags of shops or listings known before keep their first import.",
    )
