"""What an agency did with a referral: one row a step, with the day it happened."""

from datetime import date, datetime

import sqlalchemy as sa

from rules.referral import DeclineReason, ReferralMove
from storage.tables.columns import Table, identity, instant, refers_to, word


class ReferralStep(Table, table=True):
    """A step in an agency's hands. `happened_on` is its day there, `recorded_at` when we heard.

    `until`: the day by which material is asked for, or for which an action is planned. `number`:
    the agency's, or the criminal file's. `decline_reason` None: it declined and gave no sort.
    """

    __table_args__ = (
        sa.CheckConstraint(
            "decline_reason IS NULL OR move = 'decline_by_agency'", name="reason_of_a_decline"
        ),
    )
    id: int = identity()
    referral_id: int = refers_to("referral.id")
    move: ReferralMove = word(ReferralMove)
    happened_on: date
    words: str = ""
    number: str | None = None
    until: date | None = None
    decline_reason: DeclineReason | None = word(DeclineReason, optional=True)
    recorded_by: int | None = refers_to("person.id", optional=True, index=False)
    recorded_at: datetime = instant()
