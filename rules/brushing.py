"""Orders made up to lift a rating, and what sales are left without them, as a range.

Owns how estimates are taken out of sales records, and that a threshold is met by the lower end
alone: what may be made up speaks for the accused (domain: section 1; docs/adr/0044). Leaves which
records count to `rules.sales`, thresholds to `rules.thresholds`, and cases to
`casework.gauge.brushing`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from rules import thresholds
from rules.countries import name_of
from rules.money import Money
from rules.sales import SalesRecord, counted
from rules.thresholds import Gauge, LimbState, Threshold


class BrushingState(StrEnum):
    """Where a case stands. What UNFOUNDED says: its estimates take nothing out any more."""

    OPEN = "open"
    ESTABLISHED = "established"
    UNFOUNDED = "unfounded"


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many orders of a period, its first and last day included, a source says were made up.

    `low`, `high`: what they are worth, or None where the source does not say.
    """

    period_start: date
    period_end: date
    low: Money | None
    high: Money | None

    def __post_init__(self) -> None:
        if self.period_end < self.period_start:
            raise ValueError(f"a period ends before it starts: {self.period_start}")
        if (self.low is None) != (self.high is None):
            raise ValueError("an estimate has two ends or none")
        if self.low and self.high and not self.low <= self.high:
            raise ValueError(f"the lower end is above the upper one: {self.low}, {self.high}")


@dataclass(frozen=True, slots=True)
class SalesRange:
    """The sales of all shops in a currency: as recorded, and without what may be made up."""

    recorded: Money
    low: Money
    high: Money

    @property
    def sentence(self) -> str:
        """As it is told wherever sales as recorded are told."""
        return (
            f"Sales of {self.recorded} as recorded are {self.low} to {self.high} without orders "
            f"that may be made up; the lower figure counts."
        )


Records = Mapping[int, Sequence[SalesRecord]]
Estimates = Mapping[int, Sequence[Estimate]]


def lowest(
    records: Sequence[SalesRecord], estimates: Sequence[Estimate]
) -> tuple[SalesRecord, ...]:
    """A shop's counting records with all taken out that may be made up.

    A record that an estimate without an amount in its currency is about counts for nothing. Two
    estimates for days that differ may both be right: the largest sum in which no period lies inside
    another is taken out, of each record no more than the estimates about it say and it holds.
    """
    left: list[SalesRecord] = []
    for currency, rows in _by_currency(records):
        blind = [each for each in estimates if not _told_in(each, currency)]
        valued = [each for each in estimates if _told_in(each, currency)]
        sure = [row for row in rows if not any(_touches(each, row) for each in blind)]
        about = [each for each in valued if any(_touches(each, row) for row in sure)]
        minor = _most(about)
        left += [_worth(row, 0) for row in rows if row not in sure]
        for row in sure:
            here = _most([each for each in about if _touches(each, row)])
            taken = min(minor, here, row.amount.minor)
            minor -= taken
            left.append(_worth(row, row.amount.minor - taken))
    return tuple(left)


def highest(
    records: Sequence[SalesRecord], estimates: Sequence[Estimate]
) -> tuple[SalesRecord, ...]:
    """A shop's counting records with only that taken out which is made up by every estimate.

    An estimate is surely about a record only where its whole period lies within that one's.
    """
    left: list[SalesRecord] = []
    for currency, rows in _by_currency(records):
        for row in rows:
            inside = [
                each
                for each in estimates
                if _told_in(each, currency)
                and row.period_start <= each.period_start
                and each.period_end <= row.period_end
            ]
            left.append(_worth(row, max(0, row.amount.minor - _least(inside))))
    return tuple(left)


def ranges(records: Records, estimates: Estimates) -> tuple[SalesRange, ...]:
    """The range in each currency in which a shop has records; none where nothing is estimated."""
    if not any(estimates.values()):
        return ()
    currencies = sorted({row.amount.currency for rows in records.values() for row in rows})
    return tuple(
        SalesRange(
            _sum(records, currency),
            _sum(_lowered(records, estimates), currency),
            _sum(
                {shop: highest(rows, estimates.get(shop, ())) for shop, rows in records.items()},
                currency,
            ),
        )
        for currency in currencies
    )


def gauge(
    floors: Sequence[Threshold],
    records: Records,
    estimates: Estimates,
    now: datetime,
    jurisdiction: str,
    known_reoffender: bool | None,
    names: Mapping[int, str] | None = None,
) -> Gauge:
    """The gap-to-refer gauge by the lower end; its reasons say where only that makes it short."""
    plain = thresholds.gauge(floors, records, now, jurisdiction, known_reoffender, names)
    if not any(estimates.values()):
        return plain
    lower = thresholds.gauge(
        floors, _lowered(records, estimates), now, jurisdiction, known_reoffender, names
    )
    said = [each.sentence for each in ranges(records, estimates)]
    said += [
        f"{name_of(row.jurisdiction)}, {row.offence}: met only with orders that may be made up, "
        f"which do not count."
        for recorded, left in zip(plain.limbs, lower.limbs, strict=True)
        for row in (left.threshold,)
        if recorded.state is LimbState.MET and left.state is not LimbState.MET
    ]
    return replace(lower, reasons=(*lower.reasons, *said), made_up=tuple(said))


def _lowered(records: Records, estimates: Estimates) -> dict[int, tuple[SalesRecord, ...]]:
    return {
        shop: lowest(rows, estimates[shop]) if estimates.get(shop) else tuple(rows)
        for shop, rows in records.items()
    }


def _sum(records: Records, currency: str) -> Money:
    total = Money(0, currency)
    for rows in records.values():
        for row in counted(rows, currency):
            total += row.amount
    return total


def _by_currency(
    records: Sequence[SalesRecord],
) -> list[tuple[str, tuple[SalesRecord, ...]]]:
    currencies = sorted({row.amount.currency for row in records})
    return [(each, counted(records, each)) for each in currencies]


def _told_in(each: Estimate, currency: str) -> bool:
    return each.high is not None and each.high.currency == currency


def _touches(each: Estimate, row: SalesRecord) -> bool:
    return each.period_start <= row.period_end and row.period_start <= each.period_end


def _worth(row: SalesRecord, minor: int) -> SalesRecord:
    return replace(row, amount=Money(minor, row.amount.currency))


def _most(estimates: Sequence[Estimate]) -> int:
    """The largest sum of upper ends of which no period lies inside another."""
    rows = sorted(
        (each.period_start, each.period_end, each.high.minor) for each in estimates if each.high
    )
    best: list[int] = []
    for at, (start, end, minor) in enumerate(rows):
        before = [best[n] for n in range(at) if rows[n][0] < start and rows[n][1] < end]
        best.append(minor + max(before, default=0))
    return max(best, default=0)


def _least(estimates: Sequence[Estimate]) -> int:
    """The largest sum of lower ends without overlap; of one period the smallest stands."""
    lows: dict[tuple[date, date], int] = {}
    for each in estimates:
        if each.low is not None:
            period = (each.period_start, each.period_end)
            lows[period] = min(each.low.minor, lows.get(period, each.low.minor))
    rows = sorted(lows.items(), key=lambda row: row[0][1])
    best: list[int] = []
    for at, ((start, _), minor) in enumerate(rows):
        before = [best[n] for n in range(at) if rows[n][0][1] < start]
        best.append(minor + max(before, default=0))
    return max(best, default=0)
