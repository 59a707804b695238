"""What an authenticator may see: examinations of granted brands, by their public id.

Nothing here carries the test buy's reference, its shop, operator, flag or price, or the exhibit's
number. A control, a blind duplicate and a second look stand in the queue like any other
examination: every line is due as long after it was opened, and nothing else decides its place.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from casework.errors import NotFound
from casework.examinations import drafts, showing
from casework.examinations.drafts import Kept
from casework.examinations.findings import Found, found_in, photos_of, shown_to_examiners
from casework.shots.shotlists import list_of
from casework.views.suspect import (
    ExaminedPhoto,
    Genuine,
    asked_by,
    genuine,
    photos_shown,
    version_of,
)
from rules.lifecycle import Stage
from rules.roles import Role
from rules.shots import SHOTS, Shot, ShotList, place_of
from storage import policies
from storage.rows import Row, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Brand,
    BrandGrant,
    Category,
    Examination,
    ExaminationPhoto,
    ExaminationState,
    Exhibit,
    PendingVerdict,
    Photo,
    PhotoRequest,
    StatementScan,
    TestBuy,
    Verdict,
)

YOURS, SEALING, TAKEN, FREE = "yours", "sealing", "taken", ""
_QUEUE = 200
_SEALED = 20
_examinations, _verdicts = table_of(Examination).c, table_of(Verdict).c


@dataclass(frozen=True, slots=True)
class QueueLine:
    """An examination in the queue. `claim` is one of the four words of this module.

    `claimed_until`: when the claim, or the time to undo a verdict, is over. `due_at` None: never.
    """

    public_id: str
    brand: str
    category: str
    kind: str
    basis: str
    photos: int
    opened_at: datetime
    due_at: datetime | None
    claim: str
    claimed_until: datetime | None


@dataclass(frozen=True, slots=True)
class Queue:
    """Open examinations: the reader's own on top, then by due date; and what they sealed last."""

    open: tuple[QueueLine, ...]
    sealed: tuple[QueueLine, ...]

    @property
    def free(self) -> tuple[str, ...]:
        """What may be claimed next, the most urgent first."""
        return tuple(line.public_id for line in self.open if line.claim == FREE)


@dataclass(frozen=True, slots=True)
class ExaminationPage:
    """One examination; `sealed` only where the reader sealed it.

    `seen` is the digest of exactly what the page shows: `photos`, then `genuine`, in their order.
    `draft` is the reader's own alone.
    """

    line: QueueLine
    state: ExaminationState
    photos: tuple[ExaminedPhoto, ...]
    genuine: tuple[Genuine, ...]
    seen: str
    sealed: Verdict | None
    findings: tuple[Found, ...]
    to_ask_for: tuple[Shot, ...]
    asked: tuple[PhotoRequest, ...]
    scans: Sequence[StatementScan]
    before: Verdict | None
    """The reader's last verdict: who they are and by whose authority they look need no retyping."""
    draft: Kept | None


def queue(db: Database, person_id: int, now: datetime) -> Queue:
    """The examinations of the brands granted to `person_id`."""
    with db.read() as tx:
        brands = granted(tx, person_id)
        waiting = every(
            tx,
            Examination,
            _examinations.state == ExaminationState.OPEN,
            _examinations.brand_id.in_(brands),
            order_by=(_examinations.opened_at, _examinations.id),
            limit=_QUEUE,
        )
        order = _verdicts.id.desc()
        mine = every(tx, Verdict, sealed_by=person_id, order_by=order, limit=_SEALED)
        done = every(
            tx,
            Examination,
            _examinations.id.in_([verdict.examination_id for verdict in mine]),
            _examinations.brand_id.in_(brands),
            order_by=_examinations.id.desc(),
        )
        lines = lines_of(tx, waiting, person_id, now)
        held = [line for line in lines if line.claim in (YOURS, SEALING)]
        others = [line for line in lines if line.claim not in (YOURS, SEALING)]
        return Queue((*held, *others), lines_of(tx, done, person_id, now))


def examination(db: Database, person_id: int, public_id: str, now: datetime) -> ExaminationPage:
    """One examination; NotFound for other brands, and for verdicts of somebody else."""
    with db.read() as tx:
        row = _visible(tx, person_id, public_id)
        verdict = one(tx, Verdict, examination_id=row.id, sealed_by=person_id)
        before = every(
            tx, Verdict, _verdicts.sealed_by == person_id, order_by=_verdicts.id.desc(), limit=1
        )
        owner = one(tx, TestBuy, id=row.testbuy_id)
        assert owner is not None  # a foreign key holds it
        listed = list_of(tx, owner).listed
        asked = asked_by(tx, row, person_id)
        photos = tuple(photos_shown(tx, row, listed, asked))
        library = tuple(genuine(tx, row.brand_id, owner.category_id))
        return ExaminationPage(
            lines_of(tx, [row], person_id, now)[0],
            row.state,
            photos,
            library,
            showing.digest_of([each.shown for each in (*photos, *library)]),
            verdict,
            found_in(tx, verdict.id) if verdict else (),
            _to_ask_for(listed),
            asked,
            every(tx, StatementScan, verdict_id=verdict.id) if verdict else (),
            before[0] if before else None,
            drafts.of(tx, row.id, person_id),
        )


def addresses(db: Database, person_id: int, public_id: str) -> tuple[str, ...]:
    """Where the pictures of an examination's page lie, for whoever loads them ahead."""
    with db.read() as tx:
        row = _visible(tx, person_id, public_id)
        return tuple(
            f"/photos/{photo.public_id}?v={version_of(showing.preview_of(tx, photo))}"
            for photo in photos_of(tx, row.id)
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
        examinations.brand_id.in_(granted(tx, person_id)),
    )
    return any(_may_look(tx, row, person_id) for row in rows)


def visible_to(tx: Transaction, person_id: int, public_id: str) -> bool:
    """Whether the person may open the examination with this public id."""
    try:
        return bool(_visible(tx, person_id, public_id))
    except NotFound:
        return False


def _visible(tx: Transaction, person_id: int, public_id: str) -> Examination:
    examinations = table_of(Examination).c
    row = one(
        tx,
        Examination,
        examinations.public_id == public_id,
        examinations.brand_id.in_(granted(tx, person_id)),
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


def lines_of(
    tx: Transaction, rows: Sequence[Examination], person_id: int, now: datetime
) -> tuple[QueueLine, ...]:
    """The lines of examinations, in their order."""
    testbuys = _by_number(tx, TestBuy, {row.testbuy_id for row in rows})
    exhibits = _by_number(tx, Exhibit, {row.exhibit_id for row in rows})
    brands = _by_number(tx, Brand, {row.brand_id for row in rows})
    categories = _by_number(tx, Category, {each.category_id for each in testbuys.values()})
    pending = {
        each.examination_id: each
        for each in every(
            tx,
            PendingVerdict,
            table_of(PendingVerdict).c.examination_id.in_([row.id for row in rows]),
        )
    }
    photos = _photo_counts(tx, rows)
    lasts = policies.remind_after(tx, Stage.SUBMITTED)
    lines: list[QueueLine] = []
    for row in rows:
        claim, until = _claim(row, pending.get(row.id), person_id, now)
        lines.append(
            QueueLine(
                row.public_id,
                brands[row.brand_id].name,
                categories[testbuys[row.testbuy_id].category_id].name,
                exhibits[row.exhibit_id].kind,
                row.basis,
                photos[row.id],
                row.opened_at,
                row.opened_at + timedelta(seconds=lasts) if lasts is not None else None,
                claim,
                until,
            )
        )
    return tuple(lines)


def granted(tx: Transaction, person_id: int) -> list[int]:
    """The numbers of the brands granted to a person."""
    return [grant.brand_id for grant in every(tx, BrandGrant, person_id=person_id)]


def _claim(
    row: Examination, pending: PendingVerdict | None, person_id: int, now: datetime
) -> tuple[str, datetime | None]:
    if pending is not None:
        mine = pending.person_id == person_id
        return (SEALING if mine else TAKEN), pending.takes_effect_at
    until = row.claimed_until
    if until is None or until <= now:
        return FREE, None
    return (YOURS if row.claimed_by == person_id else TAKEN), until


def _photo_counts(tx: Transaction, rows: Sequence[Examination]) -> Counter[int]:
    """How many photos each examination's page shows, by the examination's number."""
    links = table_of(ExaminationPhoto).c
    held = every(tx, ExaminationPhoto, links.examination_id.in_([row.id for row in rows]))
    photos = _by_number(tx, Photo, {link.photo_id for link in held})
    drawn = {number for number, photo in photos.items() if shown_to_examiners(photo)}
    return Counter(link.examination_id for link in held if link.photo_id in drawn)


def _by_number(tx: Transaction, table: type[Row], numbers: set[int]) -> dict[int, Row]:
    rows: Any = every(tx, table, table_of(table).c.id.in_(sorted(numbers)))
    return {row.id: row for row in rows}
