"""What was recorded wrongly of an agency's steps: of which, and what may stand instead.

Owns the corrections of a step's day and of the number that it carries: the agency's own, or that of
the criminal file. Leaves the way of a referral to `rules.referral`. That a step did not happen at
all is told by a later one.
"""

from collections.abc import Sequence
from datetime import date

from rules.correcting import may_be_dated, may_be_numbered
from rules.decision import Decision
from rules.referral import AFTER, ReferralMove, last_cause

_M = ReferralMove

ANSWERS: frozenset[ReferralMove] = frozenset(
    {_M.SEND, _M.ACKNOWLEDGE, _M.ACCEPT, _M.DECLINE_BY_AGENCY}
)
"""Steps that carry the agency's own number, the later taking the place of the earlier."""
NUMBERED: frozenset[ReferralMove] = ANSWERS | {_M.FILE}
DATED: frozenset[ReferralMove] = (ANSWERS - {_M.SEND}) | frozenset(AFTER)
"""Steps whose day somebody wrote down. The day of a handing over is the one it was recorded on."""


def beside(
    place: int, told: Sequence[tuple[ReferralMove, date]], sent_on: date
) -> tuple[date, date | None]:
    """Between which days the step at `place` lies, of those `told` in their order.

    As when they were recorded: it is not before what it comes of, nor after what came of it.
    """
    move = told[place][0]
    earliest = last_cause(move, told[:place])
    after: list[date] = []
    for later in range(place + 1, len(told)):
        follows, on = told[later]
        others = [*told[:place], *told[place + 1 : later]]
        # Whether it comes of this step, and of no other that would do: as if this one were last.
        cause = last_cause(follows, [*others, (move, date.max)])
        if cause is not None and cause > on:
            after.append(on)
    return max(sent_on, earliest or sent_on), min(after, default=None)


def may_redate(
    move: ReferralMove, on: date, instead: date, before: date, after: date | None, today: date
) -> Decision:
    """Whether the step of the day `on` may be one of the day `instead`."""
    if move not in DATED:
        return Decision.no("A handing over is dated by its record. Correct its number alone.")
    return may_be_dated(on, instead, before, after, today)


def may_renumber(move: ReferralMove, number: str | None, instead: str) -> Decision:
    """Whether a step under `number` may be one under the number `instead`."""
    if move not in NUMBERED:
        return Decision.no("This step has no number. Leave the number out.")
    return may_be_numbered(number, instead)


def agency_number(told: Sequence[tuple[ReferralMove, str | None]]) -> str | None:
    """The agency's number by its steps, the last that names one; None where none does."""
    numbers = [number for move, number in told if move in ANSWERS and number]
    return numbers[-1] if numbers else None
