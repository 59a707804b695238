"""Examinations, drafts and verdicts in them, findings, photo requests, conclusions."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from rules.roles import Role
from rules.verdicts import Aspect, FindingCode, Severity
from rules.verdicts import Verdict as VerdictWord
from storage.tables.columns import Table, identity, instant, json_list, refers_to, whole, word


class ExaminationState(StrEnum):
    """OPEN: anyone entitled may claim it.

    WITHDRAWN: another photo was asked for first, or the test buy ended early.
    """

    OPEN = "open"
    SEALED = "sealed"
    WITHDRAWN = "withdrawn"


class Examination(Table, table=True):
    """One authenticator's look at an exhibit: an opaque id and a frozen set of photos.

    `follows_id` is the examination before it; `supersedes` says that its verdict takes the place of
    that one's. Nobody takes one whose own verdict on the exhibit stands.
    """

    id: int = identity()
    public_id: str = Field(unique=True)
    testbuy_id: int = refers_to("testbuy.id")
    exhibit_id: int = refers_to("exhibit.id")
    brand_id: int = refers_to("brand.id")
    basis: str
    state: ExaminationState = word(ExaminationState, index=True)
    follows_id: int | None = refers_to("examination.id", optional=True, index=False)
    supersedes: bool = False
    claimed_by: int | None = refers_to("person.id", optional=True, index=False)
    claimed_until: datetime | None = instant(optional=True)
    photos_digest: str
    opened_at: datetime = instant()


class ExaminationPhoto(Table, table=True):
    """A photo in an examination's frozen set."""

    examination_id: int = refers_to("examination.id", primary_key=True, index=False)
    photo_id: int = refers_to("photo.id", primary_key=True)


class Verdict(Table, table=True):
    """A sealed verdict, never edited; a later one may supersede it.

    `digest` is over what was sealed, by whom and when, the frozen set of photos and the copies
    shown among it. `given_at` is when its examiner gave it, `sealed_at` when it took effect.
    `qualification` and `authority` are the examiner's own words on themselves; `seals_seen` what
    they found on the bag, empty where only photographs were examined.
    """

    id: int = identity()
    examination_id: int = refers_to("examination.id", unique=True, index=False)
    value: VerdictWord = word(VerdictWord)
    confidence: str
    method: str
    reasons: str
    limits: str
    conflict_statement: str
    qualification: str
    authority: str
    reference_samples: str
    seals_seen: str
    sealed_by: int = refers_to("person.id", index=False)
    given_at: datetime = instant()
    sealed_at: datetime = instant()
    digest: str
    superseded_at: datetime | None = instant(optional=True)


class ShownPhoto(Table, table=True):
    """What the page showed when a verdict was given, in its order: `digest` is the copy's.

    Either a photo of the frozen set or an entry of the reference library.
    """

    __table_args__ = (sa.CheckConstraint("(photo_id IS NULL) <> (entry_id IS NULL)", name="one"),)
    id: int = identity()
    verdict_id: int = refers_to("verdict.id")
    photo_id: int | None = refers_to("photo.id", optional=True, index=False)
    entry_id: int | None = refers_to("reference_entry.id", optional=True, index=False)
    digest: str


class PendingVerdict(Table, table=True):
    """A verdict that was given and can still be undone; the row goes when either has happened.

    `judgement` is all that was said, as JSON, and `shown` what the page showed (numbers and
    digests); it takes effect at `takes_effect_at`, whoever comes by first.
    """

    id: int = identity()
    examination_id: int = refers_to("examination.id", unique=True, index=False)
    person_id: int = refers_to("person.id", index=False)
    judgement: str
    shown: str
    given_at: datetime = instant()
    takes_effect_at: datetime = instant(index=True)


class Draft(Table, table=True):
    """What an examiner typed and did not seal: fields and their values as JSON, newest version."""

    __table_args__ = (sa.UniqueConstraint("examination_id", "person_id"),)
    id: int = identity()
    examination_id: int = refers_to("examination.id", index=False)
    person_id: int = refers_to("person.id", index=False)
    version: int
    form: str
    saved_at: datetime = instant()


class Finding(Table, table=True):
    """Something an authenticator saw, coded."""

    id: int = identity()
    verdict_id: int = refers_to("verdict.id")
    aspect: Aspect = word(Aspect)
    code: FindingCode = word(FindingCode)
    severity: Severity = word(Severity)
    note: str


class FindingMark(Table, table=True):
    """A place on a photo that a finding is about; its edges are parts of 10,000, as a mask's are.

    From 0 to 10,000 both ways it is the whole photo.
    """

    id: int = identity()
    finding_id: int = refers_to("finding.id")
    photo_id: int = refers_to("photo.id", index=False)
    left: int
    top: int
    right: int
    bottom: int


class StatementScan(Table, table=True):
    """A signed or chopped examination statement that was handed back, in the vault as it came.

    `names_place`: its metadata says where it was photographed.
    """

    __table_args__ = (sa.UniqueConstraint("verdict_id", "digest"),)
    id: int = identity()
    verdict_id: int = refers_to("verdict.id", index=False)
    digest: str
    media_type: str
    size: int = whole()
    names_place: bool
    handed_in_by: int = refers_to("person.id", index=False)
    handed_in_as: Role = word(Role)
    handed_in_at: datetime = instant()


class PhotoRequest(Table, table=True):
    """Another photo an authenticator asked for; open until one is accepted."""

    id: int = identity()
    testbuy_id: int = refers_to("testbuy.id")
    examination_id: int = refers_to("examination.id", index=False)
    shot: str
    note: str
    asked_by: int = refers_to("person.id", index=False)
    asked_at: datetime = instant()
    photo_id: int | None = refers_to("photo.id", optional=True, index=False)


class Conclusion(Table, table=True):
    """What the verdicts on an exhibit amount to, by the rule. A later row takes its place."""

    __table_args__ = (sa.Index("ix_conclusion_testbuy_id_exhibit_id", "testbuy_id", "exhibit_id"),)
    id: int = identity()
    testbuy_id: int = refers_to("testbuy.id", index=False)
    exhibit_id: int = refers_to("exhibit.id", index=False)
    value: VerdictWord = word(VerdictWord)
    reasons: list[str] = json_list()
    verdict_ids: list[int] = json_list()
    concluded_at: datetime = instant()
