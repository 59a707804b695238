"""Which sales records count: no day twice, never more than a choice without overlap allows."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.money import Money
from rules.sales import SalesRecord, counted

NEW_YEAR = date(2026, 1, 1)


def _record(
    first: int, last: int, yuan: int, taken: int = 100, source: str = "platform"
) -> SalesRecord:
    """Sales from day `first` to day `last` of the year, told on day `taken`."""
    return SalesRecord(
        1,
        NEW_YEAR + timedelta(days=first),
        NEW_YEAR + timedelta(days=last),
        Money(yuan * 100, "CNY"),
        source,
        datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=taken),
    )


def _sum(*records: SalesRecord) -> int:
    return sum(row.amount.minor for row in counted(records, "CNY")) // 100


@pytest.mark.parametrize(
    ("records", "yuan"),
    [
        ([(0, 30, 10), (31, 60, 20)], 30),
        ([(0, 31, 10), (31, 60, 20)], 20),
        ([(0, 30, 10, 40), (0, 30, 7, 50)], 7),
        ([(0, 30, 10, 40), (0, 60, 25, 70), (31, 60, 9, 65)], 25),
        ([(0, 60, 25, 70), (40, 50, 9, 90)], 25),
        ([(0, 30, 10, 40), (0, 60, 6, 70)], 6),
        ([(0, 30, 10, 40), (0, 30, 7, 40)], 7),
        ([(0, 30, 10), (20, 50, 15), (40, 70, 10)], 20),
        ([], 0),
    ],
)
def test_overlapping_records_count_once(records: list[tuple[int, int, int]], yuan: int) -> None:
    assert _sum(*(_record(*row) for row in records)) == yuan


def test_a_record_without_a_source_or_in_another_currency_does_not_count() -> None:
    assert counted([_record(0, 30, 10, source=" ")], "CNY") == ()
    assert counted([_record(0, 30, 10)], "USD") == ()


def test_a_record_of_no_sales_is_still_a_record() -> None:
    assert len(counted([_record(0, 30, 0)], "CNY")) == 1


def test_a_period_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="ends before"):
        _record(5, 4, 10)


spans = st.tuples(st.integers(0, 12), st.integers(0, 6), st.integers(0, 50))


@given(st.lists(spans, max_size=7))
def test_the_choice_is_the_largest_without_overlap(rows: list[tuple[int, int, int]]) -> None:
    """Records told ever earlier the longer their period, so that none replaces another."""
    unique = {(first, first + days): yuan for first, days, yuan in rows}
    records = [
        _record(first, last, yuan, taken=100 - (last - first))
        for (first, last), yuan in unique.items()
    ]
    largest = 0
    for size in range(len(records) + 1):
        for some in itertools.combinations(records, size):
            days = [
                row.period_start + timedelta(days=n)
                for row in some
                for n in range((row.period_end - row.period_start).days + 1)
            ]
            if len(set(days)) == len(days):
                largest = max(largest, sum(row.amount.minor for row in some))
    chosen = counted(records, "CNY")
    assert sum(row.amount.minor for row in chosen) == largest
    assert all(one.period_end < other.period_start for one, other in itertools.pairwise(chosen))
