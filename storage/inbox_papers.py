"""The selects of the inbox about what is read and vouched for: certificates, chats, thresholds,
retention periods."""

import sqlalchemy as sa

from storage.inbox_testbuys import Asker, columns, me
from storage.rows import table_of
from storage.tables import (
    ChatMessage,
    NotaryCertificate,
    Person,
    RetentionRow,
    TestBuy,
    ThresholdRow,
)
from storage.tables.columns import Instant

_t = table_of(TestBuy)


def certificates(_: Asker) -> sa.Select:
    """Notaries' certificates nobody has checked, except those one handed in oneself."""
    rows = table_of(NotaryCertificate)
    return (
        columns(
            rows.c.id,
            _t.c.reference,
            place=_t.c.reference,
            detail=rows.c.office,
            since=rows.c.handed_in_at,
        )
        .select_from(rows)
        .join(_t, _t.c.id == rows.c.testbuy_id)
        .where(rows.c.checked_at.is_(None), rows.c.handed_in_by != me)
        .order_by(rows.c.id)
    )


def translations(_: Asker) -> sa.Select:
    """Chats that hold a message without its translation: one line each, however many messages."""
    rows, before = table_of(ChatMessage), table_of(ChatMessage).alias("before")
    oldest = ~sa.exists().where(
        before.c.testbuy_id == rows.c.testbuy_id,
        before.c.to_translate == sa.true(),
        before.c.translated_at.is_(None),
        before.c.id < rows.c.id,
    )
    return (
        columns(rows.c.id, _t.c.reference, place=_t.c.reference, since=rows.c.recorded_at)
        .select_from(rows)
        .join(_t, _t.c.id == rows.c.testbuy_id)
        .where(rows.c.to_translate == sa.true(), rows.c.translated_at.is_(None), oldest)
        .order_by(rows.c.id)
    )


def thresholds(_: Asker) -> sa.Select:
    """Those counsel has not checked; ones the programme began with wait since its first person."""
    rows = table_of(ThresholdRow).c
    since = _or_began(rows.added_at)
    return (
        columns(
            rows.id,
            rows.jurisdiction,
            place=sa.cast(rows.id, sa.String),
            detail=rows.offence,
            since=since,
            text=rows.limb,
        )
        .where(rows.verified == sa.false())
        .order_by(rows.id)
    )


def periods(_: Asker) -> sa.Select:
    """Retention periods that counsel has not checked, by their outcome and country."""
    rows = table_of(RetentionRow).c
    return (
        columns(
            rows.id,
            rows.jurisdiction,
            place=sa.cast(rows.id, sa.String),
            detail=rows.outcome,
            since=_or_began(rows.set_at),
        )
        .where(rows.verified == sa.false())
        .order_by(rows.id)
    )


def _or_began(when: sa.ColumnElement) -> sa.ColumnElement:
    """When a row was set; what the programme began with waits since its first person."""
    people = table_of(Person).c
    began = sa.select(people.created_at).order_by(people.id).limit(1).scalar_subquery()
    return sa.func.coalesce(when, began, type_=Instant())
