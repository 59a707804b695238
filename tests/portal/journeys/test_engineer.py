"""What keeps an engineer awake: a flow run that does not come, and whether all is as it was."""

from datetime import timedelta

from rules.roles import Role
from storage.rows import one
from storage.tables import Wakeup
from tests.portal.journeys.recorder import Hand, noted
from tests.portal.small_world import World
from tests.portal.test_wakeups_page import settle_others


def test_an_engineer_has_a_stuck_flow_run_tried_again(world: World, page_of) -> None:
    ago = world.now - timedelta(hours=1)
    run = {"due_at": ago, "dispatched_at": ago, "flow_run_id": "r"}
    stuck = settle_others(world, world.testbuys["requested"], **run)
    page = page_of(Role.ENGINEER)
    hand = Hand(page)
    hand.open("/")
    hand.go_by_key("o")
    hand.press("a")
    assert page.evaluate("document.activeElement.name") == "why", "the key leads to what lacks"
    hand.type("The worker's disk was full; it has room now")
    hand.go_by_key("Control+Enter")
    with world.db.read() as tx:
        row = one(tx, Wakeup, id=stuck.id)
    assert row is not None and (row.attempt, row.due_at) == (stuck.attempt + 1, world.now)
    noted("engineer", "a stuck flow run found and tried again", hand.tally, limit=0.5)


def test_an_engineer_verifies_a_test_buy(world: World, page_of) -> None:
    page = page_of(Role.ENGINEER)
    hand = Hand(page)
    hand.open("/")
    hand.press("/")
    hand.scan(page.locator("#search"), world.testbuys["judged"], enters=True)
    hand.go_by_key("v")
    assert page.get_by_text("All is as it was recorded").count() == 1
    noted("engineer", "a test buy found and verified", hand.tally, limit=0.5)
