"""Which exhibits a hold or proceedings reach, and which ended test buys still have exhibits."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from rules.holders import ENDS, HolderKind
from rules.lifecycle import ENDS as ENDED
from rules.referral import TAKEN, ReferralState
from storage.linking import family, survivor
from storage.rows import every, one, table_of
from storage.session import Transaction
from storage.tables import (
    CustodyEntry,
    Exhibit,
    HoldLift,
    LegalHold,
    Operator,
    Proceeding,
    Referral,
    ReferralTestBuy,
    Shop,
    TestBuy,
)

_exhibits, _testbuys, _shops = table_of(Exhibit), table_of(TestBuy), table_of(Shop)
_holds, _lifts, _entries = table_of(LegalHold), table_of(HoldLift), table_of(CustodyEntry)
_proceedings, _referrals, _resting = (
    table_of(Proceeding),
    table_of(Referral),
    table_of(ReferralTestBuy),
)


def lock_all_of(tx: Transaction, operator_id: int) -> Sequence[TestBuy]:
    """An operator and every test buy of its shops, locked in the order that all keep to.

    Of an operator that was merged into another, those of all the shops of that one.
    """
    has_them = survivor(tx, operator_id)
    for each in sorted({operator_id, has_them}):
        one(tx, Operator, id=each, lock=True)
    linked = sa.select(_shops.c.id).where(_shops.c.operator_id == has_them)
    wanted = _testbuys.c.shop_id.in_(linked)
    return every(tx, TestBuy, wanted, order_by=_testbuys.c.id, lock=True)


def lock_over(tx: Transaction, shops: Iterable[int], operators: Iterable[int]) -> None:
    """Shops, operators and every test buy of either, locked in the order that all keep to.

    A hold on any of them waits, or came before and is seen; also one on a test buy of a shop that
    nobody linked.
    """
    numbers = sorted(set(shops))
    held = every(tx, Shop, _shops.c.id.in_(numbers), order_by=_shops.c.id, lock=True)
    named = {*operators, *(each.operator_id for each in held if each.operator_id is not None)}
    owners = sorted(named | {survivor(tx, each) for each in named})
    rows = table_of(Operator).c
    every(tx, Operator, rows.id.in_(owners), order_by=rows.id, lock=True)
    theirs = _shops.c.id.in_(numbers) | _shops.c.operator_id.in_(owners)
    wanted = _testbuys.c.shop_id.in_(sa.select(_shops.c.id).where(theirs))
    every(tx, TestBuy, wanted, order_by=_testbuys.c.id, lock=True)


def standing_over(
    tx: Transaction, exhibit: Exhibit, testbuy: TestBuy, operator_id: int | None
) -> Sequence[LegalHold]:
    """The holds not lifted on an exhibit, the whole it was split from, its test buy or operator.

    One on an operator that was merged into this one goes on holding.
    """
    over = _over(tx, exhibit, testbuy, operator_id)
    return every(tx, LegalHold, over, _stands(), order_by=_holds.c.id)


def lifted_over(
    tx: Transaction, exhibit: Exhibit, testbuy: TestBuy, operator_id: int | None
) -> Sequence[HoldLift]:
    """Every lifting of such a hold."""
    over = sa.select(_holds.c.id).where(_over(tx, exhibit, testbuy, operator_id))
    return every(tx, HoldLift, _lifts.c.hold_id.in_(over))


def _over(
    tx: Transaction, exhibit: Exhibit, testbuy: TestBuy, operator_id: int | None
) -> sa.ColumnElement[bool]:
    exhibits = [each for each in (exhibit.id, exhibit.part_of) if each is not None]
    reach = [_holds.c.exhibit_id.in_(exhibits), _holds.c.testbuy_id == testbuy.id]
    if operator_id is not None:
        reach.append(_holds.c.operator_id.in_(family(tx, operator_id)))
    return sa.or_(*reach)


def bound_to(tx: Transaction, operator_id: int) -> str:
    """What keeps the exhibits of an operator, in words: a hold or open proceedings; "" for none."""
    return placed_since(tx, family(tx, operator_id), (), None)


def needed_for(tx: Transaction, operator_id: int | None, shop_id: int | None = None) -> str:
    """What needs what is known of an operator, or of a shop's test buys, in words; "" for nothing.

    A hold, open proceedings, or an accepted referral whose end nobody has recorded: that is open
    proceedings before it has a row of its own.
    """
    if shop_id is not None:
        theirs = sa.select(_testbuys.c.id).where(_testbuys.c.shop_id == shop_id)
        bagged = sa.select(_exhibits.c.id).where(_exhibits.c.testbuy_id.in_(theirs))
        on_them = _holds.c.testbuy_id.in_(theirs) | _holds.c.exhibit_id.in_(bagged)
        if held := every(tx, LegalHold, on_them, _stands(), limit=1):
            return f"legal hold {held[0].id}"
    if operator_id is None:
        return ""
    if bound := bound_to(tx, operator_id):
        return bound
    ended = sa.select(_proceedings.c.referral_id).where(_proceedings.c.referral_id.is_not(None))
    accepted = every(
        tx,
        Referral,
        _referrals.c.operator_id.in_(family(tx, operator_id)),
        _referrals.c.state.in_(sorted(TAKEN)),
        _referrals.c.id.not_in(ended),
        limit=1,
    )
    return f"open proceedings ({accepted[0].reference})" if accepted else ""


def placed_since(
    tx: Transaction,
    operators: Sequence[int],
    shops: Sequence[int],
    since: datetime | None,
) -> str:
    """What was placed on operators, or drafted about test buys of `shops`, after a time and stands.

    In words: a hold, open proceedings, or a referral that is not withdrawn; "" for none.
    """
    over = [_holds.c.operator_id.in_(operators), _stands()]
    over += [_holds.c.placed_at > since] if since else []
    if held := every(tx, LegalHold, *over, limit=1):
        return f"legal hold {held[0].id}"
    open_ones = [_proceedings.c.operator_id.in_(operators)]
    open_ones += [_proceedings.c.opened_at > since] if since else []
    if running := every(tx, Proceeding, *open_ones, ended_on=None, limit=1):
        return f"open proceedings ({running[0].name})"
    if not shops or since is None:
        return ""
    theirs = sa.select(_testbuys.c.id).where(_testbuys.c.shop_id.in_(shops))
    resting = sa.select(_resting.c.referral_id).where(_resting.c.testbuy_id.in_(theirs))
    drafted = (
        _referrals.c.id.in_(resting),
        _referrals.c.drafted_at > since,
        _referrals.c.state != ReferralState.WITHDRAWN,
    )
    found = every(tx, Referral, *drafted, limit=1)
    return f"referral {found[0].reference}" if found else ""


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
