"""What becomes of a drafted referral: approved, taken back, answered by its agency, closed.

Owns what a liaison decides and what an agency's answer does to the test buys a referral rests on.
Leaves drafting to `casework.referring.referring`, and handing over to `casework.referring.sending`.
"""

from datetime import date

from casework.act import Act
from casework.errors import Refused, ensure
from casework.move import Moved, find, move
from casework.outcomes.referrals import (
    advance,
    contributors_of,
    hold_operator,
    hold_referral,
    known,
    referral_of,
    wait_all,
    wake_held,
)
from casework.referring import following, gating
from rules import completeness
from rules import referral as rules_referral
from rules.lifecycle import Move, Stage
from rules.referral import OPEN, TAKEN, DeclineReason, ReferralMove, ReferralState
from rules.waiting import AGENCY, HELD, SENDING
from storage.session import Database

_ANSWERS = {
    ReferralState.ACKNOWLEDGED: ReferralMove.ACKNOWLEDGE,
    ReferralState.ACCEPTED: ReferralMove.ACCEPT,
    ReferralState.DECLINED: ReferralMove.DECLINE_BY_AGENCY,
}


def approve(db: Database, act: Act, referral: str, *, version: int) -> str:
    """A liaison who put nothing into it approves a referral; the next flow run sends it.

    Refused while its package lacks anything that nobody let go.
    """
    with db.write() as tx:
        hold_operator(tx, known(tx, referral).operator_id)
        row = hold_referral(tx, act, referral, version)
        assert act.person is not None  # a liaison is signed in
        ensure(rules_referral.may_approve(contributors_of(tx, row), act.person))
        # What was approved already is told by the move; nothing is lacking then any more.
        if row.state is ReferralState.DRAFTED:
            ensure(completeness.may_approve(gating.readings(tx, row, act.now)))
        changes = {"approved_by": act.person, "approved_at": act.now}
        advance(tx, act, row, ReferralMove.APPROVE, changes)
        wait_all(tx, act, row, "referral approved", SENDING)
        return referral


def withdraw(db: Database, act: Act, referral: str, *, version: int, reason: str) -> str:
    """Take back a referral that was not sent; its test buys are held again."""
    if not reason.strip():
        raise Refused("Say why the referral is withdrawn.")
    with db.write() as tx:
        hold_operator(tx, known(tx, referral).operator_id)
        row = hold_referral(tx, act, referral, version)
        if row.state not in (*OPEN, ReferralState.WITHDRAWN):
            raise Refused(
                f"{referral} was sent already; what was sent can't be taken back here. "
                "Tell the agency, and record what it answers."
            )
        if row.intended_at is not None:
            raise Refused(
                f"{referral} is being sent and may be at the agency. "
                "Wait for its answer, or ask the agency and record what it says."
            )
        advance(tx, act, row, ReferralMove.WITHDRAW, {"answer": reason.strip()})
        wait_all(tx, act, row, "referral withdrawn", HELD, wake=False)
        wake_held(tx, act, row, "referral withdrawn")
        return referral


def record_answer(
    db: Database,
    act: Act,
    referral: str,
    *,
    version: int | None,
    state: ReferralState,
    agency_number: str | None,
    reason: str,
    answered_on: date | None = None,
    decline_reason: DeclineReason | None = None,
) -> str:
    """Record what the agency answered, on which day (None: today); a decision wakes its test buys.

    The same twice is one.
    """
    day = answered_on or act.now.date()
    if day > act.now.date():
        raise Refused("An agency can't have answered in the future. Correct the day.")
    if decline_reason is not None and state is not ReferralState.DECLINED:
        raise Refused("A reason for declining belongs to a decline. Leave it out, or decline.")
    with db.write() as tx:
        row = hold_referral(tx, act, referral, version)
        if row.state is state or (state is ReferralState.ACCEPTED and row.state in TAKEN):
            return referral
        step = _ANSWERS.get(state)
        if step is None:
            raise Refused(f"An agency does not answer “{state}”.")
        changes = {"answer": reason.strip() or None}
        if agency_number:
            changes["agency_number"] = agency_number.strip()
        if row.sent_at is not None and day < row.sent_at.date():
            raise Refused(f"{referral} was sent on {row.sent_at.date()}. Correct the day.")
        following.ensure_after_cause(tx, row.id, step, day)
        advance(tx, act, row, step, changes)
        told = {"words": reason, "number": agency_number or "", "decline_reason": decline_reason}
        following.note(tx, act, row, step, day, **told)
        decided = state is not ReferralState.ACKNOWLEDGED
        wait_all(tx, act, row, f"agency: {state}", AGENCY, wake=decided)
        return referral


def record_told(
    db: Database, act: Act, referral: str, *, state: ReferralState, number: str, reason: str,
    reason_code: str | None,
) -> None:  # fmt: skip
    """Record what an agency's interface tells; why it declined is put in the words of our list.

    A code that is not on it stands before the agency's words.
    """
    declined = state is ReferralState.DECLINED
    why = rules_referral.reason_by_code(reason_code) if declined else None
    words = [reason] if reason else []
    if declined and reason_code and why != reason_code:
        words.insert(0, reason_code)
    told = {"agency_number": number, "reason": ": ".join(words), "decline_reason": why}
    record_answer(db, act, referral, version=None, state=state, **told)


def close_answered(db: Database, act: Act, reference: str) -> Moved | None:
    """Close a referred test buy once its agency has accepted or declined."""
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        if testbuy.stage is not Stage.REFERRED:
            return None
        row = referral_of(tx, testbuy.id)
        if row is None or row.state not in (*TAKEN, ReferralState.DECLINED):
            return None
        said = ReferralState.ACCEPTED if row.state in TAKEN else row.state
        reason = f"The agency {said} {row.reference}" + (f": {row.answer}" if row.answer else "")
        return move(tx, act, testbuy, Move.CLOSE, reasons=[reason + "."])


def close(db: Database, act: Act, reference: str, *, version: int, note: str) -> Moved:
    """A person closes a judged or referred test buy, with the reason."""
    if not note.strip():
        raise Refused("Say why the test buy is closed.")
    with db.write() as tx:
        testbuy = find(tx, act, reference, version)
        row = referral_of(tx, testbuy.id)
        if row and row.state in OPEN:
            raise Refused(
                f"{row.reference} rests on this test buy. Withdraw the referral first.",
                stage=testbuy.stage,
            )
        return move(tx, act, testbuy, Move.CLOSE, reasons=[note.strip()])
