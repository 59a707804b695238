"""How sure the programme must be of who somebody is before they act.

Owns who must have a second factor, what a log-in still owes, and what a signature asks for. Leaves
passwords to `rules.passwords`, and checking what somebody gives to `casework`.
"""

from collections.abc import Set
from enum import StrEnum

from rules.roles import Role


class SecondFactorPolicy(StrEnum):
    """Whether those who approve, judge or refer must have a second factor or may have one."""

    REQUIRED = "required"
    OFFERED = "offered"


class Began(StrEnum):
    """What a log-in was begun with."""

    PASSWORD = "password"  # noqa: S105 - a word
    LINK = "link"
    INVITATION = "invitation"
    SIGN_ON = "sign_on"


class Owed(StrEnum):
    """What a log-in owes before any page is shown: a code, or setting the second factor up."""

    CODE = "code"
    ENROLMENT = "enrolment"


class Proof(StrEnum):
    """What proves at a form that the person who is logged in sits there."""

    PASSWORD = "password"  # noqa: S105 - a word
    CODE = "code"


SECOND_FACTOR_ROLES: frozenset[Role] = frozenset(
    {Role.APPROVER, Role.AUTHENTICATOR, Role.LIAISON, Role.SUPERVISOR, Role.ADMINISTRATOR}
)
"""Those who approve, judge or refer, and who says who may."""


def owed(
    roles: Set[Role], policy: SecondFactorPolicy, *, enrolled: bool, given: bool
) -> Owed | None:
    """What a log-in of a person with `roles` still owes; `given`: it was begun with two factors."""
    if given:
        return None
    if enrolled:
        return Owed.CODE
    must = policy is SecondFactorPolicy.REQUIRED and bool(SECOND_FACTOR_ROLES & roles)
    return Owed.ENROLMENT if must else None


def to_sign(policy: SecondFactorPolicy, *, has_password: bool, enrolled: bool) -> frozenset[Proof]:
    """What a signature asks for: the password of who has one, and a code.

    Without a password the code alone proves it. Where a second factor is merely offered, who has
    none signs by password, or by being logged in.
    """
    asked = {Proof.PASSWORD} if has_password else set[Proof]()
    if enrolled or policy is SecondFactorPolicy.REQUIRED:
        asked.add(Proof.CODE)
    return frozenset(asked)
