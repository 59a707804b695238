"""The examination statement: one sealed verdict on paper, for its examiner to sign or chop.

Owns the shape of its content, set by `templates/statement.typ`. It says what the examiner was shown
and said, and nothing of the test buy: not its reference, nor the exhibit's number, shop or price,
which the examiner was not told. The dossier says which exhibit the examination is about. The same
content gives the same bytes.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from evidence.dossier import Frame
from evidence.fonts import CJK_FONTS
from evidence.typesetting import printable, typeset
from evidence.words import words_of


@dataclass(frozen=True, slots=True)
class Examined:
    """A photo of the frozen set: the digest of its original, and of the copy that was shown.

    `preview` is the copy's bytes where a finding is marked on it, else None.
    """

    shot: str
    title: str
    digest: str
    shown: str
    preview: bytes | None = field(repr=False)
    frames: tuple[Frame, ...] = ()


@dataclass(frozen=True, slots=True)
class Aspect:
    """One aspect with what was found on it; without findings nothing was found."""

    name: str
    findings: tuple["Seen", ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """A finding by its number; `on` the shots it is marked on."""

    number: str
    code: str
    severity: str
    note: str
    on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """All that is printed; `reference` is the examination's public id, words are as printed.

    `physical`: whether the thing itself was examined. `demo_authority`: what signs it is for trying
    out.
    """

    reference: str
    brand: str
    category: str
    kind: str
    examiner: str
    employer: str
    qualification: str
    authority: str
    interest: str
    basis: str
    physical: bool
    opened_at: datetime
    photos_digest: str
    examined: tuple[Examined, ...]
    method: str
    reference_samples: str
    seals_seen: str
    limits: str
    aspects: tuple[Aspect, ...]
    verdict: str
    confidence: str
    reasons: str
    sealed_at: datetime
    digest: str
    organisation: str
    demo_authority: bool
    language: str


def render(content: Statement, *, fonts: Path = CJK_FONTS) -> bytes:
    """The PDF/A-3b of `content`; raises DossierError as a dossier does."""
    data = printable(content)
    pictures: dict[str, bytes] = {}
    for number, photo in enumerate(content.examined):
        data["examined"][number]["preview"] = f"{number}.jpg" if photo.preview else None
        if photo.preview is not None:
            pictures[f"{number}.jpg"] = photo.preview
    return typeset(
        "statement.typ",
        data,
        words_of(content.language),
        content.sealed_at,
        pictures=pictures,
        fonts=fonts,
    )
