"""One shop with its identifiers; and what the parcel of a test buy tells of its sender."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.operators import linking, waybills
from casework.operators.linking import NewIdentifier
from casework.operators.waybills import Told
from casework.views import linking as views
from casework.views import parcels
from portal.fields import Fields, fields
from portal.pages import again, done, page
from portal.visit import act, addressed, database, number, part
from rules.identifiers import FROM_CODES, PARCEL_KINDS, Confidence, IdentifierKind, IdentifierState
from rules.roles import Role

router = APIRouter()
BY_HAND = tuple(kind for kind in IdentifierKind if kind not in FROM_CODES)
_FOUND_BY_POLICE = (IdentifierKind.POLICE_FINDING,)


@router.get("/shops/{shop_id}", name="shop")
def shop(request: Request) -> HTMLResponse:
    """One shop: what is known of it, fact by fact, and what it is proposed to be."""
    view = views.shop_page(database(request), number(request, "shop_id"))
    roles = request.state.visitor.roles
    kinds = BY_HAND if Role.ANALYST in roles else _FOUND_BY_POLICE
    return page(
        request, "operators/shop.html", view=view, kinds=kinds, confidences=tuple(Confidence)
    )


@router.post("/shops/{shop_id}/identifiers", name="identifier_record")
@again(shop)
def identifier_record(request: Request) -> Response:
    """Record an identifier of a shop."""
    form = fields(request)
    kind, value = form.option("kind", BY_HAND), form.text("value", limit=300)
    seen_on, confidence = form.day("seen_on"), form.word("confidence", Confidence)
    said_by = form.text("said_by", limit=300)
    form.check()
    new = NewIdentifier(IdentifierKind(kind), value, seen_on, confidence, said_by)
    linking.record(database(request), act(request), number(request, "shop_id"), new)
    return _to_shop(request, "identifier")


@router.post("/shops/{shop_id}/identifiers/confirm", name="identifier_confirm")
@again(shop)
def identifier_confirm(request: Request) -> Response:
    """Bear an identifier out."""
    form = fields(request)
    which = form.number("identifier", least=1)
    form.check()
    linking.confirm(database(request), act(request), which)
    return _to_shop(request, "identifier_confirmed")


@router.post("/shops/{shop_id}/identifiers/withdraw", name="identifier_withdraw")
@again(shop)
def identifier_withdraw(request: Request) -> Response:
    """Take an identifier out."""
    form = fields(request)
    which, seen = form.number("identifier", least=1), form.word("seen", IdentifierState)
    reason = form.text("reason")
    form.check()
    linking.withdraw(database(request), act(request), which, seen=seen, reason=reason)
    return _to_shop(request, "identifier_withdrawn")


@router.post("/shops/{shop_id}/opened", name="shop_opened")
@again(shop)
def shop_opened(request: Request) -> Response:
    """Note the day a shop was opened."""
    form = fields(request)
    opened_on = form.day("opened_on")
    form.check()
    linking.set_opened(database(request), act(request), number(request, "shop_id"), opened_on)
    return _to_shop(request, "saved")


@router.get("/testbuys/{reference}/parcel", name="parcel")
def parcel(request: Request) -> HTMLResponse:
    """What the waybill and the parcel of a test buy tell of their sender."""
    view = parcels.parcel_page(database(request), part(request, "reference"))
    return page(
        request,
        "operators/parcel.html",
        view=view,
        kinds=PARCEL_KINDS,
        confidences=tuple(Confidence),
    )


@router.post("/testbuys/{reference}/parcel", name="parcel_tell")
@again(parcel)
def parcel_tell(request: Request) -> Response:
    """Write down what they tell, each with what shows it."""
    form = fields(request)
    told = _told(form)
    seen_on, confidence = form.day("seen_on"), form.word("confidence", Confidence)
    photo, exhibit = form.maybe("photo", limit=40), form.maybe("exhibit", limit=40)
    if not photo and not exhibit:
        form.errors.setdefault("photo", "Choose the photo or the exhibit that shows it.")
    form.check()
    waybills.write_down(
        *addressed(request), told, seen_on=seen_on, confidence=confidence, photo=photo,
        exhibit=exhibit,
    )  # fmt: skip
    return done(f"/testbuys/{part(request, 'reference')}/parcel", "parcel")


def _told(form: Fields) -> tuple[Told, ...]:
    """One field a kind; those left empty say nothing."""
    given = ((kind, form.maybe(kind.value, limit=300)) for kind in PARCEL_KINDS)
    return tuple(Told(kind, value) for kind, value in given if value)


def _to_shop(request: Request, did: str) -> Response:
    return done(f"/shops/{number(request, 'shop_id')}", did)
