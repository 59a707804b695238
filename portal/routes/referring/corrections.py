"""The two forms by which a step at an agency is corrected: asked for, and decided."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from casework.referring import correcting
from casework.referring.correcting import Right
from portal.fields import fields
from portal.pages import again, done
from portal.routes.referring.referrals import referral
from portal.visit import addressed, part

router = APIRouter(prefix="/referrals/{reference}/corrections")


@router.post("", name="referral_correct")
@again(referral)
def correct(request: Request) -> Response:
    """Ask to have a step's day or number corrected."""
    form = fields(request)
    version, step = form.number("version"), form.number("corrects", least=1)
    on = form.day("right_on") if form.raw("right_on") else None
    right = Right(on, form.maybe("right_number", limit=80))
    reason = form.text("reason", limit=1000)
    form.check()
    said = {"right": right, "reason": reason}
    correcting.ask(*addressed(request), version=version, step=step, **said)
    return done(f"/referrals/{part(request, 'reference')}", "saved")


@router.post("/decide", name="referral_correct_decide")
@again(referral)
def decide(request: Request) -> Response:
    """Let the right step stand, or leave it and say why."""
    form = fields(request)
    version, asked = form.number("version"), form.number("correction", least=1)
    agreed, said = form.option("decision", ("correct", "leave")) == "correct", form.maybe("said")
    form.check()
    about = {"correction": asked, "agreed": agreed, "said": said}
    correcting.decide(*addressed(request), version=version, **about)
    return done(f"/referrals/{part(request, 'reference')}", "saved")
