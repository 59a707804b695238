"""What an agency would get of a referral, looked at before it is approved or sent."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.record import seals
from portal.pages import page, speaks
from portal.visit import database, now, part, settings, vault
from rules.audience import Level

router = APIRouter(prefix="/referrals/{reference}/package")
_LEVELS = {level.value: level for level in Level}


@router.get("", name="package_preview")
def package(request: Request) -> HTMLResponse:
    """Every file with its digest, what is withheld and why, the gauge, and what is missing.

    `?level=` looks at the other level than the one that was agreed to.
    """
    # Typesetting is loaded only where somebody looks at a package.
    from casework.papers.previewing import preview

    view = preview(
        database(request),
        vault(request),
        part(request, "reference"),
        now(request),
        seals.of(settings(request)),
        level=_level(request),
        told_in=speaks(request),
    )
    return page(request, "referring/package.html", view=view, levels=tuple(Level))


@router.get("/{testbuy}.pdf", name="package_dossier")
def package_dossier(request: Request) -> Response:
    """A dossier as the package would hold it, marked on each page and never signed."""
    from casework.papers.previewing import dossier_pdf

    language = "zh" if request.query_params.get("language") == "zh" else "en"
    testbuy = part(request, "testbuy")
    pdf = dossier_pdf(
        database(request),
        vault(request),
        part(request, "reference"),
        testbuy,
        now(request),
        language,
        seals.of(settings(request)),
        level=_level(request),
    )
    headers = {
        "content-disposition": f'inline; filename="preview-{testbuy}.{language}.pdf"',
        "cache-control": "private, no-store",
    }
    return Response(pdf, media_type="application/pdf", headers=headers)


def _level(request: Request) -> Level | None:
    return _LEVELS.get(request.query_params.get("level", ""))
