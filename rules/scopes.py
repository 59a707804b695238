"""What a token of the API may be for, and in which role it then acts.

Owns the scopes and the roles each needs. A scope never gives more than its owner's roles do; the
roles are read anew on each request. Leaves which route asks for which scope to the portal.
"""

from collections.abc import Collection
from enum import StrEnum

from rules.decision import Decision
from rules.roles import Role


class Scope(StrEnum):
    """One thing a token may be used for."""

    FLAGS_WRITE = "flags:write"
    TESTBUYS_READ = "testbuys:read"
    TESTBUYS_LAUNCH = "testbuys:launch"
    EXAMINATIONS_READ = "examinations:read"
    VERDICTS_WRITE = "verdicts:write"
    CUSTODY_READ = "custody:read"
    REFERRALS_READ = "referrals:read"
    WEBHOOKS_MANAGE = "webhooks:manage"


ROLES: dict[Scope, tuple[Role, ...]] = {
    Scope.FLAGS_WRITE: (Role.ANALYST,),
    Scope.TESTBUYS_READ: (
        Role.ANALYST,
        Role.APPROVER,
        Role.LIAISON,
        Role.CLERK,
        Role.SUPERVISOR,
        Role.COUNSEL,
        Role.AUDITOR,
        Role.ENGINEER,
    ),
    Scope.TESTBUYS_LAUNCH: (Role.ANALYST,),
    Scope.EXAMINATIONS_READ: (Role.AUTHENTICATOR,),
    Scope.VERDICTS_WRITE: (Role.AUTHENTICATOR,),
    Scope.CUSTODY_READ: (Role.CLERK, Role.SUPERVISOR, Role.LIAISON, Role.AUDITOR),
    Scope.REFERRALS_READ: (
        Role.LIAISON,
        Role.ANALYST,
        Role.COUNSEL,
        Role.AUDITOR,
        Role.SUPERVISOR,
        Role.APPROVER,
    ),
    Scope.WEBHOOKS_MANAGE: (Role.ANALYST, Role.LIAISON, Role.AUTHENTICATOR),
}
"""Where the owner holds several of a scope's roles, the token acts in the first of them."""

HOLDERS: tuple[Role, ...] = tuple(sorted({role for roles in ROLES.values() for role in roles}))
"""Roles that some scope is for."""


def may_have(scopes: Collection[Scope], roles: Collection[Role]) -> Decision:
    """Whether a token with `scopes` can be made for somebody who holds `roles`."""
    if not scopes:
        return Decision.no("Choose at least one scope: a token without any opens nothing.")
    return Decision.unless(
        [
            f"The scope {scope} needs the role of {' or '.join(ROLES[scope])}, "
            "which the owner is not granted."
            for scope in sorted(scopes)
            if not set(ROLES[scope]).intersection(roles)
        ]
    )
