"""Copies drawn anew: one in which what identifies the buyer is destroyed, and the close copy.

Owns both (bounded, the same bytes each time, no metadata) and the proposals made from barcodes and
the print around them. A HEIC original is decoded by `heic`'s child process. Pixels under a mask are
painted over before anything is encoded, never blurred: blur can be undone. Leaves who marks what to
`casework.photographs.masking`, and who is given the copy to `rules.audience`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO

import numpy as np
import zxingcpp
from PIL import ExifTags, Image, ImageCms, ImageDraw, ImageOps

from evidence import heic
from evidence.decoding import UnreadableError, decode, open_picture, refuse_beyond_limits
from evidence.digests import sha256_of
from evidence.media import HEAD, HEIC, kind_of
from rules.audience import PARTS, MaskKind, Region

MASKED_EDGE = 2048
"""Longest edge of a masked copy, pixels."""
CLOSE_EDGE = 5760
"""Longest edge of a close copy, pixels: a 24-megapixel photo keeps all of them."""

_QUALITY = 85
_CLOSE_QUALITY = 90
_PROFILE_LIMIT = 1 << 16
_BARCODE_MARGIN = 0.04
_LAYOUT_EDGE = 640
_INK_STEP = 40
_CELL = 8
_MOST_BLOCKS = 6
_REACH = 1.2
"""How far around a barcode, in its longer sides, print counts as belonging to its label."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A masked copy: its bytes and digest, the digest of what it was made from, the regions.

    `still_read`: what a barcode reader still finds in it.
    """

    digest: str
    made_from: str
    regions: tuple[Region, ...]
    still_read: tuple[str, ...] = ()
    data: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A region that a person should look at, and what probably stands in it."""

    kind: MaskKind
    region: Region


def mask(data: bytes, regions: Iterable[Region]) -> Masked:
    """The copy of `data` with `regions` painted over; UnreadableError where it can't be decoded.

    Copies of equal bytes and regions are equal, whatever order the regions are told in.
    """
    wanted = tuple(sorted(set(regions)))
    picture = _oriented(data, MASKED_EDGE)
    pen = ImageDraw.Draw(picture)
    for region in wanted:
        pen.rectangle(_pixels(region, picture.size), fill=(0, 0, 0))
    copy = _encoded(picture, _QUALITY)
    return Masked(
        digest=sha256_of(copy),
        made_from=sha256_of(data),
        regions=wanted,
        still_read=codes_in(copy),
        data=copy,
    )


def close_copy(data: bytes) -> bytes:
    """`data` as near to its own pixels as a copy without metadata goes, a JPEG in sRGB.

    UnreadableError where it can't be decoded.
    """
    return _encoded(_oriented(data, CLOSE_EDGE), _CLOSE_QUALITY)


def cut_out(data: bytes, region: Region) -> bytes:
    """What `region` of a picture shows, a JPEG without metadata; UnreadableError for no picture."""
    whole = _oriented(data, CLOSE_EDGE)
    return _encoded(whole.crop(_pixels(region, whole.size)), _CLOSE_QUALITY)


def codes_in(copy: bytes) -> tuple[str, ...]:
    """What a barcode reader finds in a copy, in order."""
    return tuple(sorted({code.text for code in _codes(Image.open(BytesIO(copy)))}))


def propose(data: bytes) -> tuple[Proposal, ...]:
    """Each barcode, and the blocks of print around the linear ones: a label's names and addresses.

    Only proposals: what no reader finds must be marked by hand. Empty for what can't be decoded.
    """
    try:
        picture = _oriented(data, MASKED_EDGE)
    except UnreadableError:
        return ()
    found: list[Proposal] = []
    labels: list[tuple[float, float, float, float]] = []
    for code in _codes(picture):
        box = _box(code, picture.size)
        found.append(Proposal(MaskKind.BARCODE, _region(box)))
        if code.format not in (zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.DataMatrix):
            labels.append(box)
    for label in labels:
        blocks = _print_around(picture, label)
        found += [Proposal(MaskKind.ADDRESS, _region(block)) for block in blocks]
    return tuple(dict.fromkeys(found))


def _oriented(data: bytes, edge: int) -> Image.Image:
    """RGB in sRGB, turned as a person sees it, at most `edge` long."""
    try:
        media_type = kind_of(data[:HEAD]).media_type
        if media_type == HEIC:
            # Decoded in a process of its own, upright; at twice the edge, as it divides by whole
            # numbers and would otherwise leave as little as half of it.
            photo = heic.decode(data, 2 * edge)
            upright = photo.picture
            upright.thumbnail((edge, edge), Image.Resampling.BOX)
            return _in_srgb(upright, photo.profile)
        picture = open_picture(data, media_type)
        turn = picture.getexif().get(ExifTags.Base.Orientation, 1)
        profile = picture.info.get("icc_profile")
        refuse_beyond_limits(picture, data)
        decoded = decode(picture, edge)
        decoded.thumbnail((edge, edge), Image.Resampling.BOX)
        plain = Image.fromarray(np.asarray(decoded))  # pixels alone: nothing else is carried along
        plain.getexif()[ExifTags.Base.Orientation] = turn
        return _in_srgb(ImageOps.exif_transpose(plain), profile)
    except UnreadableError:
        raise
    except Exception as error:  # decoders raise nearly anything on damaged files
        raise UnreadableError("This picture can't be decoded, so no copy can be drawn.") from error


def _encoded(picture: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    # Subsampling is said, so that a library's change of default doesn't change the bytes.
    picture.save(
        out, "JPEG", quality=quality, subsampling="4:2:0", exif=b"", icc_profile=None, comment=b""
    )
    return out.getvalue()


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if not profile or len(profile) > _PROFILE_LIMIT:
        return picture
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB")) or picture
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture


def _pixels(region: Region, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The pixels a region touches, outward; the last ones belong to it, as the pen draws."""
    width, height = size
    return (
        region.left * width // PARTS,
        region.top * height // PARTS,
        -(-region.right * width // PARTS),
        -(-region.bottom * height // PARTS),
    )


def _codes(picture: Image.Image) -> list[zxingcpp.Barcode]:
    found = zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain)
    return [code for code in found if code.text]


def _box(code: zxingcpp.Barcode, size: tuple[int, int]) -> tuple[float, float, float, float]:
    """The code's box with a margin, as fractions. A linear code is found as one line of its bars,
    so that its box grows to half its length across.
    """
    at = code.position
    corners = (at.top_left, at.top_right, at.bottom_left, at.bottom_right)
    xs, ys = [each.x for each in corners], [each.y for each in corners]
    left, right, top, bottom = min(xs), max(xs), min(ys), max(ys)
    longer = max(right - left, bottom - top)
    margin = _BARCODE_MARGIN * longer
    wide, high = max(0, longer / 3 - (right - left)) / 2, max(0, longer / 3 - (bottom - top)) / 2
    return (
        (left - margin - wide) / size[0],
        (top - margin - high) / size[1],
        (right + margin + wide) / size[0],
        (bottom + margin + high) / size[1],
    )


def _region(box: tuple[float, float, float, float]) -> Region:
    left, top, right, bottom = (min(PARTS, max(0, round(edge * PARTS))) for edge in box)
    return Region(min(left, PARTS - 1), min(top, PARTS - 1), max(right, 1), max(bottom, 1))


def _print_around(
    picture: Image.Image, label: tuple[float, float, float, float]
) -> list[tuple[float, float, float, float]]:
    """Blocks of print near a barcode, the largest first, as fractions.

    Print is where brightness jumps from one pixel to the next, in most cells of a block. Cells that
    touch, or nearly so, are one block.
    """
    small = picture.convert("L")
    small.thumbnail((_LAYOUT_EDGE, _LAYOUT_EDGE), Image.Resampling.BOX)
    grey = np.asarray(small, np.int16)
    rows, columns = grey.shape[0] // _CELL, grey.shape[1] // _CELL
    if min(rows, columns) < 3:
        return []
    jumps = np.zeros(grey.shape, np.uint8)
    jumps[:, 1:] = np.abs(np.diff(grey, axis=1)) > _INK_STEP
    cells = jumps[: rows * _CELL, : columns * _CELL].reshape(rows, _CELL, columns, _CELL)
    ink = cells.sum(axis=(1, 3)) >= 4
    left, top, right, bottom = label
    # The label reaches as far as its code is long, counted in pixels of the picture.
    reach = _REACH * max((right - left) * grey.shape[1], (bottom - top) * grey.shape[0]) / _CELL
    seen_rows, seen_columns = np.indices(ink.shape)
    near = (
        (seen_columns >= left * columns - reach)
        & (seen_columns <= right * columns + reach)
        & (seen_rows >= top * rows - reach)
        & (seen_rows <= bottom * rows + reach)
    )
    inside = (
        (seen_columns + 0.5 > left * columns)
        & (seen_columns + 0.5 < right * columns)
        & (seen_rows + 0.5 > top * rows)
        & (seen_rows + 0.5 < bottom * rows)
    )
    blocks = _blocks(ink & near & ~inside)
    blocks.sort(key=lambda block: -block[4])
    return [
        (
            (block[0] - 0.5) / columns,
            (block[1] - 0.5) / rows,
            (block[2] + 1.5) / columns,
            (block[3] + 1.5) / rows,
        )
        for block in blocks[:_MOST_BLOCKS]
        if block[4] >= 4
    ]


def _blocks(ink: np.ndarray) -> list[tuple[int, int, int, int, int]]:
    """Left, top, right, bottom and number of the cells that hang together, gaps of one bridged."""
    left = {(int(row), int(column)) for row, column in np.argwhere(ink)}
    blocks: list[tuple[int, int, int, int, int]] = []
    while left:
        reached = [left.pop()]
        for row, column in reached:
            for down in (-2, -1, 0, 1, 2):
                for along in (-2, -1, 0, 1, 2):
                    cell = (row + down, column + along)
                    if cell in left:
                        left.remove(cell)
                        reached.append(cell)
        rows, columns = zip(*reached, strict=True)
        blocks.append((min(columns), min(rows), max(columns), max(rows), len(reached)))
    return blocks
