"""The report of a referral: what its package says, for whoever reads nothing else of it.

Owns the shape of its content, set by `templates/report.typ` (domain: section 6). Page one is the
summary; behind it stand the operator, why its shops are one, each test buy in half a page, scale,
and every row with its source, up to the digests that fix it all. The dossiers beside it prove each
test buy. The same content gives the same bytes. Leaves what is told, and in which words, to its
caller.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from evidence.dossier import Disclosed, Frame, GaugeLine, Row
from evidence.fonts import CJK_FONTS
from evidence.typesetting import printable, typeset
from evidence.words import words_of

__all__ = [
    "Bought", "Disclosed", "Entry", "Fact", "Fixed", "Part", "Picture", "Report", "Row", "Sold",
    "Tie", "render",
]  # fmt: skip


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
class Fact:
    """An identifier of a shop. `source`: where it is from; `sureness`: how surely it was read;
    `borne`: who confirmed it and when, or that nobody did.
    """

    kind: str
    shop: str
    value: str
    source: str
    sureness: str
    borne: str


@dataclass(frozen=True, slots=True)
class Tie:
    """What several shops share: its kind, what such a thing carries and why, and each fact."""

    title: str
    carries: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """The photo that tells most of a test buy, with the places that findings are about."""

    shot: str
    title: str
    preview: bytes = field(repr=False)
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class Bought:
    """A test buy the referral rests on, in half a page; `digests` fix what is on record of it."""

    reference: str
    title: str
    conclusion: str
    picture: Picture | None
    rows: tuple[Row, ...]
    digests: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Sold:
    """What a source says a shop sold in a period; `counts` says whether it is part of the sum."""

    shop: str
    period: str
    pieces: str
    amount: str
    source: str
    counts: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """A ledger: whose it is, how many entries it has, and its last hash as sha256:…"""

    subject: str
    entries: int
    head: str


@dataclass(frozen=True, slots=True)
class Report:
    """All that is printed. `head` are the references of page one, `glance` its summary: who, what,
    where, since when, scale, safety, urgency. `history`: how the shops came together, in sentences.
    `limbs` are the gauge's, `reasons`, `made_up` and `missing` its sentences. `evidence_set` is the
    digest of data/evidence-set.txt, None where nothing was handed in.
    """

    reference: str
    agency: str
    operator: str
    organisation: str
    generated_at: datetime
    head: tuple[Row, ...]
    glance: tuple[Row, ...]
    who: tuple[Part, ...]
    ties: tuple[Tie, ...]
    alone: tuple[Fact, ...]
    history: tuple[str, ...]
    rights: Part
    testbuys: tuple[Bought, ...]
    valuations: tuple[Row, ...]
    sold: tuple[Sold, ...]
    grounds: tuple[str, ...]
    limbs: tuple[GaugeLine, ...]
    reasons: tuple[str, ...]
    made_up: tuple[str, ...]
    missing: tuple[str, ...]
    parts: tuple[Part, ...]
    disclosed: tuple[Disclosed, ...]
    evidence_set: str | None
    ledgers: tuple[Fixed, ...]
    demo_authority: bool = False
    language: str = "en"
    preview: bool = False


def render(content: Report, *, fonts: Path = CJK_FONTS) -> bytes:
    """The PDF/A-3b of `content`; raises DossierError as a dossier does."""
    data, pictures = printable(content), dict[str, bytes]()
    for number, bought in enumerate(content.testbuys):
        if bought.picture is not None:
            name = f"{number}.jpg"
            data["testbuys"][number]["picture"]["preview"] = name
            pictures[name] = bought.picture.preview
    words = words_of(content.language)
    return typeset("report.typ", data, words, content.generated_at, pictures=pictures, fonts=fonts)
