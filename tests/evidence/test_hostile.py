"""Hostile files, each in a child of its own limits: none crashes it, hangs or fills memory."""

import io
import json
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
MEMORY_KB = 400_000
"""What a child may hold at its peak: the interpreter and its libraries are 75,000 of it."""
CPU_SECONDS = 8
_CHILDREN = """
import json, os, resource, signal, sys, time
from pathlib import Path
from evidence.media import UnknownType
from evidence.photos import examine
from evidence import heic

def look(file):
    for what, limit in ((resource.RLIMIT_AS, 1_500_000_000), (resource.RLIMIT_CPU, 10)):
        resource.setrlimit(what, (limit, limit))
    signal.alarm(90)
    try:
        seen = examine(file.read_bytes(), look_for_barcodes=True, expected="NOT THERE 1")
        return ["read", ""] if seen.readable else ["unreadable", seen.unreadable_reason]
    except UnknownType as unknown:
        return ["unknown", str(unknown)]

for file in sorted(Path(sys.argv[1]).iterdir()):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        said = look(file)
        os.write(writing, json.dumps(said).encode())
        os._exit(0)
    os.close(writing)
    answer = os.fdopen(reading, "rb").read()
    _, status, used = os.wait4(child, 0)
    said = json.loads(answer) if answer else [None, None]
    print(json.dumps([file.name, status, used.ru_utime + used.ru_stime, used.ru_maxrss, *said]))
"""


def opened(folder):
    """What became of each file of `folder`: (name, its answer, its reason), under the limits."""
    done = subprocess.run(
        [sys.executable, "-c", _CHILDREN, str(folder)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=400,
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) == len(list(folder.iterdir())), done.stderr[-500:]
    assert [name for name, status, *_ in told if status != 0] == [], done.stderr[-500:]
    assert [each for each in told if each[2] > CPU_SECONDS or each[3] > MEMORY_KB] == []
    for name, _status, _cpu, _memory, answer, reason in told:
        if answer != "read":
            assert len(reason) > 30 and "rror" not in reason and reason.endswith("."), name
            assert any(word in reason for word in ("again", "Send ", "Take ", "Set ")), reason
    return {name: answer for name, _status, _cpu, _memory, answer, _reason in told}


def test_no_real_hostile_file_crashes_hangs_or_fills_the_memory(real_data):
    answers = opened(real_data / "hostile")
    assert len(answers) > 40
    assert set(answers.values()) == {"read", "unreadable", "unknown"}


def saved(picture, kind="JPEG", **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, *chunks, pixels=b""):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(pixels))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + body + chunk(b"IEND", b"")


def claiming(jpeg, width, height):
    """The same scan under a header that claims another size."""
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + struct.pack(">HH", height, width) + jpeg[at + 4 :]


def circle():
    """EXIF whose folder of details is itself, at every level."""
    entry = struct.pack(">HHII", 0x8769, 4, 1, 8)
    return b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">H", 1) + entry + struct.pack(">I", 8)


def drawn():
    chance = np.random.default_rng(3)
    coarse = np.kron(chance.integers(40, 150, (6, 8)), np.ones((80, 80)))
    grey = (coarse + chance.integers(0, 60, coarse.shape)).astype(np.uint8)
    picture = Image.fromarray(grey)
    jpeg = saved(picture)
    bomb = zlib.compress(b"\0" * 200_000_000, 9)
    app = circle()
    return {
        "good.jpg": (jpeg, "read"),
        "cut.jpg": (jpeg[:5000], "unreadable"),
        "head.jpg": (jpeg[:300], "unreadable"),
        "zeros.jpg": (b"\xff\xd8\xff" + bytes(5000), "unreadable"),
        "largest.jpg": (claiming(jpeg, 65500, 65500), "unreadable"),
        "wide.jpg": (claiming(jpeg, 60000, 4000), None),
        "circle.jpg": (jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(app) + 2) + app + jpeg[2:],
                       "read"),
        "polyglot.jpg": (jpeg + b"PK\x03\x04%PDF-1.7<script>" + bytes(9000), "read"),
        "scans.jpg": (layered(), "unreadable"),
        "largest.png": (png(2**31 - 1, 2**31 - 1), "unreadable"),
        "bomb.png": (png(6000, 6000, pixels=bytes(6001 * 6000)), "read"),
        "text.png": (png(8, 8, chunk(b"zTXt", b"a\0\0" + bomb), pixels=bytes(72)), None),
        "profile.png": (png(8, 8, chunk(b"iCCP", b"a\0\0" + bomb), pixels=bytes(72)), None),
        "cut.webp": (saved(picture, "WEBP")[:4000], "unreadable"),
        "noise.heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + grey.tobytes()[:9000],
                       "unreadable"),
        "empty": (b"", "unknown"),
        "page.jpg": (b"<html><script>alert(1)</script>", "unknown"),
    }  # fmt: skip


def layered():
    scans = saved(Image.new("L", (900, 900)), progressive=True)
    at = scans.rindex(b"\xff\xda")
    return scans[:at] + scans[at:-2] * 100 + scans[-2:]


def test_no_drawn_hostile_file_crashes_hangs_or_fills_the_memory(tmp_path):
    """For machines without the real ones, and for what those do not try."""
    for name, (data, _) in drawn().items():
        (tmp_path / name).write_bytes(data)
    answers = opened(tmp_path)
    wanted = {name: answer for name, (_, answer) in drawn().items() if answer}
    assert {name: answers[name] for name in wanted} == wanted


_AFTER = """
import sys
from pathlib import Path
from evidence.media import UnknownType
from evidence.photos import examine
good = Path(sys.argv[1]).read_bytes()
first = examine(good, look_for_barcodes=True)
assert first.readable and first.dhash
for file in sorted(Path(sys.argv[2]).iterdir()):
    try:
        examine(file.read_bytes(), look_for_barcodes=True)
    except UnknownType:
        pass
    assert examine(good, look_for_barcodes=True) == first, file.name
"""


@pytest.mark.parametrize("which", ["drawn", "real"])
def test_one_bad_file_does_not_spoil_the_next_ones_answer(request, tmp_path, which):
    """All of them in one process, with a good one after each."""
    good, folder = tmp_path / "good", tmp_path / "bad"
    folder.mkdir()
    bad = drawn()
    good.write_bytes(bad["good.jpg"][0])
    if which == "drawn":
        for name, (data, _) in bad.items():
            (folder / name).write_bytes(data)
    else:
        folder = request.getfixturevalue("real_data") / "hostile"
    done = subprocess.run(
        [sys.executable, "-c", _AFTER, str(good), str(folder)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert done.returncode == 0, done.stderr[-500:]
