"""Which exhibits a hold or proceedings reach, and which ended test buys still have exhibits."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from rules.holders import ENDS, HolderKind
from rules.lifecycle import ENDS as ENDED
from storage.rows import every, one, table_of
from storage.session import Transaction
from storage.tables import (
    CustodyEntry,
    Exhibit,
    HoldLift,
    LegalHold,
    Operator,
    Proceeding,
    Shop,
    TestBuy,
)

_exhibits, _testbuys, _shops = table_of(Exhibit), table_of(TestBuy), table_of(Shop)
_holds, _lifts, _entries = table_of(LegalHold), table_of(HoldLift), table_of(CustodyEntry)


def lock_all_of(tx: Transaction, operator_id: int) -> Sequence[TestBuy]:
    """An operator and every test buy of its shops, locked in the order that all keep to."""
    one(tx, Operator, id=operator_id, lock=True)
    linked = sa.select(_shops.c.id).where(_shops.c.operator_id == operator_id)
    wanted = _testbuys.c.shop_id.in_(linked)
    return every(tx, TestBuy, wanted, order_by=_testbuys.c.id, lock=True)


def standing_over(
    tx: Transaction, exhibit: Exhibit, testbuy: TestBuy, operator_id: int | None
) -> Sequence[LegalHold]:
    """The holds not lifted on an exhibit, the whole it was split from, its test buy or operator."""
    return every(
        tx, LegalHold, _over(exhibit, testbuy, operator_id), _stands(), order_by=_holds.c.id
    )


def lifted_over(
    tx: Transaction, exhibit: Exhibit, testbuy: TestBuy, operator_id: int | None
) -> Sequence[HoldLift]:
    """Every lifting of such a hold."""
    over = sa.select(_holds.c.id).where(_over(exhibit, testbuy, operator_id))
    return every(tx, HoldLift, _lifts.c.hold_id.in_(over))


def _over(exhibit: Exhibit, testbuy: TestBuy, operator_id: int | None) -> sa.ColumnElement[bool]:
    exhibits = [each for each in (exhibit.id, exhibit.part_of) if each is not None]
    reach = [_holds.c.exhibit_id.in_(exhibits), _holds.c.testbuy_id == testbuy.id]
    if operator_id is not None:
        reach.append(_holds.c.operator_id == operator_id)
    return sa.or_(*reach)


def bound_to(tx: Transaction, operator_id: int) -> str:
    """What keeps the exhibits of an operator, in words: a hold or open proceedings; "" for none."""
    held = every(tx, LegalHold, _holds.c.operator_id == operator_id, _stands(), limit=1)
    if held:
        return f"legal hold {held[0].id}"
    running = every(tx, Proceeding, operator_id=operator_id, ended_on=None, limit=1)
    return f"open proceedings ({running[0].name})" if running else ""


def standing(tx: Transaction) -> Sequence[LegalHold]:
    """Every hold that is not lifted, the newest first."""
    return every(tx, LegalHold, _stands(), order_by=_holds.c.id.desc())


def kept_of_ended(tx: Transaction, before: datetime, limit: int) -> Sequence[Exhibit]:
    """Exhibits not yet gone of test buys that ended before a time, the longest ended first."""
    later = _entries.alias("later")
    gone = sa.select(_entries.c.exhibit_id).where(
        _entries.c.to_kind.in_([*ENDS, HolderKind.ASSET]),
        ~sa.exists().where(
            later.c.exhibit_id == _entries.c.exhibit_id, later.c.seq > _entries.c.seq
        ),
    )
    query = (
        sa.select(_exhibits.c.id)
        .join(_testbuys, _testbuys.c.id == _exhibits.c.testbuy_id)
        .where(
            _testbuys.c.stage.in_(list(ENDED)),
            _testbuys.c.changed_at <= before,
            _exhibits.c.id.not_in(gone),
        )
        .order_by(_testbuys.c.changed_at, _exhibits.c.id)
        .limit(limit)
    )
    numbers = [row[0] for row in tx.execute(query)]
    found = {row.id: row for row in every(tx, Exhibit, _exhibits.c.id.in_(numbers))}
    return [found[number] for number in numbers]


def _stands() -> sa.ColumnElement[bool]:
    return ~sa.exists().where(_lifts.c.hold_id == _holds.c.id)
