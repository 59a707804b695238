"""How long an exhibit and its evidence are kept: from which day on they may be disposed of.

Owns the periods this programme starts with, which of them counts, that nothing is disposed of
while proceedings rest on it, and how those end. Pure over facts. Leaves holds and who approves to
`rules.disposal`, and every judgement of law to people: the periods are dated rows with a source. No
legal advice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rules.decision import Decision

ANY = "*"
"""Stands for every jurisdiction, or every outcome."""


@dataclass(frozen=True, slots=True)
class Period:
    """One row: how many months the exhibit and its evidence are kept once all has ended.

    `jurisdiction` is a country's two letters, `outcome` a word of the glossary, each or ANY. Holds
    from `valid_from` to `valid_until`, both days included (None: still). Evidence outlasts its
    exhibit. `verified` False: shown with a warning until counsel checks.
    """

    jurisdiction: str
    outcome: str
    months: int
    evidence_months: int
    valid_from: date
    valid_until: date | None
    source: str
    verified: bool

    def __post_init__(self) -> None:
        if not 0 <= self.months <= self.evidence_months:
            raise ValueError("Evidence is kept at least as long as its exhibit, from 0 months on.")


DEFAULT_PERIODS: tuple[Period, ...] = (
    Period(
        ANY, ANY, 36, 36, date(2026, 1, 1), None,
        "the programme's own rule: evidence is kept over 3 years", verified=False,
    ),
)  # fmt: skip
"""The programme's own practice and no statute; rows for an outcome or jurisdiction are added."""


class EndedBy(StrEnum):
    """How proceedings ended, as lists count it; what there is to say of it stands beside."""

    CONVICTED = "convicted"
    ACQUITTED = "acquitted"
    PENALTY = "penalty"
    FINAL_JUDGMENT = "final_judgment"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"
    DISMISSED = "dismissed"
    DISCONTINUED = "discontinued"
    AGENCY_CLOSED = "agency_closed"
    OTHER = "other"


def may_say_end(how: EndedBy, said: str) -> Decision:
    """Whether an end is told: one that is not on the list needs words."""
    if how is EndedBy.OTHER and not said.strip():
        return Decision.no("Say in words how the proceedings ended.")
    return Decision.yes()


@dataclass(frozen=True, slots=True)
class Rests:
    """Something that rests on an exhibit: a referral or claim. `ended_on` None: it is open, and
    `until` says in words what ends it.
    """

    name: str
    ended_on: date | None
    until: str = ""


@dataclass(frozen=True, slots=True)
class Retention:
    """From which days on exhibit and evidence may be disposed of; both None: unknown, `reasons` say
    until what. `rule` is the row that counts.
    """

    exhibit_from: date | None
    evidence_from: date | None
    reasons: tuple[str, ...]
    rule: Period | None = None

    def over(self, today: date) -> bool:
        """Whether the exhibit may be disposed of as far as retention goes."""
        return self.exhibit_from is not None and today >= self.exhibit_from

    @property
    def sentence(self) -> str:
        """The answer in words, with its reasons."""
        said = "Unknown" if self.exhibit_from is None else self._dated(self.exhibit_from)
        return " ".join((f"{said}.", *self.reasons))

    def _dated(self, exhibit_from: date) -> str:
        if self.evidence_from == exhibit_from:
            return f"Exhibit and evidence are kept until {exhibit_from:%Y-%m-%d}"
        return (
            f"The exhibit is kept until {exhibit_from:%Y-%m-%d}, its evidence until "
            f"{self.evidence_from:%Y-%m-%d}"
        )


@dataclass(frozen=True, slots=True)
class Basis:
    """All that the answer for one test buy rests on, but the day it is asked on."""

    periods: tuple[Period, ...]
    outcome: str
    jurisdiction: str
    ended_on: date | None
    rests: tuple[Rests, ...]
    examined_anew: bool

    def on(self, today: date) -> Retention:
        """The answer as of a day."""
        return retention(
            self.periods,
            today,
            outcome=self.outcome,
            jurisdiction=self.jurisdiction,
            ended_on=self.ended_on,
            rests=self.rests,
            examined_anew=self.examined_anew,
        )


def retention(
    periods: Sequence[Period],
    today: date,
    *,
    outcome: str,
    jurisdiction: str,
    ended_on: date | None,
    rests: Sequence[Rests],
    examined_anew: bool,
) -> Retention:
    """What counts for the exhibits of one test buy, as the rows in force `today` say.

    `ended_on` is when the test buy ended (None: it runs), `rests` what rests on it, `examined_anew`
    that another verdict is awaited. The period runs from the last of all these ends.
    """
    until = []
    if ended_on is None:
        until.append("Unknown until the test buy has ended.")
    if examined_anew:
        until.append("Unknown until the new examination has its verdict.")
    until += [f"Unknown until {each.until}." for each in rests if each.ended_on is None]
    rule = _counting(periods, today, outcome, jurisdiction)
    if rule is None:
        until.append(f"No retention period is on record for {outcome.replace('_', ' ')}.")
    if until or rule is None or ended_on is None:
        return Retention(None, None, tuple(until), rule)
    ends = [("the test buy", ended_on)]
    ends += [(each.name, each.ended_on) for each in rests if each.ended_on is not None]
    what, last = max(ends, key=lambda end: end[1])
    begins = what[:1].upper() + what[1:]
    reasons = [f"{begins} ended on {last:%Y-%m-%d}.", f"Period from: {rule.source}."]
    if not rule.verified:
        reasons.append("This period is not verified: have counsel check it.")
    return Retention(
        later(last, rule.months), later(last, rule.evidence_months), tuple(reasons), rule
    )


def later(day: date, months: int) -> date:
    """The same day of the month `months` later, or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    first_of_next = date(day.year + years + (month == 11), (month + 1) % 12 + 1, 1)
    last_day = (first_of_next - date(day.year + years, month + 1, 1)).days
    return date(day.year + years, month + 1, min(day.day, last_day))


def _counting(
    periods: Sequence[Period], today: date, outcome: str, jurisdiction: str
) -> Period | None:
    """The row said most exactly; of several equally exact ones that which keeps longest."""
    fitting = [
        each
        for each in periods
        if each.valid_from <= today
        and (each.valid_until is None or today <= each.valid_until)
        and each.outcome in (ANY, outcome)
        and each.jurisdiction in (ANY, jurisdiction)
    ]
    if not fitting:
        return None
    return max(fitting, key=lambda each: (_exactness(each), each.months, each.evidence_months))


def _exactness(period: Period) -> int:
    return (period.outcome != ANY) + (period.jurisdiction != ANY)
