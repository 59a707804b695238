"""Shares with their uncertainty, by scipy: what a few results say of many.

Owns which interval is given for which counts (domain: section 8: Wilson by default,
Clopper–Pearson for small or zero counts). Leaves what is counted to the caller.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

SMALL = 5
"""Fewer of either outcome, and Wilson's interval may promise more than it holds."""


class IntervalMethod(StrEnum):
    """How an interval was computed."""

    WILSON = "wilson"
    CLOPPER_PEARSON = "clopper_pearson"


_AT_SCIPY: dict[IntervalMethod, Literal["wilson", "exact"]] = {
    IntervalMethod.WILSON: "wilson",
    IntervalMethod.CLOPPER_PEARSON: "exact",
}


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `trials`; the true share lies from `low` to `high` at `confidence`; all 0 to 1."""

    hits: int
    trials: int
    value: float
    low: float
    high: float
    confidence: float
    method: IntervalMethod


def share(
    hits: int, trials: int, *, confidence: float = 0.95, method: IntervalMethod | None = None
) -> Share | None:
    """The share of `hits` with its interval; None where nothing was tried.

    `method`: the one that fits the counts where none is named. ValueError for counts that can't be.
    """
    if not 0 <= hits <= trials:
        raise ValueError(f"there can't be {hits} hits of {trials}")
    if trials == 0:
        return None
    # Loading it takes a second, and only one page needs it.
    from scipy.stats import binomtest

    used = method or method_for(hits, trials)
    found = binomtest(hits, trials).proportion_ci(confidence, method=_AT_SCIPY[used])
    low, high = float(found.low), float(found.high)
    return Share(hits, trials, hits / trials, low, high, confidence, used)


def method_for(hits: int, trials: int) -> IntervalMethod:
    """Clopper–Pearson where either outcome was seen less than `SMALL` times, else Wilson."""
    few = min(hits, trials - hits) < SMALL
    return IntervalMethod.CLOPPER_PEARSON if few else IntervalMethod.WILSON
