"""Drawings that stand in a page: the example of each default shot, and QR codes.

Owns reading the former, and bringing the latter into the form a page takes. The examples are files
beside the other static ones, drawn by hand: 160 by 120, lines in `currentColor`; one of a
viewfinder's corners says that the whole of it is the photo.
"""

import re
from functools import cache
from pathlib import Path

from markupsafe import Markup

from evidence.barcodes import qr_svg

FOLDER = Path(__file__).parent / "static" / "shots"


@cache
def drawing(code: str) -> Markup:
    """The drawing of a shot as SVG for a page; empty for a shot that has its words alone."""
    if not re.fullmatch(r"[A-Z][0-9]{2}", code):
        return Markup()
    path = FOLDER / f"{code}.svg"
    return Markup(path.read_text()) if path.is_file() else Markup()  # noqa: S704 - our own files


def qr(text: str) -> Markup:
    """A QR code of `text` for a page: without its XML prologue, as large as its place."""
    document = qr_svg(text)
    drawn = document[document.index("<svg") :]
    sized = re.sub(r'width="(\d+)" height="(\d+)"', r'viewBox="0 0 \1 \2"', drawn, count=1)
    # What the writer says of itself would be read aloud, in English.
    silent = re.sub(r"<desc>.*?</desc>", "", sized, count=1, flags=re.DOTALL)
    return Markup(silent)  # noqa: S704 - lines and nothing of the text
