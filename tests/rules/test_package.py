"""What a row of a package must say, and since when somebody counts as an offender before."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.package import Harm, HarmKind, Knowledge, KnowledgeKind, offended_before, unsaid

TODAY = date(2028, 2, 29)
DAYS = st.dates(date(1990, 1, 1), date(2060, 1, 1))


def known(day, kind=KnowledgeKind.REOFFENDING):
    return Knowledge(kind, "Penalised before", day, None, "Decision 7")


def test_a_row_names_what_it_leaves_unsaid():
    assert unsaid(Harm(HarmKind.SAFETY, " ", None, None, "")) == ("text", "source")
    assert unsaid(Harm(HarmKind.REFUNDS, "Refunded", 500, "CNY", "Platform")) == ()


@pytest.mark.parametrize(
    ("day", "answer"),
    [
        (date(2026, 2, 28), True),
        (date(2026, 2, 27), None),
        (TODAY, True),
        (date(2028, 3, 1), None),
    ],
)
def test_an_earlier_offence_counts_for_two_years(day, answer):
    assert offended_before([known(day)], TODAY) is answer


@given(st.lists(st.tuples(st.sampled_from(KnowledgeKind), DAYS)), DAYS)
def test_nothing_on_record_never_says_no(rows, today):
    told = offended_before([known(day, kind) for kind, day in rows], today)
    assert told is not False
    if told:
        assert any(kind is KnowledgeKind.REOFFENDING and day <= today for kind, day in rows)
