"""The petition of a civil claim: what counsel hands on, as PDF/A-3b, in the language of the court.

Owns the shape of its content, set by `templates/petition.typ`. It is a skeleton: the facts on
record in the order of a petition, which counsel puts into the form of the court. Every amount is
as printed, in the claim's one currency. The same content gives the same bytes.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from evidence.dossier import Row
from evidence.fonts import CJK_FONTS
from evidence.typesetting import printable, typeset
from evidence.words import words_of

__all__ = ["Cause", "Head", "Listed", "Paper", "Party", "Petition", "Row", "render"]


@dataclass(frozen=True, slots=True)
class Party:
    """Who sues or is sued: the role, the name, and where to reach them, "" where unknown."""

    role: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause of action with what counsel said of it; not `checked`: counsel has to look at it."""

    name: str
    said: str
    checked: bool


@dataclass(frozen=True, slots=True)
class Head:
    """An amount claimed under a cause; `awarded`: what each judgment gave, the first first."""

    kind: str
    cause: str
    claimed: str
    awarded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list of evidence. `lines`: what an exhibit's digest is over, each on a line;
    empty where the digest is over a file, or where what it was over has changed since.
    """

    number: int
    what: str
    proves: str
    digest: str
    note: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """Something that happened on a day, in words, and the digest of what shows it, or ""."""

    day: str
    what: str
    said: str
    digest: str


@dataclass(frozen=True, slots=True)
class Petition:
    """All that is printed. `cautions` stand on page one in red: what keeps it from being handed in.
    `claimed` and `awarded` are the sums of the heads, `awarded` by instance; `instances` name them.
    """

    reference: str
    court: str
    organisation: str
    generated_at: datetime
    head: tuple[Row, ...]
    cautions: tuple[str, ...]
    parties: tuple[Party, ...]
    heads: tuple[Head, ...]
    instances: tuple[str, ...]
    claimed: str
    awarded: tuple[str, ...]
    reliefs: tuple[Row, ...]
    agreement: tuple[Row, ...]
    acceptance: str
    testbuys: tuple[Row, ...]
    causes: tuple[Cause, ...]
    evidence: tuple[Listed, ...]
    goodwill: tuple[Row, ...]
    steps: tuple[Paper, ...]
    judgments: tuple[Paper, ...]
    money: tuple[Paper, ...]
    language: str = "en"


def render(content: Petition, *, fonts: Path = CJK_FONTS) -> bytes:
    """The PDF/A-3b of `content`; raises DossierError as a dossier does."""
    words = words_of(content.language)
    data = printable(content)
    return typeset("petition.typ", data, words, content.generated_at, fonts=fonts)
