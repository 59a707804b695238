"""The one next action on a test buy's page, for who looks at it.

Owns the choice alone: it stands on top, the others below it. What a form does, and whether it may,
stays with its route and with casework.
"""

from dataclasses import dataclass

from casework.views.testbuy import TestBuyPage
from portal.permissions import permits
from portal.visit import Visitor
from rules import waiting
from rules.lifecycle import ENDS
from rules.roles import Role

ELSEWHERE: dict[str, str] = {
    waiting.ORDER.name: "its buyer acts, on the page of their task",
    waiting.PARCEL.name: "its buyer acts, on the page of their task",
    waiting.PHOTOS.name: "its buyer acts, on the page of their task",
    waiting.ANOTHER_PHOTO.name: "its buyer acts, on the page of their task",
    waiting.VERDICT.name: "an authenticator acts, in the queue of examinations",
    waiting.CANCELLATION.name: "the marketplace is asked by a flow run",
    waiting.SUBMISSION.name: "a flow run submits it",
    waiting.CONCLUSION.name: "a flow run draws the conclusion",
    waiting.SENDING.name: "a flow run sends the referral",
    waiting.CLOSED.name: "it has ended",
    waiting.DECLINED.name: "it has ended",
    waiting.ABANDONED.name: "it has ended",
}
"""Waits that nobody ends on a test buy's page, and who does."""

_BUYER_WANTED = {waiting.BUYER.name, waiting.SUCCESSOR.name}
_REFERRING = {
    waiting.REFERRAL_APPROVAL.name,
    waiting.SENDING_ANSWER.name,
    waiting.SENDING_DECISION.name,
    waiting.AGENCY.name,
}
_WHERE_EXHIBITS_LIE = {waiting.INTAKE.name, waiting.TRANSFER_PHOTOS.name}


@dataclass(frozen=True, slots=True)
class NextStep:
    """`form` is the route of a form on the page, or `address` a page where it is done; or neither,
    where somebody else's turn it is.
    """

    form: str = ""
    address: str = ""
    exhibit: str = ""


def next_step(view: TestBuyPage, who: Visitor) -> NextStep:
    """What the visitor may do next for the test buy to go on; nothing where it is not theirs."""
    t, wait = view.testbuy, view.testbuy.waiting_name

    def may(route: str) -> bool:
        return permits(route, who.roles)

    if t.stage in ENDS:
        return NextStep()
    if wait == waiting.ADOPTION.name and may("adopt"):
        return NextStep(form="adopt")
    if (
        wait == waiting.APPROVAL.name
        and may("approve")
        and t.requested_by not in (None, who.person_id)
    ):
        return NextStep(form="approve")
    if wait in _BUYER_WANTED and may("look_for_buyer"):
        return NextStep(form="look_for_buyer")
    if view.order_to_answer and may("order_answer"):
        return NextStep(form="order_answer")
    if wait == waiting.TRANSFER_PHOTOS.name and may("testbuy_photo"):
        return NextStep(form="testbuy_photo")
    if wait in _WHERE_EXHIBITS_LIE and may("exhibit_take_in") and view.exhibits:
        exhibit = view.exhibits[0].exhibit.reference
        return NextStep(address=f"/exhibits/{exhibit}", exhibit=exhibit)
    if wait in _REFERRING and view.referral and Role.LIAISON in who.roles:
        return NextStep(address=f"/referrals/{view.referral.reference}")
    if wait == waiting.DECISION.name and may("judge_again"):
        return NextStep(form="judge_again")
    if wait == waiting.HELD.name and view.operator is None and may("shop_link"):
        return NextStep(address="/operators")
    if wait == waiting.HELD.name and view.operator is not None and may("operator"):
        return NextStep(address=f"/operators/{view.operator.reference}")
    return NextStep()
