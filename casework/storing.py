"""Storage places, and exhibits put into them and fetched from them.

Owns the places' rows, who may enter one, and that a place which holds exhibits is not closed.
Storing is a custody entry to a place, under the seal as it is read. Leaves how entries are written
to `casework.custody`. A place is locked after the test buy, and before nothing (docs/adr/0004).
"""

from collections.abc import Collection

from casework import custody
from casework.act import Act
from casework.campaigns import PROGRAMME_LEDGER
from casework.custody import exhibit_of, last_entry, mismatch, person_holder, record
from casework.errors import NotFound, Refused, ensure
from casework.move import Moved, note
from casework.sides import holding
from rules.holders import Holder, HolderKind, Method
from rules.places import KEEPERS, may_enter, name_of
from rules.roles import PERSONS, Role
from storage import ledger
from storage.places import lying_in
from storage.rows import add, add_if_absent, change_one, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Person, Photo, PlaceAccess, StoragePlace, TestBuy

STORED = "stored"
_STORAGE_SHOT = "B03"


def add_place(
    db: Database,
    act: Act,
    *,
    site: str,
    room: str = "",
    shelf: str = "",
    roles: Collection[Role] = (),
    people: Collection[str] = (),
) -> str:
    """A place for exhibits; `roles` and `people` (by e-mail) may enter it. Gives its name."""
    _ensure_keeper(act)
    try:
        name = name_of(site, room, shelf)
    except ValueError as error:
        raise Refused(str(error)) from None
    if not roles and not people:
        raise Refused("Say who may enter the place: a role, or a person. Nobody named enters it.")
    if not frozenset(roles) <= PERSONS:
        raise Refused("Nobody is granted the programme's own role.")
    with db.write() as tx:
        parts = {"site": site.strip(), "room": room.strip(), "shelf": shelf.strip()}
        opened = {"opened_by": act.person, "opened_at": act.now}
        if not add_if_absent(tx, StoragePlace, name=name, **parts, **opened):
            raise Refused(f"There is a place {name} already. Name another shelf.")
        place = one(tx, StoragePlace, name=name)
        assert place is not None  # it was just added
        for role in sorted(roles):
            add(tx, PlaceAccess, place_id=place.id, role=role)
        for email in dict.fromkeys(people):
            person = one(tx, Person, email=email.strip().lower())
            if person is None:
                raise NotFound(f"Nobody has an account under {email}. Check the address.")
            add(tx, PlaceAccess, place_id=place.id, person_id=person.id)
        _append(tx, act, "place opened", place.id)
    return name


def close_place(db: Database, act: Act, number: int, *, reason: str) -> None:
    """Close an empty place for good; refused while exhibits lie in it, which are named."""
    _ensure_keeper(act)
    if not reason.strip():
        raise Refused("Say why the place is closed.")
    with db.write() as tx:
        place = _open(one(tx, StoragePlace, id=number, lock=True))
        if there := lying_in(tx, place.id):
            names = ", ".join(each.reference for each in there[:20])
            more = f" and {len(there) - 20} more" if len(there) > 20 else ""
            raise Refused(
                f"{place.name} still holds {names}{more}. Move them to another place first."
            )
        closed = {"closed_by": act.person, "closed_at": act.now, "closed_because": reason.strip()}
        change_one(tx, StoragePlace, place.id, **closed)
        _append(tx, act, "place closed", place.id)


def take_in(
    db: Database,
    act: Act,
    exhibit_reference: str,
    *,
    seal_number: str,
    place: str,
    condition: str,
    weight_grams: int | None = None,
    tracking_number: str | None = None,
    utc_offset_minutes: int | None = None,
) -> Moved:
    """Take an exhibit in and put it away, two entries; `place` must be one that is known and open.

    A programme that has no place yet names it in words, and the clerk goes on holding the exhibit.
    """
    with db.read() as tx:
        known = one(tx, StoragePlace, name=place.strip())
        if known is not None:
            _ensure_enters(tx, act, _open(known))
        elif every(tx, StoragePlace, closed_at=None, limit=1):
            raise Refused(
                f"There is no storage place {place.strip()}. Choose one from the list, or have a "
                "supervisor add it."
            )
    moved = custody.take_in(
        db, act, exhibit_reference, seal_number=seal_number, place=place, condition=condition,
        weight_grams=weight_grams, tracking_number=tracking_number,
        utc_offset_minutes=utc_offset_minutes,
    )  # fmt: skip
    if known is not None:
        store(db, act, exhibit_reference, place=place, seal_number=seal_number, condition=condition)
    return moved


def store(
    db: Database,
    act: Act,
    exhibit_reference: str,
    *,
    place: str,
    seal_number: str,
    condition: str,
    photo: str | None = None,
) -> None:
    """Who holds an exhibit puts it into a place; `photo` is the one of shot B03 that shows it."""
    _ensure_condition(condition)
    with db.write() as tx:
        exhibit, testbuy = exhibit_of(tx, act, exhibit_reference)
        holder = holding(tx, act, exhibit)
        found = open_place(tx, place)
        _ensure_enters(tx, act, found)
        shown = [_photo(tx, testbuy, photo)] if photo else []
        if (wrong := mismatch(tx, act, testbuy, exhibit, exhibit.seal_number, seal_number)) is None:
            record(
                tx,
                act,
                exhibit,
                giver=holder,
                taker=Holder(HolderKind.PLACE, found.name),
                method=Method.IN_PLACE,
                place=found.name,
                place_id=found.id,
                purpose=STORED,
                seal_out=exhibit.seal_number,
                seal_in=exhibit.seal_number,
                condition=condition.strip(),
                photos=shown,
            )
            facts = {"exhibit": exhibit.reference, "place": found.id}
            note(tx, act, testbuy, STORED, facts, wake=False)
    if wrong:
        raise wrong


def fetch(
    db: Database,
    act: Act,
    exhibit_reference: str,
    *,
    seal_number: str,
    condition: str,
    purpose: str,
) -> None:
    """Somebody who may enter the place takes an exhibit out of it, and holds it from then on."""
    _ensure_condition(condition)
    if not purpose.strip():
        raise Refused("Say what it is taken out for.")
    with db.write() as tx:
        exhibit, testbuy = exhibit_of(tx, act, exhibit_reference)
        last = last_entry(tx, exhibit.id)
        person = one(tx, Person, id=act.person) if act.person else None
        if last is None or last.to_kind is not HolderKind.PLACE or person is None:
            raise Refused(f"{exhibit_reference} lies in no storage place, so nothing is taken out.")
        place = one(tx, StoragePlace, id=last.place_id) if last.place_id else None
        if place is not None:
            _ensure_enters(tx, act, place)
        elif act.role is not Role.CLERK:
            raise Refused("Only a clerk fetches an exhibit from a place that is on no list.")
        if (wrong := mismatch(tx, act, testbuy, exhibit, exhibit.seal_number, seal_number)) is None:
            record(
                tx,
                act,
                exhibit,
                giver=Holder(last.to_kind, last.to_holder),
                taker=person_holder(person),
                method=Method.IN_PLACE,
                place=last.to_holder,
                purpose=purpose.strip(),
                seal_out=exhibit.seal_number,
                seal_in=exhibit.seal_number,
                condition=condition.strip(),
            )
            facts = {"exhibit": exhibit.reference, "place": last.place_id}
            note(tx, act, testbuy, "taken out", facts, wake=False)
    if wrong:
        raise wrong


def number_of(db: Database, name: str) -> int:
    """The number of the place with this name; raises NotFound."""
    with db.read() as tx:
        place = one(tx, StoragePlace, name=name.strip())
    if place is None:
        raise NotFound(f"There is no storage place {name.strip()}. Choose one from the list.")
    return place.id


def open_place(tx: Transaction, name: str) -> StoragePlace:
    """An open place by its name, held until the transaction ends; Refused where it is closed."""
    return _open(one(tx, StoragePlace, name=name.strip(), lock=True))


def _open(place: StoragePlace | None) -> StoragePlace:
    if place is None:
        raise NotFound("There is no such storage place. Choose one from the list.")
    if place.closed_at is not None:
        raise Refused(
            f"{place.name} was closed on {place.closed_at:%Y-%m-%d}. Choose another place."
        )
    return place


def _ensure_enters(tx: Transaction, act: Act, place: StoragePlace) -> None:
    named = every(tx, PlaceAccess, place_id=place.id)
    roles = {each.role for each in named if each.role is not None}
    people = {each.person_id for each in named if each.person_id is not None}
    ensure(may_enter(place.name, roles, people, act.role, act.person))


def _photo(tx: Transaction, testbuy: TestBuy, public_id: str) -> str:
    photos = table_of(Photo).c
    kept = one(tx, Photo, photos.public_id == public_id, photos.testbuy_id == testbuy.id)
    if kept is None or kept.shot != _STORAGE_SHOT or not kept.accepted:
        raise Refused(f"Choose an accepted photo of shot {_STORAGE_SHOT} of {testbuy.reference}.")
    return kept.public_id


def _ensure_condition(condition: str) -> None:
    if not condition.strip():
        raise Refused("Say in what condition the bag is.")


def _ensure_keeper(act: Act) -> None:
    if act.role not in KEEPERS:
        raise Refused("Only a supervisor or administrator opens and closes storage places.")


def _append(tx: Transaction, act: Act, what: str, place: int) -> None:
    ledger.append(tx, PROGRAMME_LEDGER, {"what": what, "place": place, "by": act.by}, act.now)
