"""Kits as the clerk's page and a buyer's tasks show them."""

from dataclasses import dataclass

from casework.kits import KitFacts, kits, kits_of
from casework.views.bags import people_in
from rules.roles import Role
from storage.session import Database


@dataclass(frozen=True, slots=True)
class KitLine:
    """A kit, and the name of whom it is handed to."""

    facts: KitFacts
    to: str | None


@dataclass(frozen=True, slots=True)
class KitsPage:
    """All kits, newest first; buyers to give one to, those without a kit first."""

    kits: tuple[KitLine, ...]
    buyers: tuple[tuple[int, str], ...]
    without: tuple[str, ...]


def kits_page(db: Database) -> KitsPage:
    """All kits, and who has none."""
    with db.read() as tx:
        found, buyers = kits(tx), people_in(tx, frozenset({Role.BUYER}))
    names = dict(buyers)
    given = {each.giving.to_person for each in found if each.giving}
    return KitsPage(
        tuple(
            KitLine(each, names.get(each.giving.to_person, "somebody") if each.giving else None)
            for each in found
        ),
        tuple(sorted(buyers, key=lambda buyer: buyer[0] in given)),
        tuple(name for number, name in buyers if number not in given),
    )


def my_kits(db: Database, person_id: int) -> tuple[KitFacts, ...]:
    """The kits handed to a person, confirmed or not."""
    with db.read() as tx:
        return tuple(kits_of(tx, person_id))
