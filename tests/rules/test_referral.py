"""The referral's moves, walked over every state and role."""

import itertools

import pytest

from rules.referral import REFERRAL_MOVES, ReferralMove, ReferralState, may, may_approve
from rules.roles import Role

# The way, written a second time by hand: from, move, to, who.
DRAWN = {
    (None, "draft", "drafted", "analyst liaison programme"),
    ("drafted", "approve", "approved", "liaison"),
    ("approved", "send", "sent", "programme"),
    ("sent", "acknowledge", "acknowledged", "liaison programme"),
    ("sent", "accept", "accepted", "liaison programme"),
    ("acknowledged", "accept", "accepted", "liaison programme"),
    ("sent", "decline_by_agency", "declined", "liaison programme"),
    ("acknowledged", "decline_by_agency", "declined", "liaison programme"),
    ("drafted", "withdraw", "withdrawn", "approver liaison"),
    ("approved", "withdraw", "withdrawn", "approver liaison"),
    ("accepted", "plan", "planned", "liaison"),
    ("planned", "plan", "planned", "liaison"),
    ("accepted", "raid", "raided", "liaison"),
    ("planned", "raid", "raided", "liaison"),
    ("raided", "raid", "raided", "liaison"),
    ("accepted", "file", "filed", "liaison"),
    ("planned", "file", "filed", "liaison"),
    ("raided", "file", "filed", "liaison"),
    ("filed", "indict", "indicted", "liaison"),
    ("indicted", "sentence", "sentenced", "liaison"),
    ("sentenced", "sentence", "sentenced", "liaison"),
    *(
        (state, "close", "closed", "liaison")
        for state in ["accepted", "planned", "raided", "filed", "indicted", "sentenced"]
    ),
    *(
        (state, move, state, "liaison")
        for state in ["sent", "acknowledged", "accepted", "planned", "raided", "filed", "indicted"]
        for move in ("ask_material", "send_material")
    ),
}


def test_the_table_is_the_way_drawn() -> None:
    assert {
        (rule.source, rule.move, rule.target, " ".join(sorted(rule.roles)))
        for rule in REFERRAL_MOVES
    } == DRAWN


@pytest.mark.parametrize("state", [None, *ReferralState])
def test_what_is_not_in_the_table_is_refused_with_a_reason(state: ReferralState | None) -> None:
    allowed = {(source, move, who) for source, move, _, said in DRAWN for who in said.split()}
    for move, role in itertools.product(ReferralMove, Role):
        decision = may(move, state, frozenset({role}))
        assert decision.allowed is ((state, move, role) in allowed)
        assert decision.allowed or decision.reasons


def test_no_role_may_nothing() -> None:
    for rule in REFERRAL_MOVES:
        assert not may(rule.move, rule.source, frozenset()).allowed


def test_nobody_approves_what_they_put_anything_into() -> None:
    for own in ({1}, {1, 3}, {3, 1}):
        assert not may_approve(own, 1).allowed
    for others in (set(), {2}, {2, 3}):
        assert may_approve(others, 1).allowed
