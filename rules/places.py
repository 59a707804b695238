"""Storage places: what one is called, and who may enter it.

Leaves their rows, and what lies in them, to `casework.custody.storing`.
"""

from collections.abc import Collection

from rules.decision import Decision
from rules.roles import Role

KEEPERS: frozenset[Role] = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
"""Roles that open and close storage places."""

STORERS: frozenset[Role] = frozenset({Role.CLERK, Role.SUPERVISOR, Role.LIAISON})
"""Roles that put exhibits into a place and take them out, where they may enter it."""


def name_of(site: str, room: str, shelf: str) -> str:
    """What a place is called wherever it is named; raises ValueError where the site is missing."""
    parts = [" ".join(part.split()) for part in (site, room, shelf)]
    if not parts[0]:
        raise ValueError("Say at which site the place is.")
    return ", ".join(part for part in parts if part)


def may_enter(
    name: str, roles: Collection[Role], people: Collection[int], role: Role, person: int | None
) -> Decision:
    """Whether `person`, acting as `role`, may enter the place `name`; nobody named lets in nobody.

    `roles` and `people` are those the place's rows name.
    """
    if role not in STORERS:
        return Decision.no(
            "Only a clerk, supervisor or liaison puts exhibits away or fetches them."
        )
    if person is None or (role not in roles and person not in people):
        return Decision.no(f"You may not enter {name}. Ask somebody who may, or a supervisor.")
    return Decision.yes()
