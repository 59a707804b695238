"""Sales without orders that may be made up: a range, and a gauge that goes by its lower end."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import thresholds
from rules.brushing import Estimate, gauge, highest, lowest, ranges
from rules.money import Money
from rules.sales import SalesRecord, counted
from rules.thresholds import Limb, LimbState, Threshold

NOW = datetime(2026, 11, 2, tzinfo=UTC)
DAY = date(2026, 1, 1)
SELLING = Threshold(
    "CN", "art. 214, selling", Limb.SALES, 5_000_000, "CNY", date(2025, 4, 26), None, "S", True
)
CURRENCIES = ("CNY", "USD")


def sales(minor, first=0, last=30, shop=1, currency="CNY"):
    return SalesRecord(
        shop, DAY + timedelta(first), DAY + timedelta(last), Money(minor, currency), "S", NOW
    )


def made_up(low, high, first=0, last=30, currency="CNY"):
    ends = (None, None) if high is None else (Money(low, currency), Money(high, currency))
    return Estimate(DAY + timedelta(first), DAY + timedelta(last), *ends)


def total(rows, currency="CNY"):
    return sum(row.amount.minor for row in counted(rows, currency))


spans = st.tuples(st.integers(0, 60), st.integers(0, 40)).map(lambda s: (s[0], s[0] + s[1]))
currencies = st.sampled_from(CURRENCIES)
some_sales = st.lists(
    st.builds(
        lambda minor, span, currency: sales(minor, *span, currency=currency),
        st.integers(0, 9_000_000), spans, currencies,
    ),
    max_size=5,
)  # fmt: skip
some_estimates = st.lists(
    st.one_of(
        st.builds(
            lambda ends, span, currency: made_up(*sorted(ends), *span, currency=currency),
            st.tuples(st.integers(0, 9_000_000), st.integers(0, 9_000_000)), spans, currencies,
        ),
        st.builds(lambda span: made_up(None, None, *span), spans),
    ),
    max_size=4,
)  # fmt: skip


def valued_in_all(estimates):
    """Those with an amount, in each currency."""
    valued = [each for each in estimates if each.high is not None]
    return [
        made_up(each.low.minor, each.high.minor, (each.period_start - DAY).days,
                (each.period_end - DAY).days, currency)
        for each in valued
        for currency in CURRENCIES
    ]  # fmt: skip


@given(some_sales, some_estimates)
def test_the_ends_lie_in_order_and_never_above_what_is_recorded(records, estimates):
    for currency in CURRENCIES:
        low, high = lowest(records, estimates), highest(records, estimates)
        assert 0 <= total(low, currency) <= total(high, currency) <= total(records, currency)


@given(some_sales, some_estimates)
def test_the_order_of_records_and_estimates_does_not_matter(records, estimates):
    for currency in CURRENCIES:
        one, other = lowest(records, estimates), lowest(records[::-1], estimates[::-1])
        assert total(one, currency) == total(other, currency)


@given(some_sales, some_sales, some_estimates, some_estimates)
def test_no_limb_is_met_when_the_lower_end_is_short(first, second, one, other):
    records = {1: first, 2: second}
    estimates = {1: one, 2: other}
    found = gauge([SELLING], records, estimates, NOW, "CN", None)
    lower = total(lowest(first, one)) + total(lowest(second, other))
    assert found.met is (lower >= 5_000_000)
    recorded = total(first) + total(second)
    doubtful = recorded >= 5_000_000 > lower
    assert any("met only with orders" in each for each in found.reasons) is doubtful


@given(some_sales)
def test_without_an_estimate_the_gauge_is_as_it_was(records):
    plain = thresholds.gauge([SELLING], {1: records}, NOW, "CN", None)
    assert gauge([SELLING], {1: records}, {1: []}, NOW, "CN", None) == plain
    assert ranges({1: records}, {}) == ()


@given(some_sales, some_estimates, some_estimates.map(valued_in_all))
def test_another_estimate_never_raises_the_lower_end(records, estimates, more):
    for currency in CURRENCIES:
        before = total(lowest(records, estimates), currency)
        assert total(lowest(records, [*estimates, *more]), currency) <= before


def test_what_may_be_made_up_makes_a_met_limb_short_and_says_so():
    found = gauge([SELLING], {1: [sales(6_000_000)]}, {1: [made_up(1_500_000, 3_000_000)]},
                  NOW, "CN", None)  # fmt: skip
    assert not found.met and found.limbs[0].state is LimbState.SHORT
    assert found.reasons[-2:] == (
        "Sales of CNY 60,000.00 as recorded are CNY 30,000.00 to CNY 45,000.00 without orders "
        "that may be made up; the lower figure counts.",
        "China, art. 214, selling: met only with orders that may be made up, which do not count.",
    )


@pytest.mark.parametrize(
    ("estimates", "low", "high"),
    [
        # One inside the other speaks of the same orders; two that overlap may not.
        ([made_up(10, 40), made_up(20, 30, 5, 10)], 60, 80),
        ([made_up(10, 40, 0, 20), made_up(10, 40, 15, 30)], 20, 90),
        # Of one period the larger is taken out at the lower end, the smaller at the upper one.
        ([made_up(10, 40), made_up(30, 70)], 30, 90),
        ([made_up(10, 40, 40, 50)], 100, 100),
        ([made_up(10, 40, -5, 3)], 60, 100),
        ([made_up(None, None, 30, 50)], 0, 100),
        ([made_up(10, 40, currency="USD")], 0, 100),
        ([made_up(300, 400)], 0, 0),
    ],
)
def test_estimates_that_meet(estimates, low, high):
    records = [sales(100)]
    assert (total(lowest(records, estimates)), total(highest(records, estimates))) == (low, high)


@pytest.mark.parametrize("wrong", [(3, 1, 0, 0), (1, 3, 5, 4)])
def test_an_estimate_has_its_ends_in_order(wrong):
    with pytest.raises(ValueError, match="end"):
        made_up(*wrong)
