"""What was awarded of what was claimed, and how surely that says something of the next."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.awards import WANTED, encloses, interval, ratio, ratios
from rules.money import MixedCurrenciesError, Money


def yuan(amount: int) -> Money:
    return Money(amount * 100, "CNY")


def test_the_cat_food_case_is_four_and_a_half_percent_and_says_nothing_of_the_next() -> None:
    """RMB 2.67 m claimed, RMB 120,000 awarded (domain: section 1)."""
    found = ratios([(yuan(2_670_000), yuan(120_000))])
    assert found is not None
    assert f"{float(found.median):.1%}" == "4.5%"
    assert (found.count, found.low, found.high, found.confidence) == (1, None, None, None)
    assert found.least == found.most == Fraction(120_000, 2_670_000)


@pytest.mark.parametrize("count", range(2, 11))
def test_the_confidence_is_what_counting_every_outcome_gives(count: int) -> None:
    """Each judgment lies above or below the court's median like a coin: all 2^n ways."""
    for low in range((count + 1) // 2):
        inside = sum(low < sum(sides) < count - low for sides in product((0, 1), repeat=count))
        assert encloses(count, low) == Fraction(inside, 2**count)


def test_six_judgments_are_the_fewest_that_reach_what_is_wanted() -> None:
    """Known values of the sign test: 50 % for two, 93.75 % for five, 96.875 % for six."""
    assert [interval(count) for count in (0, 1)] == [None, None]
    assert interval(2) == (0, 1, Fraction(1, 2))
    assert interval(5) == (0, 4, Fraction(15, 16))
    assert interval(6) == (0, 5, Fraction(31, 32))
    # Nine of ten values: 0.9785 between the second and the ninth.
    assert interval(10) == (1, 8, Fraction(1002, 1024))
    assert interval(5)[2] < WANTED <= interval(6)[2]


@given(count=st.integers(6, 60))
def test_no_narrower_pair_would_reach_it(count: int) -> None:
    low, high, confidence = interval(count)
    assert high == count - 1 - low and confidence >= WANTED
    inner = low + 1
    assert inner > count - 1 - inner or encloses(count, inner) < WANTED


PAIRS = st.lists(
    st.tuples(st.integers(1, 10**9), st.integers(0, 10**9)).map(
        lambda pair: (Money(pair[0], "CNY"), Money(pair[1], "CNY"))
    ),
    min_size=1,
    max_size=12,
)


@given(pairs=PAIRS, data=st.data())
def test_it_does_not_depend_on_order_and_its_ends_are_values_seen(
    pairs: list[tuple[Money, Money]], data: st.DataObject
) -> None:
    found = ratios(pairs)
    assert found == ratios(data.draw(st.permutations(pairs)))
    seen = {ratio(*pair) for pair in pairs}
    assert found.least == min(seen) and found.most == max(seen)
    assert found.least <= found.median <= found.most
    if found.count > 1:
        assert {found.low, found.high} <= seen and found.low <= found.median <= found.high
    assert found.claimed.minor == sum(claimed.minor for claimed, _ in pairs)


def test_money_never_mixes_currencies() -> None:
    dollars = Money(100, "USD")
    for pairs in (
        [(yuan(1), dollars)],
        [(yuan(1), yuan(1)), (dollars, dollars)],
    ):
        with pytest.raises(MixedCurrenciesError):
            ratios(pairs)
    with pytest.raises(MixedCurrenciesError):
        ratio(yuan(1), dollars)


def test_who_claimed_no_money_has_no_ratio() -> None:
    assert ratio(yuan(0), yuan(0)) is None
    assert ratios([]) is None and ratios([(yuan(0), yuan(5))]) is None
    assert ratios([(yuan(0), yuan(5)), (yuan(4), yuan(1))]).count == 1
