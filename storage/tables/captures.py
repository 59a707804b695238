"""What was captured and said around the order: pages, chat, conduct, notaries, kit cards."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from rules.capturing import PageKind
from storage.tables.columns import Table, identity, instant, json_list, refers_to, word


class ClockSource(StrEnum):
    """Who said by which clock a time was written: the sender's device, or the sender."""

    DEVICE = "device"
    CHOSEN = "chosen"


class Side(StrEnum):
    """Who of the two spoke."""

    BUYER = "buyer"
    SELLER = "seller"


class PageCapture(Table, table=True):
    """A page captured by machine before an order; the row is committed before the visit.

    `attempt` is the number the order will have. `fetched_at` None: not visited yet, or the visit
    was cut off by a crash (`asked` counts visits). `stamp` is a time stamp over the WARC's digest.
    """

    __table_args__ = (sa.UniqueConstraint("testbuy_id", "attempt", "what"),)
    id: int = identity()
    testbuy_id: int = refers_to("testbuy.id", index=False)
    attempt: int
    what: PageKind = word(PageKind)
    url: str
    asked: int = 0
    intended_at: datetime = instant()
    fetched_at: datetime | None = instant(optional=True)
    http_code: int | None = None
    problem: str | None = None
    complete: bool = False
    names_subject: bool = False
    warc_digest: str | None = None
    picture_digest: str | None = None
    picture_problem: str | None = None
    stamp: bytes | None = Field(default=None, sa_type=sa.LargeBinary)


class ChatMessage(Table, table=True):
    """One message between buyer and seller, in its own language.

    `salt` opens the ledger's commitment to the text; erased with it. `to_translate`: it is in
    another language than its readers are sure to have; `translated_at` is its first translation's.
    `said_at` was written by a clock so many minutes ahead of UTC, told by `clock`; None: in UTC.
    """

    __table_args__ = (
        sa.Index(
            "ix_chat_message_untranslated",
            "testbuy_id",
            "id",
            sqlite_where=sa.text("to_translate = 1 AND translated_at IS NULL"),
            postgresql_where=sa.text("to_translate = true AND translated_at IS NULL"),
        ),
    )
    id: int = identity()
    testbuy_id: int = refers_to("testbuy.id")
    said_by: Side = word(Side)
    language: str
    text: str
    salt: bytes = Field(sa_type=sa.LargeBinary)
    said_at: datetime = instant()
    utc_offset_minutes: int | None = None
    clock: ClockSource | None = word(ClockSource, optional=True)
    recorded_by: int = refers_to("person.id", index=False)
    recorded_at: datetime = instant()
    to_translate: bool = False
    translated_at: datetime | None = instant(optional=True)


class ChatTranslation(Table, table=True):
    """A translation that stands beside a message, with its translator."""

    id: int = identity()
    message_id: int = refers_to("chat_message.id")
    language: str
    text: str
    translator: str
    recorded_by: int = refers_to("person.id", index=False)
    recorded_at: datetime = instant()


class ConductPhrase(Table, table=True):
    """Words that suggest the offence to a seller, while they are in force."""

    __table_args__ = (sa.UniqueConstraint("words", "valid_from"),)
    id: int = identity()
    words: str
    language: str
    valid_from: date
    valid_until: date | None = None
    source: str
    verified: bool = False


class ConductWarning(Table, table=True):
    """A buyer's message held such words, by the list in force then.

    `remarked_at` is when somebody first said something to it (`ConductRemark`).
    """

    __table_args__ = (
        sa.Index(
            "ix_conduct_warning_unremarked",
            "id",
            sqlite_where=sa.text("remarked_at IS NULL"),
            postgresql_where=sa.text("remarked_at IS NULL"),
        ),
    )
    id: int = identity()
    testbuy_id: int = refers_to("testbuy.id")
    message_id: int = refers_to("chat_message.id", index=False, unique=True)
    matched: list[str] = json_list()
    rule_version: str
    verified: bool
    raised_at: datetime = instant()
    remarked_at: datetime | None = instant(optional=True)


class ConductRemark(Table, table=True):
    """What a person says to a conduct warning; the warning stays."""

    id: int = identity()
    warning_id: int = refers_to("conduct_warning.id")
    text: str
    written_by: int = refers_to("person.id", index=False)
    written_at: datetime = instant()


class NotaryCertificate(Table, table=True):
    """A notary's certificate about a test buy; the document is in the vault under its digest.

    `checked_at` is when somebody first checked it; what they say is in `NotaryCheck`.
    """

    __table_args__ = (
        sa.UniqueConstraint("testbuy_id", "digest"),
        sa.Index(
            "ix_notary_certificate_unchecked",
            "id",
            sqlite_where=sa.text("checked_at IS NULL"),
            postgresql_where=sa.text("checked_at IS NULL"),
        ),
    )
    id: int = identity()
    testbuy_id: int = refers_to("testbuy.id", index=False)
    office: str
    number: str
    issued_on: date
    covers: str
    digest: str
    media_type: str
    handed_in_by: int = refers_to("person.id", index=False)
    handed_in_at: datetime = instant()
    checked_at: datetime | None = instant(optional=True)


class NotaryCheck(Table, table=True):
    """What somebody found who checked a notary's certificate; a later row corrects an earlier.

    `remark` says how it was checked and what was found.
    """

    id: int = identity()
    certificate_id: int = refers_to("notary_certificate.id")
    in_order: bool
    remark: str
    checked_by: int = refers_to("person.id", index=False)
    checked_at: datetime = instant()


class KitCard(Table, table=True):
    """The numbered card that lies in a test buy's photos instead of its challenge code."""

    id: int = identity()
    testbuy_id: int = refers_to("testbuy.id", index=False, unique=True)
    number: str = Field(unique=True)
    recorded_by: int = refers_to("person.id", index=False)
    recorded_at: datetime = instant()
