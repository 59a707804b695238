"""The docket, for counsel: what runs against whom, and how it ended."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.operators import proceedings
from casework.views.docket import docket as read
from portal.fields import fields
from portal.numbers import number_of
from portal.pages import again, done, page
from portal.visit import act, database
from storage.tables import ProceedingKind

router = APIRouter()
_FOLLOW = (ProceedingKind.REFERRAL, ProceedingKind.CLAIM)
"""Kinds that a referral or a claim brings about by itself."""
_KINDS = tuple(kind for kind in ProceedingKind if kind not in _FOLLOW)


@router.get("/docket", name="docket")
def docket(request: Request) -> HTMLResponse:
    """Proceedings, newest first; the filters stand in the address."""
    asked = request.query_params
    words, state = asked.get("words", "").strip()[:80], asked.get("state", "")
    older = number_of(asked.get("older"))
    view = read(database(request), open_only=state == "open", words=words, older=older)
    kept = {"words": words, "state": state, "older": view.older}
    following = urlencode({name: value for name, value in kept.items() if value})
    return page(
        request,
        "operators/docket.html",
        view=view,
        kinds=_KINDS,
        words=words,
        state=state,
        following=following,
    )


@router.post("/proceedings", name="proceeding_open")
@again(docket)
def proceeding_open(request: Request) -> Response:
    """Record proceedings of an authority against an operator."""
    form = fields(request)
    operator, name = form.text("operator", limit=20), form.text("name", limit=200)
    kind = form.word("kind", ProceedingKind)
    form.check()
    proceedings.open_proceeding(database(request), act(request), operator, kind=kind, name=name)
    return done("/docket", "saved")
