"""How long things are kept: which row counts, from when on, and until what nobody knows."""

from dataclasses import replace
from datetime import date

import pytest

from rules.retention import ANY, DEFAULT_PERIODS, Period, Rests, later, retention

TODAY = date(2030, 1, 1)
(THREE_YEARS,) = DEFAULT_PERIODS
SHORT = Period(ANY, "cleared", 6, 36, date(2026, 1, 1), None, "counsel", verified=True)


def kept(*periods, **facts):
    usual = {
        "outcome": "cleared", "jurisdiction": "CN", "ended_on": date(2026, 11, 2), "rests": (),
        "examined_anew": False,
    }  # fmt: skip
    return retention(periods, TODAY, **usual | facts)


def test_three_years_from_the_end_by_default():
    found = kept(THREE_YEARS)
    assert (found.exhibit_from, found.evidence_from) == (date(2029, 11, 2), date(2029, 11, 2))
    assert not found.over(date(2029, 11, 1)) and found.over(date(2029, 11, 2))
    assert "not verified" in found.sentence


def test_the_period_runs_from_the_last_of_all_ends():
    found = kept(
        THREE_YEARS, rests=[Rests("RF-1", date(2028, 2, 29)), Rests("b", date(2027, 1, 1))]
    )
    assert found.exhibit_from == date(2031, 2, 28)
    assert "RF-1 ended on 2028-02-29." in found.reasons


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"ended_on": None}, "until the test buy has ended"),
        ({"examined_anew": True}, "until the new examination"),
        (
            {"rests": [Rests("RF-1", None, "the agency has decided")]},
            "until the agency has decided",
        ),
        ({"outcome": "in_progress", "periods": []}, "No retention period is on record"),
    ],
)
def test_until_something_has_ended_nobody_knows(facts, said):
    periods = facts.pop("periods", [THREE_YEARS])
    found = kept(*periods, **facts)
    assert (found.exhibit_from, found.evidence_from, found.over(date.max)) == (None, None, False)
    assert said in found.sentence


def test_one_open_proceeding_among_ended_ones_is_enough():
    ended = Rests("RF-1", date(2027, 1, 1))
    assert kept(THREE_YEARS, rests=[ended, Rests("RF-2", None, "x")]).exhibit_from is None


def test_the_row_said_most_exactly_counts_and_then_the_longest():
    found = kept(THREE_YEARS, SHORT)
    assert (found.exhibit_from, found.evidence_from) == (date(2027, 5, 2), date(2029, 11, 2))
    assert "its evidence until" in found.sentence and "not verified" not in found.sentence
    assert kept(THREE_YEARS, SHORT, outcome="accepted").rule is THREE_YEARS
    chinese = replace(SHORT, outcome=ANY, jurisdiction="CN", months=24)
    assert kept(SHORT, chinese).rule is chinese
    exact = replace(SHORT, jurisdiction="CN", months=1)
    assert kept(THREE_YEARS, SHORT, chinese, exact).rule is exact


def test_rows_that_are_not_in_force_count_for_nothing():
    assert kept(replace(SHORT, valid_until=date(2029, 12, 31))).rule is None
    assert kept(replace(SHORT, valid_from=date(2030, 1, 2))).rule is None
    assert kept(replace(SHORT, valid_from=TODAY, valid_until=TODAY)).rule is not None


def test_evidence_is_never_kept_shorter_than_its_exhibit():
    with pytest.raises(ValueError, match="at least as long"):
        replace(SHORT, months=37)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 31), 0, date(2026, 12, 31)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 10, 31), 25, date(2028, 11, 30)),
    ],
)
def test_a_month_ends_when_it_ends(day, months, then):
    assert later(day, months) == then
