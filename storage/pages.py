"""Queries that pages read: rows joined for a list, a page at a time by keyset, and counts.

Owns lists that would cost a query a row otherwise. Leaves what a page shows to `casework.views`.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from rules.lifecycle import EarlyEnd, Stage
from rules.roles import Role
from rules.verdicts import Verdict as VerdictWord
from storage.rows import table_of
from storage.session import Transaction
from storage.tables import Brand, MoveRecord, Shop, TestBuy

_testbuys = table_of(TestBuy).c
_shops = table_of(Shop).c
_brands = table_of(Brand).c
_records = table_of(MoveRecord).c


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A test buy as a list shows it; `left_from` is the stage before the last move."""

    id: int
    reference: str
    stage: Stage
    left_from: Stage | None
    early_end: EarlyEnd | None
    conclusion: VerdictWord | None
    waiting_name: str
    waiting_role: Role | None
    waiting_since: datetime
    due_at: datetime | None
    changed_at: datetime
    requested_at: datetime
    price_minor: int
    currency: str
    shop: str
    brand: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Which test buys a list shows; None and empty leave a side open."""

    stage: Stage | None = None
    brand: str | None = None
    waiting: str | None = None
    buyer: int | None = None
    overdue_at: datetime | None = None
    older_than: int | None = None


def board(tx: Transaction, choice: Choice, limit: int) -> list[BoardRow]:
    """Test buys of `choice`, newest first, `limit` at most."""
    query = (
        sa.select(
            _testbuys.id,
            _testbuys.reference,
            _testbuys.stage,
            _records.source.label("left_from"),
            _testbuys.early_end,
            _testbuys.conclusion,
            _testbuys.waiting_name,
            _testbuys.waiting_role,
            _testbuys.waiting_since,
            _testbuys.due_at,
            _testbuys.changed_at,
            _testbuys.requested_at,
            _testbuys.price_minor,
            _testbuys.currency,
            _shops.name.label("shop"),
            _brands.name.label("brand"),
        )
        .join(table_of(Shop), _shops.id == _testbuys.shop_id)
        .join(table_of(Brand), _brands.id == _testbuys.brand_id)
        .join(
            table_of(MoveRecord),
            sa.and_(_records.testbuy_id == _testbuys.id, _records.version == _testbuys.version),
            isouter=True,
        )
        .where(*_conditions(choice))
        .limit(limit)
    )
    rows = tx.execute(query.order_by(_testbuys.id.desc()))
    return [BoardRow(*row) for row in rows]


def _conditions(choice: Choice) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if choice.stage is not None:
        conditions.append(_testbuys.stage == choice.stage)
    if choice.brand is not None:
        conditions.append(_brands.name == choice.brand)
    if choice.waiting is not None:
        conditions.append(_testbuys.waiting_name == choice.waiting)
    if choice.buyer is not None:
        conditions.append(_testbuys.buyer_id == choice.buyer)
    if choice.overdue_at is not None:
        conditions.append(_testbuys.due_at < choice.overdue_at)
    if choice.older_than is not None:
        conditions.append(_testbuys.id < choice.older_than)
    return conditions
