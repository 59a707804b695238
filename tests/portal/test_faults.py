"""What a person is told when something is not done. Never a stack trace, always a request id."""

import logging
import os
import re
import tempfile
from collections.abc import Callable
from typing import IO

import pytest

from casework.programme import programme
from evidence.vault import Vault, VaultFull
from portal.envelope import CONTENT_SECURITY_POLICY
from portal.pages import FOLDER
from rules.roles import Role
from storage.rows import change, every, one, table_of
from storage.session import DatabaseFull
from storage.tables import Photo, TestBuy
from tests.portal.small_world import World, csrf, picture, send

JSON = {"accept": "application/json"}


def _count(world: World) -> int:
    with world.db.read() as tx:
        return len(every(tx, Photo))


def _files_at(path: str) -> Callable[..., IO[bytes]]:
    """Makes every temporary file at `path`."""
    return lambda **_: os.fdopen(os.open(path, os.O_RDWR), "w+b")


def test_an_unexpected_fault_shows_its_request_id_and_no_trace(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("portal.routes.views.board.views.board", broken)
    with caplog.at_level(logging.ERROR, logger="portal"):
        answer = world.client(Role.ANALYST).get("/board")
    assert answer.status_code == 500
    for word in ("Traceback", "ZeroDivisionError", "secret detail", ".py"):
        assert word not in answer.text
    request_id = answer.headers["x-request-id"]
    assert request_id in answer.text
    assert request_id in caplog.text
    assert "secret detail" in caplog.text
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY


def test_a_stale_form_is_refused_and_the_present_state_is_shown(world: World) -> None:
    reference = world.testbuys["requested"]
    approver = world.client(Role.APPROVER)
    version = str(world.row(reference).version)
    assert send(approver, f"/testbuys/{reference}/approve", version=version).status_code == 303
    answer = send(approver, f"/testbuys/{reference}/decline", version=version, reason="Too dear")
    assert answer.status_code == 409
    assert "Somebody else was faster" in answer.text
    assert "authorised" in answer.text
    assert "Nothing was changed." in answer.text


def test_a_wrong_stage_is_refused_with_its_reason_and_the_input_kept(world: World) -> None:
    reference = world.testbuys["judged"]
    analyst = world.client(Role.ANALYST)
    version = str(world.row(reference).version)
    answer = send(
        analyst,
        f"/testbuys/{reference}/abandon",
        version=version,
        why="listing_gone",
        note="Typed with care",
    )
    assert answer.status_code == 409
    assert "The test buy is judged" in answer.text
    assert world.row(reference).stage == "judged"


def test_a_complaint_stands_beside_its_field_and_the_input_is_kept(world: World) -> None:
    analyst = world.client(Role.ANALYST)
    answer = send(analyst, "/flags/6/launch", purpose="", campaign="", route="by pigeon")
    assert answer.status_code == 422
    assert 'id="-flags-6-launch-purpose-wrong">Fill this in.' in answer.text
    assert 'id="-flags-6-launch-route-wrong">Choose one of: by_hand, interface.' in answer.text
    assert "-flags-7-launch-purpose-wrong" not in answer.text


def test_json_callers_get_error_reasons_and_request_id(world: World) -> None:
    analyst = world.client(Role.ANALYST)
    answer = analyst.post(
        "/flags/999/launch",
        data={"csrf": csrf(analyst), "purpose": "Look", "route": "by_hand"},
        headers=JSON,
    )
    assert answer.status_code == 404
    assert answer.json()["error"] == "not_found"
    assert answer.json()["reasons"]
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert world.client().get("/board", headers=JSON).status_code == 401
    assert world.client().get("/nowhere", headers=JSON).json()["error"] == "not_found"


def _takes_little(world: World) -> None:
    for name in ("photo_megabytes", "video_megabytes"):
        programme.set_policy(world.db, world.act(Role.ADMINISTRATOR, name), name, 1)


def test_an_oversized_upload_is_turned_away_and_nothing_is_kept(world: World) -> None:
    _takes_little(world)
    reference, before = world.testbuys["assigned"], _count(world)
    buyer = world.client(Role.BUYER)
    photo = {"photo": ("a.jpg", b"\xff\xd8" + b"x" * 3_000_000)}
    answer = send(buyer, f"/tasks/{reference}/photos", shot="P01", files=photo)
    assert answer.status_code == 413
    assert "at most 2 MB" in answer.text
    assert _count(world) == before


def test_an_upload_that_hides_its_length_is_turned_away_too(world: World) -> None:
    _takes_little(world)
    reference = world.testbuys["assigned"]
    buyer = world.client(Role.BUYER)
    head = b'--b\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n'
    answer = buyer.post(
        f"/tasks/{reference}/photos",
        content=iter([head, *[b"x" * 100_000] * 40, b"\r\n--b--\r\n"]),
        headers={"content-type": "multipart/form-data; boundary=b"},
    )
    assert answer.status_code == 413


def test_a_plain_form_takes_no_megabytes(world: World) -> None:
    answer = send(world.client(Role.ANALYST), "/flags/6/launch", purpose="x" * 1_500_000)
    assert answer.status_code == 413


@pytest.mark.parametrize("upload", [None, ("a.jpg", b"")], ids=["no file", "an empty file"])
def test_an_empty_upload_says_what_to_do(world: World, upload: tuple[str, bytes] | None) -> None:
    reference, before = world.testbuys["assigned"], _count(world)
    buyer = world.client(Role.BUYER)
    files = {"photo": upload} if upload else {"other": ("b", b"b")}
    answer = send(buyer, f"/tasks/{reference}/photos", shot="P01", files=files)
    assert answer.status_code == 422
    assert ("Choose a file first." if upload is None else "The file is empty.") in answer.text
    assert _count(world) == before


def test_a_full_disk_has_its_own_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise VaultFull("The evidence disk is full and nothing was kept.")

    monkeypatch.setattr(Vault, "put", full)
    reference, before = world.testbuys["assigned"], _count(world)
    photo = {"photo": ("a.jpg", picture("full"))}
    answer = send(world.client(Role.BUYER), f"/tasks/{reference}/photos", shot="P01", files=photo)
    assert answer.status_code == 507
    assert "The evidence disk is full" in answer.text
    assert _count(world) == before


def test_a_disk_that_fills_up_under_an_upload_has_the_page_of_a_full_disk(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upload above 1 MB is held in a temporary file while it comes in."""
    # /dev/full answers as a full disk does, from the kernel.
    monkeypatch.setattr(tempfile, "TemporaryFile", _files_at("/dev/full"))
    reference, before = world.testbuys["assigned"], _count(world)
    photo = {"photo": ("a.jpg", b"\xff\xd8\xff" + b"x" * 1_900_000)}
    buyer = world.client(Role.BUYER)
    answer = send(buyer, f"/tasks/{reference}/photos", shot="P01", files=photo)
    assert answer.status_code == 507
    assert "disk" in answer.text and "send it again" in answer.text
    assert "Something broke" not in answer.text
    assert _count(world) == before
    monkeypatch.undo()
    photo = {"photo": ("a.jpg", picture("room again"))}
    answer = send(buyer, f"/tasks/{reference}/photos", shot="P01", files=photo)
    assert 'data-accepted="yes"' in answer.text


def test_another_fault_of_the_system_stays_unexpected(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", _files_at("/nowhere/at/all"))
    photo = {"photo": ("a.jpg", b"\xff\xd8\xff" + b"x" * 1_900_000)}
    address = f"/tasks/{world.testbuys['assigned']}/photos"
    answer = send(world.client(Role.BUYER), address, shot="P01", files=photo)
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text and "/nowhere" not in answer.text


def test_a_dossier_that_cant_be_set_says_what_to_do(world: World) -> None:
    reference = world.testbuys["judged"]
    with world.db.write() as tx:
        rows = table_of(TestBuy).c
        change(tx, TestBuy, rows.reference == reference, purpose="A sign of no font: \ue017")
    analyst = world.client(Role.ANALYST)
    for name in ("dossier.pdf", "bundle.zip"):
        answer = analyst.get(f"/testbuys/{reference}/{name}")
        assert answer.status_code == 500
        assert "Install the fonts for this script" in answer.text
        assert "Nothing was changed" in answer.text and "Something broke" not in answer.text


def test_a_bundle_whose_copy_is_lost_says_what_to_do(world: World) -> None:
    reference = world.testbuys["judged"]
    with world.db.read() as tx:
        photos = table_of(Photo).c
        photo = one(tx, Photo, photos.testbuy_id == world.row(reference).id, photos.shot == "I01")
    assert photo is not None and photo.preview_digest is not None
    lost = world.vault.path(photo.preview_digest)
    lost.unlink()
    answer = world.client(Role.ANALYST).get(f"/testbuys/{reference}/bundle.zip", headers=JSON)
    assert answer.status_code == 500
    assert answer.json()["error"] == "vault"
    assert "Restore it from a backup" in answer.json()["reasons"][0], answer.json()


def test_a_file_that_is_no_feed_is_told_on_the_page_of_the_import(world: World) -> None:
    files = {"feed": ("photo.csv", b"just words", "text/csv")}
    answer = send(world.client(Role.ANALYST), "/flags/import", files=files)
    assert answer.status_code == 409
    assert "This is no feed" in answer.text and "flag_id, source" in answer.text
    assert 'action="/flags/import"' in answer.text


def test_a_full_database_has_its_own_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise DatabaseFull

    monkeypatch.setattr("casework.buying.requesting.decline", full)
    reference = world.testbuys["requested"]
    approver = world.client(Role.APPROVER)
    answer = send(approver, f"/testbuys/{reference}/decline", version="1", reason="no")
    assert answer.status_code == 507
    assert "Make room" in answer.text
    assert "Nothing was changed" in answer.text


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"--nothing", "multipart/form-data; boundary=b"),
        (b"--b\r\nbroken", "multipart/form-data"),
        (b"\xff\xfe=%ZZ&&&", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
    ],
)
def test_a_malformed_form_is_answered_calmly(world: World, body: bytes, kind: str) -> None:
    reference = world.testbuys["requested"]
    answer = world.client(Role.APPROVER).post(
        f"/testbuys/{reference}/approve", content=body, headers={"content-type": kind}
    )
    assert answer.status_code in {400, 403}
    assert "Traceback" not in answer.text


def test_every_page_brings_its_headers_and_nothing_from_outside(world: World) -> None:
    answer = world.client(Role.ANALYST).get("/board")
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    for file in [*FOLDER.rglob("*.html"), *FOLDER.rglob("*.css")]:
        text = file.read_text()
        assert not re.search(r'(src|href|action)="(https?:)?//', text), file
        # Scripts are files of ours; none stands in a page.
        assert not re.search(
            r"\s(style|on\w+)=|<script(?!( type=\"module\")? src=\"(/static/|\{\{ static))|<style",
            text,
        ), file
        assert "url(" not in text, file
