"""What was found in an examination, and where on its photos: written with a verdict, read back.

Owns findings with their marks, in rows and in the form that is sealed. A mark names a photo of the
examination's frozen set and a region of it as a person sees it; the photo itself stays unmarked.
Leaves sealing to `casework.verdicts.judging`, drawing the frames to whoever prints.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from casework.errors import Refused
from rules import verdicts
from rules.audience import Region
from rules.roles import Role
from rules.shots import SHOTS
from storage import judged
from storage.rows import add, every, one, table_of
from storage.session import Transaction
from storage.tables import (
    Examination,
    Exhibit,
    Finding,
    FindingMark,
    Person,
    Photo,
    ShownPhoto,
    StatementScan,
    Verdict,
)

MOST_MARKS = 40
"""Marks in one verdict: more than that point at nothing."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on a photo, by the photo's public id."""

    photo: str
    region: Region


@dataclass(frozen=True, slots=True)
class NewFinding:
    """Something seen, coded, and where."""

    aspect: verdicts.Aspect
    code: verdicts.FindingCode
    severity: verdicts.Severity
    note: str = ""
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Marked:
    """A place on a photo."""

    photo: Photo
    region: Region


@dataclass(frozen=True, slots=True)
class Found:
    """A finding with its marks, in the order they were made."""

    aspect: verdicts.Aspect
    code: verdicts.FindingCode
    severity: verdicts.Severity
    note: str
    marks: tuple[Marked, ...]

    def as_sealed(self) -> dict[str, Any]:
        """The finding as the verdict's digest covers it; photos by the digest of the original."""
        return {
            "aspect": self.aspect,
            "code": self.code,
            "severity": self.severity,
            "note": self.note,
            "marks": [
                {
                    "photo": each.photo.digest,
                    "left": each.region.left,
                    "top": each.region.top,
                    "right": each.region.right,
                    "bottom": each.region.bottom,
                }
                for each in self.marks
            ],
        }


@dataclass(frozen=True, slots=True)
class SealedVerdict:
    """A verdict with what it is about, who gave it, what was found, and signed statements of it."""

    verdict: Verdict
    examination: Examination
    exhibit: str
    examiner: str
    findings: tuple[Found, ...]
    scans: Sequence[StatementScan]


def located(
    tx: Transaction, examination: Examination, findings: Sequence[NewFinding]
) -> tuple[Found, ...]:
    """The findings with the photos their marks name; Refused for a photo that was not shown."""
    shown = {photo.public_id: photo for photo in photos_of(tx, examination.id)}
    if sum(len(each.marks) for each in findings) > MOST_MARKS:
        raise Refused(f"Mark at most {MOST_MARKS} places in all; one frame may hold several.")
    if any(mark.photo not in shown for each in findings for mark in each.marks):
        raise Refused("A mark is on a photo that is not of this examination. Open the page again.")
    return tuple(
        Found(
            each.aspect,
            each.code,
            each.severity,
            each.note,
            tuple(Marked(shown[mark.photo], mark.region) for mark in each.marks),
        )
        for each in findings
    )


def keep(tx: Transaction, verdict_id: int, findings: Sequence[Found]) -> None:
    """Write the findings of a verdict."""
    for each in findings:
        number = add(
            tx,
            Finding,
            verdict_id=verdict_id,
            aspect=each.aspect,
            code=each.code,
            severity=each.severity,
            note=each.note,
        )
        for mark in each.marks:
            at = mark.region
            edges = {"left": at.left, "top": at.top, "right": at.right, "bottom": at.bottom}
            add(tx, FindingMark, finding_id=number, photo_id=mark.photo.id, **edges)


def found_in(tx: Transaction, verdict_id: int) -> tuple[Found, ...]:
    """The findings of a verdict as they were sealed."""
    rows = every(tx, Finding, verdict_id=verdict_id, order_by=table_of(Finding).c.id)
    return tuple(
        Found(row.aspect, row.code, row.severity, row.note, _marks(tx, row.id)) for row in rows
    )


def photos_of(tx: Transaction, examination_id: int) -> tuple[Photo, ...]:
    """The photos of an examination's frozen set that its page shows, by shot."""
    return tuple(row for row in judged.photos_in(tx, examination_id) if shown_to_examiners(row))


def shown_to_examiners(photo: Photo) -> bool:
    """Whether an examination's page shows a photo: its shot is for examiners, and it was drawn."""
    return Role.AUTHENTICATOR in SHOTS[photo.shot].audience and photo.preview_digest is not None


def sealed_in(tx: Transaction, examination: Examination) -> SealedVerdict | None:
    """The verdict sealed in an examination, or None."""
    verdict = one(tx, Verdict, examination_id=examination.id)
    if verdict is None:
        return None
    exhibit = one(tx, Exhibit, id=examination.exhibit_id)
    examiner = one(tx, Person, id=verdict.sealed_by)
    assert exhibit and examiner  # foreign keys hold them
    return SealedVerdict(
        verdict,
        examination,
        exhibit.reference,
        examiner.name,
        found_in(tx, verdict.id),
        every(tx, StatementScan, verdict_id=verdict.id, order_by=table_of(StatementScan).c.id),
    )


def sealed_of(tx: Transaction, testbuy_id: int) -> list[SealedVerdict]:
    """The verdicts of a test buy, in the order of their examinations."""
    order = table_of(Examination).c.id
    rows = every(tx, Examination, testbuy_id=testbuy_id, order_by=order)
    return [sealed for each in rows if (sealed := sealed_in(tx, each)) is not None]


def names_of(tx: Transaction, sealed: Sequence[SealedVerdict]) -> dict[int, str]:
    """Who handed signed copies in, by number."""
    people: dict[int, str] = {}
    for number in {scan.handed_in_by for each in sealed for scan in each.scans}:
        person = one(tx, Person, id=number)
        assert person is not None  # a foreign key holds it
        people[number] = person.name
    return people


def copy_shown(tx: Transaction, photo: Photo, verdict: Verdict) -> str | None:
    """The digest of the copy that the page showed of a photo when the verdict was given."""
    row = one(tx, ShownPhoto, verdict_id=verdict.id, photo_id=photo.id)
    return row.digest if row else photo.preview_digest


def _marks(tx: Transaction, finding_id: int) -> tuple[Marked, ...]:
    marks = []
    for row in every(tx, FindingMark, finding_id=finding_id, order_by=table_of(FindingMark).c.id):
        photo = one(tx, Photo, id=row.photo_id)
        assert photo is not None  # a foreign key holds it
        marks.append(Marked(photo, Region(row.left, row.top, row.right, row.bottom)))
    return tuple(marks)
