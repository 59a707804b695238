"""Custody: who held an exhibit when, and whether its entries follow from each other.

Owns the continuity checker (domain: section 5) and the one answer to "who held it on date D". Works
on entries as they are frozen; leaves its words to `rules.holders`, and recording entries to
`casework.custody.custody` and `casework.custody.handing_over`. Every entry is one change of hands:
the giver reads the seal going out at `given_at`, the taker the seal coming in at `taken_at`. Until
the taker has it the giver holds it; a consignment is two entries, to the carrier and from the
carrier, under one tracking number.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from rules.holders import ENDS, Holder, HolderKind, Method, Vouched


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of hands. Times are aware UTC; a weight is None where that side did not weigh."""

    seq: int
    given_at: datetime
    taken_at: datetime
    giver: Holder
    taker: Holder
    method: Method
    seal_out: str
    seal_in: str
    weight_grams: int | None = None
    tracking_number: str | None = None
    giver_vouched: Vouched = Vouched.ACCOUNT
    taker_vouched: Vouched = Vouched.ACCOUNT
    given_weight_grams: int | None = None
    seal_intact: bool = True


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What two sides may differ by: the larger of the two weights, and the time in person.

    A scale is good to a gram or two and a bag takes up damp; a hand-over in person lasts minutes.
    """

    grams: int = 5
    permille: int = 20
    in_person: timedelta = timedelta(hours=1)

    def allows(self, before: int, after: int) -> bool:
        """Whether two weights in grams may be of one thing."""
        return abs(after - before) <= max(self.grams, before * self.permille // 1000)


class Broken(StrEnum):
    """What an entry may offend against."""

    EMPTY = "empty"
    NUMBERING = "numbering"
    BEGINNING = "beginning"
    GAP = "gap"
    TOO_LONG = "too_long"
    OVERLAP = "overlap"
    BACKWARDS = "backwards"
    SEAL_ON_THE_WAY = "seal_on_the_way"
    SEAL_IN_KEEPING = "seal_in_keeping"
    SEAL_BROKEN = "seal_broken"
    WEIGHT = "weight"
    BEFORE_PURCHASE = "before_purchase"
    TRACKING = "tracking"
    ONE_SIDED = "one_sided"
    AFTER_THE_END = "after_the_end"


@dataclass(frozen=True, slots=True)
class Break:
    """A place where custody does not hold; `seq` 0 where there is no entry at all."""

    seq: int
    rule: Broken
    sentence: str


class Whereabouts(StrEnum):
    """The three answers there are to "who held it"."""

    NOT_YET = "not_yet_an_exhibit"
    HELD = "held"
    DISPOSED = "disposed_of"


@dataclass(frozen=True, slots=True)
class Holding:
    """The one answer: `entry` is the one it rests on, None only before the first."""

    state: Whereabouts
    entry: Entry | None = None

    @property
    def holder(self) -> Holder | None:
        """Who held it; None where nobody did."""
        return self.entry.taker if self.entry and self.state is Whereabouts.HELD else None

    def sentence(self, reference: str, at: datetime) -> str:
        """The answer in words."""
        when = f"{at:%Y-%m-%d %H:%M} UTC"
        if self.entry is None:
            return f"{reference} was not yet an exhibit at {when}."
        since = f"{self.entry.taken_at:%Y-%m-%d %H:%M} UTC"
        if self.state is Whereabouts.DISPOSED:
            return f"{reference} had been disposed of at {when}: {self.entry.taker.name}, {since}."
        under = f", seal {self.entry.seal_in}"
        if self.entry.tracking_number and self.entry.taker.kind is HolderKind.CARRIER:
            under += f", tracking number {self.entry.tracking_number}"
        return f"{self.entry.taker} held {reference} at {when}, since {since}{under}."


def holder_at(entries: Sequence[Entry], at: datetime) -> Holding:
    """Who held the exhibit at a moment: the taker of the last entry completed by then."""
    past = [entry for entry in entries if entry.taken_at <= at]
    if not past:
        return Holding(Whereabouts.NOT_YET)
    last = max(past, key=lambda entry: entry.seq)
    gone = last.taker.kind is HolderKind.DISPOSED
    return Holding(Whereabouts.DISPOSED if gone else Whereabouts.HELD, last)


def moment(text: str) -> datetime:
    """The moment that `2026-11-03` or `2026-11-03T14:00+08:00` names, in UTC.

    A date alone means its end in UTC: who held it when the day was over. Raises ValueError.
    """
    said = text.strip()
    try:
        at = datetime.fromisoformat(said)
        if len(said) == len("2026-11-03"):
            return at.replace(tzinfo=UTC) + timedelta(days=1) - timedelta(microseconds=1)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError(
        "Write a date like 2026-11-03, or a time with its zone like 2026-11-03T14:00+00:00."
    )


def breaks(
    entries: Sequence[Entry], *, purchased_at: datetime | None, tolerance: Tolerance
) -> tuple[Break, ...]:
    """Where the custody of one exhibit does not hold; empty where it does.

    `entries` as they were written, in order; `purchased_at` is when the order was placed, None
    where that is not on record (then the rule says so of the first entry).
    """
    if not entries:
        return (Break(0, Broken.EMPTY, "No custody entry is on record, so nobody held it."),)
    return tuple(_each(entries, purchased_at, tolerance))


def _each(
    entries: Sequence[Entry], purchased_at: datetime | None, tolerance: Tolerance
) -> Iterator[Break]:
    last: Entry | None = None
    weight: int | None = None
    for number, entry in enumerate(entries, 1):
        yield from _alone(number, entry, purchased_at, tolerance)
        if last is None:
            yield from _first(entry, purchased_at)
        else:
            yield from _after(last, entry)
        readings = [each for each in (entry.given_weight_grams, entry.weight_grams) if each]
        if readings:
            for reading in readings:
                # A new bag, or a part split off, is weighed anew.
                if weight is not None and entry.method is not Method.IN_PLACE:
                    yield from _weighed(entry.seq, weight, reading, tolerance)
                weight = reading
        elif entry.method is Method.IN_PLACE and entry.seal_in != entry.seal_out:
            weight = None
        last = entry


def _alone(
    number: int, entry: Entry, purchased_at: datetime | None, tolerance: Tolerance
) -> Iterator[Break]:
    seq, span = entry.seq, entry.taken_at - entry.given_at
    if seq != number:
        yield Break(seq, Broken.NUMBERING, f"Entry {seq} stands where entry {number} is due.")
    if purchased_at is not None and min(entry.given_at, entry.taken_at) < purchased_at:
        yield Break(
            seq,
            Broken.BEFORE_PURCHASE,
            f"Entry {seq} is dated before the purchase of {purchased_at:%Y-%m-%d %H:%M} UTC.",
        )
    if span < timedelta(0):
        yield Break(seq, Broken.BACKWARDS, f"Entry {seq} was taken before it was given.")
    if entry.method is Method.IN_PERSON and span > tolerance.in_person:
        yield Break(
            seq,
            Broken.TOO_LONG,
            f"Entry {seq} was given and taken {_length(span)} apart, and nobody is named between.",
        )
    if entry.method is not Method.IN_PLACE and entry.seal_in != entry.seal_out:
        yield Break(
            seq,
            Broken.SEAL_ON_THE_WAY,
            f"In entry {seq} seal {entry.seal_out} went out and seal {entry.seal_in} came in.",
        )
    if not entry.seal_intact:
        yield Break(seq, Broken.SEAL_BROKEN, f"Seal {entry.seal_in} came in broken at entry {seq}.")
    carried = HolderKind.CARRIER in (entry.giver.kind, entry.taker.kind)
    if carried and not entry.tracking_number:
        yield Break(seq, Broken.TRACKING, f"Entry {seq} names a carrier and no tracking number.")
    for side, vouched in (("giver", entry.giver_vouched), ("taker", entry.taker_vouched)):
        if vouched is Vouched.NOBODY:
            yield Break(seq, Broken.ONE_SIDED, f"In entry {seq} nobody vouches for the {side}.")


def _first(entry: Entry, purchased_at: datetime | None) -> Iterator[Break]:
    if purchased_at is None:
        yield Break(
            entry.seq, Broken.BEFORE_PURCHASE, "The purchase is not on record, so no date follows."
        )
    if entry.method is not Method.IN_PLACE:
        yield Break(
            entry.seq,
            Broken.BEGINNING,
            f"Custody begins with {entry.giver}, and not with the sealing of the exhibit.",
        )


def _after(last: Entry, entry: Entry) -> Iterator[Break]:
    seq = entry.seq
    if entry.giver != last.taker:
        yield Break(
            seq, Broken.GAP, f"{last.taker} held it last, and entry {seq} is from {entry.giver}."
        )
    if min(entry.given_at, entry.taken_at) < last.taken_at:
        yield Break(
            seq, Broken.OVERLAP, f"Entry {seq} begins before entry {last.seq} was complete."
        )
    if entry.seal_out != last.seal_in:
        yield Break(
            seq,
            Broken.SEAL_IN_KEEPING,
            f"Seal {last.seal_in} came in with entry {last.seq} and seal {entry.seal_out} went "
            f"out with entry {seq}.",
        )
    if (
        last.taker.kind is HolderKind.CARRIER
        and entry.giver.kind is HolderKind.CARRIER
        and entry.tracking_number != last.tracking_number
        and entry.tracking_number
    ):
        yield Break(
            seq,
            Broken.TRACKING,
            f"It went under tracking number {last.tracking_number or 'none'} and came in with "
            f"entry {seq} under {entry.tracking_number}.",
        )
    if last.taker.kind in ENDS:
        yield Break(seq, Broken.AFTER_THE_END, f"Entry {seq} follows its disposal.")


def _weighed(seq: int, before: int, after: int, tolerance: Tolerance) -> Iterator[Break]:
    if not tolerance.allows(before, after):
        yield Break(
            seq,
            Broken.WEIGHT,
            f"It weighed {before} g before entry {seq} and {after} g at it.",
        )


def _length(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    return f"{hours:.0f} hours" if hours >= 2 else f"{span.total_seconds() / 60:.0f} minutes"
