"""What a clerk does at the store's counter all day, with a scanner in the hand; and the desk."""

from pathlib import Path

import pytest

from casework.custody import handing_over, placing
from casework.custody.sides import Giving
from rules.roles import Role
from storage.rows import every
from storage.tables import HandOver
from tests.portal.journeys.recorder import Hand, noted, words_of
from tests.portal.small_world import World, bagged, picture

HELD, HELD_SEAL = "PB/1", "SEAL-3"
COMING, COMING_SEAL = "PB/4", "SEAL-6"
say = words_of("clerk")


def label(exhibit: str) -> str:
    """What a scanner types when it reads a label."""
    return f"https://portal.example/exhibits/{exhibit}"


@pytest.fixture
def coming(world: World) -> World:
    """A buyer hands a bag to the clerk."""
    bagged(world, 6)
    clerk = world.people[Role.CLERK]
    said = Giving(COMING_SEAL, "to the store", "the office", "seal intact", to_person=clerk)
    handing_over.give(world.db, world.vault, world.act(Role.BUYER, "give"), COMING, said)
    act = world.act(Role.SUPERVISOR, "place")
    for shelf in ("1", "2"):
        placing.add_place(world.db, act, site="Store", shelf=shelf, roles=[Role.CLERK])
    return world


def test_a_parcel_is_taken_in_and_put_away(coming: World, page_of) -> None:
    page = page_of(Role.CLERK)
    hand = Hand(page)
    hand.open("/scan")
    hand.scan(page.locator("#label"), label(COMING), enters=True)
    take_in = page.locator("form[action='/scan/take-in']")
    hand.scan(take_in.locator("[name=seal]"), COMING_SEAL)
    hand.choose(take_in.locator("[name=place]"), "Store, 2")
    hand.go(take_in.get_by_role("button", name=say("Take in")))
    assert page.locator("td .word", has_text=say("done")).count() == 1
    noted("clerk", "a bag scanned, taken in and put away", hand.tally, limit=0.5)


def test_an_exhibit_is_handed_to_a_carrier_for_the_examiners_desk(
    world: World, page_of, tmp_path: Path
) -> None:
    (tmp_path / "bag.jpg").write_bytes(picture("bag"))
    page = page_of(Role.CLERK)
    hand = Hand(page)
    hand.open(f"/exhibits/{HELD}")
    hand.photograph(page.locator("form.capture [type=file]"), tmp_path / "bag.jpg")
    give = page.locator("form[action$='/give']")
    hand.choose(give.locator("[name=to_kind]"), say("carrier"))
    give.locator("[name=to_kind]").focus()
    hand.tab_to(give.locator("[name=to_name]"))
    hand.type("SF")
    hand.tab_to(give.locator("[name=tracking_number]"))
    hand.scan(give.locator("[name=tracking_number]"), "SF1020304050")
    hand.tab_to(give.locator("[name=to_desk]"))
    hand.press("Space")
    hand.tab_to(give.locator("[name=seal_out]"))
    hand.scan(give.locator("[name=seal_out]"), HELD_SEAL)
    hand.tab_to(give.locator("[name=purpose]"))
    hand.tab_to(give.locator("[name=place]"))
    hand.type("Counter")
    hand.go(give.get_by_role("button", name=say("Hand over")))
    assert "did=handing_over" in page.url
    with world.db.read() as tx:
        assert every(tx, HandOver)[-1].purpose == "to be examined"
    noted("clerk", "a hand-over for the examiner’s desk", hand.tally, limit=0.5)


def test_a_colleague_is_handed_an_exhibit_by_scanning(world: World, page_of) -> None:
    page = page_of(Role.CLERK)
    hand = Hand(page)
    hand.open("/scan")
    hand.scan(page.locator("#label"), label(HELD), enters=True)
    give = page.locator("form[action='/scan/give']")
    hand.scan(give.locator("[name=seal]"), HELD_SEAL)
    hand.choose(give.locator("[name=to_person]"), "Person Supervisor")
    hand.write(give.locator("[name=purpose]"), "To be inspected")
    hand.write(give.locator("[name=place]"), "Counter")
    hand.go(give.get_by_role("button", name=say("Hand over")))
    assert page.locator("td .word", has_text=say("done")).count() == 1
    noted("clerk", "a hand-over to a colleague", hand.tally, limit=0.5)


def test_where_an_exhibit_is_and_its_labels(world: World, page_of) -> None:
    page = page_of(Role.CLERK)
    hand = Hand(page)
    hand.open("/")
    hand.press("/")
    hand.scan(page.locator("#search"), HELD_SEAL, enters=True)
    assert "Person Clerk" in page.locator("#held").inner_text()
    noted("clerk", "where a bag is and who holds it", hand.tally, limit=0.25)
    hand = Hand(page)
    sheet = page.get_by_role("link", name=say("Sheet of labels (PDF)"))
    made = world.client(Role.CLERK).get(sheet.get_attribute("href") or "")
    assert made.content.startswith(b"%PDF")
    hand.presses += 1
    noted("clerk", "its sheet of labels", hand.tally, limit=0.25)
