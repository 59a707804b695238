"""Launching many: each line a flag, requested or refused by itself."""

from collections.abc import Iterable
from dataclasses import dataclass

from casework.act import Act
from casework.errors import NotFound, Refused
from casework.move import Moved
from casework.requesting import request
from storage.rows import every, one, table_of
from storage.session import Database
from storage.tables import Flag, RequestedVia, Route


@dataclass(frozen=True, slots=True)
class Launched:
    """What became of a line: the test buy's reference, or None and the reason."""

    flag: str
    reference: str | None
    reason: str


def launch_each(
    db: Database,
    act: Act,
    lines: Iterable[str],
    *,
    purpose: str,
    campaign: str | None,
    route: Route,
    via: RequestedVia,
) -> list[Launched]:
    """Request a test buy for each flag named by its source's number; empty lines are passed."""
    return [
        _launch(db, act, line.strip(), purpose=purpose, campaign=campaign, route=route, via=via)
        for line in lines
        if line.strip()
    ]


def launch_named(
    db: Database,
    act: Act,
    *,
    source: str,
    flag: str,
    purpose: str,
    campaign: str | None,
    route: Route,
    via: RequestedVia,
) -> Moved:
    """Request a test buy from the flag that `source` numbers `flag`; NotFound where none is."""
    with db.read() as tx:
        found = one(tx, Flag, source=source, source_flag_id=flag)
    if found is None:
        raise NotFound(f"{source} has handed in no flag {flag}.")
    return request(
        db, act, flag_id=found.id, purpose=purpose, campaign=campaign, via=via, route=route
    )


def _launch(
    db: Database,
    act: Act,
    flag: str,
    *,
    purpose: str,
    campaign: str | None,
    route: Route,
    via: RequestedVia,
) -> Launched:
    with db.read() as tx:
        found = every(tx, Flag, table_of(Flag).c.source_flag_id == flag)
    if len(found) != 1:
        why = "No flag has this number." if not found else "Two sources use this number."
        return Launched(flag, None, why)
    try:
        moved = request(
            db,
            act,
            flag_id=found[0].id,
            purpose=purpose,
            campaign=campaign,
            via=via,
            route=route,
        )
    except Refused as refused:
        return Launched(flag, None, " ".join(refused.reasons))
    return Launched(flag, moved.reference, purpose)
