"""Storage places: their rows, who may enter one, and that one which holds exhibits is not closed.

Leaves what is put into them and fetched to `casework.custody.storing`. A place is locked after the
test buy (docs/adr/0004).
"""

from collections.abc import Collection

from casework.act import Act
from casework.errors import NotFound, Refused, ensure
from rules.places import KEEPERS, may_enter, name_of
from rules.roles import PERSONS, Role
from storage import ledger
from storage.places import lying_in
from storage.rows import add, add_if_absent, change_one, every, one
from storage.session import Database, Transaction
from storage.tables import Person, PlaceAccess, StoragePlace


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
        place = opened(one(tx, StoragePlace, id=number, lock=True))
        if there := lying_in(tx, place.id):
            names = ", ".join(each.reference for each in there[:20])
            more = f" and {len(there) - 20} more" if len(there) > 20 else ""
            raise Refused(
                f"{place.name} still holds {names}{more}. Move them to another place first."
            )
        closed = {"closed_by": act.person, "closed_at": act.now, "closed_because": reason.strip()}
        change_one(tx, StoragePlace, place.id, **closed)
        _append(tx, act, "place closed", place.id)


def number_of(db: Database, name: str) -> int:
    """The number of the place with this name; raises NotFound."""
    with db.read() as tx:
        place = one(tx, StoragePlace, name=name.strip())
    if place is None:
        raise NotFound(f"There is no storage place {name.strip()}. Choose one from the list.")
    return place.id


def open_place(tx: Transaction, name: str) -> StoragePlace:
    """An open place by its name, held until the transaction ends; Refused where it is closed."""
    return opened(one(tx, StoragePlace, name=name.strip(), lock=True))


def opened(place: StoragePlace | None) -> StoragePlace:
    """The place, where there is one and it is open."""
    if place is None:
        raise NotFound("There is no such storage place. Choose one from the list.")
    if place.closed_at is not None:
        raise Refused(
            f"{place.name} was closed on {place.closed_at:%Y-%m-%d}. Choose another place."
        )
    return place


def ensure_enters(tx: Transaction, act: Act, place: StoragePlace) -> None:
    """Refuse who may not enter the place."""
    named = every(tx, PlaceAccess, place_id=place.id)
    roles = {each.role for each in named if each.role is not None}
    people = {each.person_id for each in named if each.person_id is not None}
    ensure(may_enter(place.name, roles, people, act.role, act.person))


def _ensure_keeper(act: Act) -> None:
    if act.role not in KEEPERS:
        raise Refused("Only a supervisor or administrator opens and closes storage places.")


def _append(tx: Transaction, act: Act, what: str, place: int) -> None:
    ledger.append(tx, ledger.PROGRAMME, {"what": what, "place": place, "by": act.by}, act.now)
