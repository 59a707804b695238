"""What courts awarded of what was claimed: ratios, and how sure one can be of them.

Owns the ratio of one judgment and the interval for a court's median. The interval is between two
order statistics, with the confidence of the sign test: exact for independent judgments of one
court, without any assumption on how they are spread. With few judgments its confidence is low, and
it says how low. Exact fractions throughout. Leaves which judgments count to `casework`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb

from rules.money import Money

WANTED = Fraction(95, 100)
"""The confidence that an interval aims at; fewer than six judgments do not reach it."""


@dataclass(frozen=True, slots=True)
class Ratios:
    """A court's ratios of award to claim in one currency.

    `low` and `high` enclose the median ratio with `confidence`; all None for a single judgment,
    which says nothing of the next. `claimed` and `awarded` are sums.
    """

    count: int
    least: Fraction
    median: Fraction
    most: Fraction
    low: Fraction | None
    high: Fraction | None
    confidence: Fraction | None
    claimed: Money
    awarded: Money


def ratio(claimed: Money, awarded: Money) -> Fraction | None:
    """What was awarded of what was claimed; None where no money was claimed.

    Raises MixedCurrenciesError where the two are in two currencies.
    """
    _ = claimed - awarded  # refuses two currencies
    return Fraction(awarded.minor, claimed.minor) if claimed.minor > 0 else None


def ratios(judgments: Sequence[tuple[Money, Money]]) -> Ratios | None:
    """Of judgments as (claimed, awarded), all in one currency; None where none claimed money.

    Raises MixedCurrenciesError where they are not.
    """
    counted = [pair for pair in judgments if pair[0].minor > 0]
    if not counted:
        return None
    claimed, awarded = counted[0][0], counted[0][1]
    for each in counted[1:]:
        claimed, awarded = claimed + each[0], awarded + each[1]
    found = sorted(each for each in (ratio(*pair) for pair in counted) if each is not None)
    ends = interval(len(found))
    low, high, confidence = (found[ends[0]], found[ends[1]], ends[2]) if ends else (None,) * 3
    return Ratios(
        len(found), found[0], _median(found), found[-1], low, high, confidence, claimed, awarded
    )


def interval(count: int) -> tuple[int, int, Fraction] | None:
    """Which two of `count` sorted values enclose the median, and how surely; None for fewer than 2.

    The narrowest pair that reaches WANTED; where none does, the least and the greatest.
    """
    if count < 2:
        return None
    for low in range((count - 1) // 2, -1, -1):
        confidence = encloses(count, low)
        if confidence >= WANTED or low == 0:
            return low, count - 1 - low, confidence
    raise AssertionError("the outermost pair was tried")


def encloses(count: int, low: int) -> Fraction:
    """How surely the median lies between value `low` (from 0) and its mirror of `count` sorted."""
    tail = sum(comb(count, number) for number in range(low + 1))
    return 1 - Fraction(2 * tail, 2**count)


def _median(found: Sequence[Fraction]) -> Fraction:
    middle = len(found) // 2
    if len(found) % 2:
        return found[middle]
    return (found[middle - 1] + found[middle]) / 2
