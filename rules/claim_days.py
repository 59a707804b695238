"""Days before a court that were recorded wrongly: of which steps, and what may stand instead.

Owns the corrections of docketing, announcement and hearings. Leaves the way of a claim to
`rules.claims`.
"""

from collections.abc import Sequence
from datetime import date

from rules.claims import ClaimMove, ClaimState
from rules.decision import Decision

CORRECTED: frozenset[ClaimMove] = frozenset({ClaimMove.DOCKET, ClaimMove.ANNOUNCE, ClaimMove.HEAR})
"""Steps whose day a court sets, and of which no paper of the claim shows it."""
_BY_THEM: frozenset[ClaimState] = frozenset({ClaimState.ANNOUNCED, ClaimState.HEARD})
"""Where a claim stands by such a step alone, which may turn out not to have happened."""


def may_correct(
    move: ClaimMove, on: date, instead: date | None, before: date | None, after: date | None,
    today: date,
) -> Decision:  # fmt: skip
    """Whether the step of the day `on` may be one of the day `instead`, or none where that is None.

    `before`, `after`: the days of the steps beside it.
    """
    if move not in CORRECTED:
        return Decision.no(
            "Of the steps, only a docketing, an announcement and a hearing are corrected. "
            "Tell what is so by a later step."
        )
    if instead is None:
        if move is ClaimMove.DOCKET:
            return Decision.no("A court has the claim: write on which day it was docketed.")
        return Decision.yes()
    if instead == on:
        return Decision.no("This is the day on record. Write on which day it happened.")
    if instead > today:
        return Decision.no("This day has not come yet. Write on which day it happened.")
    if before is not None and instead < before:
        return Decision.no(
            f"The step before it happened on {before.isoformat()}. "
            "Have that one corrected first, or write another day."
        )
    if after is not None and instead > after:
        return Decision.no(
            f"The step after it happened on {after.isoformat()}. "
            "Have that one corrected first, or write another day."
        )
    return Decision.yes()


def state_without(state: ClaimState, left: Sequence[ClaimState]) -> ClaimState:
    """Where a claim in `state` stands once a step did not happen; `left`: where the others led."""
    return left[-1] if state in _BY_THEM and left else state
