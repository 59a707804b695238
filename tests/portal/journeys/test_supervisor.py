"""What a supervisor is asked each day: who is late, a photo to waive, a disposal, a new shelf."""

from datetime import timedelta

import pytest

from casework.clock import deadlines
from casework.intake import photographing
from rules.roles import Role
from storage.rows import every
from storage.tables import Disposal, Waiver
from tests.portal import full_world
from tests.portal.journeys.recorder import Hand, noted, words_of
from tests.portal.small_world import World, bagged, picture

say = words_of("supervisor")


@pytest.fixture
def late(world: World) -> str:
    """A bag that no clerk took in for a week; those above the clerk were told."""
    reference = bagged(world, 6)
    world.now += timedelta(days=7)
    for word in ("first", "second"):
        deadlines.mind(world.db, world.act(Role.PROGRAMME, word), reference)
        world.now += timedelta(minutes=1)
    return reference


def test_a_supervisor_looks_into_what_is_late(world: World, late: str, page_of) -> None:
    page = page_of(Role.SUPERVISOR)
    hand = Hand(page)
    hand.open("/")
    hand.go_by_key("o")
    assert late in page.url
    assert page.locator("section.card.now .late").count() == 1
    noted("supervisor", "from home to what is late, and with whom", hand.tally, limit=0.5)


def test_a_supervisor_waives_a_shot_that_is_gone(world: World, page_of) -> None:
    photographing.take_photo(
        world.db, world.vault, world.act(Role.BUYER, "too small"), world.testbuys["assigned"],
        shot="P05", data=picture("too small", width=640), name="p05.jpg",
    )  # fmt: skip
    page = page_of(Role.SUPERVISOR)
    hand = Hand(page)
    hand.open("/")
    hand.go_by_key("o")
    hand.press("a")
    assert page.evaluate("document.activeElement.name") == "reason", "the key leads to what lacks"
    hand.type("The page is gone")
    hand.go_by_key("Control+Enter")
    with world.db.read() as tx:
        assert [row.reason for row in every(tx, Waiver)] == ["The page is gone"]
    noted("supervisor", "a refused photo looked at and waived", hand.tally, limit=0.5)


def test_a_supervisor_approves_a_disposal(world: World, page_of) -> None:
    full_world._examination(world)
    page = page_of(Role.SUPERVISOR)
    hand = Hand(page)
    hand.open("/")
    hand.go_by_key("o")
    hand.go_by_key("a")
    with world.db.read() as tx:
        assert every(tx, Disposal)[0].approved_by == world.people[Role.SUPERVISOR]
    noted("supervisor", "from home to a disposal approved", hand.tally, limit=0.5)


def test_a_supervisor_adds_a_shelf(world: World, page_of) -> None:
    page = page_of(Role.SUPERVISOR)
    hand = Hand(page)
    hand.open("/")
    hand.click(page.locator("summary", has_text=say("All pages")))
    hand.go(page.get_by_role("link", name=say("Places"), exact=True).first)
    form = page.locator("form[action='/places']")
    hand.write(form.locator("[name=site]"), "Store A")
    hand.tab_to(form.locator("[name=shelf]"))
    hand.type("Shelf 9")
    hand.click(form.get_by_label(say("clerk"), exact=True))
    hand.go_by_key("s")
    assert page.get_by_role("link", name="Store A, Shelf 9").count() == 1
    noted("supervisor", "a new shelf on the list", hand.tally, limit=0.5)
