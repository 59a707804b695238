"""Superseded verdicts: who was told and has confirmed it, and what came of looking again."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.verdicts import reviewing
from casework.views import superseded as views
from portal.fields import fields
from portal.pages import again, done, page
from portal.visit import act, database

router = APIRouter(prefix="/superseded")


@router.get("", name="superseded")
def superseded(request: Request) -> HTMLResponse:
    """Word owed and reviews, those open first; of one test buy with `?testbuy=`."""
    reference = request.query_params.get("testbuy", "")[:40] or None
    view = views.superseded(database(request), reference)
    return page(request, "verdicts/superseded.html", view=view, reference=reference)


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
