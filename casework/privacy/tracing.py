"""What leads to the buyer of a test buy, and the rows that people typed in without it.

Owns gathering them: the buyer's name and address, the persona, orders and parcels. Leaves what
counts as leading, and the covering, to `rules.covering`. Who reads a record is given texts, never
the words.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rules.covering import covered, leading
from rules.holders import Method
from storage.rows import every, one, table_of
from storage.session import Transaction
from storage.tables import (
    Confirmation,
    CustodyEntry,
    Exhibit,
    OrderAttempt,
    Parcel,
    Person,
    Persona,
    Photo,
    TestBuy,
)

BUYER = "the buyer"
"""What stands where the buyer's name would."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """A custody entry of an exhibit, what leads to the buyer left out of its texts.

    `place` is None where a person wrote where the buyer was.
    """

    exhibit: str
    from_whom: str
    to_whom: str
    purpose: str
    place: str | None
    condition: str
    entry: CustodyEntry


@dataclass(frozen=True, slots=True)
class ComparedByEye:
    """A clerk's word on a photo, with the clerk's name."""

    confirmation: Confirmation
    shot: str
    by: str


def leading_words(
    tx: Transaction, testbuy: TestBuy, said_by_buyer: Iterable[str] = ()
) -> frozenset[str]:
    """The words to cover in whatever leaves the house."""
    return leading([word for word in _account(tx, testbuy) if word and word.strip()], said_by_buyer)


class Cover:
    """Covers, in texts about one test buy, what leads to its buyer."""

    def __init__(self, tx: Transaction, testbuy: TestBuy) -> None:
        self._words = leading_words(tx, testbuy)

    def __call__(self, text: str) -> str:
        return covered(text, self._words)


def rows_covered(tx: Transaction, testbuy: TestBuy, table: type, column: str) -> list[Any]:
    """A test buy's rows of `table`, in the text of `column` what leads to the buyer covered."""
    cover, rows = (
        Cover(tx, testbuy),
        every(tx, table, testbuy_id=testbuy.id, order_by=table_of(table).c.id),
    )
    return [row._replace(**{column: cover(getattr(row, column) or "")}) for row in rows]


def custody_told(tx: Transaction, testbuy: TestBuy, exhibits: Sequence[Exhibit]) -> list[HandOver]:
    """The custody of a test buy's exhibits, as it is told outside."""
    entries = table_of(CustodyEntry)
    buyer = _name(tx, testbuy.buyer_id)
    cover = Cover(tx, testbuy)

    def left_out(exhibit: Exhibit, entry: CustodyEntry) -> HandOver:
        sides = (entry.from_holder, entry.to_holder)
        giver, taker = (BUYER if holder == buyer else holder for holder in sides)
        # Both ends of a buyer's hand-over lie where the buyer is, but for the clerk's own shelf.
        told = entry.method is Method.IN_PLACE or entry.is_intake or BUYER not in (giver, taker)
        return HandOver(
            exhibit.reference,
            giver,
            taker,
            cover(entry.purpose),
            cover(entry.place) if told else None,
            cover(entry.condition),
            entry,
        )

    return [
        left_out(exhibit, entry)
        for exhibit in exhibits
        for entry in every(
            tx, CustodyEntry, entries.c.exhibit_id == exhibit.id, order_by=entries.c.seq
        )
    ]


def compared_by_eye(
    tx: Transaction, testbuy: TestBuy, photos: Sequence[Photo]
) -> list[ComparedByEye]:
    """What clerks said of photos."""
    shots = {photo.id: photo.shot for photo in photos}
    return [
        ComparedByEye(
            each,
            shots[each.photo_id],
            BUYER if each.confirmed_by == testbuy.buyer_id else _name(tx, each.confirmed_by) or "",
        )
        for each in rows_covered(tx, testbuy, Confirmation, "note")
    ]


def _name(tx: Transaction, number: int | None) -> str | None:
    person = one(tx, Person, id=number) if number else None
    return person.name if person else None


def _account(tx: Transaction, testbuy: TestBuy) -> Iterator[str | None]:
    if buyer := one(tx, Person, id=testbuy.buyer_id) if testbuy.buyer_id else None:
        yield from (buyer.name, buyer.email)
    if persona := one(tx, Persona, id=testbuy.persona_id) if testbuy.persona_id else None:
        yield from (persona.label, persona.recipient, persona.address)
    attempts = every(tx, OrderAttempt, testbuy_id=testbuy.id)
    yield from (attempt.order_number for attempt in attempts)
    parcels = table_of(Parcel).c
    numbers = [attempt.id for attempt in attempts]
    for parcel in every(tx, Parcel, parcels.order_attempt_id.in_(numbers)):
        yield parcel.tracking_number
