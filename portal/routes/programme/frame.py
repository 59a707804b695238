"""The programme's frame: thresholds, policies, deadlines, categories, brands, agencies."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.gauge import floors
from casework.programme import programme
from casework.views import frame as views
from portal.fields import Fields, fields
from portal.pages import again, done, page
from portal.visit import act, database, number
from rules.lifecycle import Stage
from rules.thresholds import Limb, Threshold

router = APIRouter(prefix="/frame")
_LONGEST_DAYS = 3650


@router.get("", name="frame")
def frame(request: Request) -> HTMLResponse:
    """What verdicts and referrals are given under today; `?instead=` a threshold to replace."""
    view, instead = views.frame(database(request)), request.query_params.get("instead")
    return page(
        request,
        "programme/frame.html",
        view=view,
        instead=next((each.threshold for each in view.floors if str(each.number) == instead), None),
        limbs=tuple(Limb),
        names=views.policy_names(),
        stages=tuple(Stage),
    )


@router.post("/thresholds", name="threshold_add")
@again(frame)
def threshold_add(request: Request) -> Response:
    """Add a threshold."""
    form = fields(request)
    jurisdiction, offence = form.text("jurisdiction", limit=2), form.text("offence", limit=200)
    limb, source = form.word("limb", Limb), form.text("source", limit=300)
    valid_from = form.day("valid_from")
    amount, currency = _amount(form, limb)
    form.check()
    threshold = Threshold(
        jurisdiction.upper(), offence, limb, amount, currency, valid_from, None, source,
        verified=False, reoffender=form.raw("reoffender") == "yes",
    )  # fmt: skip
    floors.add_floor(database(request), act(request), threshold)
    return done("/frame", "saved")


@router.post("/thresholds/{floor_id}/verify", name="threshold_verify")
@again(frame)
def threshold_verify(request: Request) -> Response:
    """Counsel has checked it."""
    floors.verify_floor(database(request), act(request), number(request, "floor_id"))
    return done("/frame", "saved")


@router.post("/policies", name="policy_set")
@again(frame)
def policy_set(request: Request) -> Response:
    """Set a policy's number."""
    form = fields(request)
    name = form.option("name", views.policy_names())
    value = form.number("value", least=0, most=1_000_000)
    form.check()
    programme.set_policy(database(request), act(request), name, value)
    return done("/frame", "saved")


@router.post("/deadlines", name="deadline_set")
@again(frame)
def deadline_set(request: Request) -> Response:
    """Set how many days a stage may wait."""
    form = fields(request)
    stage = form.word("stage", Stage)
    remind, escalate = (
        form.number(name, least=1, most=_LONGEST_DAYS) for name in ("remind_days", "escalate_days")
    )
    form.check()
    programme.set_deadline(
        database(request),
        act(request),
        stage,
        remind_after=timedelta(days=remind),
        escalate_after=timedelta(days=escalate),
    )
    return done("/frame", "saved")


@router.post("/brands", name="brand_add")
@again(frame)
def brand_add(request: Request) -> Response:
    """Add a brand of a rights holder."""
    form = fields(request)
    holder, brand = form.text("rights_holder", limit=120), form.text("brand", limit=120)
    form.check()
    programme.add_brand(database(request), act(request), rights_holder=holder, brand=brand)
    return done("/frame", "saved")


def _amount(form: Fields, limb: Limb) -> tuple[int | None, str | None]:
    """What the limb is measured in: money, pieces, or nothing."""
    if limb is Limb.NONE:
        return None, None
    if limb is Limb.PIECES:
        return form.number("amount", least=1), None
    currency = form.currency()
    return form.money("amount", currency), currency
