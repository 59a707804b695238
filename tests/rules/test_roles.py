"""Roles that never meet in one person."""

from itertools import combinations

import pytest

from rules.roles import PERSONS, Role, may_hold

APART = {
    Role.AUTHENTICATOR: {Role.DESK},
    Role.DESK: {Role.AUTHENTICATOR},
    Role.BUYER: set(),
    Role.AUDITOR: set(),
}
"""Whom each of these may be held with, written out once more."""


@pytest.mark.parametrize(("one", "other"), [*combinations(sorted(PERSONS), 2)])
def test_two_roles_meet_only_in_one_circle(one: Role, other: Role) -> None:
    allowed = other in APART.get(one, PERSONS) and one in APART.get(other, PERSONS)
    for roles in ([one, other], [other, one], {one, other}):
        said = may_hold(roles)
        assert said.allowed is allowed
        assert allowed or {one.value, other.value} <= set(
            " ".join(said.reasons).replace(".", "").split()
        )


def test_each_role_alone_is_fine_and_so_is_the_whole_house() -> None:
    for role in PERSONS:
        assert may_hold([role]).allowed
    assert may_hold(PERSONS - APART.keys()).allowed
    assert may_hold([]).allowed


def test_every_objection_is_said_at_once() -> None:
    said = may_hold([Role.AUTHENTICATOR, Role.ANALYST, Role.BUYER])
    assert said.reasons == (
        "Nobody holds authenticator together with analyst or buyer.",
        "Who examines learns nothing of the test buy.",
        "Nobody holds buyer together with analyst or authenticator.",
        "Who buys knows their own tasks and nothing of the suspicion.",
    )


def test_the_programmes_own_role_is_nobodys() -> None:
    assert not may_hold([Role.PROGRAMME]).allowed
