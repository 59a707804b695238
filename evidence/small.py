"""Small copies: what a list and a contact sheet show of a photo.

Owns how one is drawn from a copy that was drawn before, a preview or a masked copy, so that it
holds nothing that the copy it stands for hides. Leaves those to `photos` and `masking`, and who
sees which copy to `rules.audience`.
"""

from io import BytesIO

from PIL import Image, JpegImagePlugin

SMALL_EDGE = 400
"""Longest edge in pixels: a frame of a contact sheet at two pixels a point."""

_QUALITY = 72


def small(copy: bytes) -> bytes:
    """A JPEG of at most 400 pixels, without metadata, of a JPEG of ours; one as small stays itself.

    Twelve of real photos come to less than 250 kB.
    """
    drawn = JpegImagePlugin.JpegImageFile(BytesIO(copy))
    factor = SMALL_EDGE / max(drawn.size)
    if factor >= 1:
        return copy
    size = tuple(max(1, round(side * factor)) for side in drawn.size)
    # The decoder reduces by a power of two at once, never below the size wanted.
    drawn.draft("RGB", (size[0], size[1]))
    out = BytesIO()
    reduced = drawn.convert("RGB").resize(
        (size[0], size[1]), Image.Resampling.BICUBIC, reducing_gap=2
    )
    reduced.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()
