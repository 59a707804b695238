"""Scanning labels: one after the other into a list, and one act for all of them.

Also reads the codes in a photo, for the pages where a label or a seal's number is typed; nothing is
kept of that photo.
"""

from collections.abc import Callable
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from casework.custody import together
from casework.custody.sides import Giving
from casework.custody.together import Answer
from casework.views import scanning as views
from casework.views.places import open_places
from portal.fields import Fields, fields
from portal.pages import again, page
from portal.visit import act, database, vault, visitor
from rules.holders import Holder, HolderKind

router = APIRouter(prefix="/scan")


@router.get("", name="scan")
def scan(request: Request) -> Response:
    """The list so far; `label` is what the scanner has just typed."""
    asked = request.query_params
    labels = [views.read_label(each) for each in asked.getlist("on") if each.strip()]
    fresh = [each for each in asked.getlist("label") if each.strip()]
    return _listed(labels, fresh) if fresh else _show(request, labels)


def _listed(labels: list[str], fresh: list[str]) -> Response:
    every = [*labels, *map(views.read_label, fresh)][: together.MOST]
    return RedirectResponse(
        f"/scan?{urlencode([('on', each) for each in dict.fromkeys(every)])}", 303
    )


def _again(request: Request) -> HTMLResponse:
    return _show(request, fields(request).ticked("on"))


@router.post("/photo", name="scan_photo")
@again(_again)
def scan_photo(request: Request) -> Response:
    """Add what a photo's codes say to the list, for browsers without scripts."""
    form = fields(request)
    _, data = form.upload("photo")
    form.check()
    codes = views.read_photo(data)
    if not codes:
        form.errors["photo"] = (
            "No code can be read in this photo. Lay the label flat and go closer."
        )
    form.check()
    return _listed(form.ticked("on"), list(codes))


@router.post("/codes", name="codes_in_photo")
def codes_in_photo(request: Request) -> Response:
    """What the codes in a photo say, as JSON: the page's script puts it into a field."""
    form = fields(request)
    _, data = form.upload("photo")
    form.check()
    return JSONResponse({"codes": views.read_photo(data)})


@router.post("/take-in", name="scan_take_in")
@again(_again)
def scan_take_in(request: Request) -> Response:
    """Take all of them in."""
    return _put(request, together.take_in)


@router.post("/store", name="scan_store")
@again(_again)
def scan_store(request: Request) -> Response:
    """Put all of them into one place."""
    return _put(request, together.store)


@router.post("/give", name="scan_give")
@again(_again)
def scan_give(request: Request) -> Response:
    """Hand all of them to one person, or to one carrier under one tracking number."""
    form = fields(request)
    seals = _seals(form)
    to_person = form.maybe_number("to_person")
    carrier, tracking = form.maybe("carrier", limit=120), form.maybe("tracking_number", limit=80)
    place, condition = form.text("place", limit=250), form.text("condition", limit=200)
    purpose = form.text("purpose", limit=200)
    if bool(to_person) == bool(carrier):
        form.errors["to_person"] = "Choose a person, or name a carrier; not both."
    form.check()
    said = Giving(
        "", purpose, place, condition, to_person=to_person,
        to=Holder(HolderKind.CARRIER, carrier) if carrier else None, tracking_number=tracking,
    )  # fmt: skip
    answers = together.give(database(request), vault(request), act(request), seals, said)
    return _told(request, answers)


def _put(request: Request, act_on: Callable[..., tuple[Answer, ...]]) -> HTMLResponse:
    form = fields(request)
    seals = _seals(form)
    place, condition = form.text("place", limit=250), form.text("condition", limit=200)
    form.check()
    said = {"place": place, "condition": condition}
    return _told(request, act_on(database(request), act(request), seals, **said))


def _seals(form: Fields) -> dict[str, str]:
    """The seal read on each exhibit: the fields `on` and `seal` go side by side."""
    labels, seals = form.ticked("on"), form.ticked("seal")
    if len(labels) != len(seals) or not all(seals):
        form.errors["seal"] = "Type or scan the seal number of every exhibit."
    return dict(zip(labels, seals, strict=False))


def _told(request: Request, answers: tuple[Answer, ...]) -> HTMLResponse:
    response = _show(request, [each.exhibit for each in answers], answers)
    if any(each.reasons for each in answers):
        response.status_code = 409
    return response


def _show(request: Request, labels: list[str], answers: tuple[Answer, ...] = ()) -> HTMLResponse:
    who, db = visitor(request), database(request)
    return page(
        request,
        "custody/scan.html",
        rows=views.scanned(db, labels[: together.MOST], who.person_id),
        answers={each.exhibit: each for each in answers},
        places=open_places(db, who.role, who.person_id),
        takers=views.takers(db),
        most=together.MOST,
    )
