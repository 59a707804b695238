"""The example drawing of each default shot, to stand in a page in the colour of its text.

Owns reading them. The drawings are files beside the other static ones, drawn by hand: 160 by 120,
lines in `currentColor`; one of a viewfinder's corners says that the whole of it is the photo.
"""

import re
from functools import cache
from pathlib import Path

from markupsafe import Markup

FOLDER = Path(__file__).parent / "static" / "shots"


@cache
def drawing(code: str) -> Markup:
    """The drawing of a shot as SVG for a page; empty for a shot that has its words alone."""
    if not re.fullmatch(r"[A-Z][0-9]{2}", code):
        return Markup()
    path = FOLDER / f"{code}.svg"
    return Markup(path.read_text()) if path.is_file() else Markup()  # noqa: S704 - our own files
