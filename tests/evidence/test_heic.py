"""HEIC: decoded in a child under limits, never in this process."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from evidence import heic
from evidence.decoding import UnreadableError
from evidence.digests import sha256_of
from evidence.masking import MASKED_EDGE, mask, propose
from evidence.media import HEAD, HEIC, kind_of
from evidence.photos import examine
from rules.audience import Region

ROOT = Path(__file__).parents[2]
_MAKE = """
import sys, numpy, pillow_heif
from PIL import Image
pillow_heif.register_heif_opener()
width, height = int(sys.argv[2]), int(sys.argv[3])
coarse = numpy.random.default_rng(5).integers(0, 255, (12, 16, 3), numpy.uint8)
picture = Image.fromarray(coarse).resize((width, height), Image.Resampling.NEAREST)
exif = Image.Exif()
exif[0x0110] = "Phone"
picture.save(sys.argv[1], quality=60, exif=exif)
"""


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    """Makes a HEIC photo, in a process of its own."""

    def make(width, height):
        path = tmp_path_factory.mktemp("heic") / "a.heic"
        command = [sys.executable, "-c", _MAKE, str(path), str(width), str(height)]
        subprocess.run(command, check=True, timeout=120)
        return path.read_bytes()

    return make


def test_a_heic_photo_is_measured_like_any_other(photo):
    data = photo(2400, 1800)
    assert kind_of(data[:HEAD]).media_type == HEIC
    seen = examine(data, look_for_barcodes=True)
    assert seen.readable, seen.unreadable_reason
    assert (seen.width, seen.height, seen.capture.device) == (2400, 1800, "Phone")
    assert seen.sharpness > 40 and seen.dhash is not None and seen.preview and seen.metadata
    assert "pillow_heif" not in sys.modules


@pytest.mark.parametrize("cut", [40, 400, -200])
def test_a_damaged_one_says_what_to_do(photo, cut):
    seen = examine(photo(640, 480)[:cut])
    if cut > 0:
        assert (
            not seen.readable
            and "set the phone to take jpeg" in (seen.unreadable_reason or "").lower()
        )


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("import time; time.sleep(60)", "too long"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "damaged"),
        ("print('{}')", "can't be read"),
        ('print(\'{"refused": "pixels"}\'); raise SystemExit(3)', "more pixels"),
    ],
)
def test_a_reader_that_hangs_crashes_or_lies_costs_its_photo_alone(tmp_path, script, said):
    reader = tmp_path / "reader.py"
    reader.write_text(script)
    with pytest.raises(UnreadableError, match=said):
        heic.decode(b"x", 100, seconds=2, reader=reader)


def test_the_reader_holds_itself_to_its_limits():
    """What the child may use is set before a decoder is loaded."""
    script = (
        "import evidence.heic_reader as reader, resource, sys; reader._limit();"
        "assert 'pillow_heif' not in sys.modules;"
        "assert resource.getrlimit(resource.RLIMIT_AS)[0] == 1_500_000_000;"
        "assert resource.getrlimit(resource.RLIMIT_CPU)[0] == 20\n"
        "try: bytearray(2_000_000_000)\n"
        "except MemoryError: sys.exit(7)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, timeout=120)
    assert done.returncode == 7


def test_the_portal_never_loads_the_decoder():
    script = "import sys, portal.app, evidence.photos; sys.exit('pillow_heif' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, timeout=60).returncode == 0


def test_a_heic_photo_is_masked_by_a_copy_that_names_its_original(photo):
    """Before, it could not be drawn, so that nobody could mask it and no copy of it was given."""
    data = photo(4200, 3100)
    made = mask(data, [Region(2500, 2500, 7500, 7500)])
    copy = Image.open(io.BytesIO(made.data))
    assert copy.format == "JPEG" and made.made_from == sha256_of(data)
    assert copy.size == (MASKED_EDGE, 1512), "as large as the copy of a JPEG"
    assert not copy.getexif() and b"Phone" not in made.data
    grey = np.asarray(copy.convert("L"))
    assert grey[400:1100, 540:1500].max() <= 2 and grey[:370].std() > 20
    assert made == mask(data, made.regions)
    assert propose(data) == () and "pillow_heif" not in sys.modules
    with pytest.raises(UnreadableError):
        mask(data[:400], [])
