"""From what scale on an agency takes a case: dated threshold rows, and the gap-to-refer gauge.

Owns the rows this programme starts with (domain: section 7), and the answer per limb over an
operator's linked shops: met, short by how much, or unknown. Leaves the sum of one shop's records to
`rules.sales`, and which shops are linked, currency rates and every judgement of law to people. This
is no legal advice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from rules.countries import name_of
from rules.money import Money
from rules.sales import SalesRecord, counted


class Limb(StrEnum):
    """What a threshold measures.

    VOLUME is the business volume of a maker, unsold goods included: sales do not prove it.
    NONE has no floor.
    """

    SALES = "sales"
    GAINS = "gains"
    VOLUME = "volume"
    UNSOLD = "unsold"
    PIECES = "pieces"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Threshold:
    """One row. `amount` in minor units of `currency`, in pieces for PIECES, None for NONE.

    Holds from `valid_from` to `valid_until`, both days included (None: still). `reoffender`: holds
    only for one who offended before. `verified` False: shown with a warning until counsel checks.
    """

    jurisdiction: str
    offence: str
    limb: Limb
    amount: int | None
    currency: str | None
    valid_from: date
    valid_until: date | None
    source: str
    verified: bool
    reoffender: bool = False

    def __post_init__(self) -> None:
        if (self.amount is None) != (self.limb is Limb.NONE):
            raise ValueError(f"{self.offence}: an amount belongs to every limb but 'none'")
        if (self.currency is None) != (self.limb in (Limb.NONE, Limb.PIECES)):
            raise ValueError(f"{self.offence}: a currency belongs to the limbs in money")

    @property
    def floor(self) -> Money | None:
        """The amount as money; None for PIECES and NONE."""
        if self.amount is None or self.currency is None:
            return None
        return Money(self.amount, self.currency)


_PUBLIC = "public material, read as excerpts"
_UNCHECKED = "plausible, not checked"


def _rows(
    jurisdiction: str,
    offence: str,
    valid_from: date,
    mark: str,
    *limbs: tuple[Limb, int | None],
    reoffender: bool = False,
) -> tuple[Threshold, ...]:
    """Rows in whole yuan or pieces; `mark`: [P] public, [C] plausible, which is unverified."""
    return tuple(
        Threshold(
            jurisdiction,
            offence,
            limb,
            amount if amount is None or limb is Limb.PIECES else amount * 100,
            None if limb in (Limb.NONE, Limb.PIECES) else "CNY",
            valid_from,
            None,
            mark.replace("[P]", _PUBLIC).replace("[C]", _UNCHECKED),
            "[C]" not in mark,
            reoffender,
        )
        for limb, amount in limbs
    )


_CN_2025 = date(2025, 4, 26)

# Where no date is known, the day is the statute's own entry into force, unverified.
DEFAULT_THRESHOLDS: tuple[Threshold, ...] = (
    *_rows(
        "CN", "art. 213, using a mark", _CN_2025, "[P], kept in the 2025 interpretation [C]",
        (Limb.GAINS, 30_000), (Limb.VOLUME, 50_000),
    ),
    *_rows(
        "CN", "art. 213, using two or more marks", _CN_2025,
        "[P], kept in the 2025 interpretation [C]", (Limb.GAINS, 20_000), (Limb.VOLUME, 30_000),
    ),
    *_rows(
        "CN", "art. 214, selling", _CN_2025, "[P]",
        (Limb.GAINS, 30_000), (Limb.SALES, 50_000), (Limb.UNSOLD, 150_000),
    ),
    *_rows(
        "CN", "art. 214, selling, again within 2 years", _CN_2025, "[C]",
        (Limb.GAINS, 20_000), (Limb.SALES, 30_000), reoffender=True,
    ),
    *_rows(
        "CN", "art. 215, labels and seals", date(2004, 12, 22), "[C], older rule",
        (Limb.PIECES, 20_000), (Limb.VOLUME, 50_000), (Limb.GAINS, 30_000),
    ),
    *_rows(
        "US", "18 USC 2320, knowing and intentional trafficking", date(1984, 10, 12), "[P]",
        (Limb.NONE, None),
    ),
    *_rows(
        "UK",
        "Trade Marks Act s.92, with a view to gain or intent to cause loss and without reasonable "
        "belief in lawful use",
        date(1994, 10, 31), "[P]/[C]", (Limb.NONE, None),
    ),
    *_rows(
        "EU", "TRIPS art. 61, wilful and on a commercial scale, not harmonised", date(1995, 1, 1),
        "[P]", (Limb.NONE, None),
    ),
    *_rows(
        "DE", "MarkenG §143, on the rights holder's complaint as a rule", date(1995, 1, 1), "[C]",
        (Limb.NONE, None),
    ),
)  # fmt: skip


class LimbState(StrEnum):
    """How an operator stands against one threshold."""

    MET = "met"
    SHORT = "short"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LimbReading:
    """One threshold's answer; `short_by` only where it is short."""

    threshold: Threshold
    state: LimbState
    short_by: Money | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Gauge:
    """The whole answer. `met`: at least one limb is. `missing`: what to obtain, as sentences.

    `made_up`: what orders that may be made up change (`rules.brushing`); part of the reasons.
    """

    limbs: tuple[LimbReading, ...]
    met: bool
    reasons: tuple[str, ...]
    missing: tuple[str, ...]
    made_up: tuple[str, ...] = ()


def gauge(
    thresholds: Sequence[Threshold],
    records: Mapping[int, Sequence[SalesRecord]],
    now: datetime,
    jurisdiction: str,
    known_reoffender: bool | None,
    names: Mapping[int, str] | None = None,
) -> Gauge:
    """How far an operator is from a referral in `jurisdiction`.

    `records` has a key for every shop linked to the operator, with an empty sequence where it has
    no record; `names` are the shops' own, for the sentences. `known_reoffender` None: nobody knows,
    so the lower thresholds cannot be met yet. Amounts in another currency than a threshold's do not
    count towards it, and what is missing says so.
    """
    today, there = now.date(), name_of(jurisdiction)
    applying = [
        row
        for row in thresholds
        if row.jurisdiction == jurisdiction
        and row.valid_from <= today
        and (row.valid_until is None or today <= row.valid_until)
        and not (row.reoffender and known_reoffender is False)
    ]
    if not applying:
        reason = f"No threshold is on record for {there}: add a dated row with its source."
        return Gauge((), False, (reason,), (reason,))
    limbs = tuple(_read(row, records, known_reoffender) for row in applying)
    met = [limb for limb in limbs if limb.state is LimbState.MET]
    reasons = [limb.sentence for limb in met or limbs]
    if not met:
        reasons.insert(0, f"No threshold of {there} is met.")
    missing = _missing(limbs, records, known_reoffender, names or {})
    return Gauge(limbs, bool(met), tuple(reasons), missing)


def _read(
    row: Threshold, records: Mapping[int, Sequence[SalesRecord]], known_reoffender: bool | None
) -> LimbReading:
    state, short_by, finding = _against(row, records)
    if state is LimbState.MET and row.reoffender and known_reoffender is None:
        state, finding = (
            LimbState.UNKNOWN,
            f"unknown; {finding}, but only if the operator offended before",
        )
    caution = "" if row.verified else " This threshold is unverified: have counsel confirm it."
    limb = "" if row.limb is Limb.NONE else f" ({row.limb})"
    sentence = f"{name_of(row.jurisdiction)}, {row.offence}{limb}: {finding}.{caution}"
    return LimbReading(row, state, short_by, sentence)


def _against(
    row: Threshold, records: Mapping[int, Sequence[SalesRecord]]
) -> tuple[LimbState, Money | None, str]:
    if row.limb is Limb.NONE:
        return LimbState.MET, None, "no floor in value; every word of the offence must be shown"
    floor = row.floor
    if floor is None or row.limb is not Limb.SALES:
        return LimbState.UNKNOWN, None, "unknown, no record with a source"
    total = Money(0, floor.currency)
    silent = 0
    for shop in records.values():
        rows = counted(shop, floor.currency)
        silent += not rows
        for record in rows:
            total += record.amount
    if total >= floor:
        return LimbState.MET, None, f"met, {total} of {floor}"
    if silent or not records:
        return (
            LimbState.UNKNOWN,
            None,
            f"unknown, at least {total} of {floor}; of {len(records)} shops, {silent} without a "
            f"sales record in {floor.currency} with a source",
        )
    short_by = floor - total
    return LimbState.SHORT, short_by, f"short by {short_by} of {floor}, by the records held"


def _missing(
    limbs: Sequence[LimbReading],
    records: Mapping[int, Sequence[SalesRecord]],
    known_reoffender: bool | None,
    names: Mapping[int, str],
) -> tuple[str, ...]:
    sentences: list[str] = []
    currencies = {
        limb.threshold.currency: None for limb in limbs if limb.threshold.limb is Limb.SALES
    }
    for currency in currencies:
        if currency is None:
            continue
        if not records:
            sentences.append("No shop is linked to the operator: link one.")
        sentences += [
            f"Shop {names.get(shop_id, shop_id)} has no sales record in {currency} with a source: "
            "obtain one."
            for shop_id, rows in sorted(records.items())
            if not counted(rows, currency)
        ]
    if wanted := [currency for currency in currencies if currency]:
        sentences += [
            f"Sales of {amount} on record do not count: no threshold here is in {amount.currency}."
            for amount in _foreign(records, wanted)
        ]
    measures = {limb.threshold.limb: None for limb in limbs}
    sentences += [
        f'The limb "{measure}" has no record with a source.'
        for measure in measures
        if measure not in (Limb.SALES, Limb.NONE)
    ]
    if known_reoffender is None and any(limb.threshold.reoffender for limb in limbs):
        sentences.append("It is not known whether the operator offended before: find out.")
    return tuple(sentences)


def _foreign(
    records: Mapping[int, Sequence[SalesRecord]], wanted: Sequence[str]
) -> Sequence[Money]:
    """What the shops sold in currencies that no threshold is in, one sum a currency."""
    others = {row.amount.currency for rows in records.values() for row in rows} - set(wanted)
    sums: list[Money] = []
    for currency in sorted(others):
        sold = [row.amount for rows in records.values() for row in counted(rows, currency)]
        if sold:
            sums.append(sum(sold[1:], sold[0]))
    return sums
