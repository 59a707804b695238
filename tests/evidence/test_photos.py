import csv
import json
from datetime import datetime
from io import BytesIO

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageFilter

from evidence.media import UnknownType, kind_of
from evidence.photos import examine


def saved(picture, kind="JPEG", **options):
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def scene(width=1600, height=1200, seed=7):
    """A picture with coarse and fine structure, not the same in any two directions."""
    chance = np.random.default_rng(seed)
    coarse = Image.fromarray(chance.integers(0, 255, (7, 9, 3), np.uint8))
    fine = Image.fromarray(chance.integers(0, 255, (height, width, 3), np.uint8))
    return Image.blend(coarse.resize((width, height), Image.Resampling.BICUBIC), fine, 0.2)


def preview_of(facts):
    assert facts.preview is not None
    return Image.open(BytesIO(facts.preview))


def brighter(picture, by):
    lighter = np.asarray(picture, np.int16) + by
    return Image.fromarray(lighter.clip(0, 255).astype(np.uint8))


def bits(first, second):
    return (first ^ second).bit_count()


def truths(folder, kind):
    with (folder / "MANIFEST.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["kind"] == kind:
                yield folder / row["file"], json.loads(row["ground_truth"].split(" | ")[0])


def test_real_cameras_tell_size_time_zone_and_place(real_data):
    seen = 0
    for file, truth in truths(real_data, "camera"):
        if truth["format"] == "HEIF":
            continue
        facts = examine(file.read_bytes())
        assert facts.readable, file
        size = (truth["width"], truth["height"])
        turned = truth.get("orientation", 1) >= 5
        assert (facts.width, facts.height) == (size[::-1] if turned else size), file
        moment = truth.get("datetime_original")
        expected = datetime.fromisoformat(moment.replace(":", "-", 2)) if moment else None
        assert facts.capture.taken_at_local == expected, file
        if "offset" in truth:
            hours, minutes = truth["offset"].split(":")
            assert facts.capture.utc_offset_minutes == int(hours) * 60 + int(minutes), file
        if "model" in truth:
            assert facts.capture.device and truth["model"] in facts.capture.device, file
        place = truth.get("gps")
        if place in (None, "0.0,0.0"):
            assert facts.capture.place is None, file
        else:
            assert facts.capture.place == pytest.approx([float(n) for n in place.split(",")]), file
        seen += 1
    assert seen > 20


def test_previews_carry_nothing_of_the_original_but_its_picture(real_data):
    for file, truth in truths(real_data, "camera"):
        if truth["format"] == "HEIF":
            continue
        facts = examine(file.read_bytes())
        preview = preview_of(facts)
        assert preview.format == "JPEG" and max(preview.size) <= 1008, file
        assert not preview.getexif() and set(preview.info) <= {
            "jfif", "jfif_version", "jfif_unit", "jfif_density",
        }, file  # fmt: skip
        wide, tall = facts.width / max(facts.width, facts.height), preview.width
        assert abs(tall / max(preview.size) - wide) < 0.02, file


def test_one_scene_in_eight_orientations_is_one_picture(real_data):
    hashes = []
    for turn in range(1, 9):
        file = real_data / f"camera/exif-samples__jpg__orientation__landscape_{turn}.jpg"
        facts = examine(file.read_bytes())
        assert (facts.width, facts.height) == (600, 450)
        hashes.append(facts.dhash)
    assert max(bits(first, second) for first in hashes for second in hashes) <= 4


def test_a_shrunk_and_recompressed_copy_stays_near_and_another_photo_far(real_data):
    file = real_data / "camera/cartridge__2021-05-15__PXL_20210515_181322806.jpg"
    original = examine(file.read_bytes())
    with Image.open(file) as copy:
        exif = copy.getexif()
        copy.thumbnail((1600, 1600))
        again = examine(saved(copy, quality=60, exif=exif))
    other = examine((real_data / "camera/mdx__jpg__Issue_177.jpg").read_bytes())
    assert bits(original.dhash, again.dhash) <= 8 < bits(original.dhash, other.dhash)


def test_a_type_is_told_by_content_only():
    picture = scene(64, 48)
    assert kind_of(saved(picture)).media_type == "image/jpeg"
    assert kind_of(saved(picture, "PNG")).media_type == "image/png"
    assert kind_of(saved(picture, "WEBP")).media_type == "image/webp"
    for other in (b"", b"\xff\xd8", b"%PDF-1.7", b"RIFF0000WAVE", saved(picture, "GIF")):
        with pytest.raises(UnknownType, match="was not kept"):
            examine(other)


def test_a_picture_of_two_frames_from_a_phone_is_a_jpeg():
    data = saved(scene(), "MPO", save_all=True, append_images=[scene(seed=8)])
    facts = examine(data, look_for_barcodes=True, expected="none there")
    assert facts.readable and facts.media_type == "image/jpeg" and facts.long_edge == 1600


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_file_cut_short_is_known_and_unreadable(kind):
    data = saved(scene(), kind)
    facts = examine(data[: len(data) // 2])
    assert not facts.readable and facts.preview is None and facts.dhash is None
    assert "again" in (facts.unreadable_reason or "")
    assert facts.long_edge == 1600 or kind == "WEBP"


def test_a_200_megapixel_photo_is_measured_at_an_eighth():
    data = saved(Image.new("L", (16320, 12240), 90))
    facts = examine(data, look_for_barcodes=True)
    assert facts.readable and facts.long_edge == 16320 and facts.flat
    assert max(preview_of(facts).size) <= 1008


def test_bombs_are_refused_by_their_size_before_decoding():
    png = saved(Image.new("1", (9_000, 9_000)), "PNG")
    progressive = saved(Image.new("L", (9_000, 9_000)), progressive=True)
    for bomb in (png, progressive):
        facts = examine(bomb)
        assert not facts.readable and "more pixels" in (facts.unreadable_reason or "")
    scans = saved(Image.new("L", (900, 900)), progressive=True)
    at = scans.rindex(b"\xff\xda")
    layered = scans[:at] + scans[at:-2] * 100 + scans[-2:]
    assert "layers" in (examine(layered).unreadable_reason or "")


def test_a_flat_picture_has_no_hash_to_collide():
    facts = examine(saved(Image.new("RGB", (2400, 1800), (200, 200, 200))))
    assert facts.flat and facts.dhash is None
    assert not examine(saved(scene())).flat


def test_measures_move_the_way_their_names_say():
    picture = scene(2016, 1512)
    plain = examine(saved(picture, quality=92))
    blurred = examine(saved(picture.filter(ImageFilter.GaussianBlur(6)), quality=92))
    dark = examine(saved(brighter(picture, -140), quality=92))
    bright = examine(saved(brighter(picture, 140), quality=92))
    assert blurred.sharpness < plain.sharpness / 3
    assert dark.mean_luma < plain.mean_luma < bright.mean_luma
    assert dark.clipped_dark > 0.2 > plain.clipped_dark
    assert bright.clipped_bright > 0.2 > plain.clipped_bright


def test_transparent_and_deep_screen_captures_are_readable():
    glass = Image.new("RGBA", (1200, 900), (0, 0, 0, 0))
    glass.paste((10, 10, 10, 255), (0, 0, 300, 900))
    facts = examine(saved(glass, "PNG"))
    assert facts.readable and facts.mean_luma > 180
    deep = Image.fromarray(
        (np.arange(800 * 600, dtype=np.uint32) % 65536).astype(np.uint16).reshape(600, 800)
    )
    assert examine(saved(deep, "PNG")).readable
    palette = scene().quantize(16)
    assert examine(saved(palette, "PNG", transparency=3)).readable


def test_wide_colours_come_into_the_common_space(real_data):
    file = real_data / "camera/cartridge__deviceComparison__iPhone11__IMG_5813.JPG"
    preview = preview_of(examine(file.read_bytes()))
    with Image.open(file) as raw:
        raw.draft("RGB", (1008, 756))
        untouched = np.asarray(raw.convert("RGB"), np.float32).mean((0, 1))
    converted = np.asarray(preview, np.float32).mean((0, 1))
    assert abs(untouched - converted).max() > 0.5


@pytest.mark.parametrize(
    "tag", [ExifTags.Base.Artist, ExifTags.Base.Copyright, ExifTags.Base.XPAuthor, "xmp", None]
)
def test_metadata_that_names_a_person_is_noticed(tag):
    """So that such an original does not lie open in a package: a phone may know its owner."""
    exif, extra = Image.Exif(), {}
    exif[ExifTags.Base.Model] = "A phone"
    if tag == "xmp":
        extra["xmp"] = b"<x:xmpmeta><dc:creator><rdf:li>Chen Bo</rdf:li></dc:creator></x:xmpmeta>"
    elif tag is not None:
        exif[tag] = "Chen Bo".encode("utf-16-le") if tag == ExifTags.Base.XPAuthor else "Chen Bo"
    out = BytesIO()
    Image.new("RGB", (400, 300), "grey").save(out, "JPEG", exif=exif, **extra)
    assert examine(out.getvalue()).capture.names_person is (tag is not None)
