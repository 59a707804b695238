"""The codes in a photo that is taken to be read, and kept nowhere.

Owns the way from bytes to codes. Leaves what a code stands for to `casework`; photos that are
evidence go through `photos`.
"""

from evidence import heic
from evidence.barcodes import Barcode, find
from evidence.decoding import (
    UnreadableError,
    decode,
    open_picture,
    refuse_beyond_limits,
    whole_grey,
)
from evidence.media import HEAD, HEIC, Medium, UnknownType, kind_of

_EDGE = 2040
"""Long edge of the first passes, in pixels: about 3 megapixels, as for photos that are kept."""
_WHOLE_EDGE = 4096
_MOST_HELD_WHOLE = 16_000_000
"""Pixels of a picture that can't be decoded line by line: six of 40 megapixels took 1.5 GB."""


def codes_in(data: bytes) -> tuple[Barcode, ...]:
    """The codes in a picture (JPEG, PNG, WebP, HEIC); () where none can be read.

    Raises UnknownType for what is no picture, UnreadableError for one that can't be decoded.
    """
    kind = kind_of(data[:HEAD])
    if kind.medium is not Medium.PICTURE:
        raise UnknownType
    try:
        if kind.media_type == HEIC:
            upright = heic.decode(data, _EDGE)
            return find(
                upright.picture, whole=lambda: heic.decode(data, _WHOLE_EDGE).picture.convert("L")
            )
        picture = open_picture(data, kind.media_type)
        refuse_beyond_limits(picture, data)
        pixels = picture.width * picture.height
        _refuse_to_hold(kind.media_type, pixels)
        reduced = decode(picture, _EDGE)
        large = pixels > reduced.width * reduced.height
        return find(reduced, whole=(lambda: whole_grey(data, kind.media_type)) if large else None)
    except UnreadableError:
        raise
    except Exception as error:  # decoders raise nearly anything on damaged files
        raise UnreadableError("The picture can't be read. Take it again.") from error


def _refuse_to_hold(media_type: str, pixels: int) -> None:
    if media_type != "image/jpeg" and pixels > _MOST_HELD_WHOLE:
        raise UnreadableError("This picture is too large to be read at once. Take a JPEG.")
