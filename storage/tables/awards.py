"""What came of civil claims: judgments by instance, payments, and where the money went.

Every amount is in minor units of the claim's currency; no row has a currency of its own.
"""

from datetime import date, datetime

import sqlalchemy as sa

from rules.pleading import AllocatedTo
from storage.tables.columns import Table, identity, instant, refers_to, whole, word


class Judgment(Table, table=True):
    """A court's judgment in the first (1) or second (2) instance, with its reasons in words."""

    __table_args__ = (
        sa.UniqueConstraint("claim_id", "instance"),
        sa.CheckConstraint("instance IN (1, 2)", name="two_instances"),
    )
    id: int = identity()
    claim_id: int = refers_to("claim.id", index=False)
    instance: int
    judged_on: date
    reasons: str
    digest: str
    recorded_by: int = refers_to("person.id", index=False)
    recorded_at: datetime = instant()


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
