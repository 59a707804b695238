"""Who held an exhibit, at any moment."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field

from casework.errors import Refused
from casework.views.custody import who_held
from portal.api.models import Told, problems
from portal.visit import database, now
from rules.custody import Whereabouts, moment
from rules.holders import HolderKind

router = APIRouter(prefix="/api/v1/exhibits", tags=["Exhibits"])


class HolderTold(Told):
    """Whoever has the exhibit: a person, a place, a carrier."""

    kind: HolderKind
    name: str


class Held(Told):
    """The one answer to "who held it"; `sentence` says it in words."""

    exhibit: str = Field(examples=["AS/1"])
    at: datetime
    state: Whereabouts
    holder: HolderTold | None
    since: datetime | None
    seal_number: str | None
    tracking_number: str | None
    entry: int | None = Field(description="The custody entry it rests on.")
    sentence: str


@router.get(
    "/{exhibit:path}/holder",
    name="api_exhibit_holder",
    response_model=Held,
    responses=problems(404, 409),
)
def exhibit_holder(
    request: Request,
    exhibit: Annotated[
        str,
        Path(pattern=r"^\w{1,6}(/[0-9]{1,6}){1,4}$", examples=["AS/1"]),
    ],
    at: Annotated[
        str | None,
        Query(
            max_length=40,
            description="A date (its end, UTC) or a time with its zone; now without it.",
            examples=["2026-11-03", "2026-11-03T14:00+08:00"],
        ),
    ] = None,
) -> Held:
    """Who held an exhibit at a moment."""
    try:
        then = moment(at) if at is not None else now(request)
    except ValueError as error:
        raise Refused(str(error)) from None
    return Held.model_validate(who_held(database(request), exhibit, then))
