"""What tells who or where somebody is and can be erased, and what else is gone with it."""

from enum import StrEnum

from rules.decision import Decision
from rules.identifiers import FROM_CODES, IdentifierKind
from rules.roles import Role


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
