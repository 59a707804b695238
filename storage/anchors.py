"""Anchors: which heads moved since the last one, which are not stamped, which no longer hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage.rows import table_of
from storage.session import Transaction
from storage.tables import Anchor, AnchoredHead, AnchorStamp, LedgerRow

_ledger, _heads = table_of(LedgerRow), table_of(AnchoredHead)
_anchors, _stamps = table_of(Anchor), table_of(AnchorStamp)

OVERLAP = timedelta(hours=1)
"""Longer than any change lasts."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a subject's ledger."""

    subject: str
    seq: int
    hash: bytes


def take_turn(tx: Transaction) -> None:
    """Let one transaction at a time make an anchor (SQLite has one writer anyway)."""
    if tx.dialect.name == "postgresql":
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended("anchor", 0))))


def look_after(tx: Transaction, now: datetime, most: int) -> int:
    """After which entry of the ledger heads may have moved since they were anchored; 0: any.

    Numbers are given in the order of writing, and a change may be committed after one with a higher
    number: what was anchored in the last hour is looked at again, and everything once a day, so
    that nothing that was overtaken, restored or numbered falsely stays unanchored.
    """
    newest = last(tx)
    if newest is None or newest.made_at.date() != now.date():
        return 0
    if newest.size > most:
        return newest.through
    query = (
        sa.select(_anchors.c.through)
        .where(_anchors.c.made_at <= now - OVERLAP)
        .order_by(_anchors.c.id.desc())
        .limit(1)
    )
    return tx.execute(query).scalar() or 0


def last_entry(tx: Transaction) -> int:
    """The highest number of an entry there is; 0 where there is none."""
    return tx.execute(sa.select(sa.func.max(_ledger.c.id))).scalar() or 0


def moved_heads(tx: Transaction, after: int, most: int) -> list[Head]:
    """At most `most` heads that no anchor holds, of ledgers with entries past `after`."""
    last = sa.select(_ledger.c.subject, sa.func.max(_ledger.c.seq).label("seq"))
    if after:
        recent = sa.select(_ledger.c.subject).where(_ledger.c.id > after)
        last = last.where(_ledger.c.subject.in_(recent))
    top = last.group_by(_ledger.c.subject).cte("top")
    held = (_heads.c.subject == top.c.subject) & (_heads.c.seq >= top.c.seq)
    moved = sa.select(top).where(~sa.exists().where(held)).limit(most).cte("moved")
    same = (_ledger.c.subject == moved.c.subject) & (_ledger.c.seq == moved.c.seq)
    query = sa.select(_ledger.c.subject, _ledger.c.seq, _ledger.c.hash).join_from(
        moved, _ledger, same
    )
    # Sorted here: databases sort texts each in their own way.
    return sorted(
        (Head(row.subject, row.seq, bytes(row.hash)) for row in tx.execute(query)),
        key=lambda head: head.subject,
    )


def last(tx: Transaction) -> Anchor | None:
    """The newest anchor."""
    found = tx.execute(sa.select(_anchors).order_by(_anchors.c.id.desc()).limit(1)).first()
    return Anchor(**found._mapping) if found else None


def first_unanchored(tx: Transaction) -> LedgerRow | None:
    """The first entry written after all that the newest anchor saw; None where there is none."""
    newest = last(tx)
    query = sa.select(_ledger).where(_ledger.c.id > (newest.through if newest else 0))
    found = tx.execute(query.order_by(_ledger.c.id).limit(1)).first()
    return LedgerRow(**found._mapping) if found else None


def last_stamp(tx: Transaction) -> AnchorStamp | None:
    """The stamp received last."""
    query = sa.select(_stamps).order_by(_stamps.c.received_at.desc(), _stamps.c.anchor_id.desc())
    found = tx.execute(query.limit(1)).first()
    return AnchorStamp(**found._mapping) if found else None


def unstamped(tx: Transaction, limit: int) -> list[Anchor]:
    """Anchors that no authority has stamped, oldest first."""
    query = (
        sa.select(_anchors)
        .where(~sa.exists().where(_stamps.c.anchor_id == _anchors.c.id))
        .order_by(_anchors.c.id)
        .limit(limit)
    )
    return [Anchor(**row._mapping) for row in tx.execute(query)]


def holding(tx: Transaction, subject: str) -> AnchoredHead | None:
    """The newest anchored head of `subject`."""
    query = sa.select(_heads).where(_heads.c.subject == subject)
    found = tx.execute(query.order_by(_heads.c.seq.desc()).limit(1)).first()
    return AnchoredHead(**found._mapping) if found else None


def leaves(tx: Transaction, anchor_id: int) -> list[str]:
    """The leaves of an anchor in their order, but for leaf 0, which names the anchor before."""
    query = sa.select(_heads.c.leaf).where(_heads.c.anchor_id == anchor_id)
    return list(tx.execute(query.order_by(_heads.c.leaf_index)).scalars())


def broken(tx: Transaction) -> Sequence[AnchoredHead]:
    """Anchored heads that their ledgers no longer hold: history was rewritten after the anchor."""
    same = (
        (_ledger.c.subject == _heads.c.subject)
        & (_ledger.c.seq == _heads.c.seq)
        & (_ledger.c.hash == _heads.c.head)
    )
    query = sa.select(_heads).where(~sa.exists().where(same))
    found = tx.execute(query.order_by(_heads.c.subject, _heads.c.seq))
    return [AnchoredHead(**row._mapping) for row in found]
