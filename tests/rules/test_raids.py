"""The way of a raid: who may do what, and that both ends are final."""

from itertools import product

import pytest

from rules.raids import RaidState, may_end, may_record, may_seize
from rules.roles import Role


@pytest.mark.parametrize(("state", "role"), list(product(RaidState, Role)))
def test_a_planned_raid_is_ended_once_by_a_liaison(state: RaidState, role: Role) -> None:
    decision = may_end(state, role)
    assert decision.allowed == (state is RaidState.PLANNED and role is Role.LIAISON)
    assert decision.allowed or decision.reasons


@pytest.mark.parametrize("state", RaidState)
def test_nothing_is_seized_before_a_raid_or_without_one(state: RaidState) -> None:
    assert may_seize(state).allowed == (state is RaidState.CARRIED_OUT)


@pytest.mark.parametrize("role", Role)
def test_only_a_liaison_records(role: Role) -> None:
    assert may_record(role).allowed == (role is Role.LIAISON)
