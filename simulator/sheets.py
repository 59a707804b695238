"""Scanned sheets of paper: what a court, a company or the police hand out, as a picture.

Owns letterhead and lines. The names on them are the demonstration's own.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw

from simulator.goods import INK
from simulator.light import font

SIZE = (1240, 1754)
"""A4 at 150 dots an inch."""
PAPER, SEAL = (252, 251, 246), (186, 40, 36)


def sheet(head: str, title: str, lines: Sequence[str]) -> bytes:
    """A PNG of one sheet: who issued it, what it is, its lines, and a round seal."""
    image = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(image)
    pen.text((SIZE[0] // 2, 150), head, INK, font(34), "mm")
    pen.line((140, 200, SIZE[0] - 140, 200), INK, 2)
    pen.text((SIZE[0] // 2, 320), title, INK, font(52), "mm")
    for number, line in enumerate(lines):
        pen.text((150, 460 + number * 70), line, INK, font(30), "lm")
    middle, reach = (SIZE[0] - 330, 460 + len(lines) * 70 + 160), 110
    around = (middle[0] - reach, middle[1] - reach, middle[0] + reach, middle[1] + reach)
    pen.ellipse(around, None, SEAL, 7)
    pen.text(middle, "SEAL", SEAL, font(44), "mm")
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
