"""The way of a sanction over every state and move, and what it may rest on."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.brushing import BrushingState
from rules.roles import Role
from rules.sanctions import (
    ENDED,
    SANCTION_MOVES,
    TOLD,
    SanctionGround,
    SanctionMove,
    SanctionState,
    may,
    may_decide,
    may_judge,
    may_rest,
    rule_for,
)
from rules.verdicts import COUNTERFEITS, Verdict

EVERYBODY = frozenset(Role)
FAKE = sorted(COUNTERFEITS)


@pytest.mark.parametrize(("state", "move"), [*product([None, *SanctionState], SanctionMove)])
def test_what_is_not_in_the_table_is_refused_with_a_reason(state, move):
    answer = may(move, state, EVERYBODY)
    assert answer.allowed is (rule_for(move, state) is not None)
    assert answer.allowed or answer.reasons[0].endswith(".")


def test_every_state_is_reached_and_nothing_leads_out_of_an_end():
    assert {rule.target for rule in SANCTION_MOVES} == set(SanctionState)
    assert not [rule for rule in SANCTION_MOVES if rule.source in ENDED]
    left = {rule.source for rule in SANCTION_MOVES} - {None}
    assert left == set(SanctionState) - ENDED


@pytest.mark.parametrize("rule", SANCTION_MOVES, ids=lambda rule: f"{rule.move} {rule.source}")
def test_only_the_roles_of_the_table_may(rule):
    for role in Role:
        assert may(rule.move, rule.source, {role}).allowed is (role in rule.roles)
    assert Role.AUDITOR not in rule.roles and Role.AUTHENTICATOR not in rule.roles


ANALYST, APPROVER, SUPERVISOR = {Role.ANALYST}, {Role.APPROVER}, {Role.SUPERVISOR}
ENGINE = {Role.PROGRAMME}
HEARS = {Role.ANALYST, Role.LIAISON, Role.COUNSEL}
WAY = {
    ("propose", None): ("proposed", ANALYST),
    ("decide", "proposed"): ("decided", APPROVER),
    ("decline", "proposed"): ("declined", APPROVER),
    ("withdraw", "proposed"): ("withdrawn", ANALYST | ENGINE),
    ("notify", "decided"): ("notified", ANALYST),
    ("enforce", "notified"): ("in_force", ANALYST | APPROVER),
    ("enforce", "upheld"): ("in_force", ANALYST | APPROVER),
    ("appeal", "notified"): ("appealed", HEARS),
    ("appeal", "in_force"): ("appealed", HEARS),
    ("appeal", "upheld"): ("appealed", HEARS),
    ("uphold", "appealed"): ("upheld", APPROVER | SUPERVISOR),
    ("lift", "decided"): ("lifted", APPROVER | SUPERVISOR | ENGINE),
    ("lift", "notified"): ("lifted", APPROVER | SUPERVISOR | ENGINE),
    ("lift", "in_force"): ("lifted", APPROVER | SUPERVISOR | ENGINE),
    ("lift", "appealed"): ("lifted", APPROVER | SUPERVISOR | ENGINE),
    ("lift", "upheld"): ("lifted", APPROVER | SUPERVISOR | ENGINE),
    ("reopen", "in_force"): ("reopened", APPROVER),
    ("reopen", "upheld"): ("reopened", APPROVER),
}
"""Written out once more: who may do what to somebody's shop is no slip of a line."""


def test_the_table_is_the_one_that_was_agreed():
    made = {(rule.move, rule.source): (rule.target, set(rule.roles)) for rule in SANCTION_MOVES}
    assert made == WAY


def test_what_is_bought_after_notice_is_bought_while_the_sellers_word_stands_against_it():
    assert set(TOLD) == {"notified", "in_force", "appealed", "upheld"}


def test_a_refusal_names_people_alone():
    (reason,) = may(SanctionMove.WITHDRAW, SanctionState.PROPOSED, {Role.APPROVER}).reasons
    assert reason == "Only analyst may withdraw a sanction."


@given(st.lists(st.sampled_from([None, *Verdict]), max_size=5))
def test_it_rests_on_concluded_counterfeits_and_on_nothing_else(conclusions):
    allowed = may_rest(SanctionGround.COUNTERFEIT, conclusions).allowed
    assert allowed is (bool(conclusions) and all(each in COUNTERFEITS for each in conclusions))
    for case in (None, *BrushingState):
        rests = may_rest(SanctionGround.BRUSHING, conclusions, case).allowed
        assert rests is (not conclusions and case is BrushingState.ESTABLISHED)


@pytest.mark.parametrize(
    ("conclusion", "said"),
    [
        (Verdict.GENUINE, "clears the shop"),
        (Verdict.INCONCLUSIVE, "does not suffice"),
        (Verdict.GREY_MARKET, "counterfeits alone"),
        (None, "counterfeits alone"),
    ],
)
def test_a_result_that_carries_no_sanction_is_named(conclusion, said):
    (reason,) = may_rest(SanctionGround.COUNTERFEIT, [FAKE[0], conclusion]).reasons
    assert said in reason


def test_who_had_a_part_decides_neither_the_sanction_nor_the_appeal():
    assert may_decide({1}, 2).allowed and not may_decide({1}, 1).allowed
    assert may_judge({1, 2}, 3).allowed and not may_judge({1, 2}, 2).allowed
