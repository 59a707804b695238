"""The dossier: a test buy on paper, for people who decide on it, as PDF/A-3b.

Owns the shape of its content; `evidence.typesetting` sets it by `templates/dossier.typ` and the
texts of its language. The same content gives the same bytes. Leaves to the caller what an audience
may see: what is not handed in is not printed. Nothing here words a conclusion.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from evidence.fonts import CJK_FONTS
from evidence.goods import Code, Lead, ShotList
from evidence.typesetting import DossierError, printable, typeset
from evidence.words import words_of
from rules.lifecycle import WAY

__all__ = ["Anchor", "Dossier", "DossierError", "render"]

STAGES = tuple(stage.value for stage in WAY)
"""The ten words of the stage strip."""


@dataclass(frozen=True, slots=True)
class Row:
    """One fact: its label and its value, both as printed."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class OrderAttempt:
    """One attempt to buy. `price` as printed, with its currency."""

    number: int
    placed_at: datetime | None
    order_number: str
    price: str
    outcome: str


@dataclass(frozen=True, slots=True)
class CustodyEntry:
    """One change of hands. `signatures` are strokes on glass as PNG, the giver's first."""

    exhibit: str
    at: datetime
    from_whom: str
    to_whom: str
    purpose: str
    place: str
    seal_out: str
    seal_in: str
    condition: str
    signatures: tuple[bytes, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Frame:
    """A place on a picture that a finding is about: edges as fractions of its width and height.

    `number` is the finding's, `says` what it is in words. From 0 to 1 both ways it is about the
    whole picture, and nothing is drawn.
    """

    number: str
    says: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Finding:
    """One coded finding; aspect is packaging, code, contents or document.

    `number` stands in its frames; `on` are the shots it is marked on.
    """

    aspect: str
    code: str
    severity: str
    note: str
    number: str = ""
    on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignedCopy:
    """A signed statement handed back: by whom and when in words, and its digest."""

    told: str
    digest: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """One examiner's sealed verdict. `basis` is photographs or physical; `superseded` says by
    what and why, or nothing. `signed` are the copies handed back, by digest.
    """

    exhibit: str
    examiner: str
    examiner_role: str
    basis: str
    verdict: str
    confidence: str
    findings: tuple[Finding, ...]
    method: str
    reasons: str
    limits: str
    sealed_at: datetime
    digest: str
    superseded: str | None = None
    examination: str = ""
    employer: str = ""
    qualification: str = ""
    authority: str = ""
    interest: str = ""
    reference_samples: str = ""
    seals_seen: str = ""
    statement: str = ""
    signed: tuple["SignedCopy", ...] = ()


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo to print. `taken` as claimed by the device, in words; `preview` is a JPEG without
    metadata, or None where the photo can't be shown.
    """

    shot: str
    title: str
    taken: str
    received_at: datetime
    digest: str
    preview: bytes | None = field(repr=False)
    remarks: tuple[str, ...] = ()
    frames: tuple[Frame, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """One move of the test buy, and the role that made it."""

    move: str
    at: datetime
    by_role: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What a court must be told unasked: a waiver, a refused photo, a code nobody compared."""

    kind: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class GaugeLine:
    """One limb of a threshold: `state` is met, short or unknown."""

    limb: str
    state: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Referral:
    """The referral this test buy rests in, and where it stands."""

    reference: str
    agency: str
    state: str
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Disclosed:
    """A line of the disclosure schedule, its kind and sentence as printed."""

    reference: str
    kind: str
    at: datetime
    sentence: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """The root over the heads of all ledgers, as last stamped: `root` as sha256:…, `size` leaves,
    `stamped_at` and `authority` of its time stamp, None where none answered yet.

    `head` is the last hash of the test buy's own ledger that this root fixes or one before it, and
    `entry` its number; `head_root` the root right over it. None where it is not anchored yet.
    """

    root: str
    size: int
    stamped_at: datetime | None
    authority: str | None
    head: str | None = None
    entry: int | None = None
    head_root: str | None = None


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One file of the evidence: its digest, name and size in bytes."""

    digest: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that is printed, in the order of the pages.

    `stage_index` is the stage reached (0 to 9); `early_end` the word of an early end. `summary`
    are whole sentences. `evidence_set` is the digest of the set of photos, `ledger_head` the last
    hash of the test buy's ledger, as sha256:…, and `ledger_entries` how many it has. `glance` are
    the facts of page one, beside the picture that tells most. `demo_authority`: what signs it is
    for trying out. `preview`: each page says that it is none to be handed over.
    """

    reference: str
    title: str
    brand: str
    shop: str
    operator: str
    stage_index: int
    early_end: str | None
    conclusion: str
    summary: tuple[str, ...]
    rows: tuple[Row, ...]
    orders: tuple[OrderAttempt, ...]
    custody: tuple[CustodyEntry, ...]
    verdicts: tuple[Verdict, ...]
    photos: tuple[Photo, ...]
    moves: tuple[Move, ...]
    remarks: tuple[Remark, ...]
    referral: Referral | None
    gauge: tuple[GaugeLine, ...]
    index: tuple[IndexEntry, ...]
    evidence_set: str | None
    ledger_head: str
    generated_at: datetime
    organisation: str = ""
    stages: tuple[str, ...] = STAGES
    parties: tuple[Row, ...] = ()
    valuations: tuple[Row, ...] = ()
    shot_list: ShotList | None = None
    codes: tuple[Code, ...] = ()
    leads: tuple[Lead, ...] = ()
    disclosed: tuple[Disclosed, ...] = ()
    withheld: tuple[str, ...] = ()
    anchor: Anchor | None = None
    demo_authority: bool = False
    glance: tuple[Row, ...] = ()
    kept: tuple[Row, ...] = ()
    ledger_entries: int = 0
    language: str = "en"
    preview: bool = False


TELLING = ("I02", "I04", "I03", "U08", "U05", "I01", "U03", "B02")
"""The shots that tell most of an article where no finding is marked, the most telling first."""


def leading(photos: Sequence[Photo]) -> int | None:
    """Which photo stands on page one: the one with the most frames, else by `TELLING`."""
    drawn = [number for number, photo in enumerate(photos) if photo.preview is not None]
    marked = [number for number in drawn if photos[number].frames]
    if marked:
        return max(marked, key=lambda number: len(photos[number].frames))
    ranked = [number for number in drawn if photos[number].shot in TELLING]
    return min(ranked, key=lambda number: TELLING.index(photos[number].shot), default=None)


def render(content: Dossier, *, language: str | None = None, fonts: Path = CJK_FONTS) -> bytes:
    """The PDF/A-3b of `content`; byte for byte the same for the same content and fonts.

    `language` is that of headings and labels, the content's own unless told otherwise. Raises
    DossierError for a missing font, sign or text, and whatever else the setting only warns of.
    """
    words, data = words_of(language or content.language), printable(content)
    data["terms"] = {stage: words.term(stage) for stage in content.stages}
    data["lead"] = leading(content.photos)
    pictures = {f"{at}.jpg": each.preview for at, each in enumerate(content.photos) if each.preview}
    for number, photo in enumerate(content.photos):
        data["photos"][number]["preview"] = f"{number}.jpg" if photo.preview else None
    for number, entry in enumerate(content.custody):
        names = [f"signature-{number}-{side}.png" for side in range(len(entry.signatures))]
        data["custody"][number]["signatures"] = names
        pictures |= dict(zip(names, entry.signatures, strict=True))
    return typeset("dossier.typ", data, words, content.generated_at, pictures=pictures, fonts=fonts)
