"""The printed sheet with a challenge code: as QR code, and as text that a person reads from afar.

Nothing on it names the test buy: authenticators see pictures that show it (docs/adr/0005). What it
says is said in English, and in Chinese too where a face for that is at hand.
"""

import json
import tempfile
from pathlib import Path

import typst

from evidence.barcodes import qr_svg
from evidence.errors import PackageError
from evidence.fonts import CJK_FONTS

_TEMPLATE = Path(__file__).parent / "templates" / "challenge.typ"
_LATIN, _CHINESE = "DejaVu Sans Mono", "Noto Sans CJK SC"


def sheet(code: str, font_folder: Path = CJK_FONTS) -> bytes:
    """The sheet as a PDF of one page; the same code gives the same bytes."""
    chinese = [str(font_folder)] if font_folder.is_dir() else []
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=chinese)
    faces = [face for face in (_LATIN, _CHINESE) if face in fonts.families()]
    with tempfile.TemporaryDirectory(prefix="challenge-") as root:
        folder = Path(root)
        (folder / "challenge.typ").write_bytes(_TEMPLATE.read_bytes())
        (folder / "code.svg").write_text(qr_svg(code), "utf-8")
        (folder / "content.json").write_text(json.dumps({"code": code, "faces": faces}), "utf-8")
        compiler = typst.Compiler(str(folder / "challenge.typ"), root=root, font_paths=fonts)
        try:
            page, complaints = compiler.compile_with_warnings(format="pdf")
        except typst.TypstError as error:
            raise PackageError(f"The sheet can't be set: {error.message}.") from error
        if complaints or not isinstance(page, bytes):
            raise PackageError("The sheet can't be set: a sign or a font is missing.")
        return page
