"""The two forms by which the day of a raid is corrected: asked for, and decided."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from casework.raiding import correcting
from portal.fields import fields
from portal.pages import again, done
from portal.routes.raiding.raids import raid
from portal.visit import addressed, part

router = APIRouter(prefix="/raids/{reference}/corrections")


@router.post("", name="raid_redate")
@again(raid)
def correct(request: Request) -> Response:
    """Ask to have the day corrected."""
    form = fields(request)
    version, on, reason = (
        form.number("version"),
        form.day("right_on"),
        form.text("reason", limit=1000),
    )
    form.check()
    correcting.ask(*addressed(request), version=version, instead=on, reason=reason)
    return done(f"/raids/{part(request, 'reference')}", "saved")


@router.post("/decide", name="raid_redate_decide")
@again(raid)
def decide(request: Request) -> Response:
    """Let the right day stand, or leave it and say why."""
    form = fields(request)
    version, asked = form.number("version"), form.number("correction", least=1)
    agreed, said = form.option("decision", ("correct", "leave")) == "correct", form.maybe("said")
    form.check()
    about = {"correction": asked, "agreed": agreed, "said": said}
    correcting.decide(*addressed(request), version=version, **about)
    return done(f"/raids/{part(request, 'reference')}", "saved")
