"""Kits as the clerk's page and a buyer's tasks show them."""

from dataclasses import dataclass

from casework.custody.kits import KitFacts, facts_of, kits_of
from casework.views.bags import people_in
from rules.roles import Role
from storage import keyset
from storage.keyset import FIRST, Paged, Turn
from storage.kits import holders
from storage.rows import one
from storage.session import Database
from storage.tables import Kit


@dataclass(frozen=True, slots=True)
class KitLine:
    """A kit, and the name of whom it is handed to."""

    facts: KitFacts
    to: str | None


@dataclass(frozen=True, slots=True)
class KitsPage:
    """A page of kits, newest first; buyers to give one to, those without a kit first."""

    kits: Paged[KitLine]
    buyers: tuple[tuple[int, str], ...]
    without: tuple[str, ...]


def kits_page(db: Database, turn: Turn = FIRST, about: str | None = None) -> KitsPage:
    """A page of the kits, or that of the kit numbered `about`; and who has none."""
    with db.read() as tx:
        row = one(tx, Kit, number=about) if about else None
        found = keyset.page(tx, Kit, newest=True, turn=turn._replace(at=row.id) if row else turn)
        facts = found.each(lambda kits: [facts_of(tx, kit) for kit in kits])
        buyers, given = people_in(tx, frozenset({Role.BUYER})), holders(tx)
    names = dict(buyers)

    def line(each: KitFacts) -> KitLine:
        return KitLine(each, names.get(each.giving.to_person, "somebody") if each.giving else None)

    return KitsPage(
        facts.each(lambda kits: [line(each) for each in kits]),
        tuple(sorted(buyers, key=lambda buyer: buyer[0] in given)),
        tuple(name for number, name in buyers if number not in given),
    )


def my_kits(db: Database, person_id: int) -> tuple[KitFacts, ...]:
    """The kits handed to a person, confirmed or not."""
    with db.read() as tx:
        return tuple(kits_of(tx, person_id))
