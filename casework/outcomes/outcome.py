"""What became of a test buy, in one word, as stories and figures tell it.

Owns the words (docs/glossary.md lists them). Pure over rows: leaves reading them to the caller.
"""

from typing import Protocol

from rules.lifecycle import EarlyEnd, Stage
from rules.referral import TAKEN, ReferralState
from rules.verdicts import Verdict
from rules.waiting import HELD

IN_PROGRESS = "in_progress"
HELD_BACK = "held"
AWAITING_AGENCY = "awaiting_agency"
ACCEPTED = "accepted"
DECLINED_BY_AGENCY = "declined_by_agency"
CLEARED = "cleared"
GREY_MARKET = "grey_market"
CLOSED = "closed"
DECLINED = "declined"

OUTCOMES: tuple[str, ...] = (
    IN_PROGRESS,
    HELD_BACK,
    AWAITING_AGENCY,
    ACCEPTED,
    DECLINED_BY_AGENCY,
    CLEARED,
    GREY_MARKET,
    CLOSED,
    DECLINED,
    *(early_end.value for early_end in EarlyEnd),
)
"""Every word; an early end is its own."""

_CLOSED_BY_REFERRAL = {
    **dict.fromkeys(TAKEN, ACCEPTED),
    ReferralState.DECLINED: DECLINED_BY_AGENCY,
}
_CLOSED_BY_CONCLUSION = {Verdict.GENUINE: CLEARED, Verdict.GREY_MARKET: GREY_MARKET}


class Standing(Protocol):
    """The part of a test buy's row that the outcome rests on."""

    @property
    def stage(self) -> Stage: ...
    @property
    def waiting_name(self) -> str: ...
    @property
    def conclusion(self) -> Verdict | None: ...
    @property
    def early_end(self) -> EarlyEnd | None: ...


def outcome(testbuy: Standing, referral: ReferralState | None) -> str:
    """The word for a test buy; `referral` is the state of the one it rests in, withdrawn apart."""
    match testbuy.stage:
        case Stage.ABANDONED:
            assert testbuy.early_end is not None  # a CHECK of the table holds it
            return testbuy.early_end.value
        case Stage.DECLINED:
            return DECLINED
        case Stage.REFERRED:
            return AWAITING_AGENCY
        case Stage.JUDGED if testbuy.waiting_name == HELD.name:
            return HELD_BACK
        case Stage.CLOSED:
            by_agency = _CLOSED_BY_REFERRAL.get(referral) if referral else None
            by_conclusion = (
                _CLOSED_BY_CONCLUSION.get(testbuy.conclusion) if testbuy.conclusion else None
            )
            return by_agency or by_conclusion or CLOSED
        case _:
            return IN_PROGRESS
