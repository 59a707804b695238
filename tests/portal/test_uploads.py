"""Uploads in parts over a real socket: broken off, continued, tried by two, and taken in once."""

import base64
import subprocess
import sys
import threading
from datetime import timedelta

import pytest

from casework.act import Act
from casework.errors import TooMany
from casework.intake import uploads
from casework.programme import programme
from evidence.spool import Spool, Upload
from evidence.vault import Vault, VaultFull
from portal.uploads import UploadMeter
from rules.roles import Role
from storage.rows import every, table_of
from storage.tables import Photo
from tests.portal.phone import digest
from tests.portal.small_world import csrf, picture, seed

CONTENT = "application/offset+octet-stream"


class Phone:
    """A client that speaks the protocol by hand, so that it can break every rule."""

    def __init__(self, world, person=Role.BUYER, which="assigned"):
        self.http = world.client(person)
        self.task = f"/tasks/{world.testbuys[which]}"
        self.headers = {
            "x-csrf-token": csrf(self.http),
            "tus-resumable": "1.0.0",
            "accept": "application/json",
        }

    def begin(self, data, shot="P01", **others):
        told = {"shot": shot, "digest": digest(data), "filename": "IMG_1.jpg"} | others
        packed = ",".join(
            f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items()
        )
        said = {"upload-length": str(len(data)), "upload-metadata": packed}
        return self.http.post(f"{self.task}/uploads", headers=self.headers | said)

    def add(self, address, offset, data, **others):
        said = {"upload-offset": str(offset), "content-type": CONTENT} | others
        return self.http.patch(address, content=data, headers=self.headers | said)

    def look(self, address):
        return self.http.get(address, headers=self.headers)


def photos(world, which="assigned"):
    with world.db.read() as tx:
        number = world.row(world.testbuys[which]).id
        return every(tx, Photo, table_of(Photo).c.testbuy_id == number)


def acting(world):
    """How the sweep acts as a buyer."""
    return lambda person: Act(Role.BUYER, world.now, seed("sweep"), person)


def spool(world):
    return Spool(world.home / "uploads")


def test_what_broke_off_goes_on_where_it_ended_and_is_one_photo(world):
    """Catches an offset that runs ahead of the bytes, and a photo taken in twice."""
    phone, data = Phone(world), picture("in parts")
    begun = phone.begin(data)
    assert (begun.status_code, begun.headers["upload-offset"]) == (201, "0")
    address = begun.headers["location"]
    assert phone.add(address, 0, data[:1000]).headers["upload-offset"] == "1000"
    again = phone.begin(data)
    assert (again.headers["location"], again.headers["upload-offset"]) == (address, "1000")
    assert phone.add(address, 0, data).status_code == 409
    assert phone.add(address, 2000, data[2000:]).headers["upload-offset"] == "1000"
    assert photos(world) == []
    last = phone.add(address, 1000, data[1000:])
    assert (last.status_code, last.headers["upload-offset"]) == (204, str(len(data)))
    answer = phone.look(address).json()["answer"]
    (kept,) = photos(world)
    assert answer["accepted"] and answer["photo"] == kept.public_id
    assert kept.digest == digest(data) == answer["digest"]
    assert world.vault.read(kept.digest) == data
    # Asked once more, begun once more, sent once more by the old form: it stays one photo.
    assert phone.look(address).json()["answer"] == answer
    assert phone.add(phone.begin(data).headers["location"], 0, data).status_code == 204
    form = {"photo": ("IMG_1.jpg", data)}
    phone.http.post(
        f"{phone.task}/photos",
        data={"csrf": phone.headers["x-csrf-token"], "shot": "P01"},
        files=form,
    )
    assert len(photos(world)) == 1


def test_two_at_once_write_one_file_and_one_photo(world):
    """Catches writers whose bytes mix, and two photos made of one upload."""
    data = picture("by two", width=3000)
    phones = [Phone(world), Phone(world)]

    def send(phone):
        address = phone.begin(data).headers["location"]
        for _ in range(60):
            stands = int(phone.look(address).headers["upload-offset"])
            if stands == len(data):
                return
            phone.add(address, stands, data[stands : stands + 70_000])

    workers = [threading.Thread(target=send, args=[phone]) for phone in phones]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [photo.digest for photo in photos(world)] == [digest(data)]


def test_other_bytes_than_the_phone_digested_are_no_photo(world):
    phone, data = Phone(world), picture("right")
    wrong = bytearray(data)
    wrong[500] ^= 1
    address = phone.begin(data).headers["location"]
    answer = phone.add(address, 0, bytes(wrong))
    assert (answer.status_code, answer.json()["error"]) == (460, "digest")
    assert photos(world) == []
    assert phone.look(address).json()["offset"] == 0
    assert phone.add(address, 0, data).status_code == 204
    assert [photo.digest for photo in photos(world)] == [digest(data)]


def test_a_crash_between_the_last_byte_and_the_photo_loses_neither(world):
    """What the sweep finds whole it takes in, though the phone never asks again."""
    phone, data = Phone(world), picture("crash")
    address = phone.begin(data).headers["location"]
    (upload,) = spool(world).all()
    spool(world).append(upload, 0, data)  # the process dies here

    assert uploads.tidy(world.db, world.vault, spool(world), acting(world), world.now) == (1, 0)
    assert [photo.received_by for photo in photos(world)] == [world.people[Role.BUYER]]
    assert phone.look(address).json()["answer"]["accepted"] is True
    later = world.now + uploads.KEPT + timedelta(minutes=1)
    assert uploads.tidy(world.db, world.vault, spool(world), acting(world), later) == (0, 1)
    assert phone.look(address).status_code == 404


def test_one_upload_that_cannot_be_taken_in_stops_no_other_and_no_clock(world, monkeypatch):
    """A full vault, or a file that breaks the decoder: the sweep goes on, and the bytes stay."""
    phone = Phone(world)
    first, second = picture("breaks"), picture("fits")
    for data in (first, second):
        phone.begin(data)
    for upload in spool(world).all():
        spool(world).append(upload, 0, first if upload.length == len(first) else second)
    taking, tries = uploads.take_photo, []

    def breaks(*args, **others):
        tries.append(others)
        if len(tries) == 1:
            raise VaultFull("The evidence disk is full and nothing was kept.")
        return taking(*args, **others)

    monkeypatch.setattr(uploads, "take_photo", breaks)

    assert uploads.tidy(world.db, world.vault, spool(world), acting(world), world.now) == (1, 0)
    monkeypatch.undo()
    assert uploads.tidy(world.db, world.vault, spool(world), acting(world), world.now) == (1, 0)
    assert len(photos(world)) == 2


def test_a_crash_between_the_photo_and_its_answer_gives_the_same_answer(world, monkeypatch):
    phone, data = Phone(world), picture("answer lost")
    address = phone.begin(data).headers["location"]

    def dies(*_):
        raise OSError("killed")

    monkeypatch.setattr(Spool, "close", dies)
    assert phone.add(address, 0, data).status_code == 500
    monkeypatch.undo()
    answer = phone.look(address).json()["answer"]
    assert [photo.public_id for photo in photos(world)] == [answer["photo"]]


def test_a_full_vault_keeps_the_bytes_and_says_so(world, monkeypatch):
    def full(*_, **__):
        raise VaultFull("The evidence disk is full and nothing was kept.")

    phone, data = Phone(world), picture("no room")
    address = phone.begin(data).headers["location"]
    monkeypatch.setattr(Vault, "put", full)
    assert phone.add(address, 0, data).status_code == 507
    monkeypatch.undo()
    state = phone.look(address).json()
    assert state["offset"] == len(data) and state["answer"]["accepted"]


def test_a_full_disk_under_the_spool_begins_nothing(world, monkeypatch):
    monkeypatch.setattr(Spool, "room", lambda _: 1000)
    assert Phone(world).begin(picture("no disk")).status_code == 507
    assert spool(world).all() == []


@pytest.mark.parametrize("person", ["other buyer", Role.CLERK])
def test_an_upload_is_its_persons_own(world, person):
    data = picture("mine")
    mine = Phone(world)
    address = mine.begin(data).headers["location"]
    stranger = Phone(world, person)
    refusal = 404 if person == "other buyer" else 403
    assert stranger.begin(data).status_code == refusal
    assert stranger.look(address).status_code == refusal
    assert stranger.add(address, 0, data).status_code == refusal
    assert stranger.http.delete(address, headers=stranger.headers).status_code == refusal
    assert mine.look(address).json()["offset"] == 0
    other_task = address.replace(mine.task, f"/tasks/{world.testbuys['examined']}")
    assert mine.look(other_task).status_code == 404


def test_a_sender_without_the_pages_token_is_turned_away(world):
    phone, data = Phone(world), picture("cross site")
    address = phone.begin(data).headers["location"]
    del phone.headers["x-csrf-token"]
    assert phone.begin(data).status_code == 403
    assert phone.add(address, 0, data).status_code == 403
    assert phone.http.delete(address, headers=phone.headers).status_code == 403


def test_what_the_protocol_does_not_allow_is_said_in_its_codes(world):
    phone, data = Phone(world), picture("rules")
    terms = phone.http.options(f"{phone.task}/uploads", headers=phone.headers)
    assert terms.headers["tus-extension"] == "creation,expiration,termination"
    address = phone.begin(data).headers["location"]
    assert phone.add(address, 0, data, **{"content-type": "image/jpeg"}).status_code == 415
    assert phone.add(address, 0, data + b"more").status_code == 413
    assert phone.begin(data, digest="md5").status_code == 409
    assert phone.begin(data, shot="X99").status_code == 409
    assert phone.begin(b"").status_code == 413
    del phone.headers["tus-resumable"]
    old = phone.look(address)
    assert (old.status_code, old.headers["tus-version"]) == (412, "1.0.0")
    phone.headers["tus-resumable"] = "1.0.0"
    assert phone.http.delete(address, headers=phone.headers).status_code == 204
    assert phone.look(address).status_code == 404


def test_what_is_refused_when_it_is_whole_is_told_and_not_kept(world):
    data = b"no picture at all" * 100
    phone = Phone(world)
    address = phone.begin(data).headers["location"]
    assert phone.add(address, 0, data).status_code == 204
    assert "not a photo we can read" in phone.look(address).json()["answer"]["refused"][0]
    assert photos(world) == []


def test_a_crash_within_a_removal_is_in_nobodys_way(tmp_path, now):
    """The process dies when the upload is set aside and its bytes are not gone yet; twice."""
    kept = Spool(tmp_path)
    upload = Upload("1-ab", 1, "TB-1", "P01", "sha256:", 100, "a.jpg", now)
    dies = (
        "import os, pathlib, sys\n"
        "from evidence import spool\n"
        "spool.shutil.rmtree = lambda *a, **k: os._exit(9)\n"
        "kept = spool.Spool(pathlib.Path(sys.argv[1]))\n"
        "kept.remove(kept.find('1-ab'))\n"
    )
    for _ in range(2):
        kept.append(kept.begin(upload), 0, b"x" * 40)
        ended = subprocess.run([sys.executable, "-c", dies, str(tmp_path)], check=False)
        assert ended.returncode == 9
        assert kept.all() == []
    begun = kept.begin(upload)
    kept.append(begun, 0, b"y" * 7)
    kept.remove(begun)
    assert len(list(tmp_path.iterdir())) == 2, "the remains of the two crashes"
    mine = tmp_path / ".new-under-way"
    mine.mkdir()
    assert kept.clear(now) == 2
    assert list(tmp_path.iterdir()) == [mine], "what is just being begun stays"


def test_the_size_on_the_disk_is_the_offset(tmp_path, now):
    """Catches a counter beside the bytes: a torn write must be told as far as it came."""
    kept = Spool(tmp_path)
    upload = kept.begin(Upload("1-ab", 1, "TB-1", "P01", "sha256:", 100, "a.jpg", now))
    kept.append(upload, 0, b"x" * 40)
    with (tmp_path / "1-ab" / "bytes").open("r+b") as file:
        file.truncate(7)
    assert kept.offset(upload) == 7


def test_what_comes_in_parts_counts_towards_what_one_person_may_send(world):
    """Else a script gone wild fills the disk by this door, with the other one shut."""
    act = world.act(Role.ADMINISTRATOR, "limit")
    programme.set_policy(world.db, act, "uploads_a_minute", 2)
    phone = Phone(world)
    for number, shot in enumerate(("P01", "P05")):
        data = picture(f"of many {number}")
        address = phone.begin(data, shot=shot).headers["location"]
        half = len(data) // 2
        for begins, part in ((0, data[:half]), (half, data[half:])):
            assert phone.add(address, begins, part).status_code == 204, "two parts are one file"
    third = picture("the third")
    address = phone.begin(third, shot="P07").headers["location"]
    refused = phone.add(address, 0, third)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert refused.json()["error"] == "too_many"
    assert phone.look(address).json()["offset"] == 0
    by_form = phone.http.post(
        f"{phone.task}/photos",
        data={"csrf": phone.headers["x-csrf-token"], "shot": "P07"},
        files={"photo": ("a.jpg", third)},
    )
    assert by_form.status_code == 429, "the two doors have one limit"
    world.now += timedelta(minutes=1)
    assert phone.add(address, 0, third).status_code == 204


def test_one_upload_alone_is_taken_whole_and_not_again_and_again(world):
    meter, asked = UploadMeter(), {"files": 3, "most": 1000, "upload": "film", "whole": 3000}
    for _ in range(3):
        meter.count(1, 1000, world.now, **asked)
    with pytest.raises(TooMany):
        meter.count(1, 1, world.now, **asked)
    with pytest.raises(TooMany):
        meter.count(1, 1, world.now, files=3, most=1000)
    meter.count(1, 3000, world.now + timedelta(minutes=1), **asked)
