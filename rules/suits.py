"""How far a litigation campaign has come: so many suits to be filed within a window of days.

Owns counting what was filed inside the window and how many days are left. Pure over facts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Progress:
    """`filed` of `target` inside the window; `late` after it; `days_left` counts today in.

    `days_left` is 0 once the last day is over, and the whole window before it begins.
    """

    target: int
    filed: int
    late: int
    days_left: int

    @property
    def met(self) -> bool:
        """Whether as many suits were filed in time as were meant."""
        return self.filed >= self.target

    @property
    def missing(self) -> int:
        """How many are still to be filed."""
        return max(0, self.target - self.filed)


def progress(
    target: int, opens_on: date, closes_on: date, filed_on: Sequence[date], today: date
) -> Progress:
    """How a campaign stands on `today`; both days of its window count."""
    inside = sum(opens_on <= day <= closes_on for day in filed_on)
    late = sum(day > closes_on for day in filed_on)
    left = (closes_on - max(today, opens_on)).days + 1
    return Progress(target, inside, late, max(0, left))
