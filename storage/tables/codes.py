"""What stands on the goods themselves: codes as they were read, and the leads they raise."""

from datetime import datetime

import sqlalchemy as sa

from rules.codes import CodeKind, CodeSource, LeadKind, LeadState, ScanResult
from storage.tables.columns import Table, identity, instant, refers_to, word


class ExhibitCode(Table, table=True):
    """A code as somebody read it. Later rows correct earlier ones; nothing is edited.

    `key` is what it is compared by within its brand (`rules.codes`). `exhibit_id` is empty while
    nobody can say which exhibit of the test buy bears it, and is filled once. `photo_id` is the
    photo it was read from. `text` is empty where a correction says that there is no such code.
    `scan_result` and `scans` are what a person saw when the code was scanned.
    """

    __table_args__ = (
        sa.Index("ix_exhibit_code_compared", "brand_id", "key"),
        sa.Index("ix_exhibit_code_key", "key"),
        sa.CheckConstraint(
            "scan_result IS NULL OR kind = 'verification'", name="scanned_to_verify"
        ),
        sa.CheckConstraint(
            "scans IS NULL OR (scans > 0 AND scan_result = 'already_scanned')", name="scans_counted"
        ),
        sa.CheckConstraint("corrects_id IS NOT NULL OR text <> ''", name="says_something"),
        sa.CheckConstraint("corrects_id IS NULL OR reason <> ''", name="correction_says_why"),
    )
    id: int = identity()
    testbuy_id: int = refers_to("testbuy.id")
    exhibit_id: int | None = refers_to("exhibit.id", optional=True)
    brand_id: int = refers_to("brand.id", index=False)
    kind: CodeKind = word(CodeKind)
    text: str
    key: str
    source: CodeSource = word(CodeSource)
    symbology: str | None = None
    photo_id: int | None = refers_to("photo.id", optional=True, index=False)
    scan_result: ScanResult | None = word(ScanResult, optional=True)
    scans: int | None = None
    corrects_id: int | None = refers_to("exhibit_code.id", optional=True, index=False, unique=True)
    reason: str = ""
    recorded_by: int = refers_to("person.id", index=False)
    recorded_at: datetime = instant()


class Lead(Table, table=True):
    """Two exhibits of different shops that one thing links, until a person has looked at it.

    The exhibit with the lower number is named first, so that two exhibits have one lead of a kind.
    `code_id` and `other_code_id` are the codes it rests on.
    """

    __table_args__ = (
        sa.UniqueConstraint("exhibit_id", "other_id", "kind"),
        sa.Index(
            "ix_lead_open",
            "id",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        sa.CheckConstraint("exhibit_id < other_id", name="lower_first"),
        sa.CheckConstraint("(state = 'open') = (decided_by IS NULL)", name="decided_by_somebody"),
        sa.CheckConstraint("state = 'open' OR reason <> ''", name="decision_says_why"),
    )
    id: int = identity()
    kind: LeadKind = word(LeadKind)
    exhibit_id: int = refers_to("exhibit.id", index=False)
    other_id: int = refers_to("exhibit.id")
    code_id: int = refers_to("exhibit_code.id", index=False)
    other_code_id: int = refers_to("exhibit_code.id", index=False)
    found_at: datetime = instant()
    state: LeadState = word(LeadState)
    reason: str = ""
    decided_by: int | None = refers_to("person.id", optional=True, index=False)
    decided_at: datetime | None = instant(optional=True)
