"""What was recorded wrongly of an agency or a court: who may put it right, and on which days.

Owns that nobody corrects alone, that a right day lies between those beside it, and which rows
count once later ones stand in the place of wrong ones. Leaves what may be corrected of a claim to
`rules.claim_days`, and of a referral to `rules.referral_days`.
"""

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar

from rules.decision import Decision


class Corrected(Protocol):
    """A row that may stand in the place of another of its kind."""

    @property
    def id(self) -> int: ...
    @property
    def corrects_id(self) -> int | None: ...


Row = TypeVar("Row", bound=Corrected)


def beside(rows: Iterable[Row]) -> list[list[Row]]:
    """`rows` in their order, each followed by what took its place since; the last one counts."""
    told = list(rows)
    later = {each.corrects_id: each for each in told if each.corrects_id is not None}
    chains = [[each] for each in told if each.corrects_id is None]
    for chain in chains:
        while chain[-1].id in later:
            chain.append(later[chain[-1].id])
    return chains


def in_place(rows: Iterable[Row]) -> list[Row]:
    """Those that count of `rows`, in their order; a correction in the place of what it corrects."""
    return [chain[-1] for chain in beside(rows)]


def may_decide(asked_by: int, recorded_by: int | None, decider: int) -> Decision:
    """Nobody decides on what they recorded, or asked to have struck or corrected."""
    if decider in (asked_by, recorded_by):
        return Decision.no(
            "You recorded this, or asked for the correction: somebody else must decide."
        )
    return Decision.yes()


def may_be_dated(
    on: date, instead: date, before: date | None, after: date | None, today: date
) -> Decision:
    """Whether what is recorded as of the day `on` may be of the day `instead`.

    `before`, `after`: the days of what is beside it; None where nothing is.
    """
    if instead == on:
        return Decision.no("This is the day on record. Write on which day it happened.")
    if instead > today:
        return Decision.no("This day has not come yet. Write on which day it happened.")
    if before is not None and instead < before:
        return Decision.no(
            f"What comes before it is dated {before.isoformat()}. "
            "Have that corrected first, or write another day."
        )
    if after is not None and instead > after:
        return Decision.no(
            f"What comes after it is dated {after.isoformat()}. "
            "Have that corrected first, or write another day."
        )
    return Decision.yes()


def may_be_numbered(number: str | None, instead: str) -> Decision:
    """Whether what is recorded under `number` may be under the number `instead`."""
    if instead == number:
        return Decision.no("This is the number on record. Write the right one, or leave it out.")
    return Decision.yes()
