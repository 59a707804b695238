"""Files as they come: real photographs, hostile ones, empty ones, and a disk without room."""

import errno
import time
from datetime import UTC, datetime, timedelta

import pytest

from casework import photographing, receiving
from casework.errors import Refused
from evidence.photos import examine
from evidence.vault import VaultFull
from rules.lifecycle import Stage
from storage import ledger
from storage.tables import Photo, Route
from tests.casework.programme_in import dump, picture

LONGEST = 20.0
"""Seconds a file may take on a busy machine; the slowest known takes under one."""


def take(town, reference, shot, data, name="x"):
    return photographing.take_photo(
        town.db, town.vault, town.buyer(reference), reference, shot=shot, data=data, name=name
    )


def entries(town, reference):
    with town.db.read() as tx:
        return list(ledger.chain(tx, reference))


@pytest.mark.parametrize("data", [b"", b"\0" * 50_000, b"<html>", b"%PDF-1.7", b"GIF89a" * 9])
def test_bytes_of_no_known_type_leave_nothing_but_a_ledger_entry(on_sqlite, data):
    town = on_sqlite
    reference = town.bring(Stage.ASSIGNED)
    before, chain = dump(town.db), entries(town, reference)
    with pytest.raises(Refused, match="not a photo we can read"):
        take(town, reference, "P01", data)
    after = dump(town.db)
    assert len(entries(town, reference)) == len(chain) + 1
    assert {name for name in after if after[name] != before[name]} == {"ledger"}
    assert list(town.vault.digests()) == []


def test_a_disk_without_room_changes_nothing_and_says_what_to_do(on_sqlite, monkeypatch):
    town = on_sqlite
    reference = town.bring(Stage.ORDERED)
    before = dump(town.db)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("evidence.vault.os.fsync", full)
        with pytest.raises(VaultFull, match="Free some room"):
            take(town, reference, "R01", picture("R01"))
    assert dump(town.db) == before
    assert [file for file in town.vault.root.rglob("*") if file.is_file()] == []
    assert take(town, reference, "R01", picture("R01")).accepted


def test_the_same_bytes_again_are_kept_but_do_for_no_other_shot(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.ORDERED)
    assert take(town, reference, "R01", picture("same")).accepted
    again = take(town, reference, "R04", picture("same"))
    assert not again.accepted and "same file" in again.reasons[0]
    assert len(town.of(Photo, reference)) == 2


def test_hostile_files_are_turned_away_or_kept_unread(on_sqlite, real_data):
    town = on_sqlite
    reference = town.bring(Stage.ORDERED)
    files = sorted((real_data / "hostile").iterdir())
    assert len(files) > 20
    seen = {"turned away": 0, "unreadable": 0, "read": 0}
    for file in files:
        data, photos = file.read_bytes(), len(town.of(Photo, reference))
        chain, began = len(entries(town, reference)), time.monotonic()
        try:
            taken = take(town, reference, "R01", data, file.name)
        except Refused:
            assert len(town.of(Photo, reference)) == photos
            seen["turned away"] += 1
        else:
            row = town.of(Photo, reference)[-1]
            assert town.vault.read(row.digest) == data
            assert row.accepted == taken.accepted
            if not row.readable:
                assert not row.accepted and taken.reasons, file.name
                assert row.kept_for_supervisor or "same file" in taken.reasons[0]
            seen["read" if row.readable else "unreadable"] += 1
        assert time.monotonic() - began < LONGEST, file.name
        assert len(entries(town, reference)) == chain + 1
    assert all(seen.values()), seen


def test_an_unreadable_photo_says_what_to_do(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.ORDERED)
    taken = take(town, reference, "U02", picture("cut")[:400])
    row = town.of(Photo, reference)[-1]
    assert not row.readable and not row.accepted
    assert "again" in taken.reasons[0]


PHONE = "cartridge__2021-05-15__PXL_20210515_181322806.jpg"
P_SHOTS = ("P01", "P05", "P07")


def test_the_whole_way_with_real_photographs(on_sqlite, real_data):
    """Phone photographs of at least 2,000 pixels, as they came off the phone, at their own time."""
    town = on_sqlite
    town.now = datetime(2010, 1, 1, tzinfo=UTC)
    phone = []
    for file in sorted((real_data / "camera").iterdir()):
        if file.suffix.lower() in {".jpg", ".jpeg", ".png"}:
            seen = examine(file.read_bytes())
            if seen.readable and seen.long_edge >= 2000 and seen.sharpness >= 40:
                phone.append((file, seen))
    screens = [
        file
        for file in sorted((real_data / "barcode").glob("*.png"))
        if (size := examine(file.read_bytes())).readable and size.long_edge >= 1000
    ]
    assert len(phone) >= 4, "too few real photographs of full size"
    reference = town.bring(Stage.ASSIGNED, route=Route.BY_HAND)
    accepted = 0
    shots = iter(("R01", "R02", "U02", "I01", "I02", "B02"))
    for shot, file in zip(P_SHOTS, screens, strict=False):
        assert take(town, reference, shot, file.read_bytes(), file.name).accepted, file.name
    town.photograph(reference, *P_SHOTS[len(screens) :], word="drawn")
    town.order(reference)
    for file, seen in phone:
        if seen.capture.taken_at_local:
            moment = seen.capture.taken_at_local.replace(tzinfo=UTC)
            town.now = max(town.now, moment + timedelta(hours=14))
        shot = next(shots, None)
        if shot is None:
            break
        taken = take(town, reference, shot, file.read_bytes(), file.name)
        if taken.accepted:
            accepted += 1
        row = town.of(Photo, reference)[-1]
        assert town.vault.read(row.digest) == file.read_bytes()
        if not taken.accepted:
            town.photograph(reference, shot, word="drawn")
    assert accepted >= 4
    for shot in shots:
        town.photograph(reference, shot, word="drawn")
    town.waives = True
    receiving.receive(town.db, town.buyer(reference), reference, version=town.version(reference))
    town.document(reference)
    town.carry_on(reference, Stage.JUDGED)
    assert town.run(reference).waiting_name == "Held"


def test_a_photo_taken_before_the_test_buy_began_is_refused(on_sqlite, real_data):
    town = on_sqlite
    reference = town.bring(Stage.ORDERED)
    data = (real_data / "camera" / PHONE).read_bytes()
    taken = take(town, reference, "R01", data)
    assert not taken.accepted and "before this test buy began" in " ".join(taken.reasons)
    assert taken.kept_for_supervisor
