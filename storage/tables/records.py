"""What is written once: ledger entries, and notices to people; and the mails that tell of them."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from rules.notices import MailKind, NoticeKind
from rules.roles import Role
from storage.tables.columns import Table, identity, instant, refers_to, word

_OPEN: dict[str, Any] = {
    "sqlite_where": sa.text("read_at IS NULL AND shown = 1"),
    "postgresql_where": sa.text("read_at IS NULL AND shown = true"),
}
"""Notices that are a line of somebody's inbox."""


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

    `key` says what the notice is about, so that no crash or rerun sends it twice. `about` is the
    reference it is about: of a test buy or referral, or an examination's public id. Not `shown`: it
    asks for something that the inbox shows by itself (`rules.notices.ASKING`). `mailed_at` None:
    the mails that tell of it are still owed.
    """

    __table_args__ = (
        sa.Index("ix_notice_open_role", "to_role", **_OPEN),
        sa.Index("ix_notice_open_person", "to_person", **_OPEN),
        sa.Index(
            "ix_notice_unmailed",
            "id",
            sqlite_where=sa.text("mailed_at IS NULL"),
            postgresql_where=sa.text("mailed_at IS NULL"),
        ),
    )
    id: int = identity()
    key: str = Field(unique=True)
    kind: NoticeKind = word(NoticeKind, default=NoticeKind.OTHER)
    about: str = ""
    shown: bool = True
    to_role: Role | None = word(Role, optional=True, index=True)
    to_person: int | None = refers_to("person.id", optional=True)
    testbuy_id: int | None = refers_to("testbuy.id", optional=True)
    text: str
    created_at: datetime = instant()
    mailed_at: datetime | None = instant(optional=True)
    read_at: datetime | None = instant(optional=True)
    read_by: int | None = refers_to("person.id", optional=True, index=False)


class Mail(Table, table=True):
    """A mail that is owed to a person, was sent, or could not be.

    `key` keeps it single: a notice and its reader, or a day and its reader. `message_id` goes with
    every attempt, so that a repeat is recognised. It is written when it is sent, by what is true
    then; no text of it is kept. `given_up_because`: a server refused it for good, or none took it
    for days; an administrator settles it.

    `unsure`: an earlier attempt may have arrived. `attached`: the digest of the encrypted package
    that a referral's mail carries; such a mail is to no person but to the agency, and a liaison
    settles it.
    """

    __table_args__ = (
        sa.Index(
            "ix_mail_owed",
            "due_at",
            sqlite_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
        ),
        sa.Index(
            "ix_mail_unsettled",
            "id",
            sqlite_where=sa.text("given_up_at IS NOT NULL AND settled_at IS NULL"),
            postgresql_where=sa.text("given_up_at IS NOT NULL AND settled_at IS NULL"),
        ),
        sa.CheckConstraint("sent_at IS NULL OR given_up_at IS NULL", name="one_end"),
        sa.CheckConstraint(
            "(given_up_at IS NULL) = (given_up_because IS NULL)", name="given_up_says_why"
        ),
        sa.CheckConstraint("(kind = 'notice') = (notice_id IS NOT NULL)", name="of_a_notice"),
        sa.CheckConstraint("(kind = 'referral') = (referral_id IS NOT NULL)", name="of_a_referral"),
        sa.CheckConstraint("(kind = 'referral') = (to_person IS NULL)", name="to_a_person"),
        sa.CheckConstraint("(kind = 'referral') = (attached IS NOT NULL)", name="brings_a_package"),
    )
    id: int = identity()
    key: str = Field(unique=True)
    kind: MailKind = word(MailKind)
    to_person: int | None = refers_to("person.id", optional=True)
    notice_id: int | None = refers_to("notice.id", optional=True, index=False)
    referral_id: int | None = refers_to("referral.id", optional=True)
    attached: str | None = None
    message_id: str = Field(unique=True)
    created_at: datetime = instant()
    due_at: datetime = instant()
    attempts: int = 0
    unsure: bool = False
    claimed_until: datetime | None = instant(optional=True)
    tried_because: str | None = None
    """Why the last attempt did not succeed."""
    sent_at: datetime | None = instant(optional=True)
    sent_to: str | None = None
    given_up_at: datetime | None = instant(optional=True)
    given_up_because: str | None = None
    settled_at: datetime | None = instant(optional=True)
    settled_by: int | None = refers_to("person.id", optional=True, index=False)


class DailyRound(Table, table=True):
    """On this day everybody for whom something waited was written to."""

    day: date = Field(primary_key=True)
    made_at: datetime = instant()
