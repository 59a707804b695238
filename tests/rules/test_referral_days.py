"""Which steps at an agency are corrected, and between which days each of them lies."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.referral import AFTER, ReferralMove, last_cause
from rules.referral_days import ANSWERS, agency_number, beside, may_redate, may_renumber

M = ReferralMove
SENT = date(2026, 3, 1)
TOLD = [*ANSWERS, *AFTER]


def on(days: int) -> date:
    return SENT + timedelta(days=days)


WAY = [
    (M.ACKNOWLEDGE, on(2)), (M.ASK_MATERIAL, on(1)), (M.SEND_MATERIAL, on(3)), (M.ACCEPT, on(5)),
    (M.RAID, on(8)), (M.FILE, on(7)), (M.INDICT, on(20)), (M.CLOSE, on(30)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "between"),
    [
        (0, (SENT, on(5))),
        (1, (SENT, on(3))),
        (2, (on(1), None)),
        (3, (on(2), on(7))),
        (4, (on(5), None)),
        (5, (on(5), on(20))),
        (6, (on(7), on(30))),
        (7, (on(20), None)),
    ],
    ids=[move for move, _ in WAY],
)
def test_a_step_lies_between_what_it_comes_of_and_what_came_of_it(place, between) -> None:
    assert beside(place, WAY, SENT) == between


def test_material_asked_for_twice_may_come_of_either() -> None:
    asked = [(M.ASK_MATERIAL, on(1)), (M.ASK_MATERIAL, on(2)), (M.SEND_MATERIAL, on(4))]
    assert beside(0, asked, SENT) == (SENT, None)
    late = [(M.ASK_MATERIAL, on(1)), (M.ASK_MATERIAL, on(5)), (M.SEND_MATERIAL, on(4))]
    assert beside(0, late, SENT) == (SENT, on(4))


@given(
    st.lists(st.tuples(st.sampled_from(TOLD), st.integers(0, 9)), min_size=1, max_size=6),
    st.data(),
)
def test_whatever_lies_between_is_a_record_that_could_have_been_made(way, data) -> None:
    """Where each step could be recorded after those before it, so it can with any day between."""
    told = [(move, on(days)) for move, days in way]
    place = data.draw(st.integers(0, len(told) - 1))
    earliest, latest = beside(place, told, SENT)
    instead = on(data.draw(st.integers(0, 9)))
    between = earliest <= instead and (latest is None or instead <= latest)
    after = [*told[:place], (told[place][0], instead), *told[place + 1 :]]
    if _recordable(told):
        assert between is _recordable(after)


def _recordable(told) -> bool:
    causes = [last_cause(move, told[:at]) for at, (move, _) in enumerate(told)]
    return all(cause is None or day >= cause for (_, day), cause in zip(told, causes, strict=True))


@pytest.mark.parametrize("move", sorted(TOLD))
def test_days_that_somebody_wrote_are_corrected_and_numbers_that_a_step_has(move) -> None:
    dated = may_redate(move, on(5), on(4), on(3), None, on(9))
    assert dated.allowed is (move is not M.SEND)
    numbered = may_renumber(move, "LH-17", "LH-71")
    assert numbered.allowed is (move in {*ANSWERS, M.FILE})
    assert "before it is dated" in may_redate(M.RAID, on(5), on(2), on(3), None, on(9)).reasons[0]


def test_the_agencys_number_is_the_last_one_it_gave() -> None:
    assert agency_number([]) is None and agency_number([(M.FILE, "F-1"), (M.ACCEPT, None)]) is None
    told = [(M.SEND, "LH-1"), (M.ACKNOWLEDGE, "LH-2"), (M.ACCEPT, None), (M.FILE, "F-1")]
    assert agency_number(told) == "LH-2"
