"""One exhibit: its custody, who held it, its label, and its hand-overs."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.custody import handing_over, resealing
from casework.custody.custody import NewExhibit
from casework.custody.signing import kind_of
from casework.errors import Refused
from casework.views import custody as views
from casework.views.keeping import keeping
from portal import sides
from portal.fields import fields
from portal.pages import again, done, page
from portal.visit import act, addressed, database, now, number, part, settings, vault, visitor
from rules.custody import moment
from rules.disposal import HANDED_OVER, Way
from rules.holders import OUTSIDE, ExhibitKind, Holder, HolderKind

router = APIRouter()
_BASE = "/exhibits/{exhibit:path}"


@router.get("/exhibits/labels.pdf", name="exhibit_labels")
def exhibit_labels(request: Request) -> Response:
    """A sheet of labels for the exhibits of a test buy."""
    # Typesetting is loaded only where somebody wants a sheet.
    from evidence.labels import sheet

    labels = views.labels(
        database(request), request.query_params.get("testbuy", "")[:40], _address(request)
    )
    return Response(sheet(labels, settings(request).fonts), media_type="application/pdf")


@router.get(_BASE + "/label.svg", name="exhibit_label")
def exhibit_label(request: Request) -> Response:
    """The label of one exhibit."""
    from evidence.labels import label_svg

    label = views.label(database(request), part(request, "exhibit"), _address(request))
    return Response(label_svg(label), media_type="image/svg+xml")


@router.get(_BASE + "/signatures/{seq}/{side}", name="exhibit_signature")
def exhibit_signature(request: Request) -> Response:
    """What somebody without an account left at a hand-over: strokes, or a scanned receipt."""
    seq, side = number(request, "seq"), part(request, "side")
    digest = views.signature(database(request), part(request, "exhibit"), seq, side)
    data = vault(request).read(digest)
    headers = {"cache-control": "private, no-store"}
    return Response(data, media_type=kind_of(data), headers=headers)


@router.get(_BASE, name="exhibit")
def exhibit(request: Request) -> HTMLResponse:
    """The page a label opens."""
    who = visitor(request)
    return page(
        request,
        "custody/exhibit.html",
        view=views.exhibit_page(database(request), part(request, "exhibit")),
        answer=_held(request),
        keeping=keeping(
            database(request), part(request, "exhibit"), who.role, who.person_id, now(request)
        ),
        at=request.query_params.get("at", "")[:40],
        outside_kinds=sorted(OUTSIDE),
        kinds=tuple(ExhibitKind),
        ways=tuple(Way),
        handed_over=HANDED_OVER,
    )


@router.post(_BASE + "/give", name="exhibit_give")
@again(exhibit)
def exhibit_give(request: Request) -> Response:
    """Open a hand-over: the giver's side."""
    form = fields(request)
    to_person = form.maybe_number("to_person")
    kind = form.word("to_kind", HolderKind) if form.raw("to_kind") else None
    to = Holder(kind, form.maybe("to_name", limit=120) or "") if kind else None
    said = sides.giving(form, to_person=to_person, to=to)
    form.check()
    handing_over.give(
        database(request), vault(request), act(request), part(request, "exhibit"), said
    )
    return _back(request, "handing_over")


@router.post(_BASE + "/take", name="exhibit_take")
@again(exhibit)
def exhibit_take(request: Request) -> Response:
    """The taker's side, as themselves."""
    form = fields(request)
    said = sides.taking(form)
    form.check()
    handing_over.take(*addressed(request, "exhibit"), said)
    return _back(request, "handed_over")


@router.post(_BASE + "/sign", name="exhibit_sign")
@again(exhibit)
def exhibit_sign(request: Request) -> Response:
    """The taker's side of somebody without an account."""
    form = fields(request)
    said, signature = sides.taking(form), sides.signature(form)
    form.check()
    handing_over.sign(
        database(request), vault(request), act(request), part(request, "exhibit"), said, signature
    )
    return _back(request, "handed_over")


@router.post(_BASE + "/take-back", name="exhibit_take_back")
@again(exhibit)
def exhibit_take_back(request: Request) -> Response:
    """Take an exhibit over from a carrier, the police, a laboratory or a desk."""
    form = fields(request)
    said, tracking_number = sides.taking(form), form.maybe("tracking_number", limit=80)
    signature = None if tracking_number else sides.signature(form)
    form.check()
    handing_over.take_from_outside(
        database(request),
        vault(request),
        act(request),
        part(request, "exhibit"),
        said,
        tracking_number=tracking_number,
        signature=signature,
    )
    return _back(request, "handed_over")


@router.post(_BASE + "/withdraw", name="exhibit_withdraw")
@again(exhibit)
def exhibit_withdraw(request: Request) -> Response:
    """Take an open hand-over back."""
    handing_over.withdraw(*addressed(request, "exhibit"))
    return _back(request, "withdrawn")


@router.post(_BASE + "/split", name="exhibit_split")
@again(exhibit)
def exhibit_split(request: Request) -> Response:
    """Bag a part of it under a seal of its own."""
    form = fields(request)
    kind, description = form.word("kind", ExhibitKind), form.text("description")
    seal_number, seal = form.text("seal_number", limit=80), form.text("seal", limit=80)
    new = NewExhibit(kind, description, seal_number, form.maybe_number("weight", least=1))
    form.check()
    resealing.split(*addressed(request, "exhibit"), new, seal=seal)
    return _back(request, "saved")


@router.post(_BASE + "/reseal", name="exhibit_reseal")
@again(exhibit)
def exhibit_reseal(request: Request) -> Response:
    """Put it under a new seal."""
    form = fields(request)
    seal, purpose = form.text("seal", limit=80), form.text("purpose", limit=200)
    form.check()
    resealing.reseal(*addressed(request, "exhibit"), seal=seal, purpose=purpose)
    return _back(request, "saved")


def _held(request: Request) -> views.HeldBy:
    asked = request.query_params.get("at", "")[:40]
    try:
        at = moment(asked) if asked else now(request)
    except ValueError as error:
        raise Refused(str(error)) from None
    return views.who_held(database(request), part(request, "exhibit"), at)


def _address(request: Request) -> str:
    ours = f"{request.url.scheme}://{request.url.netloc}"
    return settings(request).public_url.rstrip("/") or ours


def _back(request: Request, did: str) -> Response:
    return done(f"/exhibits/{part(request, 'exhibit')}", did)
