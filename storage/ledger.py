"""The ledger's rows: appending to a subject's chain, and reading a chain back for verification."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from evidence import ledger
from storage.prepared import Prepared
from storage.rows import add, table_of
from storage.session import Transaction
from storage.tables import LedgerRow

PROGRAMME = "programme"
"""The subject of what concerns no single test buy, operator or claim."""

_rows = table_of(LedgerRow)
_OF_SUBJECT = sa.bindparam("of_subject", type_=sa.Text)
_head = Prepared(
    sa.select(_rows.c.seq, _rows.c.hash)
    .where(_rows.c.subject == _OF_SUBJECT)
    .order_by(_rows.c.seq.desc())
    .limit(1)
)
_turn = Prepared(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(_OF_SUBJECT, 0))))


def take_turn(tx: Transaction, subject: str) -> None:
    """Wait until no other transaction appends to `subject`, and keep it so to this one's end."""
    if tx.dialect.name == "postgresql":
        _turn.rows(tx, {"of_subject": subject})


def append(tx: Transaction, subject: str, facts: Mapping[str, Any], at: datetime) -> ledger.Entry:
    """Link `facts` to the end of `subject`'s chain.

    `facts` holds numbers, references and salted digests, never personal data. Appends to one
    subject take turns: on PostgreSQL the second waits for the first one's transaction.
    """
    take_turn(tx, subject)
    head = _head.row(tx, {"of_subject": subject})
    seq, prev = (head.seq + 1, head.hash) if head else (1, ledger.genesis(subject))
    entry = ledger.link(subject, seq, prev, facts, at)
    add(
        tx,
        LedgerRow,
        subject=entry.subject,
        seq=entry.seq,
        prev=entry.prev,
        hash=entry.hash,
        body=entry.body,
    )
    return entry


def chain(tx: Transaction, subject: str) -> Iterator[ledger.Entry]:
    """The entries of `subject` in order, with their exact bytes."""
    rows = tx.execute(sa.select(_rows).where(_rows.c.subject == subject).order_by(_rows.c.seq))
    for row in rows:
        links = (_as_bytes(value) for value in (row.prev, row.hash, row.body))
        yield ledger.Entry(row.subject, row.seq, *links)


def subjects(tx: Transaction) -> list[str]:
    """Every subject that has a ledger, in order."""
    return list(
        tx.execute(sa.select(_rows.c.subject).distinct().order_by(_rows.c.subject)).scalars()
    )


def _as_bytes(stored: Any) -> bytes:
    """The bytes of a column; what a tamperer put there instead is to be seen, not fatal."""
    return stored if isinstance(stored, bytes) else str(stored).encode()
