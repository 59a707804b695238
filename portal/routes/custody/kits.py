"""Kits for buyers: prepared and given by a clerk, confirmed by the buyer on the phone."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.custody import kits as casework
from casework.views.kits import kits_page
from portal.fields import Fields, fields
from portal.pages import again, done, page
from portal.paging import turn
from portal.routes.buying.tasks import tasks
from portal.visit import act, addressed, database, part
from rules.kits import KitPartKind

router = APIRouter(prefix="/kits")


@router.get("", name="kits")
def kits(request: Request) -> HTMLResponse:
    """A page of kits, where each is, and the form for a new one."""
    about = request.path_params.get("kit")
    return page(
        request, "custody/kits.html", view=kits_page(database(request), turn(request), about)
    )


@router.post("", name="kit_prepare")
@again(kits)
def kit_prepare(request: Request) -> Response:
    """Number a new kit."""
    form = fields(request)
    parts = _parts(form)
    form.check()
    casework.prepare(database(request), act(request), parts)
    return done("/kits", "kit")


@router.post("/{kit}/give", name="kit_give")
@again(kits)
def kit_give(request: Request) -> Response:
    """The giver's side."""
    form = fields(request)
    to_person, place = form.number("to_person"), form.text("place", limit=120)
    utc_offset = form.utc_offset()
    form.check()
    casework.give(
        *addressed(request, "kit"), to_person=to_person, place=place, utc_offset_minutes=utc_offset
    )
    return done("/kits", "kit_given")


@router.post("/{kit}/withdraw", name="kit_withdraw")
@again(kits)
def kit_withdraw(request: Request) -> Response:
    """Take back what nobody confirmed."""
    casework.withdraw(*addressed(request, "kit"))
    return done("/kits", "withdrawn")


@router.post("/{kit}/confirm", name="kit_confirm")
@again(tasks)
def kit_confirm(request: Request) -> Response:
    """The buyer's side."""
    form = fields(request)
    condition, utc_offset = form.text("condition", limit=300), form.utc_offset()
    form.check()
    number = part(request, "kit")
    casework.confirm(
        database(request), act(request), number, condition=condition, utc_offset_minutes=utc_offset
    )
    return done("/tasks", "kit_received")


def _parts(form: Fields) -> dict[KitPartKind, tuple[str, str]]:
    """What was filled in; one number alone is a range of one."""
    parts = {
        KitPartKind.SEAL_BAGS: (form.text("seal_first", limit=40), form.text("seal_last", limit=40))
    }
    first, last = form.maybe("card_first", limit=40), form.maybe("card_last", limit=40)
    if first or last:
        parts[KitPartKind.KIT_CARDS] = (first or last or "", last or first or "")
    if card := form.maybe("colour_card", limit=40):
        parts[KitPartKind.COLOUR_CARD] = (card, card)
    return parts
