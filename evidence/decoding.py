"""Decoding: from bytes to pixels, within limits that hold against hostile files.

Owns what is too large to decode, and the smallest decode that
serves. Leaves what is measured on the pixels to `photos`.
"""

from io import BytesIO

import numpy as np
from PIL import Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from evidence.media import JPEG, PNG, WEBP

LEAST_EDGE = 640
"""A decoder's fraction is not taken below this long edge, in pixels."""

_STREAMED_LIMIT = 250_000_000
_HELD_LIMIT = 40_000_000
_SCAN_LIMIT = 64
# The readers are called by name: Image.open would try them by chance of import, refuse real
# photos of 200 megapixels, and turn a phone's two-frame JPEG into another type.
_READERS = {
    JPEG: JpegImagePlugin.JpegImageFile,
    PNG: PngImagePlugin.PngImageFile,
    WEBP: WebPImagePlugin.WebPImageFile,
}


class UnreadableError(Exception):
    """A known type that can't be decoded; the message is the reason for people."""


def open_picture(data: bytes, media_type: str) -> Image.Image:
    """The picture with its header read and nothing decoded; any exception on damaged bytes."""
    return _READERS[media_type](BytesIO(data))


def refuse_beyond_limits(picture: Image.Image, data: bytes) -> None:
    """A JPEG is decoded line by line and may be large; what is held whole in memory may not."""
    pixels = picture.width * picture.height
    streamed = picture.format == "JPEG" and not _held_whole(data)
    if pixels > (_STREAMED_LIMIT if streamed else _HELD_LIMIT):
        raise UnreadableError(too_many_pixels())
    if picture.format == "JPEG" and not streamed and data.count(b"\xff\xda") > _SCAN_LIMIT:
        raise UnreadableError(
            "The picture is built from too many layers to be read safely. Take it again."
        )


def _held_whole(data: bytes) -> bool:
    """Whether a JPEG's decoder must hold all its coefficients: progressive, or several scans."""
    components, at = 0, 2
    while at + 9 < len(data):
        if data[at] != 0xFF:
            return True
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xFF:
            at += 1
            continue
        if marker in (0xC0, 0xC1):
            components = data[at + 9]
        elif marker == 0xDA:
            return data[at + 4] < components or components == 0
        elif 0xC2 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return True
        at += 2 + length
    return True


def decode(picture: Image.Image, edge: int) -> Image.Image:
    """Decoded to RGB; a JPEG at the smallest of 1, 1/2, 1/4, 1/8 that serves `edge` pixels.

    What can't be decoded at a fraction is reduced at once to at most `edge`: the passes that follow
    would take seconds and half a gigabyte over 36 megapixels (measured).
    """
    jpeg = picture.format == "JPEG"
    if jpeg:
        picture.draft("RGB", _draft_size(picture.size, edge))
    picture.load()
    if picture.mode.startswith("I"):
        wide = np.asarray(picture)
        picture = Image.fromarray((wide >> 8).clip(0, 255).astype(np.uint8))
    if "A" in picture.getbands() or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        paper = Image.new("RGB", layered.size, "white")
        paper.paste(layered, mask=layered.getchannel("A"))
        picture = paper
    plain = picture.convert("RGB")
    factor = -(-max(plain.size) // edge)
    if jpeg or factor == 1 or max(plain.size) // factor < LEAST_EDGE:
        return plain
    return plain.reduce(factor)


def _draft_size(size: tuple[int, int], edge: int) -> tuple[int, int]:
    # The decoder takes the largest divisor that keeps at least the size asked for, so that asking
    # for one pixel too many doubles the work: ask for exact divisions only.
    divisor = 8
    for tried in (1, 2, 4, 8):
        if -(-max(size) // tried) <= edge:
            divisor = tried
            break
    if divisor > 1 and max(size) // divisor < LEAST_EDGE:
        divisor //= 2
    return max(1, size[0] // divisor), max(1, size[1] // divisor)


def whole_grey(data: bytes, media_type: str) -> Image.Image:
    """The picture for the second barcode pass: undivided up to 50 megapixels, else halved."""
    picture = open_picture(data, media_type)
    if picture.format == "JPEG":
        divisor = 1 if picture.width * picture.height <= 50_000_000 else 2
        picture.draft("L", (picture.width // divisor, picture.height // divisor))
    picture.load()
    return picture.convert("L")


def too_many_pixels() -> str:
    """The reason for people."""
    return "The picture has more pixels than can be read safely. Send a smaller one."
