"""The receipt sheet that goes with a sealed folder, for whoever takes it over to sign or chop.

Owns the shape of its content, set by `templates/receipt.typ`. It names the referral, the agency and
the digest of the package, and no person: names are written in by hand. The same content gives the
same bytes.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from evidence.fonts import CJK_FONTS
from evidence.typesetting import printable, typeset
from evidence.words import words_of


@dataclass(frozen=True, slots=True)
class Receipt:
    """All that is printed; `file` is the package's name in the folder, `size` its bytes."""

    reference: str
    agency: str
    file: str
    size: int
    digest: str
    organisation: str
    made_at: datetime
    demo_authority: bool
    language: str


def render(content: Receipt, *, fonts: Path = CJK_FONTS) -> bytes:
    """The PDF/A-3b of `content`; raises DossierError as a dossier does."""
    words = words_of(content.language)
    return typeset("receipt.typ", printable(content), words, content.made_at, fonts=fonts)
