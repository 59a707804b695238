"""A buyer's hand-over on the phone: to a clerk who confirms it, or to a courier who signs."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from casework.custody import handing_over
from portal import sides
from portal.fields import fields
from portal.pages import again, done
from portal.routes.buying.tasks import task
from portal.visit import act, database, part, vault
from rules.holders import Holder, HolderKind

router = APIRouter(prefix="/tasks/{reference}")
COURIER = "courier"
"""What the list of takers offers beside the clerks."""
_PURPOSE = "to the store"


@router.post("/give", name="task_give")
@again(task)
def task_give(request: Request) -> Response:
    """Open the hand-over of an exhibit: the buyer's side."""
    form = fields(request)
    exhibit = form.text("exhibit", limit=40)
    if form.raw("to_person") == COURIER:
        form.text("tracking_number", limit=80)
        carrier = Holder(HolderKind.CARRIER, form.text("carrier", limit=80))
        said = sides.giving(form, purpose=_PURPOSE, to_person=None, to=carrier)
    else:
        clerk = form.number("to_person")
        said = sides.giving(form, purpose=_PURPOSE, to_person=clerk, to=None)
    form.check()
    handing_over.give(database(request), vault(request), act(request), exhibit, said)
    return _back(request, "handing_over")


@router.post("/sign", name="task_sign")
@again(task)
def task_sign(request: Request) -> Response:
    """The courier signs on the buyer's phone."""
    form = fields(request)
    exhibit = form.text("exhibit", limit=40)
    said, signature = sides.taking(form), sides.signature(form)
    form.check()
    handing_over.sign(database(request), vault(request), act(request), exhibit, said, signature)
    return _back(request, "handed_over")


@router.post("/keep", name="task_keep")
@again(task)
def task_keep(request: Request) -> Response:
    """Withdraw a hand-over that nobody completed: the exhibit never left the buyer."""
    form = fields(request)
    exhibit = form.text("exhibit", limit=40)
    form.check()
    handing_over.withdraw(database(request), act(request), exhibit)
    return _back(request, "withdrawn")


def _back(request: Request, did: str) -> Response:
    return done(f"/tasks/{part(request, 'reference')}", did)
