"""Keys press what they are written on, in a real browser; see `keys_of_pages` for every page."""

import pytest

from rules.roles import Role
from tests.casework import packaged
from tests.portal.small_world import World

HELD = "PB/1"


def test_a_key_decides_what_its_button_decides(world: World, page_of, referral) -> None:
    """The letter that approves a test buy approves a referral; a letter in a field writes."""
    packaged.complete(world, referral)
    page = page_of(Role.LIAISON)
    page.goto(f"/referrals/{referral}")
    with page.expect_navigation():
        page.keyboard.press("a")
    assert "did=approved" in page.url
    page = page_of(Role.SUPERVISOR)
    page.goto("/holds")
    page.locator("[name=subject]").fill(HELD)
    page.locator("[name=reason]").focus()
    page.keyboard.type("The court asked")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert "did=hold" in page.url
    assert page.get_by_text("The court asked").count() == 1
    page.keyboard.press("e")
    assert page.locator("details.more[open] [name=reason]").is_visible()
    assert page.evaluate("document.activeElement.name") == "reason"


def test_only_the_row_at_hand_answers(world: World, page_of) -> None:
    """People: the second person's invitation opens, not the first's."""
    page = page_of(Role.ADMINISTRATOR)
    page.goto("/people")
    rows = page.locator("main [data-row]")
    page.keyboard.press("j")
    page.keyboard.press("i")
    opened = page.locator("details.more[open]")
    assert opened.count() == 1
    assert rows.nth(1).locator("details.more[open] summary").count() == 1


@pytest.mark.parametrize("address", ["/approvals", "/board", "/frame"])
def test_a_question_mark_lists_the_keys_of_the_page(world: World, page_of, address) -> None:
    """One list, of what answers now. A script that loaded the keys twice would open two."""
    page = page_of(Role.APPROVER)
    page.goto(address)
    page.keyboard.press("?")
    listed = page.locator("dialog.keys")
    assert listed.count() == 1
    assert "/" in listed.locator("kbd").all_inner_texts()
    page.keyboard.press("Escape")
    listed.wait_for(state="detached")
