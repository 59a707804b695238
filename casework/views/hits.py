"""What a search gives: hits, and what a person's roles let them find."""

from dataclasses import dataclass

SHOWN = 20
"""Results of one kind."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a person's roles let them find."""

    person: int
    testbuys: bool = False
    exhibits: bool = False
    flags: bool = False
    operators: bool = False
    referrals: bool = False
    raids: bool = False
    people: bool = False
    tasks: bool = False
    examinations: bool = False
    kits: bool = False
    desk: bool = False
    claims: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: its kind, its name, where it is, and what of it matched.

    `exact`: the whole of what was asked is its number.
    """

    kind: str
    name: str
    address: str
    matched: str
    about: str = ""
    exact: bool = False
