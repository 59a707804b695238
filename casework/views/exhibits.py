"""Exhibits and unread photos for the clerk, and shots for the supervisor to look at."""

from collections.abc import Sequence
from dataclasses import dataclass

from casework.custody.custody import open_hand_over
from casework.photographs.confirming import NAMES, expected_of
from casework.views.testbuy import ExhibitFacts, find, must
from rules.holders import HolderKind
from rules.lifecycle import Stage
from rules.shots import SHOTS, Proof, Shot
from storage import custody, keyset
from storage.confirmations import Unconfirmed, unconfirmed
from storage.keyset import FIRST, Paged, Turn
from storage.persons import names
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import CustodyEntry, Exhibit, HandOver, Photo, TestBuy, Waiver

_PHOTOS = 200
UNREAD = 40


@dataclass(frozen=True, slots=True)
class ExhibitLine:
    """An exhibit with its custody, the test buy it belongs to, and what its giver opened."""

    facts: ExhibitFacts
    testbuy: str
    opened: HandOver | None

    @property
    def carried(self) -> bool:
        """Whether a carrier has it."""
        return bool(self.facts.custody) and self.facts.custody[-1].to_kind is HolderKind.CARRIER


@dataclass(frozen=True, slots=True)
class KeptShot:
    """A photo put before a supervisor: refused by its gate and not to be taken again."""

    photo: Photo
    shot: Shot
    testbuy: str
    stage: Stage
    received_by: str


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """A photo for the clerk to look at: `expected` is the code or number it must show."""

    public_id: str
    shot: Shot
    testbuy: str
    proof: Proof
    name: str
    expected: str


def to_take_in(db: Database, turn: Turn = FIRST) -> Paged[ExhibitLine]:
    """A page of the exhibits that no clerk has taken in, in the order they were bagged."""
    with db.read() as tx:
        found = keyset.page(tx, Exhibit, *custody.to_take_in(), turn=turn)
        return found.each(lambda rows: _lines(tx, rows))


def number_of(db: Database, reference: str | None) -> int | None:
    """The number of the exhibit with this reference, if there is one."""
    with db.read() as tx:
        found = one(tx, Exhibit, reference=reference) if reference else None
    return found.id if found else None


def to_confirm(db: Database, first: str | None = None) -> tuple[ToConfirm, ...]:
    """Photos in which no machine read what they must show: the one with the id `first`, the oldest.

    They are `UNREAD` at most; the inbox counts the others.
    """
    with db.read() as tx:
        rows = unconfirmed(tx, UNREAD, first)
        return tuple(
            ToConfirm(
                row.public_id, SHOTS[row.shot], row.testbuy, row.proof, NAMES[row.proof], expected
            )
            for row in rows
            if (expected := _expected(tx, row)) is not None
        )


def handed_to(db: Database, person_id: int) -> tuple[ExhibitLine, ...]:
    """Exhibits that were in the store before and are being handed to a person now."""
    rows = table_of(HandOver).c
    with db.read() as tx:
        opened = every(
            tx,
            HandOver,
            rows.to_person == person_id,
            rows.completed_at.is_(None),
            rows.withdrawn_at.is_(None),
            order_by=rows.id,
        )
        lines = [
            _line(tx, exhibit, must(one(tx, TestBuy, id=exhibit.testbuy_id)).reference)
            for row in opened
            if (exhibit := must(one(tx, Exhibit, id=row.exhibit_id)))
        ]
    return tuple(line for line in lines if len(line.facts.custody) > 1)


def find_exhibits(db: Database, text: str) -> tuple[ExhibitLine, ...]:
    """Exhibits by their reference, their seal number, or their test buy's reference."""
    exhibits, testbuys = table_of(Exhibit).c, table_of(TestBuy).c
    wanted = text.strip()
    with db.read() as tx:
        owner = one(tx, TestBuy, testbuys.reference == wanted.upper())
        found: Sequence[Exhibit] = every(
            tx,
            Exhibit,
            (exhibits.reference == wanted.upper())
            | (exhibits.seal_number == wanted)
            | (exhibits.testbuy_id == (owner.id if owner else -1)),
            order_by=exhibits.id,
        )
        return tuple(
            _line(tx, exhibit, must(one(tx, TestBuy, testbuys.id == exhibit.testbuy_id)).reference)
            for exhibit in found
        )


def kept_shots(db: Database) -> tuple[KeptShot, ...]:
    """Photos kept for a supervisor whose shot is neither waived nor accepted since."""
    photos, waivers = table_of(Photo).c, table_of(Waiver).c
    with db.read() as tx:
        kept = every(
            tx,
            Photo,
            photos.kept_for_supervisor.is_(True),
            photos.accepted.is_(False),
            order_by=photos.id,
            limit=_PHOTOS,
        )
        people = names(tx, [photo.received_by for photo in kept])
        settled = {
            (waiver.testbuy_id, waiver.shot)
            for waiver in every(
                tx, Waiver, waivers.testbuy_id.in_([photo.testbuy_id for photo in kept])
            )
        } | {
            (photo.testbuy_id, photo.shot)
            for photo in every(
                tx,
                Photo,
                photos.testbuy_id.in_([photo.testbuy_id for photo in kept]),
                photos.accepted.is_(True),
            )
        }
        testbuys = table_of(TestBuy).c
        owners = {
            row.id: row
            for row in every(tx, TestBuy, testbuys.id.in_([photo.testbuy_id for photo in kept]))
        }
        return tuple(
            KeptShot(
                photo,
                SHOTS[photo.shot],
                owners[photo.testbuy_id].reference,
                owners[photo.testbuy_id].stage,
                people[photo.received_by],
            )
            for photo in kept
            if (photo.testbuy_id, photo.shot) not in settled
        )


def _expected(tx: Transaction, row: Unconfirmed) -> str | None:
    return expected_of(tx, find(tx, row.testbuy), row.proof, row.received_at)


def _lines(tx: Transaction, rows: Sequence[Exhibit]) -> list[ExhibitLine]:
    testbuys = table_of(TestBuy).c
    owners = {
        row.id: row.reference
        for row in every(tx, TestBuy, testbuys.id.in_({row.testbuy_id for row in rows}))
    }
    return [_line(tx, row, owners[row.testbuy_id]) for row in rows]


def _line(tx: Transaction, exhibit: Exhibit, testbuy: str) -> ExhibitLine:
    entries = table_of(CustodyEntry).c
    custody = every(tx, CustodyEntry, entries.exhibit_id == exhibit.id, order_by=entries.seq)
    opened = open_hand_over(tx, exhibit.id)
    return ExhibitLine(ExhibitFacts(exhibit, custody), testbuy, opened)
