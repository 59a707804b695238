"""What was recorded wrongly of a claim's steps: of which, and what may stand instead.

Owns the corrections of a step's day and of the number under which a court docketed the claim.
Leaves the way of a claim to `rules.claims`. A judgment is no such step: it is struck with all that
it awarded, and recorded again.
"""

from collections.abc import Sequence
from datetime import date

from rules.claims import ClaimMove, ClaimState
from rules.correcting import may_be_dated, may_be_numbered
from rules.decision import Decision

_M = ClaimMove

UNDONE: frozenset[ClaimMove] = frozenset({_M.ANNOUNCE, _M.HEAR})
"""Steps that may turn out not to have happened: what followed was legal without them."""
CORRECTED: frozenset[ClaimMove] = UNDONE | {
    _M.FILE, _M.DOCKET, _M.APPEAL, _M.WITHDRAW_APPEAL, _M.BECOME_FINAL, _M.RECOVER, _M.CLOSE,
    _M.WITHDRAW, _M.SETTLE, _M.DISMISS,
}  # fmt: skip
"""Steps whose day somebody wrote down, and which keep everything else as it was on another day."""
_BY_THEM: frozenset[ClaimState] = frozenset({ClaimState.ANNOUNCED, ClaimState.HEARD})
"""Where a claim stands by such a step alone, which may turn out not to have happened."""


def may_correct(
    move: ClaimMove, on: date, instead: date | None, before: date | None, after: date | None,
    today: date,
) -> Decision:  # fmt: skip
    """Whether the step of the day `on` may be one of the day `instead`, or none where that is None.

    `before`, `after`: the days of what is beside it, steps and money.
    """
    if move not in CORRECTED:
        return Decision.no(
            "The day of this step is not corrected. A judgment is struck as one and recorded "
            "again; anything else is told by a later step."
        )
    if instead is None:
        if move not in UNDONE:
            return Decision.no("This step stands: write on which day it happened.")
        return Decision.yes()
    return may_be_dated(on, instead, before, after, today)


def may_renumber(move: ClaimMove, number: str | None, instead: str) -> Decision:
    """Whether a docketing under `number` may be one under the number `instead`."""
    if move is not ClaimMove.DOCKET:
        return Decision.no("Only a docketing has a number. Leave the number out.")
    return may_be_numbered(number, instead)


def state_without(state: ClaimState, left: Sequence[ClaimState]) -> ClaimState:
    """Where a claim in `state` stands once a step did not happen; `left`: where the others led."""
    return left[-1] if state in _BY_THEM and left else state
