"""The summary of a referral: what its package says, on paper, one page first (domain: section 6).

Owns the shape of its content, set by `templates/summary.typ`. The dossiers beside it prove each
test buy; this says of whom, where, since when and how much, with the source of every row. The same
content gives the same bytes. Leaves what is told, and in which words, to its caller.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from evidence.dossier import GaugeLine, Row
from evidence.fonts import CJK_FONTS
from evidence.typesetting import printable, typeset
from evidence.words import words_of

__all__ = ["Bought", "Entry", "Part", "Row", "Summary", "render"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a part: what it is about, what it says, and its source with who recorded it when."""

    label: str
    says: str
    source: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part under its heading; without entries `nothing` says what is not on record."""

    title: str
    entries: tuple[Entry, ...]
    nothing: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bought:
    """A test buy the referral rests on, as printed."""

    reference: str
    day: str
    article: str
    paid: str
    conclusion: str
    basis: str


@dataclass(frozen=True, slots=True)
class Summary:
    """All that is printed. `glance` is page one: who, what, where, since when, scale, safety,
    urgency. `limbs` are the gauge's, `reasons` and `missing` its sentences.
    """

    reference: str
    agency: str
    operator: str
    organisation: str
    generated_at: datetime
    glance: tuple[Row, ...]
    rights: Part
    shops: Part
    testbuys: tuple[Bought, ...]
    valuations: tuple[Row, ...]
    limbs: tuple[GaugeLine, ...]
    reasons: tuple[str, ...]
    missing: tuple[str, ...]
    parts: tuple[Part, ...]
    demo_authority: bool = False
    language: str = "en"
    preview: bool = False


def render(content: Summary, *, fonts: Path = CJK_FONTS) -> bytes:
    """The PDF/A-3b of `content`; raises DossierError as a dossier does."""
    words = words_of(content.language)
    data = printable(content)
    return typeset("summary.typ", data, words, content.generated_at, fonts=fonts)
