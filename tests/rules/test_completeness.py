"""The gate: what is missing stops approval, and only a second person lets it go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.completeness import (
    ITEMS,
    Item,
    ItemState,
    Waived,
    may_approve,
    may_waive,
    readings,
)
from rules.roles import Role

NOT_WAIVABLE = {row.item for row in ITEMS if not row.waivable}


@given(st.sets(st.sampled_from(Item)), st.sets(st.sampled_from(Item)))
def test_approval_needs_every_item_present_or_let_go(lacking, let_go):
    waived = [Waived(item, "R", 7) for item in let_go]
    read = readings(dict.fromkeys(lacking, ("A",)), waived)
    assert [each.item for each in read] == list(Item)
    still = lacking - (let_go - NOT_WAIVABLE)
    decision = may_approve(read)
    assert decision.allowed == (not still)
    assert len(decision.reasons) == len(still)
    for each in read:
        if each.item not in lacking:
            assert each.state is ItemState.PRESENT, "what is on record needs no waiver"


def test_an_empty_reading_never_means_yes():
    assert not may_approve(()).allowed


@pytest.mark.parametrize("item", sorted(NOT_WAIVABLE))
def test_a_verdict_and_the_exhibits_own_examination_are_never_waived(item):
    (read,) = [each for each in readings({item: ("TB-1",)}, ()) if each.item is item]
    decision = may_waive(read, Role.SUPERVISOR, 7, ())
    assert not decision.allowed and "TB-1" in decision.reasons[0]


def test_a_waiver_is_a_second_persons_and_of_what_is_missing():
    read = {each.item: each for each in readings({Item.HARM: ()}, ())}
    assert may_waive(read[Item.HARM], Role.APPROVER, 7, {8}).allowed
    assert not may_waive(read[Item.HARM], Role.APPROVER, 7, {7}).allowed
    assert not may_waive(read[Item.HARM], Role.APPROVER, None, ()).allowed
    assert not may_waive(read[Item.RIGHTS], Role.APPROVER, 7, ()).allowed
    for role in set(Role) - {Role.APPROVER, Role.SUPERVISOR}:
        assert not may_waive(read[Item.HARM], role, 7, ()).allowed
