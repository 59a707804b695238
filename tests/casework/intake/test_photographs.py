"""Files as they come: real photographs, hostile ones, empty ones, and a disk without room."""

import errno
import io
import time
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from casework.errors import Refused
from casework.examinations import examining
from casework.intake import photographing, receiving
from evidence.photos import examine
from evidence.vault import VaultFull
from rules.lifecycle import Stage
from rules.roles import Role
from storage.tables import Photo, PhotoCapture, Route
from tests.casework.programme_in import dump, picture

LONGEST = 20.0
"""Seconds a file may take on a busy machine; the slowest known takes under one."""


def take(town, reference, shot, data, name="x"):
    return photographing.take_photo(
        town.db, town.vault, town.buyer(reference), reference, shot=shot, data=data, name=name
    )


@pytest.mark.parametrize("data", [b"", b"\0" * 50_000, b"<html>", b"%!PS-Adobe", b"GIF89a" * 9])
def test_bytes_of_no_known_type_leave_nothing_but_a_ledger_entry(on_sqlite, data):
    town = on_sqlite
    reference = town.bring(Stage.ASSIGNED)
    before, chain = dump(town.db), town.ledger(reference)
    with pytest.raises(Refused, match="not a photo we can read"):
        take(town, reference, "P01", data)
    after = dump(town.db)
    assert len(town.ledger(reference)) == len(chain) + 1
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


def test_the_same_bytes_for_the_same_shot_get_the_first_answer_again(both):
    """A phone that never heard the answer sends the photo once more."""
    town = both
    reference = town.bring(Stage.ORDERED)
    for data in (picture("sent twice"), picture("cut")[:400]):
        first = take(town, reference, "R01", data)
        before = dump(town.db)
        town.later(minutes=3)
        assert take(town, reference, "R01", data) == first
        assert dump(town.db) == before


def test_a_photo_of_another_test_buy_is_told_without_naming_that(on_sqlite):
    town = on_sqlite
    first, second = town.bring(Stage.ORDERED), town.bring(Stage.ORDERED, 2)
    assert take(town, first, "R01", picture("both")).accepted
    again = take(town, second, "R01", picture("both"))
    assert not again.accepted and "a photo of another test buy" in again.reasons[0]
    assert first not in " ".join(again.reasons + again.remarks)


def test_a_photo_asked_for_anew_is_not_answered_by_the_old_one(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.SUBMITTED)
    old = town.vault.read(next(p for p in town.of(Photo, reference) if p.shot == "I01").digest)
    expert = town.act(Role.AUTHENTICATOR)
    examining.claim(town.db, expert, town.examination(reference))
    town.later(minutes=1)
    examining.ask_photo(
        town.db, town.act(Role.AUTHENTICATOR), town.examination(reference), shot="I01", note="Edge"
    )
    town.later(minutes=1)
    told = take(town, reference, "I01", old)
    assert not told.accepted and "same file as photo I01" in told.reasons[0]
    assert take(town, reference, "I01", old) == told
    assert take(town, reference, "I01", picture("the edge")).accepted


def jpeg_of(taken_at):
    """A sharp photo whose camera says when it was taken, with its zone."""
    exif = Image.Exif()
    local = taken_at.strftime("%Y:%m:%d %H:%M:%S")
    exif.get_ifd(0x8769).update({0x9003: local, 0x9011: "+00:00"})
    out = io.BytesIO()
    Image.open(io.BytesIO(picture("clock"))).save(out, "JPEG", quality=60, exif=exif)
    return out.getvalue()


@pytest.mark.parametrize(
    ("moment", "offset", "zone", "said"),
    [
        ("0001:01:01 00:00:00", "+14:00", None, "carries no capture time"),
        ("9999:12:31 23:59:59", "-12:00", None, "carries no capture time"),
        ("2026:11:02 09:40:00", "+99:99", None, "local, zone unknown"),
        ("2026:11:02 09:30:00", "-14:00", -840, "in the future"),
        ("2026:11:02 23:00:00", "+14:00", 840, "before this test buy began"),
        ("2026:13:45 99:00:00", "+00:00", None, "carries no capture time"),
    ],
)
def test_a_camera_that_lies_about_its_time_breaks_nothing(on_sqlite, moment, offset, zone, said):
    town = on_sqlite
    reference = town.bring(Stage.ORDERED)
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({0x9003: moment, 0x9011: offset})
    out = io.BytesIO()
    Image.open(io.BytesIO(picture("lies"))).save(out, "JPEG", quality=60, exif=exif)
    taken = take(town, reference, "R01", out.getvalue())
    assert said in " ".join(taken.reasons + taken.remarks)
    assert town.all(PhotoCapture)[-1].utc_offset_minutes == zone


def test_a_file_name_that_no_database_can_hold_keeps_its_photo(both):
    town = both
    reference = town.bring(Stage.ORDERED)
    assert take(town, reference, "R01", picture("name"), "..\0/\ud800\n" + "a" * 300).accepted
    kept = town.of(Photo, reference)[-1].original_name
    assert kept.startswith("../a") and len(kept) == 200


def test_a_database_that_fails_after_the_vault_leaves_bytes_without_a_name(on_sqlite, monkeypatch):
    """And the same photo, sent again, is taken: nothing is named that is not there."""
    town = on_sqlite
    reference = town.bring(Stage.ORDERED)
    before = dump(town.db)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(photographing, "note", full)
        with pytest.raises(OSError, match="No space"):
            take(town, reference, "R01", picture("between"))
    assert dump(town.db) == before
    assert len(list(town.vault.digests())) == 2  # the original and its preview
    assert take(town, reference, "R01", picture("between")).accepted
    assert len(list(town.vault.digests())) == 2


def test_a_photo_from_before_its_challenge_code_was_given_out_is_refused(both):
    town = both
    reference = town.bring(Stage.AUTHORISED)
    asked = town.now
    town.later(days=2)
    town.carry_on(reference, Stage.ORDERED)
    given_out = town.now
    town.later(hours=1)
    early = take(town, reference, "R01", jpeg_of(asked + timedelta(days=1)))
    assert not early.accepted and early.kept_for_supervisor
    assert "before its challenge code was given out" in early.reasons[0]
    assert take(town, reference, "R02", jpeg_of(asked + timedelta(days=1, hours=1))).accepted
    assert take(town, reference, "R01", jpeg_of(given_out + timedelta(minutes=1))).accepted


def test_hostile_files_are_turned_away_or_kept_unread(on_sqlite, real_data):
    town = on_sqlite
    reference = town.bring(Stage.ORDERED)
    files = sorted((real_data / "hostile").iterdir())
    assert len(files) > 20
    seen = {"turned away": 0, "unreadable": 0, "read": 0}
    for file in files:
        data, photos = file.read_bytes(), len(town.of(Photo, reference))
        chain, began = len(town.ledger(reference)), time.monotonic()
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
        assert len(town.ledger(reference)) == chain + 1
    assert all(seen.values()), seen


def too_large():
    """A picture of 48 megapixels in a few bytes, which must be decoded whole."""
    out = io.BytesIO()
    Image.new("1", (8000, 6000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (too_large(), "more pixels than can be read safely. Send a smaller one."),
        (picture("cut")[:-3000], "cut short: its end is missing. Send the file again."),
        (picture("cut")[:400], "again"),
    ],
    ids=["too many pixels", "cut short", "damaged"],
)
def test_an_unreadable_photo_says_what_is_wrong_and_what_to_do(on_sqlite, data, said):
    town = on_sqlite
    reference = town.bring(Stage.ORDERED)
    taken = take(town, reference, "U02", data)
    row = town.of(Photo, reference)[-1]
    assert not row.readable and not row.accepted
    assert said in taken.reasons[0]


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
