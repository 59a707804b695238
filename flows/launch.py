"""Launching from the control room: one flag, or a pasted list of them.

The control room knows no persons, so the requester stays unverified: inside an approved campaign's
limits the campaign authorises the test buy; outside, it waits until an analyst adopts it.
"""

from typing import Annotated, Any

from prefect import flow
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed
from pydantic import AfterValidator, BaseModel, Field

from casework.buying import launching
from rules import signs
from storage.tables import RequestedVia, Route
from tasks.office import office


def _seen(text: str) -> str:
    """A typed text tidied; refused where it holds a sign that nobody sees."""
    tidied = signs.tidied(text, lines=True)
    if wrong := signs.complaint(tidied):
        raise ValueError(wrong)
    return tidied


class Launch(BaseModel):
    """What to buy, and why."""

    flags: str = Field(
        description="The flags to buy, one a line, as their source numbers them.",
        examples=["FL-000017", "FL-000017\nFL-000018"],
    )
    purpose: Annotated[str, AfterValidator(_seen)] = Field(
        description="What the test buys are for.", min_length=3
    )
    campaign: str | None = Field(
        default=None, description="The campaign whose limits cover them; empty: none."
    )
    route: Route = Field(
        default=Route.BY_HAND, description="By a buyer's hand, or the marketplace's interface."
    )


@flow(name="launch")
def launch(launch: Launch) -> State[Any]:
    """Ask for a test buy for each flag named; one row of the artifact a line."""
    desk = office()
    lines = launching.launch_each(
        desk.db,
        desk.act(),
        launch.flags.splitlines(),
        purpose=launch.purpose,
        campaign=launch.campaign,
        route=launch.route,
        via=RequestedVia.CONTROL_ROOM,
    )
    create_table_artifact(
        [{"flag": line.flag, "test buy": line.reference, "reason": line.reason} for line in lines],
        key="launch",
        description="What became of each line.",
    )
    requested = sum(line.reference is not None for line in lines)
    name = f"{requested} requested, {len(lines) - requested} refused"
    return Completed(name=name, message=launch.purpose)
