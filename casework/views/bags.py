"""Exhibits in a person's hands, as a form to hand them over needs them."""

from dataclasses import dataclass

from casework.custody.custody import open_hand_over
from casework.views.testbuy import ExhibitFacts, exhibits_of
from rules.holders import HolderKind
from rules.roles import Role
from storage.rows import every, table_of
from storage.session import Transaction
from storage.tables import CustodyEntry, Exhibit, HandOver, Person, Photo, RoleGrant


@dataclass(frozen=True, slots=True)
class Bag:
    """An exhibit that a person holds. `photos` are those of its seal going out (T01)."""

    facts: ExhibitFacts
    opened: HandOver | None
    photos: tuple[Photo, ...]


def bags_with(tx: Transaction, testbuy_id: int, person_id: int) -> tuple[Bag, ...]:
    """The exhibits of a test buy that a person holds, in order."""
    return tuple(
        Bag(
            facts,
            open_hand_over(tx, facts.exhibit.id),
            going_out(tx, facts.exhibit, facts.custody[-1]),
        )
        for facts in exhibits_of(tx, testbuy_id)
        if facts.custody and _holds(facts.custody[-1], person_id)
    )


def with_buyer(tx: Transaction, testbuy_id: int, person_id: int) -> tuple[str, ...]:
    """References of exhibits that a buyer holds and hands to nobody yet."""
    return tuple(
        bag.facts.exhibit.reference
        for bag in bags_with(tx, testbuy_id, person_id)
        if bag.opened is None
    )


def going_out(tx: Transaction, exhibit: Exhibit, since: CustodyEntry) -> tuple[Photo, ...]:
    """The accepted photos of the seal going out (T01), taken since its holder has it."""
    photos = table_of(Photo).c
    return tuple(
        every(
            tx,
            Photo,
            photos.testbuy_id == exhibit.testbuy_id,
            photos.shot == "T01",
            photos.accepted.is_(True),
            photos.received_at >= since.handed_at,
            order_by=photos.id,
        )
    )


def people_in(tx: Transaction, roles: frozenset[Role]) -> tuple[tuple[int, str], ...]:
    """People with an open account in one of the roles, by name, with their numbers."""
    grants, people = table_of(RoleGrant).c, table_of(Person).c
    allowed = {row.person_id for row in every(tx, RoleGrant, grants.role.in_(sorted(roles)))}
    rows = every(tx, Person, people.id.in_(sorted(allowed)), people.active, order_by=people.name)
    return tuple((row.id, row.name) for row in rows)


def _holds(last: CustodyEntry, person_id: int) -> bool:
    return last.to_kind is HolderKind.PERSON and last.by_person == person_id
