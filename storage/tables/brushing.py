"""Cases of orders made up to lift a rating, and what sources say of how many."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from rules.brushing import BrushingState
from storage.tables.columns import Table, identity, instant, refers_to, whole, word


class Brushing(Table, table=True):
    """A suspicion that orders of a shop were made up; settled once, by a second person."""

    __table_args__ = (
        sa.Index(
            "uq_brushing_open",
            "shop_id",
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        sa.CheckConstraint("settled_by <> opened_by", name="settler_is_not_opener"),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_because IS NULL)", name="settled_with_reasons"
        ),
    )
    id: int = identity()
    reference: str = Field(unique=True)
    shop_id: int = refers_to("shop.id", index=False)
    flag_id: int | None = refers_to("flag.id", optional=True)
    state: BrushingState = word(BrushingState, index=True)
    version: int
    reasons: str
    opened_by: int = refers_to("person.id", index=False)
    opened_at: datetime = instant()
    settled_at: datetime | None = instant(optional=True)
    settled_by: int | None = refers_to("person.id", optional=True, index=False)
    settled_because: str | None = None


class BrushingEstimate(Table, table=True):
    """How many orders of a period were made up, and what they are worth, as a source says.

    Several that differ stand side by side. Days are whole, both included.
    """

    __table_args__ = (
        sa.CheckConstraint("0 <= orders_low AND orders_low <= orders_high", name="orders_in_order"),
        sa.CheckConstraint(
            "0 <= amount_low_minor AND amount_low_minor <= amount_high_minor",
            name="amounts_in_order",
        ),
        sa.CheckConstraint(
            "(amount_low_minor IS NULL) = (amount_high_minor IS NULL)", name="two_ends"
        ),
        sa.CheckConstraint("(amount_low_minor IS NULL) = (currency IS NULL)", name="with_currency"),
        sa.CheckConstraint("period_start <= period_end", name="period_in_order"),
    )
    id: int = identity()
    brushing_id: int = refers_to("brushing.id")
    period_start: date
    period_end: date
    orders_low: int
    orders_high: int
    amount_low_minor: int | None = whole(optional=True)
    amount_high_minor: int | None = whole(optional=True)
    currency: str | None = None
    source: str
    recorded_by: int = refers_to("person.id", index=False)
    recorded_at: datetime = instant()
