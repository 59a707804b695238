"""The board: every test buy as a table, with the filters in the address."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from casework.views import board as views
from casework.views import people, referrals
from portal.pages import page
from portal.visit import database, now
from rules.lifecycle import Stage
from storage.pages import Choice

router = APIRouter()
_FILTERS = ("stage", "brand", "waiting", "late")


@router.get("/board", name="board")
def board(request: Request) -> HTMLResponse:
    """A page of test buys, newest first. A filter that means nothing is left out."""
    asked = request.query_params
    chosen = {name: asked[name] for name in _FILTERS if asked.get(name)}
    stage = next((each for each in Stage if each == chosen.get("stage")), None)
    if stage is None:
        chosen.pop("stage", None)
    choice = Choice(
        stage=stage,
        brand=chosen.get("brand"),
        waiting=chosen.get("waiting"),
        overdue_at=now(request) if "late" in chosen else None,
        older_than=_key(asked.get("older")),
        newer_than=_key(asked.get("newer")),
    )

    def address(**changed: str | int | None) -> str:
        kept = {name: value for name, value in (chosen | changed).items() if value}
        return f"/board?{urlencode(kept)}" if kept else "/board"

    db = database(request)
    return page(
        request,
        "board.html",
        view=views.board(db, choice),
        brands=people.brand_names(db),
        to_review=referrals.to_review(db),
        chosen=chosen,
        address=address,
    )


def _key(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None
