"""Originals of 200 megapixels through the whole door, in a child so that its memory is its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from evidence.vault import Vault
from rules.lifecycle import Stage
from storage.tables import Photo

ROOT = Path(__file__).parents[3]
WIDE, TALL = 16320, 12240
MOST_KB = 500_000
"""What the child may hold at its peak, 130 MB of it the programme's own modules and the tests'; the
picture alone has 600 MB of pixels. Measured: 450 MB."""

_DRAW = """
import sys
import numpy as np
from PIL import Image
chance = np.random.default_rng(4)
coarse = np.kron(chance.integers(40, 150, (9, 12)), np.ones((170, 170)))
grey = (coarse + chance.integers(0, 60, coarse.shape)).astype(np.uint8)
large = Image.fromarray(grey).resize((16320, 12240), Image.Resampling.NEAREST)
exif = Image.Exif()
exif[0x0110] = "Phone of 200 megapixels"
large.save(sys.argv[1], "JPEG", quality=30, exif=exif)
"""
_TAKE = """
import json, resource, sys
from pathlib import Path
from evidence.vault import Vault
from storage.session import Database
from tests.casework.programme_in import Programme
from casework.intake.photographing import take_photo
before = resource.getrusage(resource.RUSAGE_SELF)
folder, reference, photo = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
db, vault = Database.in_folder(folder), Vault(folder / "vault")
town = Programme(db, vault, people=json.loads(sys.argv[4]))
with photo.open("rb") as stream:
    taken = take_photo(
        db, vault, town.buyer(reference), reference, shot="R01", data=stream, name=photo.name
    )
db.close()
after = resource.getrusage(resource.RUSAGE_SELF)
cpu = after.ru_utime - before.ru_utime
# Its own peak: what getrusage tells may be the parent's, from before the exec.
state = Path("/proc/self/status").read_text()
memory = int(state.partition("VmHWM:")[2].split()[0])
print(json.dumps([taken.accepted, taken.reasons, memory, cpu]))
"""


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    path = tmp_path_factory.mktemp("large") / "large.jpg"
    subprocess.run([sys.executable, "-c", _DRAW, str(path)], check=True, timeout=300)
    return path


def test_a_200_megapixel_photo_goes_through_the_door_and_is_analysed_reduced(on_sqlite, large):
    """For R01 the challenge code is looked for by every pass, and is not there: the dearest way."""
    town = on_sqlite
    reference = town.bring(Stage.ORDERED)
    folder = town.vault.root.parent
    arguments = [str(folder), reference, str(large), json.dumps(town.people)]
    done = subprocess.run(
        [sys.executable, "-c", _TAKE, *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-800:]
    accepted, reasons, memory, cpu = json.loads(done.stdout)
    assert accepted, reasons
    assert memory < MOST_KB and cpu < 20, (memory, cpu)
    (row,) = [photo for photo in town.of(Photo, reference) if photo.shot == "R01"]
    assert (row.width, row.height, row.readable) == (WIDE, TALL, True)
    assert row.sharpness > 40 and row.dhash is not None
    vault = Vault(town.vault.root)
    vault.verify(row.digest)
    assert vault.path(row.digest).read_bytes() == large.read_bytes()
    with Image.open(vault.path(row.preview_digest)) as preview:
        assert max(preview.size) <= 1008 and preview.format == "JPEG"
