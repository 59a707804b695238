"""What an authenticator may see: examinations of granted brands, by their public id.

Nothing here carries the test buy's reference, its shop, operator, flag or price, or the exhibit's
number: a control or a blind duplicate must look like any other examination.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.errors import NotFound
from casework.findings import Found, found_in, photos_of
from casework.shotlists import list_of
from rules.roles import Role
from rules.shots import SHOTS, Shot, ShotList, place_of
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Brand,
    BrandGrant,
    Category,
    Examination,
    ExaminationPhoto,
    ExaminationState,
    Exhibit,
    Photo,
    StatementScan,
    TestBuy,
    Verdict,
)

_QUEUE = 200


@dataclass(frozen=True, slots=True)
class QueueLine:
    """An examination in the queue. `claim` is "yours", "taken" or "" (free)."""

    public_id: str
    brand: str
    category: str
    kind: str
    basis: str
    opened_at: datetime
    claim: str
    claimed_until: datetime | None


@dataclass(frozen=True, slots=True)
class ExaminedPhoto:
    """A photo of the frozen set, to be looked at as its preview."""

    public_id: str
    shot: str
    title: str


@dataclass(frozen=True, slots=True)
class ExaminationPage:
    """One examination; `sealed` only where the reader sealed it."""

    line: QueueLine
    state: ExaminationState
    photos: tuple[ExaminedPhoto, ...]
    sealed: Verdict | None
    findings: tuple[Found, ...]
    to_ask_for: tuple[Shot, ...]
    scans: Sequence[StatementScan]
    before: Verdict | None
    """The reader's last verdict: who they are and by whose authority they look need no retyping."""
    photos_digest: str


@dataclass(frozen=True, slots=True)
class Queue:
    """Open examinations, oldest first, and those the reader has sealed, newest first."""

    open: tuple[QueueLine, ...]
    sealed: tuple[QueueLine, ...]


def queue(db: Database, person_id: int, now: datetime) -> Queue:
    """The examinations of the brands granted to `person_id`."""
    examinations, verdicts = table_of(Examination).c, table_of(Verdict).c
    with db.read() as tx:
        brands = _granted(tx, person_id)
        waiting = every(
            tx,
            Examination,
            examinations.state == ExaminationState.OPEN,
            examinations.brand_id.in_(brands),
            order_by=examinations.id,
            limit=_QUEUE,
        )
        mine = every(
            tx, Verdict, verdicts.sealed_by == person_id, order_by=verdicts.id.desc(), limit=20
        )
        done = {
            row.id: row
            for row in every(
                tx,
                Examination,
                examinations.id.in_([verdict.examination_id for verdict in mine]),
                examinations.brand_id.in_(brands),
            )
        }
        return Queue(
            tuple(_line(tx, row, person_id, now) for row in waiting),
            tuple(
                _line(tx, done[verdict.examination_id], person_id, now)
                for verdict in mine
                if verdict.examination_id in done
            ),
        )


def examination(db: Database, person_id: int, public_id: str, now: datetime) -> ExaminationPage:
    """One examination; NotFound for other brands, and for verdicts of somebody else."""
    verdicts = table_of(Verdict).c
    with db.read() as tx:
        row = _visible(tx, person_id, public_id)
        verdict = one(
            tx, Verdict, verdicts.examination_id == row.id, verdicts.sealed_by == person_id
        )
        before = every(
            tx, Verdict, verdicts.sealed_by == person_id, order_by=verdicts.id.desc(), limit=1
        )
        owner = one(tx, TestBuy, id=row.testbuy_id)
        assert owner is not None  # a foreign key holds it
        listed = list_of(tx, owner).listed
        return ExaminationPage(
            _line(tx, row, person_id, now),
            row.state,
            tuple(
                ExaminedPhoto(photo.public_id, photo.shot, listed.shot(photo.shot).title)
                for photo in photos_of(tx, row.id)
            ),
            verdict,
            found_in(tx, verdict.id) if verdict else (),
            _to_ask_for(listed),
            every(tx, StatementScan, verdict_id=verdict.id) if verdict else (),
            before[0] if before else None,
            row.photos_digest,
        )


def _to_ask_for(listed: ShotList) -> tuple[Shot, ...]:
    """The default shots and the category's own whose audience lets authenticators see them."""
    codes = sorted({*SHOTS, *listed.required, *listed.optional}, key=place_of)
    shots = (listed.shot(code) for code in codes)
    return tuple(shot for shot in shots if Role.AUTHENTICATOR in shot.audience)


def shows_photo(tx: Transaction, person_id: int, photo: Photo) -> bool:
    """Whether an examination that `person_id` may see holds the photo."""
    if Role.AUTHENTICATOR not in SHOTS[photo.shot].audience:
        return False
    links, examinations = table_of(ExaminationPhoto).c, table_of(Examination).c
    holding = every(tx, ExaminationPhoto, links.photo_id == photo.id)
    rows = every(
        tx,
        Examination,
        examinations.id.in_([link.examination_id for link in holding]),
        examinations.brand_id.in_(_granted(tx, person_id)),
    )
    return any(_may_look(tx, row, person_id) for row in rows)


def _visible(tx: Transaction, person_id: int, public_id: str) -> Examination:
    examinations = table_of(Examination).c
    row = one(
        tx,
        Examination,
        examinations.public_id == public_id,
        examinations.brand_id.in_(_granted(tx, person_id)),
    )
    if row is None or not _may_look(tx, row, person_id):
        raise NotFound("There is no such examination for you. Take the next one from your queue.")
    return row


def _may_look(tx: Transaction, row: Examination, person_id: int) -> bool:
    if row.state is not ExaminationState.SEALED:
        return True
    verdicts = table_of(Verdict).c
    return (
        one(tx, Verdict, verdicts.examination_id == row.id, verdicts.sealed_by == person_id)
        is not None
    )


def _granted(tx: Transaction, person_id: int) -> list[int]:
    grants = every(tx, BrandGrant, table_of(BrandGrant).c.person_id == person_id)
    return [grant.brand_id for grant in grants]


def _line(tx: Transaction, row: Examination, person_id: int, now: datetime) -> QueueLine:
    brand = one(tx, Brand, table_of(Brand).c.id == row.brand_id)
    exhibit = one(tx, Exhibit, table_of(Exhibit).c.id == row.exhibit_id)
    owner = one(tx, TestBuy, table_of(TestBuy).c.id == row.testbuy_id)
    assert brand and exhibit and owner  # foreign keys hold them
    category = one(tx, Category, table_of(Category).c.id == owner.category_id)
    assert category
    live = row.claimed_until is not None and row.claimed_until > now
    claim = ("yours" if row.claimed_by == person_id else "taken") if live else ""
    return QueueLine(
        row.public_id,
        brand.name,
        category.name,
        exhibit.kind,
        row.basis,
        row.opened_at,
        claim,
        row.claimed_until if live else None,
    )
