"""Signatures on glass as pictures: whether they can be drawn, and a plain copy to print.

Owns that nothing but a small PNG with ink on it counts. The bytes kept are those that came; the
copy is drawn anew from their pixels, so that a page or PDF holds nothing else of them.
"""

import io

from PIL import Image

_MOST_PIXELS = 4_000_000
_LONGEST = 960


def redrawn(data: bytes) -> bytes | None:
    """The strokes as a grey PNG of at most 960 pixels a side; None where there are none."""
    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                return None
            paper = Image.new("RGBA", picture.size, "white")
            ink = Image.alpha_composite(paper, picture.convert("RGBA")).convert("L")
    except Exception:  # a decoder may raise anything at bytes made to hurt it
        return None
    darkest, _ = ink.getextrema()
    if not isinstance(darkest, int | float) or darkest > 200:
        return None
    ink.thumbnail((_LONGEST, _LONGEST))
    out = io.BytesIO()
    ink.save(out, "PNG", optimize=True)
    return out.getvalue()
