"""What is written once: ledger entries, and notices to people."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from rules.roles import Role
from storage.tables.columns import Table, identity, instant, refers_to, word


class LedgerRow(Table, table=True):
    """An entry of a subject's hash chain: the exact bytes, and the hash over them.

    `id` rises over all ledgers in the order of writing, not of committing, and proves nothing: it
    is no part of what is hashed, and is where an anchor begins to look for what moved. Triggers
    refuse change, removal and a link that does not fit (see `storage.triggers`).
    """

    __tablename__ = "ledger"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (sa.UniqueConstraint("subject", "seq"),)
    id: int = identity()
    subject: str
    seq: int
    prev: bytes = Field(sa_type=sa.LargeBinary)
    hash: bytes = Field(sa_type=sa.LargeBinary, unique=True)
    body: bytes = Field(sa_type=sa.LargeBinary)


class Notice(Table, table=True):
    """A message to a role or a person: a reminder, an escalation, word to a flag's source.

    `key` says what the notice is about, so that no crash or rerun sends it twice.
    """

    id: int = identity()
    key: str = Field(unique=True)
    to_role: Role | None = word(Role, optional=True, index=True)
    to_person: int | None = refers_to("person.id", optional=True)
    testbuy_id: int | None = refers_to("testbuy.id", optional=True)
    text: str
    created_at: datetime = instant()
    read_at: datetime | None = instant(optional=True)
