"""Which buyer and persona: never one persona for two shops of an operator, least exposed first."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.assignment import Assignment, AssignmentPolicy, Buyer, Need, Persona, choose

NOW = datetime(2026, 1, 15, tzinfo=UTC)
POLICY = AssignmentPolicy(cooling_off=timedelta(days=7))
NEED = Need(shop_id=1, operator_id=10, region="GD", at=NOW)
BUYER = Buyer(1, "GD", True, 0, 2, True)
PERSONA = Persona(1, 1, True, "GD", 0, 5, None, frozenset(), frozenset())


def test_a_free_buyer_with_a_fit_persona_is_chosen() -> None:
    chosen = choose(NEED, [BUYER], [PERSONA], POLICY, "s")
    assert isinstance(chosen, Assignment)
    assert (chosen.buyer_id, chosen.persona_id) == (1, 1)


@pytest.mark.parametrize(
    ("buyer", "persona", "said"),
    [
        ({"active": False}, {}, "buyer(s) not active"),
        ({"may_act": False}, {}, "closed account or without the role"),
        ({"region": "ZJ"}, {}, "buyer(s) outside GD"),
        ({"open_testbuys": 2}, {}, "can carry"),
        ({}, {"active": False}, "persona(s) not active"),
        ({}, {"region": "ZJ"}, "persona(s) outside GD"),
        ({}, {"exposure": 5}, "as often as allowed"),
        ({}, {"shops_used": frozenset({1})}, "known to this shop"),
        ({}, {"operators_used": frozenset({10})}, "another shop of this operator"),
        ({}, {"last_used_at": NOW - timedelta(days=7, seconds=-1)}, "too recently"),
        ({"buyer_id": 2}, {}, "None of the 1 free"),
    ],
)
def test_each_cause_turns_away_and_is_named(
    buyer: dict[str, object], persona: dict[str, object], said: str
) -> None:
    refusal = choose(NEED, [replace(BUYER, **buyer)], [replace(PERSONA, **persona)], POLICY, "s")
    assert not isinstance(refusal, Assignment)
    assert not refusal.allowed
    assert any(said in reason for reason in refusal.reasons)


def test_nobody_at_all_is_refused_with_what_to_do() -> None:
    refusal = choose(NEED, [], [], POLICY, "s")
    assert not isinstance(refusal, Assignment)
    assert any("add one" in reason for reason in refusal.reasons)


def test_a_persona_that_has_cooled_off_is_fit_again() -> None:
    rested = replace(PERSONA, last_used_at=NOW - timedelta(days=7))
    assert isinstance(choose(NEED, [BUYER], [rested], POLICY, "s"), Assignment)


def test_ties_fall_by_seed_and_not_by_order() -> None:
    personas = [replace(PERSONA, persona_id=number) for number in range(20)]

    def taken(seed: str, order: list[Persona]) -> int:
        chosen = choose(NEED, [BUYER], order, POLICY, seed)
        assert isinstance(chosen, Assignment)
        return chosen.persona_id

    seeds = [str(number) for number in range(20)]
    assert [taken(s, personas) for s in seeds] == [taken(s, personas[::-1]) for s in seeds]
    assert len({taken(s, personas) for s in seeds}) > 5


shops = st.integers(0, 5)


@given(st.lists(shops, max_size=25), st.integers(1, 4), st.integers(1, 6), st.text(max_size=3))
def test_no_persona_ever_meets_an_operator_twice(
    way: list[int], people: int, each: int, seed: str
) -> None:
    """Shops 0..5 belong to operators 0..2; buys follow a day apart without cooling off."""
    policy = AssignmentPolicy(cooling_off=timedelta())
    buyers = [Buyer(number, "GD", True, 0, 100, True) for number in range(people)]
    personas = {
        number: replace(PERSONA, persona_id=number, buyer_id=number % people, max_exposure=3)
        for number in range(people * each)
    }
    met: set[tuple[int, int]] = set()
    for day, shop in enumerate(way):
        need = Need(shop, shop % 3, None, NOW + timedelta(days=day))
        chosen = choose(need, buyers, list(personas.values()), policy, f"{seed}{day}")
        unmet = [
            p for p in personas.values() if (p.persona_id, shop % 3) not in met and p.exposure < 3
        ]
        if not isinstance(chosen, Assignment):
            assert not unmet
            continue
        persona = personas[chosen.persona_id]
        assert persona.buyer_id == chosen.buyer_id
        assert persona.exposure == min(p.exposure for p in unmet)
        assert (persona.persona_id, shop % 3) not in met
        met.add((persona.persona_id, shop % 3))
        personas[persona.persona_id] = replace(
            persona,
            exposure=persona.exposure + 1,
            last_used_at=need.at,
            shops_used=persona.shops_used | {shop},
            operators_used=persona.operators_used | {shop % 3},
        )


def test_the_reasons_name_neither_buyer_nor_persona() -> None:
    odd = replace(PERSONA, persona_id=7777, buyer_id=8888)
    chosen = choose(NEED, [replace(BUYER, buyer_id=8888)], [odd], POLICY, "s")
    assert isinstance(chosen, Assignment)
    assert not any("7777" in reason or "8888" in reason for reason in chosen.reasons)
