"""The gate: what is missing stops approval, and only a second person lets it go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.completeness import (
    ITEMS,
    WHOLE,
    Item,
    ItemState,
    Lack,
    Waived,
    may_approve,
    may_waive,
    readings,
)
from rules.roles import Role

NOT_WAIVABLE = {row.item for row in ITEMS if not row.waivable}


A, B = Lack("shop 1", "Shop"), Lack("shop 2", "Shop")
"""Two shops of one name: a waiver for the one is none for the other."""


@given(
    st.dictionaries(st.sampled_from(Item), st.sets(st.sampled_from((A, B)), min_size=1)),
    st.lists(st.tuples(st.sampled_from(Item), st.sets(st.sampled_from((A, B))))),
)
def test_approval_needs_every_thing_on_record_or_let_go_by_name(lacking, given_of):
    waived = [Waived(n, item, "R", 7, tuple(of)) for n, (item, of) in enumerate(given_of)]
    read = readings({item: sorted(of, key=str) for item, of in lacking.items()}, waived)
    assert [each.item for each in read] == list(Item)
    for each in read:
        lacks = lacking.get(each.item, set())
        let_go = {lack for item, of in given_of if item is each.item for lack in of}
        still = lacks if each.item in NOT_WAIVABLE else lacks - let_go
        assert set(each.open) == still
        wanted = ItemState.MISSING if still else ItemState.WAIVED if lacks else ItemState.PRESENT
        assert each.state is wanted, "what is on record needs no waiver"
        told = [lack for one in each.waived for lack in one.of]
        assert sorted(told, key=str) == sorted(lacks - still, key=str), "each is told once"
    decision = may_approve(read)
    assert decision.allowed == (not any(each.open for each in read))


def test_what_lacks_beyond_a_waiver_is_told_apart_from_what_was_let_go():
    read = readings(
        {Item.SALES: (A, Lack("shop 2", "Other"))}, [Waived(1, Item.SALES, "R", 7, (A,))]
    )
    assert may_approve(read).reasons == (
        "No sales record with a source is on record for Other: obtain one.",
        "Waived before was Shop alone; this lacks beyond it.",
    )


def test_an_empty_reading_never_means_yes():
    assert not may_approve(()).allowed


@pytest.mark.parametrize("item", sorted(NOT_WAIVABLE))
def test_a_verdict_and_the_exhibits_own_examination_are_never_waived(item):
    (read,) = [each for each in readings({item: (Lack("TB-1", "TB-1"),)}, ()) if each.item is item]
    decision = may_waive(read, Role.SUPERVISOR, 7, ())
    assert not decision.allowed and "TB-1" in decision.reasons[0]


def test_a_waiver_is_a_second_persons_and_of_what_is_missing():
    read = {each.item: each for each in readings({Item.HARM: (WHOLE,)}, ())}
    assert may_waive(read[Item.HARM], Role.APPROVER, 7, {8}).allowed
    assert not may_waive(read[Item.HARM], Role.APPROVER, 7, {7}).allowed
    assert not may_waive(read[Item.HARM], Role.APPROVER, None, ()).allowed
    assert not may_waive(read[Item.RIGHTS], Role.APPROVER, 7, ()).allowed
    for role in set(Role) - {Role.APPROVER, Role.SUPERVISOR}:
        assert not may_waive(read[Item.HARM], role, 7, ()).allowed
