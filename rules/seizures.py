"""Seized goods as sources tell of them: how exact, by which valuation, and which sums may be made.

Owns that figures of two sources, two bases of valuation or two currencies never meet in one sum,
and how sure a sum is. Leaves the rows to `storage`, and which source is believed to a person.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from rules.holders import ExhibitKind
from rules.money import Money


class Precision(StrEnum):
    """How a source words a figure; the later of two is the weaker one."""

    EXACTLY = "exactly"
    AT_LEAST = "at_least"
    OVER = "over"
    ABOUT = "about"


class Basis(StrEnum):
    """What a value rests on. Which one a court takes is no rule of this programme."""

    COUNTERFEIT_PRICE = "counterfeit_price"
    MARKED_PRICE = "marked_price"
    GENUINE_PRICE = "genuine_price"
    APPRAISAL = "appraisal"
    ESTIMATE = "estimate"


class ValueOf(StrEnum):
    """Whether a value is that of one piece or of all of the line."""

    EACH = "each"
    ALL = "all"


class SourceKind(StrEnum):
    """Who says it."""

    AGENCY_LIST = "agency_list"
    AGENCY_STATEMENT = "agency_statement"
    APPRAISAL = "appraisal"
    COURT = "court"
    RIGHTS_HOLDER = "rights_holder"
    PLATFORM = "platform"
    PRESS = "press"


_WEAKNESS = {each: place for place, each in enumerate(Precision)}


@dataclass(frozen=True, slots=True)
class Value:
    """What one piece, or all of a line, is worth by a basis."""

    money: Money
    of: ValueOf
    precision: Precision
    basis: Basis


@dataclass(frozen=True, slots=True)
class Claim:
    """What `source` (its number) says was seized: one line."""

    source: int
    kind: ExhibitKind
    quantity: int
    precision: Precision
    unit: str
    value: Value | None = None

    def worth(self) -> tuple[Money, Precision] | None:
        """The value of the whole line, and how sure it is; None where the source gives none."""
        if self.value is None:
            return None
        if self.value.of is ValueOf.ALL:
            return self.value.money, self.value.precision
        whole = Money(self.value.money.minor * self.quantity, self.value.money.currency)
        # Of no pieces, a price that is over something adds nothing.
        priced = weaker(self.precision, self.value.precision) if self.quantity else self.precision
        return whole, priced


@dataclass(frozen=True, slots=True)
class Total:
    """What the lines of one source are worth by one basis, in one currency. `lines`: how many."""

    source: int
    basis: Basis
    money: Money
    precision: Precision
    lines: int


@dataclass(frozen=True, slots=True)
class Count:
    """How many of a kind one source says were seized, by its unit. `lines`: how many."""

    source: int
    kind: ExhibitKind
    unit: str
    quantity: int
    precision: Precision
    lines: int


def weaker(one: Precision, other: Precision) -> Precision:
    """How sure a sum or product of two figures is: no surer than either of them."""
    return max(one, other, key=_WEAKNESS.__getitem__)


def totals(claims: Iterable[Claim]) -> tuple[Total, ...]:
    """Sums by source, basis and currency; lines without a value are in none of them."""
    sums: dict[tuple[int, Basis, str], Total] = {}
    for claim in claims:
        worth = claim.worth()
        if worth is None or claim.value is None:
            continue
        money, precision = worth
        key = (claim.source, claim.value.basis, money.currency)
        before = sums.get(key)
        sums[key] = (
            Total(claim.source, claim.value.basis, money, precision, 1)
            if before is None
            else Total(
                before.source,
                before.basis,
                before.money + money,
                weaker(before.precision, precision),
                before.lines + 1,
            )
        )
    return tuple(sums[key] for key in sorted(sums))


def counts(claims: Iterable[Claim]) -> tuple[Count, ...]:
    """Pieces by source, kind and unit."""
    found: dict[tuple[int, ExhibitKind, str], Count] = {}
    for claim in claims:
        key = (claim.source, claim.kind, claim.unit)
        before = found.get(key) or Count(*key, 0, Precision.EXACTLY, 0)
        found[key] = Count(
            *key,
            before.quantity + claim.quantity,
            weaker(before.precision, claim.precision),
            before.lines + 1,
        )
    return tuple(found[key] for key in sorted(found))
