"""Both ways to a yes: a campaign's limits, each at its edge, and a person who did not ask."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rules.authorisation import CampaignLimits, CampaignUse, Purchase, by_campaign, by_person
from rules.money import Money
from rules.roles import Role

OPENS = datetime(2026, 1, 1, tzinfo=UTC)
CLOSES = datetime(2026, 2, 1, tzinfo=UTC)
NOW = datetime(2026, 1, 15, tzinfo=UTC)


def _cny(yuan: int) -> Money:
    return Money(yuan * 100, "CNY")


PURCHASE = Purchase(_cny(800), "Alpina", "watches", 1)
LIMITS = CampaignLimits(
    "Spring",
    frozenset({"Alpina"}),
    frozenset({"watches"}),
    _cny(800),
    10,
    _cny(5000),
    OPENS,
    CLOSES,
    approved_by=2,
    withdrawn_at=None,
)
USE = CampaignUse(9, _cny(4200))


def test_a_buy_at_every_limit_is_covered() -> None:
    decision = by_campaign(PURCHASE, LIMITS, USE, NOW)
    assert decision.allowed
    assert "Spring" in decision.reasons[0]


def test_a_buy_nobody_known_asked_for_is_covered_inside_the_limits() -> None:
    assert by_campaign(replace(PURCHASE, requested_by=None), LIMITS, USE, NOW).allowed


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"approved_by": None}, "not approved"),
        ({"approved_by": 1}, "another approver"),
        ({"withdrawn_at": NOW}, "withdrawn"),
        ({"opens_at": NOW + timedelta(seconds=1)}, "opens on"),
        ({"closes_at": NOW}, "closed on"),
        ({"brands": frozenset()}, "brand Alpina"),
        ({"categories": frozenset()}, "category watches"),
        ({"max_price": Money(79999, "CNY")}, "CNY 799.99"),
        ({"max_buys": 9}, "9 buys"),
        ({"budget": Money(499999, "CNY")}, "CNY 799.99 left"),
    ],
)
def test_one_step_over_a_limit_is_refused_with_that_reason(
    change: dict[str, object], said: str
) -> None:
    decision = by_campaign(PURCHASE, replace(LIMITS, **change), USE, NOW)
    assert not decision.allowed
    assert len(decision.reasons) == 1
    assert said in decision.reasons[0]


def test_none_covers_any_brand_and_category() -> None:
    anything = replace(LIMITS, brands=None, categories=None)
    assert by_campaign(replace(PURCHASE, brand="Other"), anything, USE, NOW).allowed


def test_another_currency_and_a_free_price_are_refused_not_compared() -> None:
    for price in (Money(1, "USD"), Money(0, "CNY"), Money(-1, "CNY")):
        assert not by_campaign(replace(PURCHASE, price=price), LIMITS, USE, NOW).allowed


def test_a_withdrawal_still_to_come_does_not_refuse() -> None:
    later = replace(LIMITS, withdrawn_at=NOW + timedelta(days=1))
    assert by_campaign(PURCHASE, later, USE, NOW).allowed


def test_every_reason_is_told_at_once() -> None:
    wrong = replace(PURCHASE, brand="Other", category="shoes", price=_cny(900))
    assert len(by_campaign(wrong, LIMITS, CampaignUse(10, _cny(4200)), CLOSES).reasons) == 6


@pytest.mark.parametrize(
    ("requester", "approver", "roles", "allowed"),
    [
        (1, 2, {Role.APPROVER}, True),
        (1, 1, {Role.APPROVER, Role.ANALYST}, False),
        (1, 2, {Role.ANALYST}, False),
        (1, 2, set(), False),
        (None, 2, {Role.APPROVER}, False),
    ],
)
def test_a_person_approves_only_what_a_known_other_asked_for(
    requester: int | None, approver: int, roles: set[Role], allowed: bool
) -> None:
    assert by_person(requester, approver, roles).allowed is allowed
