"""What came of civil claims: judgments by instance, payments, and where the money went.

Every amount is in minor units of the claim's currency; no row has a currency of its own. A row that
was entered wrongly stays, with the time it was struck at (`ClaimStrike`), and counts no more.
"""

from datetime import date, datetime

import sqlalchemy as sa

from rules.pleading import AllocatedTo, Struck
from storage.tables.columns import Table, identity, instant, refers_to, whole, word


class Judgment(Table, table=True):
    """A court's judgment in the first (1) or second (2) instance, with its reasons in words."""

    __table_args__ = (
        sa.Index(
            "uq_judgment_claim_id_instance",
            "claim_id",
            "instance",
            unique=True,
            sqlite_where=sa.text("struck_at IS NULL"),
            postgresql_where=sa.text("struck_at IS NULL"),
        ),
        sa.CheckConstraint("instance IN (1, 2)", name="two_instances"),
    )
    id: int = identity()
    claim_id: int = refers_to("claim.id")
    instance: int
    judged_on: date
    reasons: str
    digest: str
    recorded_by: int = refers_to("person.id", index=False)
    recorded_at: datetime = instant()
    struck_at: datetime | None = instant(optional=True)


class JudgmentHead(Table, table=True):
    """What a judgment awarded under one head of claim; 0 where the court gave nothing."""

    __table_args__ = (sa.CheckConstraint("awarded_minor >= 0", name="not_below_zero"),)
    judgment_id: int = refers_to("judgment.id", primary_key=True, index=False)
    head_id: int = refers_to("claim_head.id", primary_key=True)
    awarded_minor: int = whole()


class JudgmentRelief(Table, table=True):
    """Whether a judgment granted a relief beyond money."""

    judgment_id: int = refers_to("judgment.id", primary_key=True, index=False)
    relief_id: int = refers_to("claim_relief.id", primary_key=True)
    granted: bool


class ClaimPayment(Table, table=True):
    """Money that came in under a claim, and the digest of the paper that shows it, where any."""

    __table_args__ = (sa.CheckConstraint("amount_minor > 0", name="some_money"),)
    id: int = identity()
    claim_id: int = refers_to("claim.id")
    received_on: date
    amount_minor: int = whole()
    digest: str | None = None
    recorded_by: int = refers_to("person.id", index=False)
    recorded_at: datetime = instant()
    struck_at: datetime | None = instant(optional=True)


class ClaimAllocation(Table, table=True):
    """Where recovered money went. All of a claim together never exceed its payments."""

    __table_args__ = (sa.CheckConstraint("amount_minor > 0", name="some_money"),)
    id: int = identity()
    claim_id: int = refers_to("claim.id")
    to: AllocatedTo = word(AllocatedTo)
    said: str | None = None
    amount_minor: int = whole()
    allocated_on: date
    recorded_by: int = refers_to("person.id", index=False)
    recorded_at: datetime = instant()
    struck_at: datetime | None = instant(optional=True)


def _undecided(column: str) -> sa.Index:
    """Nobody asks twice to have the same thing struck before the first was decided."""
    where = sa.text("decided_at IS NULL")
    name = f"uq_claim_strike_{column}"
    return sa.Index(name, column, unique=True, sqlite_where=where, postgresql_where=where)


class ClaimStrike(Table, table=True):
    """Counsel's word that a payment, allocation, judgment or step was entered wrongly, and why.

    A second person strikes it (`agreed`), or leaves it and says why. `instead_on`: on which day the
    step happened; without it, it did not happen. `instead_number`: under which number the claim was
    docketed that day, where the recorded one is wrong.
    """

    __table_args__ = (
        sa.CheckConstraint("(what = 'payment') = (payment_id IS NOT NULL)", name="of_payment"),
        sa.CheckConstraint(
            "(what = 'allocation') = (allocation_id IS NOT NULL)", name="of_allocation"
        ),
        sa.CheckConstraint("(what = 'judgment') = (judgment_id IS NOT NULL)", name="of_judgment"),
        sa.CheckConstraint("(what = 'step') = (step_id IS NOT NULL)", name="of_step"),
        sa.CheckConstraint("instead_on IS NULL OR what = 'step'", name="day_of_step"),
        sa.CheckConstraint(
            "instead_number IS NULL OR instead_on IS NOT NULL", name="number_of_docketing"
        ),
        sa.CheckConstraint("decided_by <> asked_by", name="decider_is_not_asker"),
        sa.CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decider_is_named"),
        sa.CheckConstraint("(decided_at IS NULL) = (agreed IS NULL)", name="decision_is_whole"),
        _undecided("payment_id"),
        _undecided("allocation_id"),
        _undecided("judgment_id"),
        _undecided("step_id"),
    )
    id: int = identity()
    claim_id: int = refers_to("claim.id")
    what: Struck = word(Struck)
    payment_id: int | None = refers_to("claim_payment.id", optional=True, index=False)
    allocation_id: int | None = refers_to("claim_allocation.id", optional=True, index=False)
    judgment_id: int | None = refers_to("judgment.id", optional=True, index=False)
    step_id: int | None = refers_to("claim_step.id", optional=True, index=False)
    instead_on: date | None = None
    instead_number: str | None = None
    reason: str
    asked_by: int = refers_to("person.id", index=False)
    asked_at: datetime = instant()
    decided_at: datetime | None = instant(optional=True)
    decided_by: int | None = refers_to("person.id", optional=True, index=False)
    agreed: bool | None = None
    said: str | None = None
