"""Board and approvals in a real browser: keys, and what comes in while somebody looks."""

from casework.act import Act
from casework.buying import requesting
from rules.lifecycle import Stage
from rules.roles import Role
from storage.tables import RequestedVia, Route
from tests.portal.small_world import seed

WIDEST = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def _request(world, flag, person=Role.ANALYST):
    act = Act(Role.ANALYST, world.now, seed(f"ask {flag}"), world.people[person])
    return requesting.request(
        world.db, act, flag_id=flag, purpose="Look", campaign=None,
        via=RequestedVia.PORTAL, route=Route.BY_HAND,
    ).reference  # fmt: skip


def test_approvals_are_decided_by_keys_alone(world, page_of):
    """j and k move, x selects, a approves, d asks for the reason, u takes back, A sends."""
    references = [world.testbuys["requested"], *(_request(world, flag) for flag in (6, 7))]
    page = page_of(Role.APPROVER)
    page.goto("/approvals")
    at_hand = page.locator("[data-row].at-hand")
    assert at_hand.get_attribute("data-row") == references[0]
    press = page.keyboard.press
    press("j")
    assert at_hand.get_attribute("data-row") == references[1]
    press("d")
    page.keyboard.type("a dear axe jk")
    assert world.row(references[1]).stage is Stage.REQUESTED
    with page.expect_navigation():
        press("Enter")
    assert world.row(references[1]).stage is Stage.DECLINED
    assert at_hand.get_attribute("data-row") == references[2]
    press("x")
    press("k")
    press("x")
    assert page.locator("[data-count]").inner_text() == "2 selected"
    press("u")
    assert page.locator("[data-count]").inner_text() == "0 selected"
    press("Shift+A")
    with page.expect_navigation():
        press("a")
    assert world.row(references[0]).stage is Stage.AUTHORISED
    assert world.row(references[2]).stage is Stage.REQUESTED
    press("x")
    with page.expect_navigation():
        press("Shift+A")
    assert world.row(references[2]).stage is Stage.AUTHORISED
    assert "1 decided" in page.locator("[role=status]").inner_text()


def test_what_arrives_is_announced_and_no_row_moves(world, page_of):
    page = page_of(Role.ANALYST)
    page.goto("/board")
    before = page.locator("tbody tr").count()
    reference = _request(world, 6)
    told = page.locator("[data-arrivals]")
    assert told.inner_text() == ""
    told.dispatch_event("look")
    link = told.get_by_role("link", name="1 new, show it")
    link.wait_for()
    assert page.locator("tbody tr").count() == before
    link.click()
    page.get_by_role("link", name=reference).wait_for()


def test_the_board_its_sentence_and_lists_fit_a_phone(world, page_of):
    page = page_of(Role.ANALYST, width=390, height=844)
    late = "/board?late=yes&brand=Swarovski&owner=mine&waiting=Waiting+for+verdict"
    for path in (
        late,
        "/flags",
        "/launch",
        "/search?q=crystal",
        f"/testbuys/{world.testbuys['judged']}",
    ):
        page.goto(path)
        assert page.evaluate(WIDEST) <= 0, path
