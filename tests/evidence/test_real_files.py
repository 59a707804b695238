"""Every real file: barcodes as well as measured, photographs measured, HEIC in its child."""

import json
import random
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from evidence import barcodes
from evidence.media import HEAD, HEIC, kind_of
from tests.conftest import ROOT


def of_kind(folder, kind):
    files = sorted(file for file in (folder / kind).iterdir() if file.suffix != ".txt")
    assert len(files) > 20
    return files


def test_barcodes_are_read_as_well_as_measured(real_data):
    """At least 85 % exactly and at most 0.6 % wrong, over the kinds of code that are looked for."""
    exact, wrong, pictures = [], [], 0
    for file in of_kind(real_data, "barcode"):
        picture = Image.open(file).convert("RGB")
        found = barcodes.read(picture)
        truth = file.with_suffix(".txt")
        if not truth.is_file():
            wrong += [file.name] * bool(found)
            continue
        text = truth.read_bytes().decode(errors="replace").strip("\r\n")
        if _outside(file.name):
            continue
        pictures += 1
        if barcodes.compare(text, found) == "match":
            exact.append(file.name)
        elif found:
            wrong.append(file.name)
    assert len(exact) / pictures >= 0.85, (len(exact), pictures)
    assert len(wrong) <= max(1, 0.006 * pictures), wrong


def _outside(name):
    """Kinds that the first pass does not look for: they cost more time a photo."""
    return any(word in name for word in ("pdf417", "maxicode", "rss"))


LINEAR = ("code128", "code39", "itf", "ean13", "ean8", "upca")


def linear_codes(folder):
    """Real linear codes that are read where they lie straight: name, picture, text."""
    for file in of_kind(folder, "barcode"):
        truth = file.with_suffix(".txt")
        if truth.is_file() and any(word in file.name for word in LINEAR):
            picture, text = Image.open(file).convert("L"), truth.read_text().strip("\r\n")
            if barcodes.compare(text, barcodes.read(picture)) == "match":
                yield file.name, picture, text


@pytest.mark.parametrize(
    ("around", "straight", "least"),
    [("as bright as the middle tone", 12, 0.95), ("white", 8, 0.85)],
)
def test_codes_at_random_angles_are_found_by_the_further_passes(real_data, around, straight, least):
    """Each of 28 real codes at an angle, always the same; 0.88 of 182 was measured elsewhere.

    At four angles each, the first pass read 62 of 112 and three tilts 110; with white around them,
    which drowns the tones of the paper, 41 and 104.
    """
    first = further = tried = 0
    for name, picture, text in linear_codes(real_data):
        fill = 255 if around == "white" else int(np.median(np.asarray(picture)))
        angle = random.Random(f"{name}0").uniform(0, 360)
        turned = picture.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=fill)
        found = barcodes.read(turned, expected=text)
        tried += 1
        first += barcodes.compare(text, barcodes.read(turned)) == "match"
        further += barcodes.compare(text, found) == "match"
        assert barcodes.compare(text, found) != "other", name
    assert tried >= 25
    assert first >= straight and further >= least * tried, (first, further, tried)


def test_aztec_is_read_at_once_and_pdf417_where_something_is_expected(real_data):
    seen = set()
    for file in of_kind(real_data, "barcode"):
        if "aztec" not in file.name and "pdf417" not in file.name:
            continue
        picture, text = Image.open(file), file.with_suffix(".txt").read_text().strip("\r\n")
        at_once = barcodes.compare(text, barcodes.read(picture))
        assert at_once == ("match" if "aztec" in file.name else "none"), file.name
        assert barcodes.compare(text, barcodes.read(picture, expected=text)) == "match", file.name
        seen.add("aztec" in file.name)
    assert seen == {True, False}


def test_no_pass_reads_a_code_where_there_is_none(real_data):
    """More passes are more chances to misread."""
    empty = [f for f in of_kind(real_data, "barcode") if not f.with_suffix(".txt").is_file()]
    assert len(empty) >= 6
    for file in empty:
        assert barcodes.read(Image.open(file), expected="SF1234567890") == (), file.name


TAKING = """
import json, re, sys
from pathlib import Path
from evidence.photos import examine
told = {}
for name in json.load(sys.stdin):
    seen = examine(Path(name).read_bytes())
    told[name] = [seen.width * seen.height, seen.readable, bool(seen.preview)]
used = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
json.dump([told, used, "pillow_heif" in sys.modules], sys.stdout)
"""
"""In a process of its own: what others held before is no measure of what a photo takes.

VmHWM in kB, not ru_maxrss: a program started by another begins with that one's ru_maxrss.
"""


def test_every_camera_file_is_taken_and_heic_is_measured(real_data):
    files = of_kind(real_data, "camera")
    done = subprocess.run(
        [sys.executable, "-c", TAKING],
        cwd=ROOT,
        input=json.dumps([str(file.resolve()) for file in files]),
        capture_output=True,
        text=True,
        check=True,
    )
    told, kilobytes, decoded_here = json.loads(done.stdout)
    heic = 0
    for file in files:
        pixels, readable, previewed = told[str(file.resolve())]
        if kind_of(file.read_bytes()[:HEAD]).media_type == HEIC:
            heic += 1
            if pixels > 50_000_000:
                continue
        assert readable and previewed, file.name
    assert heic >= 4
    assert not decoded_here
    assert kilobytes < 400_000
