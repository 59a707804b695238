"""What a referral says besides its test buys: harm, premises, knowledge, rights and an undertaking.

Owns the kinds, what each must say, and since when an operator counts as an offender before (domain:
sections 6 and 7). Pure: leaves keeping them to `casework.referring.furnishing`, and whether they
suffice to `rules.completeness`. Days are dates, a figure in money is in minor units.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rules.money import Money

REOFFENDING_YEARS = 2
"""How far back an earlier offence lowers a threshold (domain: section 7, CN, unverified there)."""


class RowKind(StrEnum):
    """What a row of the package is about."""

    HARM = "harm"
    PREMISES = "premises"
    KNOWLEDGE = "knowledge"
    RIGHTS = "rights"
    UNDERTAKING = "undertaking"


class HarmKind(StrEnum):
    """What harm was done, or threatens."""

    SAFETY = "safety"
    VICTIMS = "victims"
    REFUNDS = "refunds"


class PremisesKind(StrEnum):
    """What is to be searched."""

    BUSINESS = "business"
    RESIDENCE = "residence"
    WAREHOUSE = "warehouse"
    COLLECTION_POINT = "collection_point"


class KnowledgeKind(StrEnum):
    """What shows that the operator knew."""

    EARLIER_NOTICE = "earlier_notice"
    SANCTION = "sanction"
    CHAT = "chat"
    HIDDEN_ORIGIN = "hidden_origin"
    REOFFENDING = "reoffending"


@dataclass(frozen=True, slots=True)
class Harm:
    """Harm in words. `figure` counts people or cases, or with a `currency` is minor units."""

    kind: HarmKind
    text: str
    figure: int | None
    currency: str | None
    source: str

    @property
    def amount(self) -> Money | None:
        """The figure as money; None where it counts, or there is none."""
        if self.figure is None or self.currency is None:
            return None
        return Money(self.figure, self.currency)


@dataclass(frozen=True, slots=True)
class Premises:
    """A place to search: what happens there, and at what hour, in words.

    `address` is personal data, None where it was erased.
    """

    kind: PremisesKind
    address: str | None
    happens: str
    hour: str
    source: str


@dataclass(frozen=True, slots=True)
class Knowledge:
    """That the operator knew, as of a day. `testbuy`: the reference of the one that shows it."""

    kind: KnowledgeKind
    text: str
    known_on: date
    testbuy: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Rights:
    """A registration of a brand. `signatory`: who signs for the rights holder; `authority`: by what
    right. The last day it is valid on is `valid_until`.
    """

    brand: str
    registration: str
    classes: str
    territory: str
    valid_until: date
    signatory: str
    authority: str
    source: str


@dataclass(frozen=True, slots=True)
class Undertaking:
    """A rights holder's word that it will examine what is seized, and testify."""

    rights_holder: str
    person: str
    position: str
    given_on: date
    source: str


Said = Harm | Premises | Knowledge | Rights | Undertaking
"""What a row says, by its kind."""

OPTIONAL = frozenset({"figure", "currency", "hour", "testbuy"})
"""What a row may leave unsaid; everything else is filled in."""


def unsaid(said: Said) -> tuple[str, ...]:
    """The names of what must be said and is not."""
    fields = ((name, getattr(said, name)) for name in said.__dataclass_fields__)
    return tuple(
        name
        for name, value in fields
        if name not in OPTIONAL
        and (value is None or (isinstance(value, str) and not value.strip()))
    )


def offended_before(known: Iterable[Knowledge], today: date) -> bool | None:
    """True where an earlier offence within the years that count is on record; else nobody knows.

    Never False: that nothing is on record does not show that there was nothing.
    """
    since = _years_before(today, REOFFENDING_YEARS)
    days = [row.known_on for row in known if row.kind is KnowledgeKind.REOFFENDING]
    return True if any(since <= day <= today for day in days) else None


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
