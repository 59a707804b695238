"""The reference library of the brands granted: products, their entries and versions."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.examinations import references as casework
from casework.examinations.references import NewEntry
from casework.views import references as views
from portal.fields import Fields, fields
from portal.once import sent_once
from portal.pages import again, done, page
from portal.paging import turn
from portal.picturing import picture
from portal.visit import act, database, number, part, vault, visitor
from rules.audience import PARTS, Region
from rules.references import ReferenceKind
from rules.shots import SHOTS

router = APIRouter(prefix="/references")
_EDGES = ("left", "top", "right", "bottom")


@router.get("", name="references")
def references(request: Request) -> HTMLResponse:
    """A page of the products of the brands granted."""
    view = views.library(database(request), visitor(request).person_id, turn(request))
    return page(request, "verdicts/references.html", view=view)


@router.post("", name="product_add")
@again(references)
def product_add(request: Request) -> Response:
    """Open a product in the library."""
    form = fields(request)
    brand, category = form.text("brand", limit=200), form.text("category", limit=200)
    name = form.text("name", limit=200)
    form.check()
    opened = casework.add_product(
        database(request), act(request), brand=brand, category=category, name=name
    )
    return done(f"/references/{opened}", "saved")


@router.get("/photos/{public_id}", name="reference_photo")
def reference_photo(request: Request) -> Response:
    """The copy of an entry's picture, without any metadata."""
    who = visitor(request)
    digest = views.picture(database(request), who.person_id, part(request, "public_id"))
    return picture(request, digest)


@router.get("/photos/{public_id}/close", name="reference_photo_close")
def reference_photo_close(request: Request) -> Response:
    """The same with all the pixels a copy has."""
    who = visitor(request)
    wanted = part(request, "public_id")
    return picture(request, views.picture(database(request), who.person_id, wanted, close=True))


@router.get("/{product_id}", name="product")
def product(request: Request) -> HTMLResponse:
    """One product with its entries."""
    who, wanted = visitor(request), number(request, "product_id")
    view = views.product(database(request), who.person_id, wanted)
    return page(request, "verdicts/product.html", view=view, kinds=list(ReferenceKind))


@router.post("/{product_id}/entries", name="entry_add")
@again(product)
def entry_add(request: Request) -> Response:
    """Add an entry."""
    form, wanted = fields(request), number(request, "product_id")
    entry, photo = _entry(form), form.maybe_upload("photo")
    form.check()
    # Pictures take seconds to file: nobody else waits for that, so it stays outside.
    files = casework.filed(database(request), vault(request), photo)

    def add() -> Response:
        casework.add_entry(database(request), act(request), wanted, entry, files)
        return done(f"/references/{wanted}", "saved")

    return sent_once(request, add)


@router.post("/{product_id}/entries/{entry_id}/revise", name="entry_revise")
@again(product)
def entry_revise(request: Request) -> Response:
    """Add a version that takes the entry's place."""
    form, wanted = fields(request), number(request, "product_id")
    entry, photo, version = _entry(form), form.maybe_upload("photo"), form.number("version")
    form.check()
    casework.revise(
        database(request),
        vault(request),
        act(request),
        wanted,
        number(request, "entry_id"),
        entry,
        photo,
        version=version,
    )
    return done(f"/references/{wanted}", "saved")


@router.post("/{product_id}/entries/{entry_id}/withdraw", name="entry_withdraw")
@again(product)
def entry_withdraw(request: Request) -> Response:
    """Take an entry out of use."""
    form, wanted = fields(request), number(request, "product_id")
    version = form.number("version")
    form.check()
    entry = number(request, "entry_id")
    casework.withdraw(database(request), act(request), wanted, entry, version=version)
    return done(f"/references/{wanted}", "withdrawn")


def _entry(form: Fields) -> NewEntry:
    shot = form.maybe("shot", limit=8)
    if shot is not None and shot not in SHOTS:
        form.errors["shot"] = "Choose a shot of the list, or none."
    return NewEntry(
        form.word("kind", ReferenceKind),
        form.text("title", limit=200),
        form.maybe("text", limit=5000) or "",
        shot,
        _region(form),
    )


def _region(form: Fields) -> Region | None:
    """Four edges in percent, or none of them."""
    told = [form.raw(edge) for edge in _EDGES]
    if not any(told):
        return None
    try:
        return Region(*(round(float(edge) * PARTS / 100) for edge in told))
    except (ValueError, OverflowError):
        form.errors["left"] = (
            "Give four numbers from 0 to 100, right beyond left and bottom below top, or none."
        )
        return None
