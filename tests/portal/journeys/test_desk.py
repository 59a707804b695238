"""The rights holder's receiving desk: what comes in under its seal, and what goes back."""

from datetime import timedelta
from pathlib import Path

import pytest

from casework.custody import handing_over
from casework.custody.sides import Giving, Taking
from casework.intake import desk, photographing
from rules.holders import Holder, HolderKind
from rules.roles import Role
from storage.rows import every
from storage.tables import CustodyEntry
from tests.portal.journeys.recorder import Hand, noted, words_of
from tests.portal.small_world import World, picture

EXHIBIT, SEAL, WAYBILL = "PB/1", "SEAL-3", "SF1020304050"
NAME = {"name": "Person Clerk"}
say = words_of("desk")


@pytest.fixture
def sent(world: World, tmp_path: Path) -> World:
    """A clerk's bag stands on the desk's counter; nobody of the desk has touched it."""
    (tmp_path / "bag.jpg").write_bytes(picture("bag at the desk"))
    clerk, reference = world.act(Role.CLERK, "out"), world.testbuys["examined"]
    world.now += timedelta(minutes=1)
    out = photographing.take_photo(
        world.db, world.vault, world.act(Role.CLERK, "seal out"), reference,
        shot="T01", data=picture("seal out"), name="t01.jpg",
    )  # fmt: skip
    said = Giving(
        SEAL, "to be examined", "the office", "seal intact", photos=(out.public_id,), to_desk=True
    )
    handing_over.give(world.db, world.vault, clerk, EXHIBIT, said)
    return world


@pytest.fixture
def here(sent: World) -> World:
    """The desk has taken it in."""
    act = sent.act(Role.DESK, "seal in")
    taken = desk.photograph(
        sent.db, sent.vault, act, EXHIBIT, shot="T02", data=picture("seal in"), name="t02.jpg"
    )
    said = Taking(SEAL, "seal intact", "Cabinet 2")
    receiver = sent.act(Role.DESK, "in")
    desk.receive(sent.db, receiver, EXHIBIT, said, intact=True, photos=(taken.public_id,))
    sent.now += timedelta(minutes=1)
    return sent


def test_a_desk_takes_a_sealed_bag_in(sent: World, page_of, tmp_path: Path) -> None:
    """From its inbox: photographed, seal read off the bag, taken in."""
    page = page_of(Role.DESK)
    hand = Hand(page)
    hand.open("/")
    hand.go_by_key("o")
    hand.photograph(page.locator("form.capture [type=file]"), tmp_path / "bag.jpg")
    receive = page.locator("form[action$='/receive']")
    hand.scan(receive.locator("[name=seal_in]"), SEAL)
    assert hand.presses == 1, "the photo is kept, and the scanner's field is at hand"
    hand.tab_to(receive.locator("[name=condition]"))
    hand.tab_to(receive.locator("[name=place]"))
    hand.type("Cabinet 2")
    hand.go_by_key("Control+Enter")
    assert page.get_by_text(say("The exhibit is taken in.")).count() == 1
    noted("desk", "a sealed bag photographed and taken in", hand.tally, limit=1)


def test_a_desk_gives_it_back_to_a_clerk(here: World, page_of, tmp_path: Path) -> None:
    page = page_of(Role.DESK)
    hand = Hand(page)
    hand.open("/desk")
    hand.go(page.locator("main a.ref", has_text=EXHIBIT))
    hand.photograph(page.locator("form.capture [type=file]"), tmp_path / "bag.jpg")
    give = page.locator("form[action$='/give']")
    assert give.locator("[name=place]").input_value() == "Cabinet 2", "where it took it in"
    hand.choose(give.locator("[name=to_person]"), say("%(name)s, clerk of the programme") % NAME)
    hand.scan(give.locator("[name=seal_out]"), SEAL)
    hand.go_by_key("Control+Enter")
    assert "did=handing_over" in page.url
    noted("desk", "an exhibit given back to a clerk", hand.tally, limit=0.75)


def test_a_desk_gives_it_back_by_a_courier_who_signs(here: World, page_of, tmp_path: Path) -> None:
    page = page_of(Role.DESK)
    hand = Hand(page)
    hand.open("/desk")
    hand.go(page.locator("main a.ref", has_text=EXHIBIT))
    hand.photograph(page.locator("form.capture [type=file]"), tmp_path / "bag.jpg")
    give = page.locator("form[action$='/give']")
    hand.type("SF")
    hand.tab_to(give.locator("[name=tracking_number]"))
    hand.scan(give.locator("[name=tracking_number]"), WAYBILL)
    hand.tab_to(give.locator("[name=seal_out]"))
    hand.scan(give.locator("[name=seal_out]"), SEAL)
    hand.go_by_key("Control+Enter")
    sign = page.locator("form[action$='/sign']")
    hand.scan(sign.locator("[name=seal_in]"), SEAL)
    hand.write(sign.locator("[name=name]"), "Wu")
    pad = sign.locator("canvas.pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 70, steps=8)
    page.mouse.up()
    hand.presses += 1
    hand.go(sign.get_by_role("button", name=say("Record the signature")))
    assert "did=handed_over" in page.url
    with here.db.read() as tx:
        last = every(tx, CustodyEntry, order_by="id")[-1]
    assert Holder(last.to_kind, last.to_holder) == Holder(HolderKind.CARRIER, "SF")
    noted("desk", "an exhibit given to a courier who signs", hand.tally, limit=1)
