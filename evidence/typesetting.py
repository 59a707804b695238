"""Documents set by typst as PDF/A-3b: fonts, texts, and refusing what typst would let pass.

Owns that the same content gives the same bytes, that a missing font, sign or text is an error, and
that a sign which nobody sees is shown by its number.
Leaves the content to the document's own module and its looks to `templates`.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from evidence.errors import PackageError
from evidence.fonts import CJK_FONTS
from evidence.words import Words
from rules.signs import visible

_TEMPLATES = Path(__file__).parent / "templates"
_LOOKS = "look.typ"
_LATIN = ("Libertinus Serif", "DejaVu Sans Mono")
_CHINESE = ("Noto Serif CJK SC", "Noto Sans CJK SC", "Noto Sans SC")
_FIRST_CJK = "\u2e80"


class DossierError(PackageError):
    """A document can't be set, and nothing was made; the message says what to do."""


def typeset(
    template: str,
    data: Mapping[str, Any],
    words: Words,
    generated_at: datetime,
    *,
    pictures: Mapping[str, bytes] | None = None,
    fonts: Path = CJK_FONTS,
) -> bytes:
    """The PDF of `data` by `template`. Latin text is set in the embedded fonts.

    Where there is Chinese to set, a Chinese face is looked for in the folder `fonts`.
    """
    chinese = words.language == "zh" or _has_chinese(data)
    found = _fonts(fonts if chinese else None)
    faces = _chinese_faces(found) if chinese else []
    look = {
        "text": [_LATIN[0], *faces],
        "mono": [_LATIN[1], *faces],
        "language": words.language,
    }
    with tempfile.TemporaryDirectory(prefix="dossier-") as root:
        folder = Path(root)
        for name in (template, _LOOKS):
            (folder / name).write_bytes((_TEMPLATES / name).read_bytes())
        for name, picture in (pictures or {}).items():
            (folder / name).write_bytes(picture)
        _store(folder / "content.json", {**_seen(data), "look": look})
        _store(folder / "words.json", words.label)
        return _set(folder / template, found, generated_at)


def can_set(language: str, fonts: Path = CJK_FONTS) -> bool:
    """Whether there is a face for the language; Latin ones are embedded."""
    return language != "zh" or bool(_chinese_faces(_fonts(fonts)))


def printable(content: Any) -> dict[str, Any]:
    """A document's content as JSON holds it: times in UTC to the minute, bytes left out."""
    return {key: _plain(value) for key, value in asdict(content).items()}


def _fonts(folder: Path | None) -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[str(folder)] if folder and folder.is_dir() else [],
    )


def _chinese_faces(fonts: typst.Fonts) -> list[str]:
    return [family for family in _CHINESE if family in fonts.families()][:1]


def _store(file: Path, data: Mapping[str, Any]) -> None:
    file.write_text(json.dumps(data, ensure_ascii=False), "utf-8")


def _set(file: Path, fonts: typst.Fonts, generated_at: datetime) -> bytes:
    compiler = typst.Compiler(str(file), root=str(file.parent), font_paths=fonts)
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
        raise DossierError("The document came out empty.")
    return document


def _advice(message: str) -> str:
    if "could not be displayed" in message:
        return (
            f"The document can't be set: {message}. Install the fonts for this script "
            "(fonts-noto-cjk for Chinese), or name the folder that holds them in TESTBUY_FONTS."
        )
    return f"The document can't be set: {message}."


def _has_chinese(value: Any) -> bool:
    return any(sign >= _FIRST_CJK for text in _texts(value) for sign in text)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def _seen(value: Any) -> Any:
    """What a reader of paper sees of texts: signs that nobody sees by their numbers."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Mapping):
        return {key: _seen(inner) for key, inner in value.items()}
    return [_seen(inner) for inner in value] if isinstance(value, list | tuple) else value


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise DossierError("Every time in a document needs its zone.")
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return None if isinstance(value, bytes) else value
