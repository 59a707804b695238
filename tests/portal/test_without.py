"""What works without scripts, without a mouse, and where the keyboard stands after a refusal."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from rules.roles import Role
from tests.portal.small_world import PASSWORD, World


@pytest.fixture
def bare(world: World, browser: Browser) -> Iterator[Callable[[str | None], Page]]:
    """Opens the portal in a browser that runs no script."""
    contexts = []

    def open_as(person: str | None) -> Page:
        address = str(world.client().base_url)
        context = browser.new_context(base_url=address, java_script_enabled=False)
        contexts.append(context)
        if person:
            token = world.session(person)
            context.add_cookies([{"name": "testbuy_session", "value": token, "url": address}])
        return context.new_page()

    yield open_as
    for context in contexts:
        context.close()


def test_one_logs_in_and_reads_without_scripts(bare) -> None:
    page = bare(None)
    page.goto("/log-in")
    page.get_by_label("E-mail").fill(f"{Role.ANALYST}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_text("All pages").click()
    page.get_by_role("navigation", name="All pages").get_by_role("link", name="Board").click()
    page.locator("a.ref").first.click()
    assert page.get_by_role("heading", name="Contact sheet").is_visible()
    page.locator("summary", has_text="Person Analyst").click()
    page.get_by_role("button", name="Log out").click()
    assert page.url.endswith("/log-in?did=out")


def test_an_approval_is_decided_without_scripts(world: World, bare) -> None:
    reference = world.testbuys["requested"]
    page = bare(Role.APPROVER)
    page.goto(f"/testbuys/{reference}")
    page.get_by_role("button", name="Approve", exact=True).click()
    assert world.row(reference).stage == "authorised"


def test_a_verdict_is_sealed_without_scripts(world: World, bare) -> None:
    page = bare(Role.AUTHENTICATOR)
    public_id = world.examinations[world.testbuys["examined"]]
    page.goto(f"/examinations/{public_id}")
    page.get_by_role("button", name="Claim it").click()
    page.locator("[name=verdict]").first.select_option("genuine")
    page.locator("[name=confidence]").first.select_option("high")
    for name, words in {
        "method": "Comparison",
        "reasons": "As it should be.",
        "limits": "The inside was not seen.",
        "conflict_statement": "None.",
        "qualification": "Twelve years in the workshop",
        "authority": "Letter of 2 January 2026",
        "reference_samples": "Two pieces",
    }.items():
        page.locator(f"[name={name}]").first.fill(words)
    page.locator("[name=no_conflict]").check()
    page.get_by_role("button", name="Seal").click()
    assert "did=sealed" in page.url, page.locator("main").inner_text()[:400]
    assert world.row(world.testbuys["examined"]).waiting_name == "Waiting for conclusion"


def _to(page: Page, *, name: str, most: int = 60) -> None:
    """Tab until what has the focus is called `name`; what has it must be seen to have it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        said, ring = page.evaluate(
            "() => { const e = document.activeElement; return [e.labels?.[0]?.textContent.trim() "
            "?? e.getAttribute('aria-label') ?? e.textContent.trim(), "
            "getComputedStyle(e).outlineStyle]; }"
        )
        if said == name:
            assert ring != "none", f"nobody sees that {name} has the focus"
            return
    pytest.fail(f"{name} is not reached by {most} tabs")


def test_an_approver_works_by_keyboard_alone(world: World, page_of) -> None:
    reference = world.testbuys["requested"]
    page = page_of(Role.APPROVER)
    page.goto("/")
    _to(page, name=reference)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{reference}")
    _to(page, name="Approve")
    page.keyboard.press("Enter")
    page.wait_for_url("**did=approved")
    assert world.row(reference).stage == "authorised"


def test_menus_open_and_close_by_keyboard(page_of) -> None:
    page = page_of(Role.SUPERVISOR)
    page.goto("/board")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    _to(page, name="All pages")
    page.keyboard.press("Enter")
    pages = page.get_by_role("navigation", name="All pages")
    assert pages.is_visible()
    page.keyboard.press("Escape")
    assert not pages.is_visible()
    assert page.evaluate("document.activeElement.textContent.trim()") == "All pages"


def test_the_first_wrong_field_has_the_focus_and_says_what_is_wrong(page_of) -> None:
    page = page_of(Role.ANALYST)
    page.goto("/campaigns")
    page.get_by_label("Name", exact=True).fill("Winter")
    page.get_by_label("Purpose").fill("See")
    form = page.locator("form[action='/campaigns']")
    form.evaluate("each => each.noValidate = true")
    form.get_by_label("Highest price of one").fill("much")
    form.get_by_role("button", name="Ask for the campaign").click()
    field = page.get_by_label("Highest price of one")
    field.wait_for()
    assert field.evaluate("each => each === document.activeElement")
    told = page.locator(f"#{field.get_attribute('aria-describedby')}")
    assert "amount" in told.inner_text()
    assert page.get_by_label("Name", exact=True).input_value() == "Winter"
    link = page.locator("#problem .wrong-fields a").first
    assert link.inner_text() == "Highest price of one"
