"""Superseded verdicts: the letters, who was told and has confirmed it, and what came of reviews."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.record import seals
from casework.verdicts import reviewing
from casework.views import superseded as views
from evidence.words import LANGUAGES
from portal.fields import fields
from portal.pages import again, done, page
from portal.visit import act, database, now, number, part, settings

router = APIRouter(prefix="/superseded")


@router.get("", name="superseded")
def superseded(request: Request) -> HTMLResponse:
    """Word owed and reviews, those open first; of one test buy with `?testbuy=`."""
    reference = request.query_params.get("testbuy", "")[:40] or None
    view = views.superseded(database(request), reference)
    return page(request, "verdicts/superseded.html", view=view, reference=reference)


@router.get("/{reference}/letters/{notice}", name="superseded_letter")
def superseded_letter(request: Request) -> Response:
    """The letter for one recipient, in their own language or in the one asked for."""
    # Typesetting is loaded only where somebody wants a paper.
    from casework.verdicts.telling_recipients import letter_pdf

    reference, notice = part(request, "reference"), number(request, "notice")
    language = request.query_params.get("language")
    pdf = letter_pdf(
        database(request), reference, notice, now(request),
        language if language in LANGUAGES else None, seals.of(settings(request)),
    )  # fmt: skip
    # Named by its number alone: whoever sealed the verdict is not told which test buy it was.
    headers = {
        "cache-control": "private, no-store",
        "content-disposition": f'inline; filename="letter-{notice}.pdf"',
    }
    return Response(pdf, media_type="application/pdf", headers=headers)


@router.post("/receipt", name="superseded_receipt")
@again(superseded)
def superseded_receipt(request: Request) -> Response:
    """Record who confirmed to have been told, whether or not the test buy was ever referred."""
    form = fields(request)
    notice, by = form.number("notice"), form.text("by", limit=200)
    form.check()
    reviewing.record_receipt(database(request), act(request), notice, by=by)
    return done("/superseded", "receipt")


@router.post("/review", name="superseded_review")
@again(superseded)
def superseded_review(request: Request) -> Response:
    """Record what came of looking again at what became of a test buy."""
    form = fields(request)
    review, decision = form.number("review"), form.text("decision", limit=2000)
    form.check()
    reviewing.record_outcome_review(database(request), act(request), review, decision=decision)
    return done("/superseded", "review")
