"""A corrected day fits between the steps beside it, and what did not happen leaves no state."""

from datetime import date

import pytest

from rules.claim_days import CORRECTED, UNDONE, may_correct, may_renumber, state_without
from rules.claims import CLAIM_MOVES, ClaimMove, ClaimState

DAY, TODAY = date(2026, 3, 10), date(2026, 6, 1)
BEFORE, AFTER = date(2026, 3, 1), date(2026, 3, 20)


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        (date(2026, 3, 12), None),
        (BEFORE, None),
        (AFTER, None),
        (DAY, "the day on record"),
        (date(2026, 2, 28), "before it is dated 2026-03-01"),
        (date(2026, 3, 21), "after it is dated 2026-03-20"),
        (date(2026, 6, 2), "has not come yet"),
    ],
)
def test_a_day_fits_between_the_steps_beside_it(instead, said):
    decision = may_correct(ClaimMove.HEAR, DAY, instead, BEFORE, AFTER, TODAY)
    assert decision.allowed == (said is None)
    assert said is None or said in decision.reasons[0]


@pytest.mark.parametrize("move", ClaimMove)
def test_days_that_somebody_wrote_are_corrected_and_only_two_steps_may_not_have_happened(move):
    """What the programme dates itself (prepared, approved, struck) and judgments are none."""
    corrected = {
        "file", "docket", "announce", "hear", "appeal", "withdraw_appeal", "become_final",
        "recover", "close", "withdraw", "settle", "dismiss",
    }  # fmt: skip
    decision = may_correct(move, DAY, BEFORE, None, None, TODAY)
    assert decision.allowed == (move in corrected)
    assert decision.allowed or "A judgment is struck as one" in decision.reasons[0]
    gone = may_correct(move, DAY, None, None, None, TODAY)
    assert gone.allowed == (move in {"announce", "hear"})


@pytest.mark.parametrize("move", ClaimMove)
def test_only_a_docketing_has_another_number(move):
    decision = may_renumber(move, "No. 17", "No. 71")
    assert decision.allowed == (move is ClaimMove.DOCKET)
    assert decision.allowed or "Only a docketing has a number" in decision.reasons[0]
    assert "number on record" in may_renumber(ClaimMove.DOCKET, "No. 17", "No. 17").reasons[0]


def test_what_follows_a_step_that_did_not_happen_was_legal_without_it():
    """Each move out of where an announcement or a hearing led leads out of a docketing, too."""
    by_day = {ClaimState.ANNOUNCED, ClaimState.HEARD}
    after = {(row.move, row.target) for row in CLAIM_MOVES if row.source in by_day}
    docketed = {(row.move, row.target) for row in CLAIM_MOVES if row.source is ClaimState.DOCKETED}
    assert after <= docketed and UNDONE <= CORRECTED
    left = [ClaimState.FILED, ClaimState.DOCKETED]
    assert state_without(ClaimState.HEARD, left) is ClaimState.DOCKETED
    assert state_without(ClaimState.JUDGED, left) is ClaimState.JUDGED
