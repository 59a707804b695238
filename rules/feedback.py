"""What earlier referrals to an agency teach: how long it takes to accept, and why it declines.

Owns the counting. The time is of those accepted alone; those still open are counted and said so, as
they would make it longer. Days are whole. Pure: leaves reading referrals to `casework.views`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from rules.referral import DeclineReason


@dataclass(frozen=True, slots=True)
class Handled:
    """A referral that an agency has had: `reason` is None where it declined and gave no sort."""

    sent_on: date
    accepted_on: date | None = None
    declined: bool = False
    reason: DeclineReason | None = None


@dataclass(frozen=True, slots=True)
class Feedback:
    """Of `sent` referrals, `accepted` in a median of days, from `shortest` to `longest` (None: none
    was); `open` are undecided, the oldest for `waiting` days; `declined` counts by reason.
    """

    sent: int
    accepted: int
    median: float | None
    shortest: int | None
    longest: int | None
    open: int
    waiting: int | None
    declined: tuple[tuple[DeclineReason | None, int], ...]


def feedback(handled: Sequence[Handled], today: date) -> Feedback:
    """What the referrals an agency has had say, as of a day."""
    days = [(each.accepted_on - each.sent_on).days for each in handled if each.accepted_on]
    waiting = [
        (today - each.sent_on).days
        for each in handled
        if each.accepted_on is None and not each.declined
    ]
    reasons = Counter(each.reason for each in handled if each.declined)
    return Feedback(
        sent=len(handled),
        accepted=len(days),
        median=median(days) if days else None,
        shortest=min(days, default=None),
        longest=max(days, default=None),
        open=len(waiting),
        waiting=max(waiting, default=None),
        declined=tuple(sorted(reasons.items(), key=lambda each: (-each[1], each[0] or ""))),
    )
