"""The board's queries: what is shown of the test buys that a walk along an index finds.

Owns the board's line and its page. Leaves which index is walked, and how far, to `storage.walks`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from rules.lifecycle import EarlyEnd, Stage
from rules.outlay import CAME_BACK
from rules.roles import Role
from rules.verdicts import Verdict as VerdictWord
from storage.rows import table_of
from storage.session import Transaction
from storage.tables import Brand, MoveRecord, OrderAttempt, Person, Shop, TestBuy
from storage.walks import Filter, Key, Order, Walk

_t = table_of(TestBuy).c


class BoardLine(NamedTuple):
    """A test buy as the board shows it. `owner` asked for it; `out_minor` is what was paid and did
    not come back, None where nothing was paid.
    """

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
    late_from: datetime | None
    reminded_at: datetime | None
    escalated_at: datetime | None
    requested_at: datetime
    changed_at: datetime
    price_minor: int
    currency: str
    shop: str
    brand: str
    owner: str | None
    buyer: str | None
    paid_minor: int | None

    @property
    def out_minor(self) -> int | None:
        return None if self.early_end in CAME_BACK else self.paid_minor

    @property
    def waits_for(self) -> str | None:
        """The person whose turn it is, where one is known."""
        return {Role.BUYER: self.buyer, Role.ANALYST: self.owner}.get(
            self.waiting_role or Role.PROGRAMME
        )

    def key(self, order: Order) -> Key:
        """Its place in `order`."""
        if order is Order.NEWEST:
            return Key(None, self.id)
        return Key(self.waiting_since if order is Order.LONGEST else self.late_from, self.id)


@dataclass(frozen=True, slots=True)
class Looked:
    """A page in the order shown. `more`: there may be others beyond it, in the direction asked.
    `upto` is where looking stopped short of a whole page, else None.
    """

    rows: list[BoardLine]
    more: bool
    upto: Key | None


def page(
    tx: Transaction, chosen: Filter, order: Order, limit: int,
    *, after: Key | None = None, before: Key | None = None,
) -> Looked:  # fmt: skip
    """`limit` test buys of `chosen` that come after a key, or before one."""
    walk = Walk(tx, chosen, order, after or before, backwards=before is not None)
    if walk.empty:
        return Looked([], False, None)
    rows = [BoardLine(*row) for row in walk.run("page", lambda: _lines(walk), limit + 1)]
    more, rows = len(rows) > limit, rows[:limit]
    upto = None if more or not walk.passes_over else walk.end()
    if before is not None:
        rows.reverse()
    return Looked(rows, more or upto is not None, upto)


def newer(tx: Transaction, chosen: Filter, than: int, most: int) -> int:
    """How many test buys of `chosen` were requested after number `than`; `most` at most."""
    walk = Walk(tx, chosen, Order.NEWEST, Key(None, than), backwards=True)
    if walk.empty:
        return 0
    return walk.run("count", lambda: sa.select(sa.func.count()).select_from(walk.kept()), most)[0][
        0
    ]


def _lines(walk: Walk) -> Any:
    """The lines of what was walked: joins and sums for the rows of the page alone."""
    kept = walk.kept()
    shops, brands, records = table_of(Shop).c, table_of(Brand).c, table_of(MoveRecord).c
    owners, buyers = table_of(Person).alias(), table_of(Person).alias()
    attempts = table_of(OrderAttempt).c
    paid = (
        sa.select(sa.func.sum(attempts.paid_minor))
        .where(
            attempts.testbuy_id == _t.id,
            sa.or_(
                attempts.outcome.is_(None),
                sa.and_(*[attempts.outcome != each.value for each in sorted(CAME_BACK)]),
            ),
        )
        .scalar_subquery()
    )
    return (
        sa.select(
            _t.id, _t.reference, _t.stage, records.source, _t.early_end, _t.conclusion,
            _t.waiting_name, _t.waiting_role, _t.waiting_since, _t.due_at, _t.late_from,
            _t.reminded_at, _t.escalated_at, _t.requested_at, _t.changed_at, _t.price_minor,
            _t.currency, shops.name, brands.name, owners.c.name, buyers.c.name, paid,
        )
        .select_from(kept)
        .join(table_of(TestBuy), _t.id == kept.c.id)
        .join(table_of(Shop), shops.id == _t.shop_id)
        .join(table_of(Brand), brands.id == _t.brand_id)
        .join(owners, owners.c.id == _t.requested_by, isouter=True)
        .join(buyers, buyers.c.id == _t.buyer_id, isouter=True)
        .join(
            table_of(MoveRecord),
            sa.and_(records.testbuy_id == _t.id, records.version == _t.version),
            isouter=True,
        )
        .order_by(*walk.ordering())
    )  # fmt: skip
