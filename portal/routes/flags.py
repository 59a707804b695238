"""Flags: bringing them in, and launching a test buy from one."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework import flagging, requesting
from casework.feed import read_feed
from casework.views import requests as views
from portal.fields import fields
from portal.pages import again, done, page
from portal.visit import act, database, now, number
from storage.tables import RequestedVia, Route

router = APIRouter(prefix="/flags")


@router.get("", name="flags")
def flags(request: Request) -> HTMLResponse:
    """Flags nobody bought from yet, each with its launch form."""
    older = request.query_params.get("older", "")
    key = int(older) if older.isascii() and older.isdigit() and len(older) < 16 else None
    return page(request, "flags.html", view=views.flags(database(request), now(request), key))


@router.post("/{flag_id}/launch", name="launch")
@again(flags)
def launch(request: Request) -> Response:
    """Request a test buy from a flag."""
    form = fields(request)
    purpose = form.text("purpose")
    campaign = form.maybe("campaign")
    route = form.word("route", Route)
    form.check()
    moved = requesting.request(
        database(request),
        act(request),
        flag_id=number(request, "flag_id"),
        purpose=purpose,
        campaign=campaign,
        via=RequestedVia.PORTAL,
        route=route,
    )
    return done(f"/testbuys/{moved.reference}", "requested")


@router.get("/import", name="import_page")
def import_page(request: Request) -> HTMLResponse:
    """The upload form."""
    return page(request, "import.html", read=None, imported=None)


@router.post("/import", name="import_flags")
@again(import_page)
def import_flags(request: Request) -> Response:
    """Import the good rows and report the others by line."""
    form = fields(request)
    name, data = form.upload("feed")
    form.check()
    read = read_feed(name, data)
    imported = flagging.import_flags(database(request), act(request), read.rows)
    return page(request, "import.html", read=read, imported=imported)
