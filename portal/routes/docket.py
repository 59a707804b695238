"""The docket, for counsel: what runs against whom, and how it ended."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from casework.views.docket import docket as read
from portal.pages import page
from portal.visit import database

router = APIRouter()


@router.get("/docket", name="docket")
def docket(request: Request) -> HTMLResponse:
    """Proceedings, newest first; the filters stand in the address."""
    asked = request.query_params
    words, state = asked.get("words", "").strip()[:80], asked.get("state", "")
    key = asked.get("older", "")
    older = int(key) if key.isascii() and key.isdigit() and len(key) < 16 else None
    view = read(database(request), open_only=state == "open", words=words, older=older)
    kept = {"words": words, "state": state, "older": view.older}
    following = urlencode({name: value for name, value in kept.items() if value})
    return page(request, "docket.html", view=view, words=words, state=state, following=following)
