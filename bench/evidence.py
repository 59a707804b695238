"""Evidence, measured as ratios against what the machine itself does with the same bytes.

Run: python -m bench.evidence [PHOTO.jpg]. CPU time, best of several, unless a name says wall.
"""

import hashlib
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

from evidence import bundle, dossier, ledger, verify
from evidence.photos import examine
from evidence.vault import Vault
from rules.likeness import FINE_BITS, NEAR, bands, bands_near, coarse, mirrored, written
from storage import migrations, pictures, resemblances
from storage.session import Database

_STORE = """
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_STORED) as archive:
    for file in sys.argv[2:]:
        archive.write(file)
"""
_NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def rows(photo: Path | None = None) -> list[tuple[str, float, float, str]]:
    """(name, value, reference, value in words with the ratio to the reference)."""
    with tempfile.TemporaryDirectory() as folder:
        given = photo or _drawn_photo(Path(folder))
        return [
            *_intake(given),
            _ledger(),
            _likeness(Path(folder)),
            _patterns(Path(folder)),
            *_bundle(Path(folder), given),
            _dossier(given),
        ]


def _best(work: Callable[[], object], times: int, clock: Callable[[], float]) -> float:
    taken = []
    for _ in range(times):
        started = clock()
        work()
        taken.append(clock() - started)
    return min(taken)


def _row(name: str, value: float, reference: float, unit: str) -> tuple[str, float, float, str]:
    return name, value, reference, f"{value:.4g} {unit}, {value / reference:.2f} x {reference:.4g}"


def _drawn_photo(folder: Path) -> Path:
    chance = np.random.default_rng(1)
    coarse = Image.fromarray(chance.integers(0, 255, (60, 80, 3), np.uint8))
    picture = coarse.resize((4032, 3024), Image.Resampling.BICUBIC)
    fine = Image.fromarray(chance.integers(0, 255, (3024, 4032, 3), np.uint8))
    path = folder / "photo.jpg"
    Image.blend(picture, fine, 0.08).save(path, quality=88)
    return path


def _intake(photo: Path) -> list[tuple[str, float, float, str]]:
    def floor() -> None:
        data = photo.read_bytes()
        hashlib.sha256(data).hexdigest()
        picture = Image.open(BytesIO(data))
        picture.draft("RGB", (picture.width // 4, picture.height // 4))
        picture.load()

    def intake(*, look_for_barcodes: bool) -> None:
        data = photo.read_bytes()
        hashlib.sha256(data).hexdigest()
        examine(data, look_for_barcodes=look_for_barcodes)

    def bytes_alone() -> None:
        hashlib.sha256(photo.read_bytes()).hexdigest()

    clock = time.process_time
    limit = 1000 * _best(bytes_alone, 7, clock)
    reference = 1000 * _best(floor, 7, clock)
    plain = 1000 * _best(lambda: intake(look_for_barcodes=False), 7, clock)
    coded = 1000 * _best(lambda: intake(look_for_barcodes=True), 7, clock)
    return [
        _row("photo intake, 12 MP", plain, reference, "ms CPU"),
        _row("photo intake with barcodes", coded, reference, "ms CPU"),
        _row("… its floor, to reading and SHA-256 alone", reference, limit, "ms CPU"),
    ]


def _ledger() -> tuple[str, float, float, str]:
    count = 100_000
    entries, prev = [], ledger.genesis("bench")
    facts = {"move": "receive", "by": "clerk:12", "digest": "sha256:" + "a" * 64}
    for seq in range(1, count + 1):
        entries.append(ledger.link("bench", seq, prev, facts, _NOW))
        prev = entries[-1].hash

    def bare() -> None:
        for entry in entries:
            hashlib.sha256(b"\x01" + entry.prev + entry.body).digest()

    clock = time.process_time
    reference = count / _best(bare, 3, clock)
    value = count / _best(lambda: ledger.verify(entries, "bench"), 3, clock)
    return _row("ledger verification", value, reference, "entries/s")


def _likeness(folder: Path) -> tuple[str, float, float, str]:
    """The search of the durable index, as a ratio to the scan of an array in memory."""
    chance = random.Random(1)
    codes = [chance.getrandbits(64) for _ in range(1_000_000)]
    held = np.array(codes, np.uint64)

    def bare() -> None:
        np.flatnonzero(np.bitwise_count(held ^ np.uint64(5)) <= NEAR)

    with closing(Database.in_folder(folder)) as db:
        migrations.upgrade(db)
        _fill(db, codes)
        asked = iter(codes)
        with db.read() as tx:
            resemblances.near(tx, 5)
            clock = time.perf_counter
            reference = 1000 * _best(bare, 20, clock)
            taken = []
            for _ in range(300):
                dhash = next(asked) ^ 0b1011
                started = clock()
                found = resemblances.near(tx, dhash - (1 << 64) if dhash >> 63 else dhash)
                taken.append(clock() - started)
                assert found[0][0] == 3  # the photo itself, three bits away
    return _row("near-duplicates of 1,000,000", 1000 * median(taken), reference, "ms wall")


def _patterns(folder: Path) -> tuple[str, float, float, str]:
    """The search that each seller's picture is taken through, as a ratio to bare index reads."""
    chance = random.Random(2)
    known = [chance.getrandbits(64 + FINE_BITS) for _ in range(1_000_000)]
    codes = [coarse(pattern) for pattern in known]
    rows = sorted((band, pictures.signed(code)) for code in codes for band in bands(code))
    whole = sorted((pictures.signed(coarse(pattern)), written(pattern)) for pattern in known)
    with closing(Database.in_folder(folder / "patterns")) as db:
        migrations.upgrade(db)
        driver = sqlite3.connect(db.engine.url.database or "")
        driver.executemany("INSERT INTO pattern_band (band, code) VALUES (?, ?)", rows)
        driver.executemany("INSERT INTO pattern_of_code (code, pattern) VALUES (?, ?)", whole)
        driver.commit()
        asked = bands_near(5)
        bare = f"SELECT code FROM pattern_band WHERE band IN ({','.join('?' * len(asked))})"
        clock = time.process_time
        reference = 1000 * _best(lambda: driver.execute(bare, asked).fetchall(), 20, clock)
        driver.close()
        with db.read() as tx:
            pictures.near(tx, 5)
            taken = []
            for pattern in known[:300]:
                started = clock()
                found = pictures.near(tx, mirrored(pattern) ^ 0b1011 << FINE_BITS)
                taken.append(clock() - started)
                assert pattern in found
    return _row("patterns of 1,000,000 near one", 1000 * median(taken), reference, "ms CPU")


def _fill(db: Database, codes: list[int]) -> None:
    """A million photos' bands, in the index's own order (photos of their own are not needed)."""
    rows = sorted(
        (band, code - (1 << 64) if code >> 63 else code, number)
        for number, code in enumerate(codes, 1)
        for band in bands(code)
    )
    driver = sqlite3.connect(db.engine.url.database or "")
    driver.executemany("INSERT INTO photo_band (band, dhash, photo_id) VALUES (?, ?, ?)", rows)
    driver.commit()
    driver.close()


def _bundle(folder: Path, photo: Path) -> list[tuple[str, float, float, str]]:
    vault = Vault(folder / "vault")
    data = photo.read_bytes()
    originals = [
        bundle.Original(f"S{n:02}", vault.put(data + n.to_bytes(2, "big")).digest, "image/jpeg")
        for n in range(30)
    ]
    entry = ledger.link("bench", 1, ledger.genesis("bench"), {}, _NOW)
    named = f"%PDF <pdf:Keywords>bench sha256:{entry.hash.hex()}</pdf:Keywords>"
    content = bundle.Bundle(
        "TB-2026-000001", "bench", _NOW, vault, tuple(originals), named.encode(), (entry,), {},
    )  # fmt: skip
    target, plain = folder / "bundle.zip", folder / "plain.zip"
    files = [str(vault.path(original.digest)) for original in originals]
    listing = folder / "sums"

    def by_hand() -> None:
        with listing.open("wb") as out:
            subprocess.run(["sha256sum", *files], stdout=out, check=True)
        plain.unlink(missing_ok=True)
        # Where there is no zip program, Python stores the files (its own command deflates them).
        zip_stored = ["zip", "-0", "-q"] if shutil.which("zip") else [sys.executable, "-c", _STORE]
        subprocess.run([*zip_stored, plain, *files], check=True)

    def check() -> None:
        if not all(found.ok for found in verify.verify(target)):
            raise AssertionError("the bundle does not verify")

    clock = time.perf_counter
    reference = 1000 * _best(by_hand, 3, clock)
    built = 1000 * _best(lambda: bundle.write(target, content), 3, clock)
    summing = 1000 * _best(
        lambda: subprocess.run(["sha256sum", "-c", "--quiet", listing], check=True), 3, clock
    )
    checked = 1000 * _best(check, 3, clock)

    def bytes_alone() -> None:
        with target.open("rb") as stream:
            hashlib.file_digest(stream, "sha256")

    limit = 1000 * _best(bytes_alone, 3, clock)
    size = target.stat().st_size / 1e6
    return [
        _row(f"bundle build, {size:.0f} MB, to sha256sum + zip", built, reference, "ms wall"),
        _row("bundle verify, to sha256sum -c", checked, summing, "ms wall"),
        _row("… to reading it and one SHA-256", checked, limit, "ms wall"),
    ]


def _dossier(photo: Path) -> tuple[str, float, float, str]:
    shown = examine(photo.read_bytes()).preview or b""
    digest = "sha256:" + "a" * 64
    serial = iter(range(1_000_000))

    def preview() -> bytes:
        # The typesetter remembers what it has set: no picture and no text may come twice.
        picture = Image.open(BytesIO(shown))
        picture.putpixel((0, 0), (next(serial) % 256, 0, 0))
        out = BytesIO()
        picture.save(out, "JPEG", quality=60 + next(serial) % 35)
        return out.getvalue()

    def content() -> dossier.Dossier:
        reference = f"TB-2026-{next(serial):06}"
        return dossier.Dossier(
            reference=reference, title=f"Bench {reference}", brand="Brand", shop="Shop",
            operator="Operator", stage_index=8, early_end=None,
            conclusion=f"Counterfeit {reference}.", summary=(f"A sentence on {reference}.",) * 5,
            rows=tuple(dossier.Row(f"Fact {n}", f"{reference} {n}") for n in range(45)),
            orders=(), custody=(), verdicts=(),
            photos=tuple(
                dossier.Photo(f"I{n:02}", f"Title {reference}", "unknown", _NOW, digest, preview())
                for n in range(12)
            ),
            moves=tuple(dossier.Move(f"{reference} {n}", _NOW, "clerk") for n in range(12)),
            remarks=(), referral=None, gauge=(), index=(), evidence_set=digest,
            ledger_head=digest, generated_at=_NOW,
        )  # fmt: skip

    taken = []
    for fresh in [content() for _ in range(6)]:
        started = time.perf_counter()
        dossier.render(fresh)
        taken.append(time.perf_counter() - started)
    return _row("dossier with 12 photos, to the goal", 1000 * median(taken), 300.0, "ms wall")


if __name__ == "__main__":
    named = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    for name, _value, _reference, words in rows(named):
        print(f"{name:48} {words}")
