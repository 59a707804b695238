"""Storage places and what lies in them; exhibits put away and fetched."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.custody import placing, storing
from casework.views import places as views
from portal.fields import fields
from portal.pages import again, done, page
from portal.paging import turn
from portal.routes.custody.custody import exhibit
from portal.visit import act, addressed, database, number, part
from rules.places import STORERS
from rules.roles import Role

router = APIRouter()


@router.get("/places", name="places")
def places(request: Request) -> HTMLResponse:
    """Every storage place, and the form for a new one."""
    return page(
        request,
        "custody/places.html",
        rows=views.places(database(request)),
        storers=sorted(STORERS),
    )


@router.get("/places/{place_id}", name="place")
def place(request: Request) -> HTMLResponse:
    """What lies in one place."""
    view = views.place_page(database(request), number(request, "place_id"), turn(request))
    return page(request, "custody/place.html", view=view)


@router.post("/places", name="place_add")
@again(places)
def place_add(request: Request) -> Response:
    """Open a place."""
    form = fields(request)
    site, room = form.text("site", limit=80), form.maybe("room", limit=80) or ""
    shelf, person = form.maybe("shelf", limit=80) or "", form.maybe("person", limit=200)
    roles = form.words("roles", Role)
    form.check()
    people = [person] if person else []
    placing.add_place(
        database(request), act(request), site=site, room=room, shelf=shelf, roles=roles,
        people=people,
    )  # fmt: skip
    return done("/places", "saved")


@router.post("/places/{place_id}/close", name="place_close")
@again(place)
def place_close(request: Request) -> Response:
    """Close an empty place."""
    form = fields(request)
    reason = form.text("reason")
    form.check()
    placing.close_place(database(request), act(request), number(request, "place_id"), reason=reason)
    return done("/places", "place_closed")


@router.post("/exhibits/{exhibit:path}/store", name="exhibit_store")
@again(exhibit)
def exhibit_store(request: Request) -> Response:
    """Put an exhibit into a place."""
    form = fields(request)
    place, seal_number = form.text("place", limit=250), form.text("seal_number", limit=80)
    condition, photo = form.text("condition", limit=200), form.maybe("photo", limit=40)
    form.check()
    storing.store(
        *addressed(request, "exhibit"), place=place, seal_number=seal_number, condition=condition,
        photo=photo,
    )  # fmt: skip
    return done(f"/exhibits/{part(request, 'exhibit')}", "stored")


@router.post("/exhibits/{exhibit:path}/fetch", name="exhibit_fetch")
@again(exhibit)
def exhibit_fetch(request: Request) -> Response:
    """Take an exhibit out of its place."""
    form = fields(request)
    seal_number, condition = form.text("seal_number", limit=80), form.text("condition", limit=200)
    purpose = form.text("purpose", limit=200)
    form.check()
    storing.fetch(
        *addressed(request, "exhibit"), seal_number=seal_number, condition=condition,
        purpose=purpose,
    )  # fmt: skip
    return done(f"/exhibits/{part(request, 'exhibit')}", "fetched")
