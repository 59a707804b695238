"""Anchors: which heads moved since the last one, which are not stamped, which no longer hold."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from storage.rows import table_of
from storage.session import Transaction
from storage.tables import Anchor, AnchoredHead, AnchorStamp, LedgerRow

_ledger, _heads = table_of(LedgerRow), table_of(AnchoredHead)
_anchors, _stamps = table_of(Anchor), table_of(AnchorStamp)


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


def moved_heads(tx: Transaction) -> list[Head]:
    """The heads that no anchor holds, by subject."""
    last = (
        sa.select(_ledger.c.subject, sa.func.max(_ledger.c.seq).label("seq"))
        .group_by(_ledger.c.subject)
        .subquery()
    )
    held = (
        sa.select(_heads.c.subject, sa.func.max(_heads.c.seq).label("seq"))
        .group_by(_heads.c.subject)
        .subquery()
    )
    found = tx.execute(
        sa.select(_ledger.c.subject, _ledger.c.seq, _ledger.c.hash)
        .join(last, (last.c.subject == _ledger.c.subject) & (last.c.seq == _ledger.c.seq))
        .outerjoin(held, held.c.subject == last.c.subject)
        .where(held.c.seq.is_(None) | (held.c.seq < last.c.seq))
    )
    # Sorted here: databases sort texts each in their own way.
    return sorted(
        (Head(row.subject, row.seq, bytes(row.hash)) for row in found),
        key=lambda head: head.subject,
    )


def last(tx: Transaction) -> Anchor | None:
    """The newest anchor."""
    found = tx.execute(sa.select(_anchors).order_by(_anchors.c.id.desc()).limit(1)).first()
    return Anchor(**found._mapping) if found else None


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
