"""The gates of a photo, each at its edge."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rules.gates import GatePolicy, Seen, TimeLine, judge
from rules.shots import SHOTS, Medium

OPENED = datetime(2026, 1, 10, 12, tzinfo=UTC)
RECEIVED = datetime(2026, 1, 12, 12, tzinfo=UTC)
LINE = TimeLine(OPENED, OPENED + timedelta(hours=6))
POLICY = GatePolicy()
GOOD = Seen(
    long_edge=2000,
    sharpness=40.0,
    mean_luma=120.0,
    clipped_dark=0.0,
    clipped_bright=0.1,
    flat=False,
    readable=True,
    taken_at_local=datetime(2026, 1, 12, 19, 50),
    utc_offset_minutes=480,
    challenge_found=True,
    seal_found=True,
    barcode="match",
    exact_repeat_of=None,
    received_at=RECEIVED,
)


def _judge(code: str, **change: object):
    return judge(SHOTS[code], replace(GOOD, **change), LINE, POLICY)


@pytest.mark.parametrize("code", ["R01", "R02", "I01", "B02", "P01"])
def test_a_good_photo_passes_without_remarks(code: str) -> None:
    gate = _judge(code)
    assert gate.accepted
    assert (gate.reasons, gate.remarks, gate.kept_for_supervisor) == ((), (), False)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"long_edge": 1999}, "2,000 are needed"),
        ({"sharpness": 39.9}, "not sharp"),
        ({"mean_luma": 24.0}, "too dark"),
        ({"clipped_dark": 0.71}, "too dark"),
        ({"mean_luma": 236.0}, "too bright"),
        ({"clipped_bright": 0.61}, "too bright"),
        ({"flat": True, "sharpness": 0.0, "mean_luma": 0.0}, "one tone"),
        ({"readable": False, "long_edge": 0}, "cannot be opened"),
        ({"readable": False, "unreadable_reason": "Cut short. Send it again."}, "Cut short."),
        ({"exact_repeat_of": "photo R01"}, "same file as photo R01:"),
        ({"taken_at_local": datetime(2026, 1, 12, 20, 5)}, "future"),
        ({"taken_at_local": datetime(2026, 1, 10, 19, 54)}, "before this test buy"),
    ],
)
def test_a_bad_photograph_is_refused_for_that_alone(change: dict[str, object], said: str) -> None:
    gate = _judge("I01", **change)
    assert not gate.accepted
    assert not gate.kept_for_supervisor
    assert len(gate.reasons) == 1
    assert said in gate.reasons[0]


def test_a_clock_less_than_five_minutes_fast_is_tolerated() -> None:
    assert _judge("I01", taken_at_local=datetime(2026, 1, 12, 20, 4, 59)).accepted


@pytest.mark.parametrize(
    ("local", "accepted"),
    [
        # the world's zones run from 12 hours behind UTC to 14 ahead of it
        (RECEIVED + timedelta(hours=14), True),
        (RECEIVED + timedelta(hours=14, minutes=5), False),
        (OPENED - timedelta(hours=12), True),
        (OPENED - timedelta(hours=12, minutes=6), False),
    ],
)
def test_a_clock_without_a_zone_gets_the_whole_worlds(local: datetime, accepted: bool) -> None:
    gate = _judge("I01", taken_at_local=local.replace(tzinfo=None), utc_offset_minutes=None)
    assert gate.accepted is accepted
    assert any("zone unknown" in remark for remark in gate.remarks)


def test_a_photo_without_metadata_passes_with_a_remark() -> None:
    gate = _judge("I01", taken_at_local=None, utc_offset_minutes=None)
    assert gate.accepted
    assert "no capture time" in gate.remarks[0]


def test_a_challenge_photo_cannot_be_older_than_its_code() -> None:
    before_code = datetime(2026, 1, 10, 21, 0)  # 13:00 UTC; the code came at 18:00 UTC
    assert not _judge("R01", taken_at_local=before_code).accepted
    assert _judge("R02", taken_at_local=before_code).accepted


@pytest.mark.parametrize(
    ("code", "change", "said"),
    [
        ("R01", {"challenge_found": None}, "challenge code"),
        ("R01", {"challenge_found": False}, "challenge code"),
        ("B02", {"seal_found": None}, "seal number"),
        ("R02", {"barcode": "other"}, "not the order's"),
        ("R02", {"barcode": "none"}, "was not read"),
        ("R02", {"barcode": None}, "was not read"),
    ],
)
def test_what_no_machine_reads_is_left_to_a_clerk(
    code: str, change: dict[str, object], said: str
) -> None:
    gate = _judge(code, **change)
    assert gate.accepted
    assert len(gate.remarks) == 1
    assert said in gate.remarks[0]
    assert "clerk" in gate.remarks[0]


def test_a_screen_capture_has_no_camera_gates() -> None:
    screen = {
        "sharpness": 0.0,
        "mean_luma": 250.0,
        "clipped_bright": 0.9,
        "taken_at_local": None,
        "long_edge": 1000,
    }
    assert _judge("P01", **screen).accepted
    assert not _judge("P01", **screen | {"long_edge": 999}).accepted
    assert not _judge("P01", **screen | {"readable": False}).accepted


def test_one_capture_may_show_two_things() -> None:
    gate = _judge("P02", exact_repeat_of="ph1")
    assert gate.accepted
    assert "ph1" in gate.remarks[0]


def test_a_moment_that_does_not_come_back_goes_to_a_supervisor() -> None:
    gate = _judge("R01", sharpness=1.0)
    assert not gate.accepted
    assert gate.kept_for_supervisor
    assert "supervisor" in gate.reasons[-1]


def test_a_repeated_file_is_no_moment_to_keep() -> None:
    assert not _judge("R01", exact_repeat_of="ph1").kept_for_supervisor


def test_video_is_not_passed_unseen() -> None:
    assert not _judge("U01").accepted  # a picture is no video


@pytest.mark.parametrize(
    ("code", "medium", "size", "said"),
    [
        ("U01", Medium.VIDEO, 49_999, "too short"),
        ("U01", Medium.DOCUMENT, 90_000, "U01 is a video"),
        ("I01", Medium.VIDEO, 90_000, "I01 is a photograph"),
        ("P01", Medium.DOCUMENT, 90_000, "P01 is a screen capture"),
        ("D01", Medium.VIDEO, 90_000, "D01 is a document"),
    ],
)
def test_each_kind_has_gates_of_its_own(code: str, medium: Medium, size: int, said: str) -> None:
    gate = _judge(code, medium=medium, size=size, readable=False)
    assert not gate.accepted
    assert said in gate.reasons[0]
    assert gate.kept_for_supervisor == SHOTS[code].once_only


@pytest.mark.parametrize(("code", "medium"), [("U01", Medium.VIDEO), ("D01", Medium.DOCUMENT)])
def test_what_is_not_decoded_is_accepted_and_left_to_a_clerk(code: str, medium: Medium) -> None:
    gate = _judge(code, medium=medium, size=50_000, readable=False)
    assert gate.accepted
    assert "a clerk" in gate.remarks[0]


def test_a_photo_that_could_not_be_analysed_says_so() -> None:
    assert "not analysed" in _judge("R01", readable=False).remarks[0]


def test_stripped_metadata_is_remarked_on_photographs_alone() -> None:
    assert "messenger" in _judge("I01", metadata=False).remarks[0]
    assert _judge("P01", metadata=False).remarks == ()
