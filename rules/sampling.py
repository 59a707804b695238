"""What a sample says of a seized lot: how many are counterfeit at least, how many to examine.

Owns the arithmetic, exact in whole numbers, and the sentence that is printed. Leaves recording a
sample to `casework`, and prevalence among shops, which is no lot, to the programme's figures.

A lot of N holds an unknown number D of counterfeits; n of them are drawn without putting back, k
are found counterfeit. X, the number found, is hypergeometric (domain: section 8):

    P(X = x | D) = C(D, x) · C(N − D, n − x) / C(N, n)

P(X ≥ k | D) rises with D. Every D for which it is 5 % or less is excluded at 95 %, and the smallest
one left is the lower bound: Clopper and Pearson's exact interval (Biometrika 26, 1934) carried over
to a lot that is used up by drawing (Buonaccorsi, The American Statistician 41, 1987). Whatever D
is, the bound lies above it with a probability of 5 % at most.
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import comb

CONFIDENCE = Fraction(95, 100)
LARGEST_LOT = 1_000_000
LARGEST_SAMPLE = 2_000
"""Beyond these a page would wait for the exact numbers; more than this is examined nowhere."""


class Drawn(StrEnum):
    """How the pieces of a sample were chosen; only chance speaks for those that were not."""

    AT_RANDOM = "at_random"
    PICKED = "picked"


@dataclass(frozen=True, slots=True)
class Sample:
    """`fake` of `examined` pieces, out of a lot of `lot`; ValueError for what can't be."""

    lot: int
    examined: int
    fake: int

    def __post_init__(self) -> None:
        if not 0 < self.lot <= LARGEST_LOT:
            raise ValueError(f"A lot has from 1 to {LARGEST_LOT:,} pieces.")
        if not 0 < self.examined <= min(self.lot, LARGEST_SAMPLE):
            raise ValueError(
                f"At least 1 piece is examined, and at most the lot or {LARGEST_SAMPLE:,}."
            )
        if not 0 <= self.fake <= self.examined:
            raise ValueError("No more pieces are counterfeit than were examined.")


def at_least(sample: Sample, confidence: Fraction = CONFIDENCE) -> int:
    """How many pieces of the lot are counterfeit at least, at `confidence`.

    Never below what was found, and never above what the pieces found genuine leave.
    """
    low, high = sample.fake, sample.lot - (sample.examined - sample.fake)
    while low < high:
        middle = (low + high) // 2
        if _excluded(sample, middle, confidence):
            low = middle + 1
        else:
            high = middle
    return low


def to_examine(lot: int, percent: int, confidence: Fraction = CONFIDENCE) -> int:
    """How many to draw from a lot so that, all being fake, at least `percent` % of it are.

    The lot is not bound by LARGEST_SAMPLE here: the answer may be more than anybody examines.
    """
    if not 0 < lot <= LARGEST_LOT or not 0 < percent <= 100:
        raise ValueError(f"A lot has from 1 to {LARGEST_LOT:,} pieces; a share is 1 to 100 %.")
    wanted = -(-lot * percent // 100)
    low, high = 0, 1
    while not _all_fake_is_too_rare(lot, wanted - 1, high, confidence):
        low, high = high, min(2 * high, wanted)
    while high - low > 1:
        middle = (low + high) // 2
        if _all_fake_is_too_rare(lot, wanted - 1, middle, confidence):
            high = middle
        else:
            low = middle
    return high


def percent_of(count: int, lot: int) -> int:
    """`count` of `lot` in whole percent, rounded down: a statement never claims more."""
    return count * 100 // lot


def sentence(sample: Sample, least: int | None) -> str:
    """What the sample supports, in words; `least` is None where pieces were picked, not drawn.

    Only pieces drawn at random say something of those that were not drawn.
    """
    fake, examined, lot = sample.fake, sample.examined, sample.lot
    if examined == lot:
        return f"{fake} of {lot} pieces are counterfeit; the whole lot was examined."
    if least is None:
        return (
            f"{fake} of {examined} pieces examined are counterfeit. They were picked, not drawn at "
            f"random: this says nothing of the other {lot - examined} pieces of the lot."
        )
    return (
        f"{fake} of {examined} pieces examined are counterfeit, drawn at random from a lot of "
        f"{lot}. With 95 % confidence at least {least} pieces of the lot are counterfeit, at least "
        f"{percent_of(least, lot)} %."
    )


def _excluded(sample: Sample, counterfeits: int, confidence: Fraction) -> bool:
    """Whether so many found would be too rare if the lot held only so many counterfeits."""
    lot, drawn = sample.lot, sample.examined
    genuine = lot - counterfeits
    # Each term follows from the one before by small factors, which is exact and quick; the rarer
    # side of the distribution is summed.
    first = max(0, drawn - genuine)
    below = 0
    term = comb(counterfeits, first) * comb(genuine, drawn - first)
    for found in range(first, sample.fake):
        below += term
        term = term * (counterfeits - found) * (drawn - found)
        term //= (found + 1) * (genuine - drawn + found + 1)
    every = comb(lot, drawn)
    rare = (every - below) * confidence.denominator
    return rare <= every * (confidence.denominator - confidence.numerator)


def _all_fake_is_too_rare(lot: int, counterfeits: int, drawn: int, confidence: Fraction) -> bool:
    """Whether drawing nothing but counterfeits is excluded, the lot holding only so many."""
    # C(D, n) / C(N, n) is also C(N - n, N - D) / C(N, N - D): the smaller choice is quick.
    genuine = lot - counterfeits
    if drawn < genuine:
        ways, every = comb(counterfeits, drawn), comb(lot, drawn)
    else:
        ways, every = comb(lot - drawn, genuine), comb(lot, genuine)
    return ways * confidence.denominator <= every * (confidence.denominator - confidence.numerator)
