"""The receiving desk of a rights holder: what is on its way, what is here, what goes back."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.custody import handing_over, resealing
from casework.intake import desk as casework
from casework.intake.photographing import PhotoTaken
from casework.photographs.photographers import DESK_SHOTS
from casework.views import desk as views
from portal import sides
from portal.fields import fields
from portal.pages import again, done, page
from portal.paging import turn
from portal.routes.custody.handing import COURIER
from portal.visit import act, addressed, database, part, vault, visitor
from rules.holders import Holder, HolderKind

router = APIRouter(prefix="/desk")
_BASE = "/{exhibit:path}"
INTACT = ("intact", "broken")


@router.get("", name="desk")
def desk(request: Request) -> HTMLResponse:
    """Everything consigned to the visitor's own rights holder."""
    view = views.desk(database(request), visitor(request).person_id, turn(request))
    return page(request, "intake/desk.html", view=view)


@router.get(_BASE, name="desk_exhibit")
def desk_exhibit(request: Request) -> HTMLResponse:
    """One exhibit, and what is to be done with it."""
    return _show(request)


@router.post(_BASE + "/photos", name="desk_photo")
@again(desk_exhibit)
def desk_photo(request: Request) -> Response:
    """Photograph the seal; the gate's answer stands on the page that follows."""
    form = fields(request)
    shot = form.option("shot", DESK_SHOTS)
    name, data = form.stream("photo")
    form.check()
    exhibit = part(request, "exhibit")
    taken = casework.photograph(
        database(request), vault(request), act(request), exhibit, shot=shot, data=data, name=name
    )
    return _show(request, taken)


@router.post(_BASE + "/receive", name="desk_receive")
@again(desk_exhibit)
def desk_receive(request: Request) -> Response:
    """Take a consignment in."""
    form = fields(request)
    said, intact = sides.taking(form), form.option("intact", INTACT) == INTACT[0]
    tracking_number = form.maybe("tracking_number", limit=80)
    form.check()
    casework.receive(
        *addressed(request, "exhibit"),
        said,
        intact=intact,
        photos=tuple(form.ticked("photos")),
        tracking_number=tracking_number,
    )
    return _back(request, "taken_in")


@router.post(_BASE + "/reseal", name="desk_reseal")
@again(desk_exhibit)
def desk_reseal(request: Request) -> Response:
    """Put it under a new seal for the way back."""
    form = fields(request)
    seal = form.text("seal", limit=80)
    form.check()
    resealing.reseal(
        *addressed(request, "exhibit"), seal=seal, purpose="sealed anew for the way back"
    )
    return _back(request, "saved")


@router.post(_BASE + "/give", name="desk_give")
@again(desk_exhibit)
def desk_give(request: Request) -> Response:
    """Open the hand-over back: to a clerk, or to a courier."""
    form = fields(request)
    purpose = "back from the rights holder"
    if form.raw("to_person") == COURIER:
        form.text("tracking_number", limit=80)
        carrier = Holder(HolderKind.CARRIER, form.text("carrier", limit=80))
        said = sides.giving(form, purpose=purpose, to_person=None, to=carrier)
    else:
        said = sides.giving(form, purpose=purpose, to_person=form.number("to_person"), to=None)
    form.check()
    exhibit = part(request, "exhibit")
    handing_over.give(database(request), vault(request), act(request), exhibit, said)
    return _back(request, "handing_over")


@router.post(_BASE + "/sign", name="desk_sign")
@again(desk_exhibit)
def desk_sign(request: Request) -> Response:
    """The courier signs before the desk."""
    form = fields(request)
    said, signature = sides.taking(form), sides.signature(form)
    form.check()
    exhibit = part(request, "exhibit")
    handing_over.sign(database(request), vault(request), act(request), exhibit, said, signature)
    return _back(request, "handed_over")


@router.post(_BASE + "/withdraw", name="desk_withdraw")
@again(desk_exhibit)
def desk_withdraw(request: Request) -> Response:
    """Keep it after all."""
    handing_over.withdraw(*addressed(request, "exhibit"))
    return _back(request, "withdrawn")


def _show(request: Request, taken: PhotoTaken | None = None) -> HTMLResponse:
    who = visitor(request)
    view = views.desk_exhibit(database(request), who.person_id, part(request, "exhibit"))
    return page(request, "intake/desk_exhibit.html", view=view, taken=taken, intact=INTACT)


def _back(request: Request, did: str) -> Response:
    return done(f"/desk/{part(request, 'exhibit')}", did)
