"""The printed sheet with a challenge code: as QR code, and as text that a person reads from afar.

Nothing on it names the test buy: authenticators see pictures that show it (docs/adr/0005).
"""

import json
import tempfile
from pathlib import Path

import typst

from evidence.barcodes import qr_svg
from evidence.errors import PackageError

_TEMPLATE = Path(__file__).parent / "templates" / "challenge.typ"


def sheet(code: str) -> bytes:
    """The sheet as a PDF of one page; the same code gives the same bytes."""
    with tempfile.TemporaryDirectory(prefix="challenge-") as root:
        folder = Path(root)
        (folder / "challenge.typ").write_bytes(_TEMPLATE.read_bytes())
        (folder / "code.svg").write_text(qr_svg(code), "utf-8")
        (folder / "content.json").write_text(json.dumps({"code": code}), "utf-8")
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
        compiler = typst.Compiler(str(folder / "challenge.typ"), root=root, font_paths=fonts)
        try:
            page, complaints = compiler.compile_with_warnings(format="pdf")
        except typst.TypstError as error:
            raise PackageError(f"The sheet can't be set: {error.message}.") from error
        if complaints or not isinstance(page, bytes):
            raise PackageError("The sheet can't be set: a sign or a font is missing.")
        return page
