"""Every page, as each role that sees something of its own there, in a real browser.

axe-core (tests/portal/vendor/axe) is run on a desk by day and on a phone by night: WCAG 2.2 A and
AA, its best practices, and 7 : 1 for text. Beside it what axe does not look at: nothing is wider
than the screen, nothing is thrown, no text lies cut off. Then each once more in Chinese, and each
of their forms sent empty: no English is left but names and what people typed.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext
from playwright.sync_api import Page as Tab

from casework.examinations import examining
from rules.roles import Role
from tests.portal.english_left import english_left
from tests.portal.every_form import empty_forms
from tests.portal.every_page import Page, every_page, page_routes
from tests.portal.keys_of_pages import wrong_keys
from tests.portal.small_world import World

pytestmark = pytest.mark.long

AXE = Path(__file__).parent / "vendor" / "axe" / "axe.min.js"
RUN = """async (only) => {
  const rules = {'color-contrast-enhanced': {enabled: true}, 'target-size': {enabled: true}};
  const about = only ? {runOnly: {type: 'rule', values: only}} : {rules};
  const found = await axe.run(document, {resultTypes: ['violations'], ...about});
  return found.violations.flatMap((each) => each.nodes.map((node) =>
    `${each.id}: ${node.html.slice(0, 160)} (${node.failureSummary.split('\\n')[1]?.trim()})`));
}"""
CHANGES_WITH_THE_SCREEN = [
    "color-contrast",
    "color-contrast-enhanced",
    "target-size",
    "scrollable-region-focusable",
    "summary-name",
    "button-name",
    "link-name",
    "region",
    "landmark-unique",
]
"""What the style sheet decides; the rest is the same in the markup on every screen."""
SETTLED = "() => Promise.all(document.getAnimations().map((each) => each.finished))"
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
BY_HAND = (None, Role.BUYER)
"""Who has no keys here: a door asks for a name or a code, and a buyer holds a phone."""

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def full(full_to_change: World) -> World:
    """Forms are sent in it."""
    return full_to_change


@pytest.fixture(scope="module")
def pages(full: World) -> list[Page]:
    return every_page(full)


def test_no_page_escapes(full, pages):
    """A new page that this world can't fill would be looked at by nobody."""
    assert page_routes(full) - {page.route for page in pages} == set(), (
        "give tests/portal/full_world.py or every_page.py what this page needs"
    )


def test_each_page_can_be_used_by_everybody(full: World, pages: list[Page], browser: Browser):
    """Catches a field without a label, a faint text, a heading out of order, a target too small, a
    page one must scroll sideways, a script that throws; a deciding button without a key, or one
    that it shares."""
    wrong: dict[str, set[str]] = defaultdict(set)
    for person in dict.fromkeys(page.person for page in pages):
        context = _context(full, browser, person)
        tab = context.new_page()
        tab.on("pageerror", lambda error: wrong[str(error)].add("script"))
        for page in pages:
            if page.person == person:
                for what in _looked_at(tab, page.address):
                    wrong[what].add(page.name)
                for what in wrong_keys(tab) if person not in BY_HAND else ():
                    wrong[what].add(page.name)
        context.close()
    _tell(wrong)


ENGLISH_IN_EVERY_LANGUAGE = {
    "api_docs": "the API's document: programs and auditors read one wording"
}


def test_a_chinese_page_has_no_english_but_names_and_what_people_typed(full, pages):
    """Catches a text that was not wrapped, a word that has no Chinese, a sentence told raw."""
    left: dict[str, set[str]] = defaultdict(set)
    for person in dict.fromkeys(page.person for page in pages):
        reader = full.client(person)
        reader.headers["accept-language"] = "zh-CN"
        for page in pages:
            if page.person == person and page.route not in ENGLISH_IN_EVERY_LANGUAGE:
                for text in english_left(reader.get(page.address).text):
                    left[text].add(page.name)
    _tell(left)


@pytest.fixture(scope="module")
def claimed(full: World) -> str:
    """The address of an examination with all its forms."""
    public_id = full.examinations[full.testbuys["examined"]]
    examining.claim(full.db, full.act(Role.AUTHENTICATOR, "claim it here"), public_id)
    return f"/examinations/{public_id}"


def test_what_opens_in_a_page_can_be_used_by_everybody_and_is_chinese(
    full: World, browser: Browser, claimed: str
) -> None:
    """The bench, a task and the board by night, in Chinese: scripts have said what they say, and
    each pop-over of bench and head is open while it is looked at."""
    wrong: dict[str, set[str]] = defaultdict(set)
    task = f"/tasks/{full.testbuys['assigned']}"
    for person, address in (
        (Role.AUTHENTICATOR, claimed),
        (Role.BUYER, task),
        (Role.SUPERVISOR, "/board"),
    ):
        context = _context(full, browser, person, locale="zh-CN", color_scheme="dark")
        tab = context.new_page()
        tab.on("pageerror", lambda error: wrong[str(error)].add("script"))
        tab.goto(address, wait_until="networkidle")
        for opened in tab.locator("header details.pop > summary, [popovertarget]").all():
            if not opened.is_visible():
                continue
            opened.click()
            tab.evaluate(SETTLED)
            for what in [*tab.evaluate(RUN, None), *english_left(tab.content())]:
                wrong[what].add(f"{address} with {opened.inner_text()!r} open")
            tab.keyboard.press("Escape")
        context.close()
    _tell(wrong)


def test_a_refused_form_can_be_used_by_everybody(full: World, browser: Browser) -> None:
    """Its complaints stand beside the fields, in Chinese and by night on a phone."""
    context = _context(full, browser, Role.CLERK, locale="zh-CN", color_scheme="dark")
    tab = context.new_page()
    tab.set_viewport_size(PHONE)
    tab.goto("/kits")
    form = tab.locator("form[action='/kits']")
    form.evaluate("form => { form.noValidate = true }")
    form.locator("button.first").click()
    tab.wait_for_selector("#problem")
    wrong = [*tab.evaluate(RUN, None), *english_left(tab.content())]
    assert (wrong, tab.evaluate(WIDER), tab.locator("[aria-invalid=true]").count()) == ([], 0, 2)
    context.close()


def test_what_is_refused_is_refused_in_chinese(full: World, pages: list[Page], claimed: str):
    """Each form of each page, empty: what is wrong is said in the page's language, beside the field
    or on a page of its own. Last in this file, because some forms need no field to be taken."""
    left: dict[str, set[str]] = defaultdict(set)
    refused = 0
    bench = Page(Role.AUTHENTICATOR, "examination", claimed)
    for action, person, answer in empty_forms(full, [*pages, bench], "zh-CN"):
        assert answer.status_code < 500, (action, person)
        if answer.status_code >= 400:
            refused += 1
            for text in english_left(answer.text):
                left[text].add(f"{action} as {person}")
    stranger = full.client(Role.ANALYST)
    stranger.headers["accept-language"] = "zh-CN"
    for answer in (
        stranger.get("/nowhere"),
        stranger.get("/people"),
        stranger.get("/testbuys/TB-2026-999999"),
        stranger.post("/flags/import", data={"csrf": "another"}),
        stranger.delete("/board"),
    ):
        assert 400 <= answer.status_code < 500
        for text in english_left(answer.text):
            left[text].add(str(answer.request.url.path))
    _tell(left)
    assert refused > 80, "the forms are no longer found"


def _tell(wrong: dict[str, set[str]]) -> None:
    told = [f"{what}\n    on {', '.join(sorted(where)[:4])}" for what, where in wrong.items()]
    if told:
        pytest.fail("\n".join(told), pytrace=False)


def _looked_at(tab: Tab, address: str) -> Iterator[str]:
    """What is wrong with a page on a desk by day, then as the same page on a phone by night."""
    for size, scheme, only in ((DESK, "light", None), (PHONE, "dark", CHANGES_WITH_THE_SCREEN)):
        tab.set_viewport_size(size)
        tab.emulate_media(color_scheme=scheme)
        if size is DESK:
            tab.goto(address, wait_until="load")
        yield from tab.evaluate(RUN, only)
        if (wider := tab.evaluate(WIDER)) > 0:
            yield f"{wider} px wider than a screen of {size['width']}"


def _context(full: World, browser: Browser, person: str | None, **like: Any) -> BrowserContext:
    """A browser of `person`; `like`: its locale and colour scheme."""
    address = str(full.client().base_url)
    context = browser.new_context(base_url=address, viewport=DESK, **like)
    context.set_default_timeout(90_000)
    if person is not None:
        token = {"name": "testbuy_session", "value": full.session(person), "url": address}
        context.add_cookies([token])
    context.add_init_script(path=AXE)
    return context
