"""What a shop sold, by dated records with a source, no day counted twice.

Owns which of overlapping records count. Leaves obtaining them to `connectors`, and what a sum means
to `rules.thresholds`.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from rules.money import Money


@dataclass(frozen=True, slots=True)
class SalesRecord:
    """What `source` said at `taken_at` a shop sold.

    The period has whole days, `period_start` and `period_end` both included. `units`: pieces sold,
    where the source counts them.
    """

    shop_id: int
    period_start: date
    period_end: date
    amount: Money
    source: str
    taken_at: datetime
    units: int | None = None

    def __post_init__(self) -> None:
        if self.period_end < self.period_start:
            raise ValueError(f"a sales period ends before it starts: {self.period_start}")


def counted(records: Sequence[SalesRecord], currency: str) -> tuple[SalesRecord, ...]:
    """The records of one shop whose sum is its sales in `currency`, no day counted twice.

    A later record replaces every earlier one whose period lies inside its own (of two taken at
    once for one period, the smaller stands). Of those left, the largest choice without overlap
    counts: each is a lower bound for its own days, so their sum is one too. Records without a
    source never count.
    """
    standing: list[SalesRecord] = []
    fit = (row for row in records if row.source.strip() and row.amount.currency == currency)
    for row in sorted(
        fit,
        key=lambda row: (-row.taken_at.timestamp(), -_days(row), row.amount.minor, row.source),
    ):
        inside = any(
            later.period_start <= row.period_start and row.period_end <= later.period_end
            for later in standing
        )
        if not inside:
            standing.append(row)
    standing.sort(key=lambda row: (row.period_end, row.period_start))
    ends = [row.period_end for row in standing]
    best: list[tuple[int, tuple[SalesRecord, ...]]] = [(0, ())]
    for place, row in enumerate(standing):
        total, chosen = best[bisect_left(ends, row.period_start, 0, place)]
        taken = (total + row.amount.minor, (*chosen, row))
        best.append(taken if taken[0] >= best[-1][0] else best[-1])
    return best[-1][1]


def _days(row: SalesRecord) -> int:
    return (row.period_end - row.period_start).days
