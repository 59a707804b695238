"""Who looked at what, for the auditor."""

from datetime import UTC, date, datetime, time, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from casework.auditing import seen
from portal.looks import LOOKED_AT
from portal.numbers import number_of
from portal.pages import page
from portal.visit import database
from storage.looks import LookChoice

router = APIRouter()
_LONGEST = 80
_FILTERS = ("person", "subject", "route", "since", "until")


@router.get("/looks", name="looks")
def looks(request: Request) -> HTMLResponse:
    """The looks that the address chooses; what can't be read in it leaves that side open."""
    asked = request.query_params
    until = _day(asked.get("until", ""))
    choice = LookChoice(
        person=number_of(asked.get("person", "")),
        subject=asked.get("subject", "").strip()[:_LONGEST] or None,
        route=asked["route"] if asked.get("route") in LOOKED_AT else None,
        since=_day(asked.get("since", "")),
        until=until + timedelta(days=1) if until else None,
        older=number_of(asked.get("older", "")),
        newer=number_of(asked.get("newer", "")),
    )
    chosen = {name: asked[name] for name in _FILTERS if asked.get(name)}
    view = seen.read(database(request), choice)
    words = {route: word for route, (_, word) in LOOKED_AT.items()}
    return page(request, "auditing/looks.html", view=view, chosen=chosen, words_of=words)


def _day(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        return None
