"""The dossier: a test buy on paper, for people who decide on it, as PDF/A-3b.

Owns the shape of its content and its setting by `templates/dossier.typ`. The same content gives
the same bytes. Leaves to the caller what an audience may see: what is not handed in is not printed.
Every text is printed as given; nothing here words a conclusion.
"""

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from evidence.errors import PackageError
from rules.lifecycle import WAY

STAGES = tuple(stage.value for stage in WAY)
"""The ten words of the stage strip."""

CJK_FONTS = Path("/usr/share/fonts/opentype/noto")
"""Where Debian's and Ubuntu's fonts-noto-cjk lies."""

_TEMPLATE = Path(__file__).parent / "templates" / "dossier.typ"
_LATIN = ("Libertinus Serif", "DejaVu Sans Mono")
_CHINESE = ("Noto Serif CJK SC", "Noto Sans CJK SC", "Noto Sans SC")
_FIRST_CJK = "\u2e80"


class DossierError(PackageError):
    """The dossier can't be set, and nothing was made; the message says what to do."""


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
    """One change of hands of an exhibit."""

    exhibit: str
    at: datetime
    from_whom: str
    to_whom: str
    purpose: str
    place: str
    seal_out: str
    seal_in: str
    condition: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One coded finding; aspect is packaging, code, contents or document."""

    aspect: str
    code: str
    severity: str
    note: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """One examiner's sealed verdict. `basis` is photographs or physical; `superseded` says by
    what and why, or nothing.
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
    hash of the test buy's ledger, as sha256:…; `sealed` says whether the conclusion is.
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
    how_to_verify: tuple[str, ...] = (
        "Each photo's digest is printed beside it and whole in the index of evidence. "
        "sha256sum, a tool of any computer, prints the same digest for the same file, and another "
        "one if a single bit was changed.",
        "The bundle of this test buy holds the originals (but for those withheld, see the index), "
        "previews and a text, VERIFY.txt, with the steps to check them without our software.",
        "The head of the ledger below fixes every entry before it. If it equals the head in the "
        "bundle, no entry was changed, removed or added since this page was printed.",
    )
    stages: tuple[str, ...] = STAGES


def render(content: Dossier, *, font_folders: Sequence[Path] = (CJK_FONTS,)) -> bytes:
    """The PDF/A-3b of `content`; byte for byte the same for the same content and fonts.

    Latin text is set in the embedded fonts. Where the text holds Chinese, a Chinese face is looked
    for in `font_folders`. Raises DossierError for a sign that no font has, a missing font, or
    anything else the setting would otherwise pass over in silence.
    """
    folders = [str(f) for f in font_folders if f.is_dir()] if _has_chinese(content) else []
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=list(folders)
    )
    faces = [family for family in _CHINESE if family in fonts.families()][:1] if folders else []
    with tempfile.TemporaryDirectory(prefix="dossier-") as root:
        folder = Path(root)
        (folder / "dossier.typ").write_bytes(_TEMPLATE.read_bytes())
        data = _printable(content)
        data["fonts"] = {"text": [_LATIN[0], *faces], "mono": [_LATIN[1], *faces]}
        for number, photo in enumerate(content.photos):
            if photo.preview is not None:
                (folder / f"{number}.jpg").write_bytes(photo.preview)
            data["photos"][number]["preview"] = f"{number}.jpg" if photo.preview else None
        (folder / "content.json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")
        return _set(folder, fonts, content.generated_at)


def _set(folder: Path, fonts: typst.Fonts, generated_at: datetime) -> bytes:
    compiler = typst.Compiler(str(folder / "dossier.typ"), root=str(folder), font_paths=fonts)
    try:
        document, complaints = compiler.compile_with_warnings(
            format="pdf",
            pdf_standards="a-3b",
            timestamp=int(generated_at.timestamp()),
        )
    except typst.TypstError as error:
        raise DossierError(_advice(error.message)) from error
    if complaints:
        raise DossierError(_advice("; ".join(warning.message for warning in complaints)))
    if not isinstance(document, bytes):
        raise DossierError("The dossier came out empty.")
    return document


def _advice(message: str) -> str:
    if "could not be displayed" in message:
        return (
            f"The dossier can't be set: {message}. Install the fonts for this script "
            "(fonts-noto-cjk for Chinese), or name the folder that holds them."
        )
    return f"The dossier can't be set: {message}."


def _has_chinese(value: Any) -> bool:
    return any(sign >= _FIRST_CJK for text in _texts(asdict(value)) for sign in text)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def _printable(content: Dossier) -> dict[str, Any]:
    """The content as JSON holds it: times in UTC to the minute, without the previews."""
    data = asdict(content)
    for photo in data["photos"]:
        photo["preview"] = None
    return {key: _plain(value) for key, value in data.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise DossierError("Every time in a dossier needs its zone.")
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
