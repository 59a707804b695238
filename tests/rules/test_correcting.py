"""Who puts right what was recorded wrongly, on which days, and what counts then."""

from dataclasses import dataclass
from datetime import date

import pytest

from rules.correcting import beside, in_place, may_be_dated, may_be_numbered, may_decide

DAY, TODAY = date(2026, 3, 10), date(2026, 6, 1)
BEFORE, AFTER = date(2026, 3, 1), date(2026, 3, 20)


@dataclass(frozen=True)
class Row:
    id: int
    corrects_id: int | None = None


@pytest.mark.parametrize(("decider", "allowed"), [(1, False), (2, False), (3, True)])
def test_nobody_decides_on_what_they_recorded_or_asked_for(decider: int, allowed: bool) -> None:
    assert may_decide(1, 2, decider).allowed is allowed
    assert may_decide(1, None, decider).allowed is (decider != 1)


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        (BEFORE, None),
        (AFTER, None),
        (DAY, "the day on record"),
        (date(2026, 2, 28), "before it is dated 2026-03-01"),
        (date(2026, 3, 21), "after it is dated 2026-03-20"),
        (date(2026, 6, 2), "has not come yet"),
    ],
)
def test_a_day_fits_between_those_beside_it(instead: date, said: str | None) -> None:
    decision = may_be_dated(DAY, instead, BEFORE, AFTER, TODAY)
    assert decision.allowed is (said is None)
    assert said is None or said in decision.reasons[0]
    assert may_be_dated(DAY, BEFORE, None, None, TODAY).allowed


def test_a_number_is_another_one() -> None:
    assert may_be_numbered("LH-17", "LH-71").allowed and may_be_numbered(None, "LH-71").allowed
    assert "number on record" in may_be_numbered("LH-17", "LH-17").reasons[0]


def test_a_correction_stands_in_its_place_and_may_be_corrected_itself() -> None:
    first, second, third = Row(1), Row(2), Row(3)
    assert in_place([first, second, third]) == [first, second, third]
    later, again = Row(4, corrects_id=1), Row(5, corrects_id=4)
    told = [first, second, third, later, again]
    assert in_place(told) == [again, second, third]
    assert beside(told) == [[first, later, again], [second], [third]]
