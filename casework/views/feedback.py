"""What an agency made of the referrals it was sent, for its own page and for the next approval."""

from datetime import datetime

from rules.correcting import in_place
from rules.feedback import Feedback, Handled, feedback
from rules.referral import ReferralMove, ReferralState
from storage.rows import every, table_of
from storage.session import Transaction
from storage.tables import Referral, ReferralStep


def feedback_of(tx: Transaction, agency_id: int, now: datetime) -> Feedback:
    """Over all referrals that were sent to an agency."""
    rows, steps = table_of(Referral).c, table_of(ReferralStep).c
    sent = every(tx, Referral, rows.sent_at.is_not(None), agency_id=agency_id)
    theirs = steps.referral_id.in_([row.id for row in sent])
    told = in_place(every(tx, ReferralStep, theirs, order_by=steps.id))
    accepted = {
        step.referral_id: step.happened_on for step in told if step.move is ReferralMove.ACCEPT
    }
    reasons = {
        step.referral_id: step.decline_reason
        for step in told
        if step.move is ReferralMove.DECLINE_BY_AGENCY
    }
    return feedback(
        [
            Handled(
                row.sent_at.date(),
                accepted.get(row.id),
                row.state is ReferralState.DECLINED,
                reasons.get(row.id),
            )
            for row in sent
            if row.sent_at is not None
        ],
        now.date(),
    )
