"""Shares and their intervals, against published values (domain: section 8)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.statistics import SMALL, IntervalMethod, method_for, share

WILSON, EXACT = IntervalMethod.WILSON, IntervalMethod.CLOPPER_PEARSON


@pytest.mark.parametrize(
    ("hits", "trials", "method", "percent"),
    [
        (20, 47, WILSON, (42.6, 29.5, 56.7)),
        (0, 15, WILSON, (0.0, 0.0, 20.4)),
        (13, 13, WILSON, (100.0, 77.2, 100.0)),
        (0, 15, EXACT, (0.0, 0.0, 21.8)),
        (13, 13, EXACT, (100.0, 75.3, 100.0)),
    ],
)
def test_the_published_values(hits, trials, method, percent):
    found = share(hits, trials, method=method)
    assert found is not None and found.method is method
    said = tuple(round(100 * each, 1) for each in (found.value, found.low, found.high))
    assert said == percent


def test_few_of_either_outcome_are_given_the_exact_interval():
    assert method_for(0, 15) is EXACT and method_for(13, 13) is EXACT
    assert method_for(SMALL - 1, 100) is EXACT and method_for(100 - SMALL + 1, 100) is EXACT
    assert method_for(20, 47) is WILSON and method_for(SMALL, 2 * SMALL) is WILSON


def test_nothing_tried_gives_no_figure():
    assert share(0, 0) is None


@pytest.mark.parametrize(("hits", "trials"), [(-1, 3), (4, 3)])
def test_counts_that_cannot_be_are_refused(hits, trials):
    with pytest.raises(ValueError, match="can't be"):
        share(hits, trials)


@given(st.integers(0, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_share_lies_within_and_more_trials_narrow_it(counts):
    hits, trials = counts
    found = share(hits, trials)
    if found is None:
        assert trials == 0
        return
    assert 0 <= found.low <= found.value + 1e-12 and found.value - 1e-12 <= found.high <= 1
    wider = share(10 * hits, 10 * trials, method=found.method)
    assert wider is not None
    assert wider.high - wider.low < found.high - found.low
