"""What an agency did with a referral: one row a step, with the day it happened, and what was
recorded wrongly of one.
"""

from datetime import date, datetime

import sqlalchemy as sa

from rules.referral import DeclineReason, ReferralMove
from storage.tables.columns import Table, identity, instant, refers_to, word


class ReferralStep(Table, table=True):
    """A step in an agency's hands. `happened_on` is its day there, `recorded_at` when we heard.

    `until`: the day by which material is asked for, or for which an action is planned. `number`:
    the agency's, or the criminal file's. `decline_reason` None: it declined and gave no sort.
    `recorded_by` None: the agency's interface told it. `corrects_id`: a step recorded wrongly
    (`ReferralCorrection`), in whose place this one stands. `raid_id`: the raid whose plan or day
    it tells.
    """

    __table_args__ = (
        sa.UniqueConstraint("corrects_id"),
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
    corrects_id: int | None = refers_to("referral_step.id", optional=True, index=False)
    raid_id: int | None = refers_to("raid.id", optional=True, index=False)
    recorded_by: int | None = refers_to("person.id", optional=True, index=False)
    recorded_at: datetime = instant()


class ReferralCorrection(Table, table=True):
    """A liaison's word that a step was recorded on a wrong day or under a wrong number, and why.

    A second person agrees, or leaves it and says why. `instead_on`, `instead_number`: what is
    right; None of one that is right as recorded.
    """

    __table_args__ = (
        sa.CheckConstraint(
            "instead_on IS NOT NULL OR instead_number IS NOT NULL", name="says_what_is_right"
        ),
        sa.CheckConstraint("decided_by <> asked_by", name="decider_is_not_asker"),
        sa.CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decider_is_named"),
        sa.CheckConstraint("(decided_at IS NULL) = (agreed IS NULL)", name="decision_is_whole"),
        sa.Index(
            "uq_referral_correction_open",
            "step_id",
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        ),
    )
    id: int = identity()
    referral_id: int = refers_to("referral.id")
    step_id: int = refers_to("referral_step.id", index=False)
    instead_on: date | None = None
    instead_number: str | None = None
    reason: str
    asked_by: int = refers_to("person.id", index=False)
    asked_at: datetime = instant()
    decided_at: datetime | None = instant(optional=True)
    decided_by: int | None = refers_to("person.id", optional=True, index=False)
    agreed: bool | None = None
    said: str | None = None
