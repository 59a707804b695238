"""What a sample of a seized lot supports: the check values, and brute force for small lots."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.sampling import (
    LARGEST_LOT,
    LARGEST_SAMPLE,
    Sample,
    at_least,
    percent_of,
    sentence,
    to_examine,
)


@st.composite
def samples(draw, most=9):
    lot = draw(st.integers(1, most))
    examined = draw(st.integers(1, lot))
    return Sample(lot, examined, draw(st.integers(0, examined)))


def share_that_finds(sample: Sample, counterfeits: int) -> Fraction:
    """Of all draws from a lot laid out piece by piece, how many find `sample.fake` or more."""
    draws = list(combinations(range(sample.lot), sample.examined))
    finding = [d for d in draws if sum(piece < counterfeits for piece in d) >= sample.fake]
    return Fraction(len(finding), len(draws))


def test_the_lot_of_the_source_case() -> None:
    """Domain, section 8: N = 125, 25 examined and all fake supports at least 90 % at 95 %."""
    least = at_least(Sample(125, 25, 25))
    assert (least, percent_of(least, 125)) == (113, 90)
    # One fewer does not carry it: 112 of 125 are 89.6 %.
    assert at_least(Sample(125, 24, 24)) == 112
    assert to_examine(125, 90) == 25


@pytest.mark.parametrize(
    ("sample", "least"),
    [
        (Sample(1, 1, 1), 1),
        (Sample(125, 25, 0), 0),
        (Sample(125, 125, 100), 100),
        (Sample(125, 25, 1), 1),
        (Sample(125, 25, 24), 105),
        (Sample(2, 1, 1), 1),
    ],
)
def test_bounds_that_can_be_reckoned_by_hand(sample: Sample, least: int) -> None:
    assert at_least(sample) == least


@given(samples(), st.sampled_from([Fraction(1, 2), Fraction(9, 10), Fraction(95, 100)]))
def test_the_bound_is_the_smallest_number_not_excluded(sample: Sample, sure: Fraction) -> None:
    """Against every draw there is, counted one by one."""
    possible = range(sample.fake, sample.lot - (sample.examined - sample.fake) + 1)
    left = [d for d in possible if share_that_finds(sample, d) > 1 - sure]
    assert at_least(sample, sure) == min(left)


@given(st.integers(1, 9), st.data())
def test_the_bound_is_too_high_at_most_once_in_twenty(lot: int, data) -> None:
    counterfeits = data.draw(st.integers(0, lot))
    examined = data.draw(st.integers(1, lot))
    draws = list(combinations(range(lot), examined))
    found = [sum(piece < counterfeits for piece in each) for each in draws]
    wrong = sum(at_least(Sample(lot, examined, fake)) > counterfeits for fake in found)
    assert Fraction(wrong, len(draws)) <= Fraction(5, 100)


@given(st.integers(1, 400), st.integers(1, 100))
def test_what_is_to_be_examined_carries_the_statement_and_one_fewer_does_not(
    lot: int, percent: int
) -> None:
    drawn = to_examine(lot, percent)
    wanted = -(-lot * percent // 100)
    assert 0 < drawn <= wanted
    assert at_least(Sample(lot, drawn, drawn)) >= wanted
    if drawn > 1:
        assert at_least(Sample(lot, drawn - 1, drawn - 1)) < wanted


@given(samples(most=200))
def test_more_found_never_lowers_the_bound(sample: Sample) -> None:
    least = at_least(sample)
    assert sample.fake <= least <= sample.lot - (sample.examined - sample.fake)
    if sample.fake < sample.examined:
        assert at_least(Sample(sample.lot, sample.examined, sample.fake + 1)) >= least


@pytest.mark.parametrize(
    "numbers", [(0, 1, 0), (5, 0, 0), (5, 6, 0), (5, 3, 4), (5, 3, -1), (LARGEST_LOT + 1, 1, 1)]
)
def test_what_cannot_be_is_refused(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="piece"):
        Sample(*numbers)


@pytest.mark.parametrize(("lot", "percent"), [(0, 90), (125, 0), (125, 101)])
def test_no_share_of_no_lot(lot: int, percent: int) -> None:
    with pytest.raises(ValueError, match="lot"):
        to_examine(lot, percent)


def test_the_largest_there_is_has_an_answer() -> None:
    large = Sample(LARGEST_LOT, LARGEST_SAMPLE, LARGEST_SAMPLE // 2)
    assert percent_of(at_least(large), LARGEST_LOT) == 48
    assert to_examine(LARGEST_LOT, 100) == 950_000


def test_the_sentence_says_what_is_supported_and_no_more() -> None:
    said = sentence(Sample(125, 25, 25), 113)
    assert "at least 113 pieces of the lot are counterfeit, at least 90 %." in said
    picked = sentence(Sample(125, 25, 25), None)
    assert "at least" not in picked and "says nothing of the other 100 pieces" in picked
    assert sentence(Sample(3, 3, 2), None).endswith("the whole lot was examined.")
