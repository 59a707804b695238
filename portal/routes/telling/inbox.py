"""The page everybody begins on: what waits for them; and notices that were put away."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.telling import notifying
from casework.views import inbox as views
from portal.badge import reader
from portal.numbers import number_of
from portal.pages import done, page
from portal.visit import database, number, visitor

router = APIRouter()


@router.get("/", name="home")
def inbox(request: Request) -> HTMLResponse:
    """What waits for the visitor, the most urgent on top; `?kind=` shows one kind alone."""
    asker = reader(request, visitor(request))
    view = views.inbox(database(request), asker, request.query_params.get("kind", "")[:40] or None)
    return page(request, "telling/inbox.html", view=view)


@router.post("/notices/{notice_id}/read", name="notice_read")
def notice_read(request: Request) -> Response:
    """Put a notice away."""
    asker = reader(request, visitor(request))
    notifying.put_away(database(request), asker, number(request, "notice_id"))
    return done("/", "read")


@router.get("/inbox/past", name="inbox_past")
def inbox_past(request: Request) -> HTMLResponse:
    """Notices that were put away, the newest first; `?older=` is a page's key."""
    key = number_of(request.query_params.get("older"))
    view = views.past(database(request), reader(request, visitor(request)), key)
    return page(request, "telling/inbox_past.html", view=view, said=views.said)
