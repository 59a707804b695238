"""What the clock owes the ledgers: their heads anchored, stamped, and sent out of the house."""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from casework.clock import anchoring, duties
from flows.rounds import ended, needless
from tasks.anchoring import stamp
from tasks.office import office


@flow(name="anchor")
def anchor() -> State[Any]:
    """One anchor, by one run at a time; an authority that is away is asked by the next run."""
    desk = office()
    held = duties.take(desk.db, "anchor", str(flow_run.id), desk.lease, desk.clock)
    if held is None:
        return needless("Another run is anchoring.")
    try:
        made = anchoring.make(desk.db, desk.act())
        while made and made.size > anchoring.MOST:
            held.keep()
            desk.db.give_way()
            made = anchoring.make(desk.db, desk.act()) or made
        stamped, said = stamp()
        anchoring.export(desk.db, desk.anchors)
        root = f"Anchor {made.id}: {made.root}." if made else "No ledger moved."
        return ended("Anchored", f"{root} {said}", new=made is not None or stamped)
    finally:
        held.give_back()
