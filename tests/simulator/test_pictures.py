"""The drawn photographs, judged by what photographs are judged by: codes, EXIF, likeness."""

import io
from datetime import UTC, datetime, timedelta, timezone
from itertools import combinations

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from simulator.pictures import DRAWN_AT, SCENES, draw
from simulator.screens import TITLES

TAKEN_AT = datetime(2026, 5, 4, 15, 12, 9, tzinfo=timezone(timedelta(hours=8)))
SAID = {
    "challenge": "K7Q-42M",
    "tracking_number": "KX482190337711",
    "seal_number": "SB-0048213",
    "taken_at": TAKEN_AT,
}


def taken(shot, seed=7, reference="TB-2026-000017", **more):
    return draw(shot, seed=seed, reference=reference, **{**SAID, **more})


def opened(data):
    return Image.open(io.BytesIO(data))


def dhash(data):
    grey = opened(data).convert("L").resize((9, 8), Image.Resampling.BOX)
    pixels = np.asarray(grey, dtype=np.int16)
    return (pixels[:, 1:] > pixels[:, :-1]).ravel()


def codes(data):
    grey = opened(data).convert("L")
    return {(found.format.name, found.text) for found in zxingcpp.read_barcodes(grey)}


@pytest.fixture(scope="module")
def photos():
    return {shot: taken(shot) for shot in SCENES}


def test_every_scene_is_a_photograph_of_full_size(photos):
    for shot, data in photos.items():
        photo = opened(data)
        assert (photo.format, photo.size) == ("JPEG", DRAWN_AT), shot
        grey = np.asarray(photo.convert("L").reduce(2), dtype=np.int16)
        middle = grey[1:-1, 1:-1] * 4
        edges = middle - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
        assert edges.var() > 60, f"{shot} is not sharp"
        assert grey.std() > 15, f"{shot} is flat"
        assert 50 < grey.mean() < 225, f"{shot} is exposed badly"


def test_no_two_shots_and_no_two_test_buys_look_alike(photos):
    hashes = {shot: dhash(data) for shot, data in photos.items()}
    for seed, reference in ((8, "TB-2026-000018"), (9, "TB-2026-000019")):
        for shot in ("R01", "I01", "B02"):
            hashes[f"{shot}/{seed}"] = dhash(taken(shot, seed, reference))
    for (one, left), (other, right) in combinations(hashes.items(), 2):
        assert (left != right).sum() > 8, f"{one} and {other}"


def test_the_same_arguments_give_the_same_bytes(photos):
    assert taken("R01") == photos["R01"]
    assert taken("P01") == taken("P01")
    assert taken("R01", seed=8) != photos["R01"]


@pytest.mark.parametrize("seed", range(3))
def test_machines_read_the_waybill_the_challenge_and_the_seal(seed):
    reference = f"TB-2026-00002{seed}"
    tracking = ("Code128", SAID["tracking_number"])
    unopened = codes(taken("R01", seed, reference))
    assert tracking in unopened
    assert ("QRCode", SAID["challenge"]) in unopened
    assert tracking in codes(taken("R02", seed, reference))


def test_a_long_tracking_number_is_still_read():
    number = "KX48219033771144RC"
    assert ("Code128", number) in codes(taken("R02", tracking_number=number))


def test_exif_tells_when_and_where_on_earth_it_was_local(photos):
    exif = opened(photos["I01"]).getexif()
    details = exif.get_ifd(0x8769)
    assert details[0x9003] == "2026:05:04 15:12:09"
    assert details[0x9011] == "+08:00"
    assert exif[0x010F]
    assert exif[0x0110]
    in_utc = opened(taken("I01", taken_at=TAKEN_AT.astimezone(UTC))).getexif().get_ifd(0x8769)
    assert (in_utc[0x9003], in_utc[0x9011]) == ("2026:05:04 07:12:09", "+00:00")


def test_some_phones_tell_the_place_and_some_do_not():
    placed = {
        bool(opened(taken("I05", seed, f"TB-{seed}")).getexif().get_ifd(0x8825))
        for seed in range(8)
    }
    assert placed == {True, False}


def test_screen_captures_are_screen_sized_and_without_exif():
    for shot in TITLES:
        capture = opened(taken(shot, facts={"price": "CNY 450.00"}))
        assert (capture.format, capture.size) == ("PNG", (1170, 2532)), shot
        assert not capture.getexif()


@pytest.mark.parametrize("subject", ["watch", "cat food", "shoes", "perfume", "lamp"])
def test_every_kind_of_goods_can_be_drawn(subject):
    assert len({taken(shot, subject=subject) for shot in ("I01", "I02", "I04", "I06")}) == 4


def test_spoilt_photographs_are_spoilt():
    dark = np.asarray(opened(taken("I01", fault="dark")).convert("L"))
    assert dark.mean() < 30
    assert max(opened(taken("I01", fault="small")).size) < 2000
    blurred = np.asarray(opened(taken("I01", fault="blurred")).convert("L").reduce(4), np.int16)
    assert np.abs(np.diff(blurred)).mean() < 2


def test_a_shot_that_is_not_on_the_list_is_refused():
    with pytest.raises(ValueError, match="X99"):
        taken("X99")
