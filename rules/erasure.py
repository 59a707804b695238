"""What tells who or where somebody is and can be erased, and what becomes of the same in texts."""

import unicodedata
from collections.abc import Collection
from enum import StrEnum

from rules.decision import Decision
from rules.identifiers import FROM_CODES, IdentifierKind
from rules.roles import Role
from rules.signs import bare


class Erasable(StrEnum):
    """A value that can be erased by itself, by the row it stands in."""

    IDENTIFIER = "identifier"
    REGISTRANT = "registrant"
    PERSON = "person"
    HANDLE = "handle"
    PREMISES = "premises"
    PLACE = "place"
    MET = "person_met"
    PARTY = "party"


LEFT = "It was erased. What it had joined stays until somebody splits it."
"""Why an erased identifier no longer stands, as its shop's page says it."""


def may_erase(role: Role) -> Decision:
    """An administrator, who opens none of the pages these stand on and gains nothing by it."""
    if role is Role.ADMINISTRATOR:
        return Decision.yes()
    return Decision.no("Only an administrator erases what tells who or where somebody is.")


def is_personal(kind: IdentifierKind) -> bool:
    """Whether an identifier can tell of a person. A serial and a lot tell of goods, and stand on
    their exhibit besides.
    """
    return kind not in FROM_CODES


class Standing(StrEnum):
    """What may be done where an erased value stands in a text, too."""

    COVERABLE = "coverable"
    """The row may change, and its ledger holds a digest at most."""
    ALONE = "alone"
    """It is itself a value that can be erased, from its own list."""
    BOUND = "bound"
    """A legal hold or open proceedings need what it is about."""
    SEALED = "sealed"
    """The database lets nobody change it, and papers that left the house rest on it."""
    PUBLISHED = "published"
    """The name under which platform and agencies know a shop, a listing or an operator."""


ALONE = {
    "identifier.value": Erasable.IDENTIFIER,
    "shop.registrant": Erasable.REGISTRANT,
    "operator_person.name": Erasable.PERSON,
    "external_handle.handle": Erasable.HANDLE,
    "premises_address.address": Erasable.PREMISES,
    "raid_place.address": Erasable.PLACE,
    "raid_person.name": Erasable.MET,
    "claim_party.name": Erasable.PARTY,
    "claim_party.address": Erasable.PARTY,
}
"""Columns that hold such a value by themselves."""

PUBLISHED = frozenset({"shop.name", "listing.title", "listing.url", "operator.name"})

_LEAST = 2


def standing(place: str, *, fixed: bool, bound: bool) -> Standing:
    """What may be done with a text in the column `place`."""
    if place in ALONE:
        return Standing.ALONE
    if fixed:
        return Standing.SEALED
    if place in PUBLISHED:
        return Standing.PUBLISHED
    return Standing.BOUND if bound else Standing.COVERABLE


def spellings(values: Collection[str], *, phone: bool = False) -> frozenset[str]:
    """As which words values are looked for in texts: a phone number without and behind China's
    country code, too. Of one sign nothing is looked for: it is anywhere.
    """
    said = {unicodedata.normalize("NFKC", bare(each)).strip() for each in values}
    if phone:
        digits = {"".join(filter(str.isdigit, each)) for each in said}
        own = {each.removeprefix("00").removeprefix("86") for each in digits}
        said |= {form for each in own for form in (each, f"86{each}", f"0086{each}") if each}
    return frozenset(each for each in said if len(each) >= _LEAST)
