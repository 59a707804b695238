"""Storage places as their pages show them: who may enter, and what lies there."""

from collections.abc import Sequence
from dataclasses import dataclass

from casework.custody.custody import last_entry
from casework.errors import NotFound
from rules.places import may_enter
from rules.roles import Role
from storage import keyset
from storage.keyset import FIRST, Paged, Turn
from storage.persons import names
from storage.places import how_many, in_place
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import CustodyEntry, Exhibit, PlaceAccess, StoragePlace, TestBuy


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A place with who may enter it, in words, and how many exhibits lie there."""

    place: StoragePlace
    enters: tuple[str, ...]
    exhibits: int


@dataclass(frozen=True, slots=True)
class Lying:
    """An exhibit in a place, with the entry that put it there."""

    exhibit: Exhibit
    testbuy: str
    entry: CustodyEntry


@dataclass(frozen=True, slots=True)
class PlacePage:
    """A place and what lies in it."""

    line: PlaceLine
    lying: Paged[Lying]


def places(db: Database) -> tuple[PlaceLine, ...]:
    """Every place by its name, the open ones first."""
    rows = table_of(StoragePlace).c
    with db.read() as tx:
        counts = how_many(tx)
        found = every(tx, StoragePlace, order_by=rows.name)
        open_first = sorted(found, key=lambda place: place.closed_at is not None)
        return tuple(_line(tx, place, counts.get(place.id, 0)) for place in open_first)


def place_page(db: Database, number: int, turn: Turn = FIRST) -> PlacePage:
    """One place, and a page of what lies there; raises NotFound."""
    with db.read() as tx:
        place = one(tx, StoragePlace, id=number)
        if place is None:
            raise NotFound("There is no such storage place.")
        there = keyset.page(tx, Exhibit, in_place(number), turn=turn)
        lying = there.each(lambda rows: [_lying(tx, exhibit) for exhibit in rows])
        return PlacePage(_line(tx, place, how_many(tx).get(number, 0)), lying)


def open_names(tx: Transaction, role: Role | None = None, person: int | None = None) -> list[str]:
    """The names of open places; with `role`, those that this person may enter in it."""
    rows = table_of(StoragePlace).c
    found: Sequence[StoragePlace] = every(tx, StoragePlace, closed_at=None, order_by=rows.name)
    return [each.name for each in found if role is None or _lets_in(tx, each, role, person)]


def open_places(db: Database, role: Role | None, person: int) -> list[str]:
    """The names of the open places that a person may enter in a role."""
    with db.read() as tx:
        return open_names(tx, role, person)


def _lets_in(tx: Transaction, place: StoragePlace, role: Role, person: int | None) -> bool:
    named = every(tx, PlaceAccess, place_id=place.id)
    roles = {each.role for each in named if each.role is not None}
    people = {each.person_id for each in named if each.person_id is not None}
    return may_enter(place.name, roles, people, role, person).allowed


def _line(tx: Transaction, place: StoragePlace, exhibits: int) -> PlaceLine:
    named = every(tx, PlaceAccess, place_id=place.id, order_by=table_of(PlaceAccess).c.id)
    people = names(tx, [each.person_id for each in named])
    enters = tuple(
        f"any {each.role}" if each.person_id is None else people[each.person_id] for each in named
    )
    return PlaceLine(place, enters, exhibits)


def _lying(tx: Transaction, exhibit: Exhibit) -> Lying:
    owner, entry = one(tx, TestBuy, id=exhibit.testbuy_id), last_entry(tx, exhibit.id)
    assert owner is not None and entry is not None  # what lies in a place has both
    return Lying(exhibit, owner.reference, entry)
