"""A masked copy shows nothing of what was masked, and its proposals find what a label says."""

import io
from datetime import UTC, datetime

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from evidence.decoding import UnreadableError
from evidence.digests import sha256_of
from evidence.masking import CLOSE_EDGE, MASKED_EDGE, close_copy, mask, propose
from rules.audience import PARTS, MaskKind, Region
from simulator.pictures import draw

NUMBER = "KX482190337711"


@pytest.fixture(scope="module")
def waybill() -> bytes:
    return draw(
        "R02",
        seed=17,
        reference="TB-2026-000317",
        tracking_number=NUMBER,
        taken_at=datetime(2026, 11, 2, 9, tzinfo=UTC),
    )


def read(data: bytes) -> set[str]:
    return {code.text for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(data)))}


def noise(turn: int = 1, size: tuple[int, int] = (1200, 800)) -> bytes:
    """A picture of chance with a place in its EXIF, so that every pixel says something."""
    pixels = np.random.default_rng(3).integers(0, 255, (size[1], size[0], 3), np.uint8)
    exif = Image.Exif()
    exif[0x0112] = turn
    exif[0x013B] = "Chen Wei"
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 12.0, 3.0), 3: "E", 4: (121.0, 28.0, 1.0)})
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=95, exif=exif, comment=b"Chen Wei")
    return out.getvalue()


def test_a_masked_region_has_nothing_of_the_original_in_it() -> None:
    """Blurring would leave a correlation; a mask leaves one colour."""
    original, region = noise(), Region(2500, 2500, 7500, 7500)
    made = mask(original, [region])
    copy = np.asarray(Image.open(io.BytesIO(made.data)).convert("L"), np.int16)
    under = copy[210:590, 310:890]
    assert under.max() <= 2, "the mask is not solid"
    before = np.asarray(Image.open(io.BytesIO(original)).convert("L"), float)
    beside = np.corrcoef(copy[:190].ravel(), before[:190].ravel())[0, 1]
    assert beside > 0.9, "the rest of the picture is no longer the same"


def test_a_region_lies_where_a_person_sees_it_whatever_way_the_phone_was_held() -> None:
    corner = Region(0, 0, 2500, 2500)
    for turn in range(1, 9):
        copy = Image.open(io.BytesIO(mask(noise(turn), [corner]).data))
        assert copy.size == ((800, 1200) if turn >= 5 else (1200, 800)), turn
        grey = np.asarray(copy.convert("L"))
        rows, columns = grey.shape
        assert grey[: rows // 4 - 16, : columns // 4 - 16].max() <= 2, turn
        assert grey[-(rows // 4) :].mean() > 90, turn


def test_a_copy_is_bounded_and_without_metadata_and_the_same_each_time() -> None:
    original = noise(size=(3000, 2000))
    regions = [Region(0, 0, 10, 10), Region(5000, 5000, 6000, 6000)]
    first, second = mask(original, regions), mask(original, reversed(regions))
    assert first == second
    assert first.digest == sha256_of(first.data)
    assert first.made_from == sha256_of(original)
    copy = Image.open(io.BytesIO(first.data))
    assert max(copy.size) <= MASKED_EDGE
    assert not copy.getexif()
    assert set(copy.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"Chen" not in first.data
    assert b"Exif" not in first.data


def test_a_close_copy_keeps_the_pixels_and_no_metadata() -> None:
    original = noise(6, size=(3000, 2000))
    data = close_copy(original)
    assert data == close_copy(original)
    copy = Image.open(io.BytesIO(data))
    assert copy.size == (2000, 3000), "upright, and as large as the photo"
    assert set(copy.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"Chen" not in data
    assert b"Exif" not in data
    wide = Image.open(io.BytesIO(close_copy(noise(size=(8000, 1000)))))
    assert wide.size == (4000, 500), "decoded at a fraction: never above the edge"
    assert max(wide.size) <= CLOSE_EDGE


def test_proposals_hide_the_waybills_code_and_its_print(waybill: bytes) -> None:
    assert NUMBER in read(waybill), "the search can't fail"
    proposals = propose(waybill)
    assert {each.kind for each in proposals} == {MaskKind.BARCODE, MaskKind.ADDRESS}
    made = mask(waybill, [each.region for each in proposals])
    assert made.still_read == ()
    assert read(made.data) == set()
    # Of the print in the label's lower half, where sender and recipient stand, little is left.
    left = _jumps(made.data)[1100:1500, 1100:1700].sum()
    assert left < 0.25 * _jumps(waybill)[1100:1500, 1100:1700].sum()


def test_a_code_that_was_not_masked_is_told(waybill: bytes) -> None:
    assert mask(waybill, []).still_read == (NUMBER,)


def test_what_is_no_picture_gives_no_copy_and_no_proposal() -> None:
    broken = noise()[:3000]
    assert propose(broken) == ()
    with pytest.raises(UnreadableError):
        mask(broken, [])
    with pytest.raises(UnreadableError):
        close_copy(broken)


@pytest.mark.parametrize("edges", [(0, 0, 0, 5), (5, 5, 4, 6), (-1, 0, 5, 5), (0, 0, PARTS + 1, 5)])
def test_a_region_lies_inside_the_picture(edges: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="inside"):
        Region(*edges)


def _jumps(data: bytes) -> np.ndarray:
    grey = Image.open(io.BytesIO(data)).convert("L").resize((2048, 1536))
    return np.abs(np.diff(np.asarray(grey, np.int16), axis=1)) > 40
