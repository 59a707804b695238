"""The selects of the inbox about exhibits and kits: who is to hand over, take, approve, dispose."""

import sqlalchemy as sa

from rules.holders import HolderKind
from rules.lifecycle import Stage
from storage.inbox_testbuys import Asker, columns, granted, me
from storage.rows import table_of
from storage.tables import (
    Brand,
    CustodyEntry,
    Disposal,
    Exhibit,
    HandOver,
    Kit,
    KitAnswer,
    KitGiving,
    TestBuy,
)

_t, _exhibits = table_of(TestBuy), table_of(Exhibit)


def bags(_: Asker) -> sa.Select:
    """Exhibits the buyer has bagged and hands to nobody yet."""
    entries, later = table_of(CustodyEntry), table_of(CustodyEntry).alias("later")
    return (
        columns(
            _exhibits.c.id,
            _exhibits.c.reference,
            place=_t.c.reference,
            detail=_exhibits.c.description,
            since=entries.c.handed_at,
            due_at=_t.c.due_at,
        )
        .select_from(_t)
        .join(_exhibits, _exhibits.c.testbuy_id == _t.c.id)
        .join(entries, entries.c.exhibit_id == _exhibits.c.id)
        .where(
            _t.c.buyer_id == me,
            _t.c.stage == Stage.DOCUMENTED,
            entries.c.to_kind == HolderKind.PERSON,
            entries.c.by_person == me,
            ~sa.exists().where(
                later.c.exhibit_id == entries.c.exhibit_id, later.c.seq > entries.c.seq
            ),
            ~_handed_on(_exhibits.c.id),
        )
        .order_by(_exhibits.c.id)
    )


def _handed_on(exhibit_id: sa.ColumnElement[int]) -> sa.Exists:
    rows = table_of(HandOver).alias("open_one").c
    return sa.exists().where(
        rows.exhibit_id == exhibit_id, rows.completed_at.is_(None), rows.withdrawn_at.is_(None)
    )


def kits(_: Asker) -> sa.Select:
    kits, given, answered = table_of(Kit).c, table_of(KitGiving), table_of(KitAnswer).c
    return (
        columns(given.c.id, kits.number, place=kits.number, since=given.c.given_at)
        .select_from(given)
        .join(table_of(Kit), kits.id == given.c.kit_id)
        .where(given.c.to_person == me, ~sa.exists().where(answered.giving_id == given.c.id))
        .order_by(given.c.id)
    )


def _disposals(*where: sa.ColumnElement[bool]) -> sa.Select:
    rows = table_of(Disposal)
    return (
        columns(
            rows.c.id,
            _exhibits.c.reference,
            place=_exhibits.c.reference,
            detail=rows.c.way,
            since=sa.func.coalesce(rows.c.approved_at, rows.c.asked_at),
        )
        .select_from(rows)
        .join(_exhibits, _exhibits.c.id == rows.c.exhibit_id)
        .where(rows.c.carried_out_at.is_(None), rows.c.ended_at.is_(None), *where)
        .order_by(rows.c.id)
    )


def to_approve(_: Asker) -> sa.Select:
    rows = table_of(Disposal).c
    return _disposals(rows.approved_at.is_(None), rows.asked_by != me)


def to_carry_out(_: Asker) -> sa.Select:
    return _disposals(table_of(Disposal).c.approved_at.is_not(None))


def hand_overs(_: Asker) -> sa.Select:
    rows = table_of(HandOver)
    return (
        columns(
            rows.c.id,
            _exhibits.c.reference,
            place=_exhibits.c.reference,
            detail=rows.c.from_holder,
            since=rows.c.opened_at,
        )
        .select_from(rows)
        .join(_exhibits, _exhibits.c.id == rows.c.exhibit_id)
        .where(rows.c.to_person == me, rows.c.completed_at.is_(None), rows.c.withdrawn_at.is_(None))
        .order_by(rows.c.id)
    )


def consignments(_: Asker) -> sa.Select:
    """What is being handed to the desks one is of, or is with a carrier on its way there."""
    rows, brands = table_of(HandOver), table_of(Brand).c
    entries, later = table_of(CustodyEntry).c, table_of(CustodyEntry).alias("later")
    holders = sa.select(brands.rights_holder_id).where(brands.id.in_(granted))
    carried = (
        sa.exists()
        .where(
            entries.exhibit_id == rows.c.exhibit_id,
            entries.to_kind == HolderKind.CARRIER,
            entries.hand_over_id == rows.c.id,
        )
        .where(
            ~sa.exists().where(later.c.exhibit_id == entries.exhibit_id, later.c.seq > entries.seq)
        )
    )
    return (
        columns(
            rows.c.id,
            _exhibits.c.reference,
            place=_exhibits.c.reference,
            since=rows.c.opened_at,
        )
        .select_from(rows)
        .join(_exhibits, _exhibits.c.id == rows.c.exhibit_id)
        .where(
            rows.c.consigned_to.in_(holders),
            rows.c.withdrawn_at.is_(None),
            rows.c.completed_at.is_(None) | carried,
        )
        .order_by(rows.c.id)
    )
