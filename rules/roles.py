"""Who can act: the roles of the programme (domain: section 2)."""

from enum import StrEnum


class Role(StrEnum):
    """A hat a person wears while acting. PROGRAMME is the engine itself acting on a rule."""

    ANALYST = "analyst"
    APPROVER = "approver"
    BUYER = "buyer"
    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    AUTHENTICATOR = "authenticator"
    DESK = "desk"
    LIAISON = "liaison"
    COUNSEL = "counsel"
    AUDITOR = "auditor"
    ENGINEER = "engineer"
    ADMINISTRATOR = "administrator"
    PROGRAMME = "programme"


PERSONS: frozenset[Role] = frozenset(Role) - {Role.PROGRAMME}
"""Roles a signed-in person may hold; nobody is ever granted PROGRAMME."""
