"""The way of a raid: who may do what, and that both ends are final."""

from itertools import product

import pytest

from rules.raids import LEADING, RaidState, may_close, may_end, may_lead, may_record, may_seize
from rules.referral import REFERRAL_MOVES, ReferralState
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


@pytest.mark.parametrize("state", ReferralState)
def test_a_raid_is_planned_on_what_its_agency_accepted(state: ReferralState) -> None:
    """Each state is said here by hand: a new one must find its side."""
    taken = {"accepted", "planned", "raided", "filed", "indicted", "sentenced"}
    decision = may_lead("RF-2026-000001", state)
    assert decision.allowed == (state in taken)
    assert decision.allowed or "name operator and agency" in decision.reasons[0].lower()


def test_a_referral_with_a_planned_raid_is_never_declined_or_withdrawn() -> None:
    """Only its end remains, and that waits for the raid's."""
    reached = set(LEADING)
    for _ in ReferralState:
        reached |= {row.target for row in REFERRAL_MOVES if row.source in reached}
    assert reached == LEADING | {ReferralState.CLOSED}
    assert may_close(()).allowed
    assert "RA-1 is still planned" in may_close(("RA-1", "RA-2")).reasons[0]
