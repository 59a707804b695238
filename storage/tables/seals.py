"""What fixes the ledgers from outside: anchors, their stamps, and certificates that signed."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from storage.tables.columns import Table, identity, instant, refers_to, whole


class Anchor(Table, table=True):
    """A Merkle root over the heads that moved since the anchor before it, whose root is leaf 0.

    `statement` is the exact text that an authority stamps; `root` and `previous` as sha256:….
    Up to the ledger's entry `through` all heads that were to be seen are anchored.
    """

    id: int = identity()
    size: int = whole()
    root: str = Field(unique=True)
    previous: str | None = Field(default=None, unique=True)
    statement: str
    through: int
    made_at: datetime = instant()


class AnchoredHead(Table, table=True):
    """The head of one subject's ledger as an anchor fixed it; `leaf` is the exact text hashed."""

    __table_args__ = (sa.Index("ix_anchored_head_subject_seq", "subject", "seq"),)
    anchor_id: int = refers_to("anchor.id", primary_key=True, index=False)
    leaf_index: int = Field(primary_key=True)
    subject: str
    seq: int
    head: bytes = Field(sa_type=sa.LargeBinary)
    leaf: str


class AnchorStamp(Table, table=True):
    """An authority's time stamp of an anchor's statement: its answer as it came, RFC 3161."""

    anchor_id: int = refers_to("anchor.id", primary_key=True, index=False)
    authority: str
    answer: bytes = Field(sa_type=sa.LargeBinary)
    stamped_at: datetime = instant()
    received_at: datetime = instant()


class SigningCertificate(Table, table=True):
    """A certificate that signs or has signed: kept for ever, so that old seals can be checked."""

    id: int = identity()
    fingerprint: str = Field(unique=True)
    subject: str
    issuer: str
    serial: str
    pem: str
    demo: bool
    not_after: datetime = instant()
    added_at: datetime = instant()
    retired_at: datetime | None = instant(optional=True)
