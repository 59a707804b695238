"""What an operator's packages say besides test buys: recorded, corrected, withdrawn."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from casework.errors import NotFound
from casework.referring import furnishing
from casework.views import package as views
from portal.fields import Fields, fields
from portal.pages import again, done, page
from portal.visit import act, database, number, part, vault
from rules import package
from rules.package import HarmKind, KnowledgeKind, PremisesKind, RowKind, Said

router = APIRouter(prefix="/operators/{operator}/package")
_KINDS = {kind.value: kind for kind in RowKind}


@router.get("", name="package_rows")
def package_rows(request: Request) -> HTMLResponse:
    """Every row that stands, by kind, and what was corrected."""
    view = views.package_page(database(request), part(request, "operator"))
    return page(
        request,
        "referring/package_rows.html",
        view=view,
        harms=tuple(HarmKind),
        premises=tuple(PremisesKind),
        knowledge=tuple(KnowledgeKind),
    )


@router.get("/{kind}/{row}/document", name="package_document")
def package_document(request: Request) -> Response:
    """The document that a row rests on, checked against its digest before it goes out."""
    reference, kind, row = part(request, "operator"), _kind(request), number(request, "row")
    digest = views.document_of(database(request), reference, kind, row)
    kept = vault(request)
    kept.verify(digest)
    headers = {
        "cache-control": "private, no-store",
        "content-length": str(kept.size_of(digest)),
        "content-disposition": f'attachment; filename="{reference}-{kind}-{row}.pdf"',
    }
    return StreamingResponse(kept.chunks(digest), media_type="application/pdf", headers=headers)


@router.post("/harm", name="harm_record")
@again(package_rows)
def harm_record(request: Request) -> Response:
    """Record harm, as a count or an amount."""
    return _record(request, _harm)


@router.post("/premises", name="premises_record")
@again(package_rows)
def premises_record(request: Request) -> Response:
    """Record a place to search."""
    return _record(request, _premises)


@router.post("/knowledge", name="knowledge_record")
@again(package_rows)
def knowledge_record(request: Request) -> Response:
    """Record what shows that the operator knew."""
    return _record(request, _knowledge)


@router.post("/rights", name="rights_record")
@again(package_rows)
def rights_record(request: Request) -> Response:
    """Record a registration, and who signs for its holder."""
    return _record(request, _rights)


@router.post("/undertaking", name="undertaking_record")
@again(package_rows)
def undertaking_record(request: Request) -> Response:
    """Record a rights holder's undertaking, with the paper itself."""
    return _record(request, _undertaking)


@router.post("/{kind}/withdraw", name="package_withdraw")
@again(package_rows)
def package_withdraw(request: Request) -> Response:
    """Say that a row no longer stands."""
    form = fields(request)
    row, reason = form.number("row", least=1), form.text("reason")
    form.check()
    reference, kind = part(request, "operator"), _kind(request)
    furnishing.withdraw(database(request), act(request), reference, kind, row, reason=reason)
    return done(f"/operators/{reference}/package", "package_row_withdrawn")


def _record(request: Request, read: Callable[[Fields], Said]) -> Response:
    form = fields(request)
    said, document = read(form), form.maybe_upload("document")
    corrects = form.maybe_number("corrects", least=1)
    reason = form.text("reason") if corrects is not None else ""
    form.check()
    reference = part(request, "operator")
    furnishing.record(
        database(request), vault(request), act(request), reference, said, document=document,
        corrects=corrects, reason=reason,
    )  # fmt: skip
    return done(f"/operators/{reference}/package", "package_row")


def _harm(form: Fields) -> Said:
    kind, text, source = form.word("kind", HarmKind), form.text("text", limit=1000), _source(form)
    currency = form.currency() if form.raw("currency") else None
    if currency and form.raw("figure"):
        figure = form.money("figure", currency)
    else:
        figure = form.maybe_number("figure")
    return package.Harm(kind, text, figure, currency, source)


def _premises(form: Fields) -> Said:
    return package.Premises(
        form.word("kind", PremisesKind),
        form.text("address", limit=300),
        form.text("happens", limit=500),
        form.maybe("hour", limit=100) or "",
        _source(form),
    )


def _knowledge(form: Fields) -> Said:
    return package.Knowledge(
        form.word("kind", KnowledgeKind),
        form.text("text", limit=1000),
        form.day("known_on"),
        form.maybe("testbuy", limit=40),
        _source(form),
    )


def _rights(form: Fields) -> Said:
    return package.Rights(
        form.text("brand", limit=120),
        form.text("registration", limit=120),
        form.text("classes", limit=120),
        form.text("territory", limit=120),
        form.day("valid_until"),
        form.text("signatory", limit=200),
        form.text("authority", limit=300),
        _source(form),
    )


def _undertaking(form: Fields) -> Said:
    return package.Undertaking(
        form.text("rights_holder", limit=200),
        form.text("person", limit=200),
        form.text("position", limit=200),
        form.day("given_on"),
        _source(form),
    )


def _source(form: Fields) -> str:
    return form.text("source", limit=300)


def _kind(request: Request) -> RowKind:
    kind = _KINDS.get(part(request, "kind"))
    if kind is None:
        raise NotFound("There is no such row.")
    return kind
