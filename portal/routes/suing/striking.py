"""The two forms by which an entry of a claim is struck: asked for, and decided."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from casework.suing import striking
from casework.suing.striking import Instead
from portal.fields import fields
from portal.pages import again, done
from portal.routes.suing.claims import claim
from portal.visit import addressed, part
from rules.pleading import Struck

router = APIRouter(prefix="/claims/{reference}")


@router.post("/strikes", name="claim_strike")
@again(claim)
def strike(request: Request) -> Response:
    """Ask to have struck what was entered wrongly, or a step's day or docket number corrected."""
    form = fields(request)
    version, what = form.number("version"), form.word("what", Struck)
    given, reason = form.number("number", least=1), form.text("reason")
    on = form.day("instead_on") if form.raw("instead_on") else None
    right = Instead(on, form.maybe("instead_number", limit=80))
    form.check()
    said = {"reason": reason, "instead": right}
    striking.ask(*addressed(request), version=version, what=what, number=given, **said)
    return done(f"/claims/{part(request, 'reference')}", "saved")


@router.post("/strikes/decide", name="claim_strike_decide")
@again(claim)
def strike_decide(request: Request) -> Response:
    """Strike it, or leave it and say why."""
    form = fields(request)
    version, asked = form.number("version"), form.number("strike", least=1)
    agreed, said = form.option("decision", ("strike", "leave")) == "strike", form.maybe("said")
    form.check()
    striking.decide(*addressed(request), version=version, strike=asked, agreed=agreed, said=said)
    return done(f"/claims/{part(request, 'reference')}", "saved")
