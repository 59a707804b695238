"""The letter to whoever was given a verdict that a later one took the place of, as PDF/A-3b.

Owns the shape of its content, set by `templates/supersession.typ` on one page. It names no buyer,
persona, order, shop or address: what is not handed in is not printed. The same content gives the
same bytes.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from evidence.fonts import CJK_FONTS
from evidence.typesetting import printable, typeset
from evidence.words import words_of


@dataclass(frozen=True, slots=True)
class Sealed:
    """A verdict as printed; all but `sealed_on` is empty where its reader is not told it."""

    value: str
    examiner: str
    sealed_on: str
    examination: str
    digest: str


@dataclass(frozen=True, slots=True)
class Given:
    """The package that the older verdict was sent in; what is not on record is empty."""

    referral: str
    number: str
    sent_on: str
    digest: str


@dataclass(frozen=True, slots=True)
class Resting:
    """Something of ours that rests on the older verdict, and whether it is under review still."""

    what: str
    reference: str
    state: str


@dataclass(frozen=True, slots=True)
class Letter:
    """All that is printed. `about`: what happened, in a sentence; days as printed.

    `concluded`: what the test buy is concluded to be as the letter is made. `given_says` and
    `resting_says` stand where there is no package, and nothing that rests.
    """

    reference: str
    number: int
    addressee: str
    about: str
    older: Sealed
    later: Sealed
    concluded: str
    since: str
    given: Given | None
    given_says: str
    resting: tuple[Resting, ...]
    resting_says: str
    asked: tuple[str, ...]
    withheld: tuple[str, ...]
    check: tuple[str, ...]
    made_on: str
    made_at: datetime
    organisation: str
    demo_authority: bool
    language: str


def render(content: Letter, *, fonts: Path = CJK_FONTS) -> bytes:
    """The PDF/A-3b of `content`; raises DossierError as a dossier does."""
    return typeset(
        "supersession.typ",
        printable(content),
        words_of(content.language),
        content.made_at,
        fonts=fonts,
    )
