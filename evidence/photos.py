"""Photos: what can be measured in a picture, and a preview to look at.

Owns the measures, taken on one reduced decode, and the preview. Reads bytes only: originals are
never altered or re-encoded. Leaves types to `media`, limits and pixels to `decoding` and `heic`,
what EXIF claims to `capture`, the reading of codes to `barcodes`, and what a shot must show to
`rules`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO

import numpy as np
from PIL import ExifTags, Image, ImageCms, ImageStat

from evidence import heic
from evidence.barcodes import Barcode, read
from evidence.capture import Capture, capture_of
from evidence.decoding import (
    LEAST_EDGE,
    UnreadableError,
    decode,
    open_picture,
    refuse_beyond_limits,
    too_many_pixels,
    whole_grey,
)
from evidence.media import HEAD, HEIC, UnknownType, kind_of
from evidence.patterns import pattern_of
from rules.shots import Medium

PREVIEW_EDGE = 1008
"""Longest edge of a preview and of the picture measured: a quarter of a 12-megapixel photo, which
a JPEG decoder yields at once."""

_BARCODE_EDGE = 2040
_WHOLE_EDGE = 4096
_PROFILE_LIMIT = 1 << 16
_QUALITY = 80
_SPREAD_OF_FLAT = 3.0
_RANGE_OF_FLAT = 8
_DARK, _BRIGHT = 4, 251


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """What a photo's bytes say. Sizes are pixels after orientation.

    The measures are taken on the picture reduced to at most 1,008 pixels. `sharpness` is the
    variance of its Laplacian (blur lowers it; comparable between pictures of 640 pixels and more;
    where the bar lies is a rule), `mean_luma` 0 to 255, `clipped_dark` and `clipped_bright` shares
    from 0 to 1. `flat` pictures show nothing to compare and have no `dhash` (unsigned 64 bits) and
    no `pattern` (`evidence.patterns`). An unreadable photo has its type and a reason, and measures
    of 0. `metadata`: there is EXIF in it.
    """

    media_type: str
    width: int
    height: int
    readable: bool
    unreadable_reason: str | None = None
    sharpness: float = 0.0
    mean_luma: float = 0.0
    clipped_dark: float = 0.0
    clipped_bright: float = 0.0
    flat: bool = False
    dhash: int | None = None
    pattern: int | None = None
    capture: Capture = field(default_factory=Capture)
    metadata: bool = False
    preview: bytes | None = field(default=None, repr=False)
    barcodes: tuple[Barcode, ...] = ()

    @property
    def long_edge(self) -> int:
        """The longer of width and height, pixels."""
        return max(self.width, self.height)


def examine(
    data: bytes, *, look_for_barcodes: bool = False, expected: str | None = None
) -> PhotoFacts:
    """Everything measured in one reading and one reduced decode of `data`.

    `expected` is a number to look for (waybill, challenge code): with `look_for_barcodes`, further
    passes over the picture are made until it is found. Raises UnknownType for no picture; one that
    can't be decoded gives `readable=False` and is stored by the caller all the same.
    """
    kind = kind_of(data[:HEAD])
    media_type = kind.media_type
    if kind.medium is not Medium.PICTURE:
        raise UnknownType
    width = height = 0
    capture, metadata = Capture(), False
    edge = _BARCODE_EDGE if look_for_barcodes else PREVIEW_EDGE
    expecting = _Looking(look_for_barcodes, expected)
    try:
        if media_type == HEIC:
            upright = heic.decode(data, edge)
            exif = Image.Exif()
            exif.load(upright.exif)
            width, height = upright.size
            capture, metadata = capture_of(exif), bool(exif)
            return _measured(
                upright.picture, media_type, upright.size, 1, capture, expecting,
                metadata=metadata, profile=upright.profile,
                whole=lambda: heic.decode(data, _WHOLE_EDGE).picture.convert("L"),
            )  # fmt: skip
        picture = open_picture(data, media_type)
        width, height = picture.size
        exif = _exif_of(picture)
        turn = exif.get(ExifTags.Base.Orientation, 1)
        if turn in (5, 6, 7, 8):
            width, height = height, width
        capture, metadata = capture_of(exif, *_packets(picture)), bool(exif)
        refuse_beyond_limits(picture, data)
        profile = picture.info.get("icc_profile")
        return _measured(
            decode(picture, edge), media_type, (width, height), turn, capture, expecting,
            metadata=metadata, profile=profile,
            whole=lambda: whole_grey(data, media_type),
        )  # fmt: skip
    except Exception as error:  # decoders raise nearly anything on damaged files
        reason = str(error) if isinstance(error, UnreadableError) else _reason(error)
        return PhotoFacts(
            media_type,
            width,
            height,
            readable=False,
            unreadable_reason=reason,
            capture=capture,
            metadata=metadata,
        )


@dataclass(frozen=True, slots=True)
class _Looking:
    """Whether barcodes are looked for, and which number is expected among them."""

    on: bool
    expected: str | None


def _packets(picture: Image.Image) -> tuple[bytes, dict[int, object]]:
    """XMP, and Photoshop's resources by number; empty where there are none."""
    xmp, resources = picture.info.get("xmp", b""), picture.info.get("photoshop", {})
    return (
        xmp.encode() if isinstance(xmp, str) else bytes(xmp),
        resources if isinstance(resources, dict) else {},
    )


def _exif_of(picture: Image.Image) -> Image.Exif:
    try:
        return picture.getexif()
    except Exception:  # damaged EXIF raises nearly anything; the picture may still be good
        return Image.Exif()


def _measured(
    decoded: Image.Image,
    media_type: str,
    size: tuple[int, int],
    turn: int,
    capture: Capture,
    looking: _Looking,
    *,
    metadata: bool,
    profile: bytes | None,
    whole: Callable[[], Image.Image],
) -> PhotoFacts:
    codes: tuple[Barcode, ...] = ()
    if looking.on:
        large = size[0] * size[1] > decoded.width * decoded.height
        codes = read(decoded, expected=looking.expected, whole=whole if large else None)
    small = _turned(_reduced(decoded), turn)
    luma = small.convert("L")
    grid = luma.resize((9, 8), Image.Resampling.BOX)
    low, high = grid.getextrema()
    flat = _number(high) - _number(low) < _RANGE_OF_FLAT
    counts = luma.histogram()
    statistics = ImageStat.Stat(counts)
    flat = flat or statistics.stddev[0] < _SPREAD_OF_FLAT
    pixels = luma.width * luma.height
    return PhotoFacts(
        media_type,
        *size,
        readable=True,
        sharpness=_sharpness(luma),
        mean_luma=statistics.mean[0],
        clipped_dark=sum(counts[: _DARK + 1]) / pixels,
        clipped_bright=sum(counts[_BRIGHT:]) / pixels,
        flat=flat,
        dhash=None if flat else _dhash(grid),
        pattern=None if flat else pattern_of(luma),
        capture=capture,
        metadata=metadata,
        preview=_preview(small, profile),
        barcodes=codes,
    )


def _reduced(decoded: Image.Image) -> Image.Image:
    factor = max(decoded.size) / PREVIEW_EDGE
    if factor <= 1:
        return decoded
    whole = -(-max(decoded.size) // PREVIEW_EDGE)
    if max(decoded.size) / whole >= LEAST_EDGE:
        return decoded.reduce(whole)
    size = tuple(max(1, int(side / factor)) for side in decoded.size)
    return decoded.resize((size[0], size[1]), Image.Resampling.BOX)


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _turned(small: Image.Image, turn: int) -> Image.Image:
    return small.transpose(_TURNS[turn]) if turn in _TURNS else small


def _sharpness(luma: Image.Image) -> float:
    grey = np.asarray(luma, np.int16)
    if min(grey.shape) < 3:
        return 0.0
    middle = grey[1:-1, 1:-1]
    bent = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * middle
    return float(bent.var(dtype=np.float32))


def _dhash(grid: Image.Image) -> int:
    cells = np.asarray(grid, np.int16)
    bits = np.packbits(cells[:, 1:] > cells[:, :-1])
    return int.from_bytes(bits.tobytes(), "big")


def _preview(small: Image.Image, profile: bytes | None) -> bytes:
    # Previews carry no metadata, so that colours of another space are brought into sRGB here.
    if profile and len(profile) <= _PROFILE_LIMIT and not _names_srgb(profile):
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            small = ImageCms.profileToProfile(small, source, target) or small
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    out = BytesIO()
    small.save(out, "JPEG", quality=_QUALITY, exif=b"", icc_profile=None, comment=b"")
    return out.getvalue()


def _names_srgb(profile: bytes) -> bool:
    return b"sRGB" in profile or "sRGB".encode("utf-16-be") in profile


def _number(extreme: float | tuple[int, int]) -> float:
    return extreme[0] if isinstance(extreme, tuple) else extreme


def _reason(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return too_many_pixels()
    if "truncated" in str(error).lower():
        return "The picture is cut short: its end is missing. Send the file again."
    return "The picture is damaged and can't be shown. Take it again or send the file again."
