"""The table a photograph is taken on, its light, and how things lie on it.

Owns the ground, shadows and sensor noise of a drawn photograph. Leaves to others: the things.
"""

from __future__ import annotations

import random
from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

Colour = tuple[int, int, int]

GROUNDS: tuple[tuple[str, Colour], ...] = (
    ("wood", (176, 128, 84)),
    ("wood", (126, 86, 58)),
    ("wood", (206, 172, 130)),
    ("mat", (58, 96, 92)),
    ("mat", (66, 80, 112)),
    ("stone", (196, 194, 190)),
    ("stone", (150, 152, 158)),
)


@lru_cache(maxsize=64)
def font(size: int) -> ImageFont.FreeTypeFont:
    """Pillow's own typeface, so that every machine draws the same bytes."""
    found = ImageFont.load_default(size)
    assert isinstance(found, ImageFont.FreeTypeFont)
    return found


def shade(colour: Colour, by: float) -> Colour:
    """`colour` made darker (`by` under 1) or lighter."""
    red, green, blue = (max(0, min(255, round(part * by))) for part in colour)
    return red, green, blue


def ground(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    """An empty table."""
    numbers = np.random.default_rng(chance.getrandbits(63))
    width, height = size[0] // 4, size[1] // 4
    kind, colour = chance.choice(GROUNDS)
    texture = {"wood": _wood, "mat": _mat, "stone": _stone}[kind](numbers, width, height)
    tones = np.array(colour, dtype=np.float32) * 1.2
    pixels = np.clip(texture[:, :, None] * tones, 8, 247).astype(np.uint8)
    return Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR)


def _stretched(values: np.ndarray, width: int, height: int) -> np.ndarray:
    small = Image.fromarray(values.astype(np.float32))
    return np.asarray(small.resize((width, height), Image.Resampling.BICUBIC))


def _wood(numbers: np.random.Generator, width: int, height: int) -> np.ndarray:
    grain = 1 + 0.16 * _stretched(numbers.uniform(-1, 1, (height, 9)), width, height)
    planks = np.repeat(numbers.uniform(0.88, 1.1, 6), -(-height // 6))[:height]
    grain = grain * planks[:, None]
    grain[:: -(-height // 6)] *= 0.6
    return grain


def _mat(numbers: np.random.Generator, width: int, height: int) -> np.ndarray:
    weave = 1 + 0.05 * _stretched(numbers.uniform(-1, 1, (height, width)), width, height)
    weave[::30, :] *= 1.18
    weave[:, ::30] *= 1.18
    return weave


def _stone(numbers: np.random.Generator, width: int, height: int) -> np.ndarray:
    fine = _stretched(numbers.uniform(-1, 1, (height // 2, width // 2)), width, height)
    veins = _stretched(numbers.uniform(-1, 1, (4, 6)), width, height)
    return 1 + 0.06 * fine + 0.07 * veins - 0.1 * np.exp(-((veins / 0.02) ** 2))


def lay(
    photo: Image.Image,
    thing: Image.Image,
    centre: tuple[float, float],
    *,
    turn: float = 0.0,
    lift: int = 18,
) -> None:
    """Puts an RGBA `thing` on the photo, its middle at `centre` (shares of width and height),
    turned by `turn` degrees, with a shadow as if it stood `lift` pixels high (none at 0)."""
    if turn:
        # the nearest pixel is four times as quick, and no preview shows the difference
        thing = thing.rotate(turn, Image.Resampling.NEAREST, expand=True)
    left = round(centre[0] * photo.width - thing.width / 2)
    top = round(centre[1] * photo.height - thing.height / 2)
    if lift:
        _shadow(photo, thing, (left + lift, top + lift), 8 + lift // 4)
    photo.paste(thing, (left, top), thing)


def _shadow(photo: Image.Image, thing: Image.Image, at: tuple[int, int], margin: int) -> None:
    # drawn at an eighth of the size: a shadow has no detail
    cover = thing.getchannel("A").reduce(8)
    small = Image.new("L", (cover.width + 2 * margin, cover.height + 2 * margin))
    small.paste(cover.point([value * 150 // 255 for value in range(256)]), (margin, margin))
    small = small.filter(ImageFilter.BoxBlur(margin / 3))
    shadow = small.resize((small.width * 8, small.height * 8), Image.Resampling.BILINEAR)
    photo.paste((18, 14, 12), (at[0] - margin * 8, at[1] - margin * 8), shadow)


def dim(chance: random.Random, photo: Image.Image) -> None:
    """A window's uneven light over everything: broad patches, which no two photographs share."""
    numbers = np.random.default_rng(chance.getrandbits(63))
    patches = Image.fromarray(numbers.integers(0, 105, (4, 5), dtype=np.uint8))
    # in two steps, as the smooth one is slow at full size
    rough = (photo.width // 8, photo.height // 8)
    patches = patches.resize(rough, Image.Resampling.BICUBIC)
    photo.paste((16, 12, 10), (0, 0), patches.resize(photo.size, Image.Resampling.BILINEAR))


def noise(chance: random.Random, photo: Image.Image) -> Image.Image:
    """The photo as a sensor would have it: fine grain all over."""
    numbers = np.random.default_rng(chance.getrandbits(63))
    tile = numbers.integers(0, 15, (300, 400, 3), dtype=np.uint8)
    times = (-(-photo.height // 300), -(-photo.width // 400), 1)
    grain = Image.fromarray(np.tile(tile, times)[: photo.height, : photo.width])
    return ImageChops.add(photo, grain, offset=-7)


def blank(width: int, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """A transparent layer and its pen."""
    layer = Image.new("RGBA", (width, height))
    return layer, ImageDraw.Draw(layer)
