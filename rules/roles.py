"""Who can act: the roles of the programme (domain: section 2), and which of them never meet.

Owns which roles one person may hold together. Leaves what each role may do to the tables of moves
and of routes, and who took part in which test buy to `casework`.
"""

from collections.abc import Collection
from enum import StrEnum

from rules.decision import Decision


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

CIRCLES: tuple[tuple[frozenset[Role], str], ...] = (
    (
        frozenset({Role.AUTHENTICATOR, Role.DESK}),
        "Who examines learns nothing of the test buy.",
    ),
    (frozenset({Role.BUYER}), "Who buys knows their own tasks and nothing of the suspicion."),
    (frozenset({Role.AUDITOR}), "Who looks everything over changes none of it."),
)
"""Roles that stand apart from all others, and why; the roles of the house are what is left."""


def may_hold(roles: Collection[Role]) -> Decision:
    """Whether one person may hold all these roles; a refusal names those that must not meet."""
    objections: list[str] = []
    for circle, why in CIRCLES:
        inside = [role for role in Role if role in roles and role in circle]
        others = [role for role in Role if role in roles and role not in circle]
        if inside and others:
            objections.append(f"Nobody holds {_listed(inside)} together with {_listed(others)}.")
            objections.append(why)
    if Role.PROGRAMME in roles:
        objections.append("Nobody is granted the programme's own role.")
    return Decision.unless(objections)


def _listed(roles: Collection[Role]) -> str:
    *before, last = [role.value for role in roles]
    return f"{', '.join(before)} or {last}" if before else last
