"""Referrals: approve, withdraw, record what the agency answered."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.privacy import releases
from casework.referring import answering, following, gating, sending
from casework.verdicts import reviewing
from casework.views import referrals as views
from portal.fields import fields
from portal.pages import again, done, page
from portal.paging import turn
from portal.visit import act, addressed, database, now, part
from rules.completeness import Item
from rules.raids import LEADING
from rules.referral import DeclineReason, ReferralMove, ReferralState

router = APIRouter(prefix="/referrals")
ANSWERS = (ReferralState.ACKNOWLEDGED, ReferralState.ACCEPTED, ReferralState.DECLINED)


@router.get("", name="referrals")
def referrals(request: Request) -> HTMLResponse:
    """A page of referrals, the newest first."""
    view = views.referrals(database(request), turn(request))
    return page(request, "referring/referrals.html", view=view)


@router.get("/{reference}", name="referral")
def referral(request: Request) -> HTMLResponse:
    """One referral, its grounds, and the test buys it rests on."""
    view = views.referral(database(request), part(request, "reference"), now(request))
    return page(
        request,
        "referring/referral.html",
        view=view,
        answers=ANSWERS,
        declines=tuple(DeclineReason),
        steps=view.may_follow,
        leads=view.referral.state in LEADING,
        today=now(request).date(),
    )


@router.post("/{reference}/approve", name="referral_approve")
@again(referral)
def approve(request: Request) -> Response:
    """Approve a referral somebody else drafted."""
    form = fields(request)
    version = form.number("version")
    form.check()
    answering.approve(*addressed(request), version=version)
    return _back(request, "approved")


@router.post("/{reference}/waive", name="item_waive")
@again(referral)
def item_waive(request: Request) -> Response:
    """Let an item go that the package lacks, as somebody who put nothing into it."""
    form = fields(request)
    version, item = form.number("version"), form.word("item", Item)
    reason = form.text("reason", limit=1000)
    form.check()
    of = form.ticked("of")
    gating.waive(*addressed(request), item, version=version, of=of, reason=reason)
    return _back(request, "item_waived")


@router.post("/{reference}/withdraw", name="referral_withdraw")
@again(referral)
def withdraw(request: Request) -> Response:
    """Withdraw a referral that was not sent."""
    form = fields(request)
    version, reason = form.number("version"), form.text("reason")
    form.check()
    answering.withdraw(*addressed(request), version=version, reason=reason)
    return _back(request, "withdrawn")


@router.post("/{reference}/sent", name="referral_sent")
@again(referral)
def sent(request: Request) -> Response:
    """Record that the agency has an approved referral, by hand or after an unknown outcome."""
    form = fields(request)
    version, number = form.number("version"), form.text("agency_number", limit=80)
    form.check()
    sending.record_sent(*addressed(request), version=version, number=number)
    return _back(request, "sent")


@router.post("/{reference}/not-sent", name="referral_not_sent")
@again(referral)
def not_sent(request: Request) -> Response:
    """Record that the agency, asked after an unknown outcome, has nothing."""
    form = fields(request)
    version, reason = form.number("version"), form.text("reason")
    form.check()
    sending.record_not_sent(*addressed(request), version=version, reason=reason)
    return _back(request, "not_sent")


@router.post("/{reference}/send-again", name="referral_send_again")
@again(referral)
def send_again(request: Request) -> Response:
    """Let a referral that surely reached nobody be sent once more."""
    form = fields(request)
    version = form.number("version")
    form.check()
    sending.send_again(*addressed(request), version=version)
    return _back(request, "send_again")


@router.post("/{reference}/answer", name="referral_answer")
@again(referral)
def answer(request: Request) -> Response:
    """Record the answer of an agency that has no interface."""
    form = fields(request)
    version, state = form.number("version"), form.word("state", ReferralState)
    agency_number, reason = form.maybe("agency_number", limit=80), form.maybe("reason")
    answered_on = form.day("answered_on") if form.raw("answered_on") else None
    declined = form.raw("decline_reason") or state is ReferralState.DECLINED
    decline_reason = form.word("decline_reason", DeclineReason) if declined else None
    if state not in ANSWERS:
        form.errors["state"] = "An agency acknowledges, accepts or declines."
    form.check()
    answering.record_answer(
        *addressed(request),
        version=version,
        state=state,
        agency_number=agency_number,
        reason=reason or "",
        answered_on=answered_on,
        decline_reason=decline_reason,
    )
    return _back(request, "answer")


@router.post("/{reference}/step", name="referral_step")
@again(referral)
def step(request: Request) -> Response:
    """Record what the agency did next, on the day it happened."""
    form = fields(request)
    version, move = form.number("version"), form.word("step", ReferralMove)
    happened_on = form.day("happened_on")
    until = form.day("until") if form.raw("until") else None
    said, number = form.maybe("said", limit=2000) or "", form.maybe("file_number", limit=80) or ""
    form.check()
    following.record(
        *addressed(request),
        move,
        version=version,
        happened_on=happened_on,
        words=said,
        number=number,
        until=until,
    )
    return _back(request, "step")


@router.post("/{reference}/receipt", name="referral_receipt")
@again(referral)
def receipt(request: Request) -> Response:
    """Record who confirmed to have been told that a verdict was superseded."""
    form = fields(request)
    notice, by = form.number("notice"), form.text("by", limit=200)
    form.check()
    reviewing.record_receipt(database(request), act(request), notice, by=by)
    return _back(request, "receipt")


@router.post("/{reference}/review", name="referral_review")
@again(referral)
def review(request: Request) -> Response:
    """Record what came of looking at a referral again."""
    form = fields(request)
    decision = form.text("decision", limit=2000)
    form.check()
    reviewing.record_review(*addressed(request), decision=decision)
    return _back(request, "review")


@router.post("/{reference}/level", name="level_ask")
@again(referral)
def level_ask(request: Request) -> Response:
    """Ask for the referral's package at the full level."""
    form = fields(request)
    reason = form.text("level_reason", limit=2000)
    form.check()
    releases.ask(*addressed(request), reason=reason)
    return _back(request, "level_asked")


@router.post("/{reference}/level/agree", name="level_agree")
@again(referral)
def level_agree(request: Request) -> Response:
    """Agree, as one of two, to the full level that somebody else asked for."""
    form = fields(request)
    release = form.number("release")
    form.check()
    releases.approve(database(request), act(request), release)
    return _back(request, "level_agreed")


def _back(request: Request, did: str) -> Response:
    return done(f"/referrals/{part(request, 'reference')}", did)
