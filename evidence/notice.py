"""The seller's notice: what was decided about their shop, why, and how to object, as PDF/A-3b.

Owns the shape of its content, set by `templates/notice.typ`. It names no buyer, persona, order,
other shop or score, and shows no photo: what is not handed in is not printed. The same content
gives the same bytes.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from evidence.fonts import CJK_FONTS
from evidence.typesetting import printable, typeset
from evidence.words import words_of


@dataclass(frozen=True, slots=True)
class Goods:
    """Goods a sanction rests on: the listing they were offered in, and what was found of them.

    `findings` are words as printed, without places on photos; `basis`: photographs or physical.
    """

    title: str
    brand: str
    conclusion: str
    basis: str
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """Orders that were made up to lift a rating: the period and how many, as printed."""

    period: str
    orders: str
    source: str


@dataclass(frozen=True, slots=True)
class Notice:
    """All that is printed. `what`: the decision in a sentence; days as printed.

    `preview`: nobody was given it yet. `objection_until` is then empty.
    """

    reference: str
    shop: str
    platform: str
    shop_number: str
    addressee: str
    what: str
    decided_on: str
    clause: str
    reasons: str
    goods: tuple[Goods, ...]
    made: tuple[Made, ...]
    objections_to: str
    objection_until: str
    made_at: datetime
    organisation: str
    demo_authority: bool
    language: str
    preview: bool = False


def render(content: Notice, *, fonts: Path = CJK_FONTS) -> bytes:
    """The PDF/A-3b of `content`; raises DossierError as a dossier does."""
    return typeset(
        "notice.typ",
        printable(content),
        words_of(content.language),
        content.made_at,
        fonts=fonts,
    )
