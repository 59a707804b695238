"""Seller's pictures through the pages: handed in, cut out of a screen, proposed side by side."""

import io

import numpy as np
from PIL import Image

from rules.roles import Role
from storage.rows import table_of
from storage.tables import Identifier, LinkProposal, Photo, SellerPicture
from tests.portal.small_world import World, sellers_picture, send


def _hand_in(world: World, name: str, word: str, role=Role.ANALYST, at="testbuys", **others):
    reference = world.testbuys[name]
    file = {"picture": ("p.jpg", sellers_picture(word), "image/jpeg")}
    return send(
        world.client(role), f"/{at}/{reference}/sellers-pictures",
        **{"origin": "chat", "files": file} | others,
    )  # fmt: skip


def test_what_two_sellers_sent_stands_side_by_side_on_the_proposal(world: World):
    assert _hand_in(world, "judged", "one").status_code == 303
    buyer = _hand_in(world, "assigned", "two", Role.BUYER, "tasks")
    assert (
        buyer.headers["location"] == f"/tasks/{world.testbuys['assigned']}/chat?did=sellers_picture"
    )
    shops = {world.row(world.testbuys[each]).shop_id for each in ("judged", "assigned")}
    (proposal,) = [row for row in world.rows(LinkProposal) if {row.shop_id, row.other_id} == shops]
    pictures = world.rows(SellerPicture)
    for role in (Role.ANALYST, Role.AUDITOR, Role.COUNSEL, Role.LIAISON):
        asked = world.client(role).get("/proposals").text
        for row in pictures:
            address = f"/sellers-pictures/{row.public_id}"
            assert f'src="{address}"' in asked
            shown = world.client(role).get(address)
            assert shown.headers["content-type"] == "image/jpeg"
            assert b"Exif" not in shown.content
        assert "The pictures look alike: of 256 parts" in asked
    listed = (
        world.client(Role.SUPERVISOR)
        .get(f"/testbuys/{world.testbuys['judged']}/sellers-pictures")
        .text
    )
    assert "shown by another shop too" in listed
    assert "Hand in a picture" not in listed
    answer = {"proposal": proposal.id, "version": proposal.version, "state": "rejected"}
    send(world.client(Role.ANALYST), "/proposals", **answer, reason="The maker's own picture.")
    assert "of 256 parts" not in world.client(Role.ANALYST).get("/proposals").text
    assert "/sellers-pictures/" in world.client(Role.ANALYST).get(f"/shops/{proposal.shop_id}").text


def test_nobody_else_sees_hands_in_or_cuts(world: World):
    _hand_in(world, "judged", "one")
    (row,) = world.rows(SellerPicture)
    for role in (Role.AUTHENTICATOR, Role.BUYER, Role.CLERK, Role.DESK):
        assert world.client(role).get(f"/sellers-pictures/{row.public_id}").status_code == 403
    for role in (Role.AUDITOR, Role.LIAISON, Role.AUTHENTICATOR):
        assert _hand_in(world, "judged", "two", role).status_code == 403
    assert len(world.rows(SellerPicture)) == 1


def test_an_analyst_covers_a_part_and_everybody_else_sees_the_copy_only(world: World):
    _hand_in(world, "judged", "one")
    (row,) = world.rows(SellerPicture)
    here = f"/sellers-pictures/{row.public_id}"
    listed = f"/testbuys/{world.testbuys['judged']}/sellers-pictures"
    analyst, auditor = world.client(Role.ANALYST), world.client(Role.AUDITOR)
    assert f'href="{here}/masks"' in analyst.get(listed).text
    assert f"{here}/masks" not in auditor.get(listed).text
    assert "a part is covered" not in analyst.get(listed).text
    whole = analyst.get(here)
    assert auditor.get(here).content == whole.content
    assert auditor.get(f"{here}/masked").status_code == 404
    page = analyst.get(f"{here}/masks").text
    assert 'data-first="person"' in page and "whoever has no part in the matter" in page
    edges = {"left": ["10"], "top": ["10"], "right": ["60"], "bottom": ["60"]}
    wrong = send(analyst, f"{here}/masks", seen="0", kind=["person"], **edges | {"right": ["5"]})
    assert wrong.status_code == 422
    made = send(analyst, f"{here}/masks", seen="0", kind=["person"], **edges)
    assert made.headers["location"] == f"{here}/masks?did=masked"
    copy = analyst.get(f"{here}/masked")
    assert copy.headers["x-made-from"] == row.digest and copy.content != whole.content
    for role in (Role.AUDITOR, Role.LIAISON, Role.COUNSEL, Role.SUPERVISOR):
        client = world.client(role)
        assert client.get(here).content == copy.content, role
        assert client.get(f"{here}/masks").status_code == 403
        assert send(client, f"{here}/masks", seen="1", nothing="yes").status_code == 403
    assert analyst.get(here).content == whole.content, "to mask it anew"
    assert "a part is covered" in auditor.get(listed).text


def test_a_screen_is_cut_once_and_a_wrong_frame_is_told(world: World):
    reference = world.testbuys["judged"]
    photos = table_of(Photo).c
    testbuy = world.row(reference)
    screens = world.rows(Photo, photos.testbuy_id == testbuy.id, photos.shot == "P01")
    analyst = world.client(Role.ANALYST)
    here = f"/testbuys/{reference}/sellers-pictures"
    page = analyst.get(here).text
    assert f"{here}/cut?photo={screens[0].public_id}" in page
    opened = analyst.get(f"{here}/cut?photo={screens[0].public_id}&capture=")
    assert opened.status_code == 200 and "data-cut" in opened.text
    assert analyst.get(f"{here}/cut?photo=nothing&capture=").status_code == 404
    frame = {"left": "10", "top": "10", "right": "90", "bottom": "90"}
    wrong = send(
        analyst, f"{here}/cut", photo=screens[0].public_id, capture="", **frame | {"right": "5"}
    )
    assert wrong.status_code == 422 and "Draw a frame round" in wrong.text
    for _ in range(2):
        taken = send(analyst, f"{here}/cut", photo=screens[0].public_id, capture="", **frame)
        assert taken.headers["location"].startswith(here)
    (row,) = world.rows(SellerPicture)
    assert (row.left, row.top, row.right, row.bottom) == (1000, 1000, 9000, 9000)
    assert not [each for each in world.rows(Identifier) if each.kind == "photo_reuse"]


def test_what_is_no_picture_is_told_on_the_page(world: World):
    file = {"picture": ("p.pdf", b"%PDF-1.7 x", "application/pdf")}
    answer = _hand_in(world, "judged", "one", files=file)
    assert answer.status_code == 409 or answer.status_code == 422
    assert "no picture we can read" in answer.text


def test_a_grey_picture_is_a_plain_jpeg():
    assert np.asarray(Image.open(io.BytesIO(sellers_picture("one")))).std() > 3
