"""The page everybody begins on: notices, and what waits for them."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.views import board, examinations
from portal.pages import done, page
from portal.visit import database, now, number, visitor
from rules.roles import Role

router = APIRouter()


@router.get("/", name="home")
def home(request: Request) -> HTMLResponse:
    """What needs the visitor is on top."""
    who = visitor(request)
    db = database(request)
    authenticates = Role.AUTHENTICATOR in who.roles
    return page(
        request,
        "home.html",
        view=board.home(db, who.person_id, who.roles),
        queue=examinations.queue(db, who.person_id, now(request)).open if authenticates else (),
    )


@router.post("/notices/{notice_id}/read", name="notice_read")
def notice_read(request: Request) -> Response:
    """Put a notice away."""
    who = visitor(request)
    board.put_away(
        database(request), who.person_id, who.roles, number(request, "notice_id"), now(request)
    )
    return done("/", "read")
