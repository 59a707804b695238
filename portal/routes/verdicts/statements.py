"""Examination statements as files, and the signed copies of them that are handed back."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from casework.custody import scans
from casework.record import seals
from portal.fields import fields
from portal.numbers import number_of
from portal.pages import again, done
from portal.routes.buying.testbuys import testbuy
from portal.routes.verdicts.examinations import examination
from portal.visit import act, database, now, part, settings, vault, visitor
from rules.audience import ORIGINALS

router = APIRouter()
_MINE = "/examinations/{public_id}"
_STAFF = "/testbuys/{reference}/statements/{public_id}"


@router.get(_MINE + "/statement.pdf", name="examination_statement")
def examination_statement(request: Request) -> Response:
    """The statement of one's own verdict."""
    return _statement(request, examiner=visitor(request).person_id)


@router.get(_MINE + "/signed/{number}", name="examination_signed_copy")
def examination_signed_copy(request: Request) -> Response:
    """A signed copy that was handed back for one's own verdict."""
    return _copy(request, examiner=visitor(request).person_id)


@router.post(_MINE + "/signed", name="examination_signed")
@again(examination)
def examination_signed(request: Request) -> Response:
    """The authenticator hands a signed copy in."""
    _hand_in(request, None)
    return done(f"/examinations/{part(request, 'public_id')}", "signed")


@router.get(_STAFF + ".pdf", name="statement")
def statement(request: Request) -> Response:
    """The statement of a verdict on a test buy."""
    return _statement(request, testbuy=part(request, "reference"))


@router.get(_STAFF + "/signed/{number}", name="statement_signed_copy")
def statement_signed_copy(request: Request) -> Response:
    """A signed copy of it."""
    originals = bool(visitor(request).roles & ORIGINALS)
    return _copy(request, testbuy=part(request, "reference"), originals=originals)


@router.post(_STAFF + "/signed", name="statement_signed")
@again(testbuy)
def statement_signed(request: Request) -> Response:
    """A clerk hands a signed copy in."""
    reference = part(request, "reference")
    _hand_in(request, reference)
    return done(f"/testbuys/{reference}", "signed")


def _hand_in(request: Request, reference: str | None) -> None:
    form = fields(request)
    _, data = form.upload("signed")
    form.check()
    scans.hand_in(
        database(request),
        vault(request),
        act(request),
        part(request, "public_id"),
        data,
        testbuy=reference,
    )


def _statement(request: Request, **reader: int | str) -> Response:
    # Typesetting is loaded only where somebody wants a statement.
    from casework.verdicts.statements import Reader, statement_pdf

    public_id = part(request, "public_id")
    language = "zh" if request.query_params.get("language") == "zh" else "en"
    pdf = statement_pdf(
        database(request),
        vault(request),
        Reader(**reader),  # pyright: ignore[reportArgumentType] - named by the callers above
        public_id,
        now(request),
        language,
        seals.of(settings(request)),
    )
    return _file(pdf, f"{public_id}.{language}.pdf", "application/pdf")


def _copy(request: Request, **reader: int | str) -> Response:
    from casework.verdicts.statements import Reader, signed_copy

    data, name, media_type = signed_copy(
        database(request),
        vault(request),
        Reader(**reader),  # pyright: ignore[reportArgumentType]
        part(request, "public_id"),
        number_of(part(request, "number")) or 0,
    )
    return _file(data, name, media_type)


def _file(data: bytes, name: str, media_type: str) -> Response:
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "cache-control": "private, no-store",
    }
    return Response(data, media_type=media_type, headers=headers)
