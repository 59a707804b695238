"""Labels for exhibits: a QR code of the exhibit's address beside what is written for people.

Owns one label as SVG and a sheet of them as PDF (`templates/labels.typ`: A4, three by eight, as
sold ready cut). Leaves which exhibits, and their address, to the caller. A label names the exhibit,
its kind and its seal; nothing of test buy, shop or buyer: carriers see it, and authenticators may
see it in a photo.
"""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path

import typst

from evidence.barcodes import qr_svg
from evidence.errors import PackageError
from evidence.fonts import CJK_FONTS

_FACES = ("Libertinus Serif", "Noto Serif CJK SC")
_TEMPLATE = Path(__file__).parent / "templates" / "labels.typ"


class LabelError(PackageError):
    """The sheet can't be set; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a label says. `address` is what scanning it opens."""

    exhibit: str
    kind: str
    seal_number: str
    address: str


def label_svg(label: Label) -> str:
    """One label, 70 by 36 mm."""
    code = qr_svg(label.address)
    drawing = code[code.index("<svg") :].replace("<svg", '<svg x="2" y="3"', 1)
    size = drawing.split('width="', 1)[1].split('"')[0]
    height = drawing.split('height="', 1)[1].split('"')[0]
    drawing = drawing.replace(
        f'width="{size}" height="{height}"', f'viewBox="0 0 {size} {height}" width="30" height="30"'
    )
    lines = (
        (6, "bold ", label.exhibit),
        (3.2, "", label.kind),
        (3.2, "", f"seal {label.seal_number}"),
    )
    text, y = "", 11.0
    for height_mm, weight, words in lines:
        text += (
            f'<text x="34" y="{y}" font-family="sans-serif" font-size="{height_mm}" '
            f'font-weight="{weight.strip() or "normal"}">{escape(words)}</text>'
        )
        y += 6.5
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="70mm" height="36mm" viewBox="0 0 70 36">'
        f'<rect width="70" height="36" fill="#fff"/>{drawing}{text}</svg>'
    )


def sheet(labels: Sequence[Label], font_folder: Path = CJK_FONTS) -> bytes:
    """The PDF of `labels`, 24 a page; the same labels give the same bytes."""
    if not labels:
        raise LabelError("There is no exhibit to print a label for.")
    # Initials may be Chinese.
    chinese = [str(font_folder)] if font_folder.is_dir() else []
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=chinese)
    faces = [face for face in _FACES if face in fonts.families()]
    with tempfile.TemporaryDirectory(prefix="labels-") as root:
        folder = Path(root)
        (folder / "labels.typ").write_bytes(_TEMPLATE.read_bytes())
        for number, label in enumerate(labels):
            (folder / f"{number}.svg").write_text(qr_svg(label.address), "utf-8")
        said = [asdict(label) for label in labels]
        (folder / "labels.json").write_text(
            json.dumps({"labels": said, "faces": faces}, ensure_ascii=False), "utf-8"
        )
        compiler = typst.Compiler(str(folder / "labels.typ"), root=root, font_paths=fonts)
        try:
            made, complaints = compiler.compile_with_warnings(format="pdf", timestamp=0)
        except typst.TypstError as error:
            raise LabelError(f"The labels can't be set: {error.message}.") from error
    if complaints or not isinstance(made, bytes):
        raise LabelError("The labels can't be set: a sign in them has no font.")
    return made
