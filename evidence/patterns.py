"""Patterns: what a seller's picture is compared by.

Owns making one from a picture's grey: a plain border is cut off first, because shops put one round
a picture and because on a white ground every article looks alike from afar; then two difference
hashes, of 8 by 8 and of 16 by 16 steps. Leaves how near is near to `rules.likeness`, and the hash
of our own people's photos to `evidence.photos`.
"""

import numpy as np
from PIL import Image

from rules.likeness import FINE_BITS

_EDGE = 256
"""Pixels of the copy in which the border is looked for."""
_PLAIN = 12
"""Levels of grey that a plain border stays within: JPEG's own noise beside an edge."""
_LINE = 0.005
"""A line with more than this share of other pixels is no border."""
_SAME = 1
"""Levels of grey within which neighbours are equal: saving a flat ground again moves it by one."""
_LEAST = 16
"""Lines of the copy that must remain, or nothing is cut off."""
_RANGE_OF_FLAT = 8

Box = tuple[int, int, int, int]


def pattern_of(luma: Image.Image) -> int | None:
    """The pattern of a grey picture; None where there is nothing in it to compare."""
    box = inside(luma)
    low, high = luma.resize((9, 8), Image.Resampling.BOX, box=box).getextrema()
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        return None
    if high - low < _RANGE_OF_FLAT:
        return None
    return _steps(luma, box, 8) << FINE_BITS | _steps(luma, box, 16)


def inside(luma: Image.Image) -> Box:
    """What remains of a picture without a plain border; all of it where there is none."""
    factor = max(1, -(-max(luma.size) // _EDGE))
    grey = np.asarray(luma.reduce(factor) if factor > 1 else luma, np.int16)
    around = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    other = np.abs(grey - np.int16(np.median(around))) > _PLAIN
    rows = np.flatnonzero(other.mean(axis=1) > _LINE)
    columns = np.flatnonzero(other.mean(axis=0) > _LINE)
    if min(len(rows), len(columns)) < _LEAST:
        return (0, 0, *luma.size)
    return (
        int(columns[0]) * factor,
        int(rows[0]) * factor,
        min(luma.width, (int(columns[-1]) + 1) * factor),
        min(luma.height, (int(rows[-1]) + 1) * factor),
    )


def _steps(luma: Image.Image, box: Box, count: int) -> int:
    """Whether it gets lighter from step to step, row by row.

    Equal neighbours take the colours of a chessboard in turn: in a mirror they are turned as all
    others are, and look like no picture.
    """
    cells = np.asarray(luma.resize((count + 1, count), Image.Resampling.BOX, box=box), np.int16)
    steps = cells[:, 1:] - cells[:, :-1]
    rows, columns = np.indices(steps.shape)
    lighter = (steps > _SAME) | ((abs(steps) <= _SAME) & ((rows + columns) % 2 == 0))
    return int.from_bytes(np.packbits(lighter).tobytes(), "big")
