"""What an authenticator's pages give away: the examination's public id, and nothing else."""

import io
import re
from datetime import UTC, datetime
from itertools import pairwise

import httpx
import pytest
from PIL import Image, ImageDraw

from evidence import barcodes
from rules.roles import Role
from rules.shots import SHOTS
from simulator.people.buyer import seal_of
from simulator.pictures import draw
from simulator.scenes import SCENES
from storage.rows import add, every, table_of
from storage.tables import Notice, Photo
from tests.portal.small_world import OTHER_SHOP, SHOP, TESTIMONY, World, csrf, send


def _photos(world: World, which: str) -> list[Photo]:
    with world.db.read() as tx:
        return list(
            every(
                tx,
                Photo,
                table_of(Photo).c.testbuy_id == world.row(world.testbuys[which]).id,
            )
        )


def _secrets(world: World, which: str) -> list[str]:
    row = world.row(world.testbuys[which])
    return [
        row.reference,
        SHOP,
        OTHER_SHOP,
        "Crystal watch",
        "shop.example",
        "taobao",
        "OP-0",
        "ORDER-",
        "SF00",
        "0.93",
        "price far below market",
        "100.03",
        "10003",
        "90.00",
        "Confirm the suspicion",
        "PB/",
        "SEAL-",
        "Person Buyer",
        row.challenge_code,
    ]


def _everything(answer: httpx.Response) -> str:
    return f"{answer.url} {answer.headers} {answer.text}"


def test_an_examination_names_nothing_but_itself(world: World) -> None:
    browser = world.client(Role.AUTHENTICATOR)
    public_id = world.examinations[world.testbuys["examined"]]
    address = f"/examinations/{public_id}"
    with world.db.write() as tx:
        add(
            tx,
            Notice,
            key="late",
            to_role=Role.AUTHENTICATOR,
            testbuy_id=world.row(world.testbuys["examined"]).id,
            text=f"{world.testbuys['examined']} has waited too long for its verdict.",
            created_at=world.now,
        )
    answers = [browser.get("/"), browser.get("/examinations"), browser.get(address)]
    answers.append(browser.post(f"{address}/claim", data={"csrf": csrf(browser)}))
    answers.append(browser.get(address))
    answers.append(browser.post(f"{address}/seal", data={"csrf": csrf(browser)}))
    answers.append(
        browser.post(
            f"{address}/seal",
            data={
                "csrf": csrf(browser),
                "verdict": "counterfeit",
                "confidence": "high",
                "method": "Looking",
                "reasons": "Because",
                **TESTIMONY,
            },
        )
    )
    assert [answer.status_code for answer in answers] == [200, 200, 200, 303, 200, 422, 409]
    assert public_id in answers[1].text
    for answer in answers:
        for secret in _secrets(world, "examined"):
            assert secret not in _everything(answer), f"{secret} at {answer.url}"


def test_the_photos_of_an_examination_carry_no_metadata_and_no_buyer(world: World) -> None:
    browser = world.client(Role.AUTHENTICATOR)
    page = browser.get(f"/examinations/{world.examinations[world.testbuys['examined']]}")
    shown = set(re.findall(r'src="/photos/([^"?]+)', page.text))
    allowed = {
        photo.public_id
        for photo in _photos(world, "examined")
        if Role.AUTHENTICATOR in SHOTS[photo.shot].audience
    }
    assert shown == allowed
    assert len(shown) == 4
    for public_id in shown:
        answer = browser.get(f"/photos/{public_id}")
        assert answer.status_code == 200
        assert not Image.open(io.BytesIO(answer.content)).getexif()
        assert browser.get(f"/photos/{public_id}/original").status_code == 403


def test_shots_that_identify_the_buyer_are_not_there_for_an_authenticator(world: World) -> None:
    browser = world.client(Role.AUTHENTICATOR)
    hidden = [
        photo
        for photo in _photos(world, "examined")
        if Role.AUTHENTICATOR not in SHOTS[photo.shot].audience
    ]
    assert len(hidden) == 5
    for photo in hidden:
        assert browser.get(f"/photos/{photo.public_id}").status_code == 404, photo.shot


def test_no_photograph_of_the_demo_names_its_test_buy(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the scenes write and what machines read in them, for every shot authenticators see."""
    reference, code, words = "TB-2026-000317", "K7Q42M", list[str]()
    write = ImageDraw.ImageDraw.text

    def written(pen: ImageDraw.ImageDraw, at: tuple, text: str, *more: object, **named: object):
        words.append(text)
        return write(pen, at, text, *more, **named)

    monkeypatch.setattr(ImageDraw.ImageDraw, "text", written)
    shown = [shot for shot in SCENES if Role.AUTHENTICATOR in SHOTS[shot].audience]
    assert {"R04", "U08", "B01", "B02"} <= set(shown)
    for shot in shown:
        data = draw(
            shot,
            seed=17,
            reference=reference,
            challenge=code,
            tracking_number="KX482190337711",
            seal_number=seal_of(17, reference),
            taken_at=datetime(2026, 11, 2, 9, tzinfo=UTC),
        )
        words += [found.text for found in barcodes.read(Image.open(io.BytesIO(data)))]
    assert code in words
    assert seal_of(17, reference) in words
    assert any("verify.example" in word for word in words), "no machine read a code"
    for secret in ("TB", "2026", "317", "/1", "KX48"):
        assert [word for word in words if secret in word.upper()] == [], secret


def test_the_demos_seals_do_not_count_test_buys() -> None:
    numbers = [int(seal_of(17, f"TB-2026-{number:06d}")[3:]) for number in range(1, 200)]
    assert len(set(numbers)) == len(numbers)
    steps = {after - before for before, after in pairwise(numbers)}
    assert len(steps) > 190
    assert seal_of(17, "TB-2026-000001") == seal_of(17, "TB-2026-000001")


def test_another_brands_examination_and_photos_are_not_there(world: World) -> None:
    public_id = world.examinations[world.testbuys["other brand"]]
    browser = world.client(Role.AUTHENTICATOR)
    assert public_id not in browser.get("/examinations").text
    assert browser.get(f"/examinations/{public_id}").status_code == 404
    for step in ("claim", "release", "seal", "ask"):
        fields = {
            "verdict": "genuine",
            "confidence": "high",
            "method": "Looking",
            "reasons": "Because",
            **TESTIMONY,
            "shot": "I01",
            "note": "More light",
        }
        answer = send(browser, f"/examinations/{public_id}/{step}", **fields)
        assert answer.status_code == 404, step
    for photo in _photos(world, "other brand"):
        assert browser.get(f"/photos/{photo.public_id}").status_code == 404
    assert world.client("other authenticator").get(f"/examinations/{public_id}").status_code == 200


def test_a_verdict_sealed_by_somebody_else_is_not_there(world: World) -> None:
    public_id = world.examinations[world.testbuys["judged"]]
    assert world.client(Role.AUTHENTICATOR).get(f"/examinations/{public_id}").status_code == 200
    number = world.people["other authenticator"]
    send(
        world.client(Role.ADMINISTRATOR),
        f"/people/{number}/grants",
        roles=["authenticator"],
        brands=["Swarovski"],
    )
    other = world.client("other authenticator")
    assert other.get(f"/examinations/{public_id}").status_code == 404


def test_without_a_brand_granted_nothing_is_seen(world: World) -> None:
    number = world.people[Role.AUTHENTICATOR]
    send(world.client(Role.ADMINISTRATOR), f"/people/{number}/grants", roles=["authenticator"])
    browser = world.client(Role.AUTHENTICATOR)
    assert "Nothing to examine" in browser.get("/examinations").text


@pytest.mark.parametrize("page", ["", "/photos", "/order", "/receive", "/document", "/withdraw"])
def test_a_buyer_has_their_own_test_buys_only(world: World, page: str) -> None:
    reference = world.testbuys["assigned"]
    other = world.client("other buyer")
    assert reference not in other.get("/tasks").text
    if not page:
        assert other.get(f"/tasks/{reference}").status_code == 404
        return
    fields = {
        "version": str(world.row(reference).version),
        "order_number": "1",
        "currency": "CNY",
        "paid": "10",
        "shot": "P01",
        "kind": "goods",
        "description": "A thing",
        "seal_number": "1",
        "why": "listing_gone",
        "note": "Gone",
    }
    answer = send(other, f"/tasks/{reference}{page}", files={"photo": ("a.jpg", b"jpeg")}, **fields)
    assert answer.status_code == 404
    assert world.row(reference).stage == "assigned"


def test_photos_of_others_are_not_there_for_a_buyer(world: World) -> None:
    photo = _photos(world, "examined")[0]
    assert world.client(Role.BUYER).get(f"/photos/{photo.public_id}").status_code == 200
    assert world.client("other buyer").get(f"/photos/{photo.public_id}").status_code == 404
