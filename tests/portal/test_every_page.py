"""Every page, as each role that sees something of its own there, in a real browser.

axe-core (tests/portal/vendor/axe) is run on a desk by day and on a phone by night: WCAG 2.2 A and
AA, its best practices, and 7 : 1 for text. Beside it what axe does not look at: nothing is wider
than the screen, nothing is thrown, no text lies cut off.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext
from playwright.sync_api import Page as Tab

from tests.portal.every_page import Page, every_page, page_routes
from tests.portal.full_world import furnish
from tests.portal.small_world import World, build

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
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The small world with something on every page."""
    world = furnish(build(tmp_path_factory.mktemp("full")))
    yield world
    world.close()


@pytest.fixture(scope="module")
def pages(full: World) -> list[Page]:
    return every_page(full)


def test_no_page_escapes(full, pages):
    """A new page that this world can't fill would be looked at by nobody."""
    assert page_routes(full) - {page.route for page in pages} == set(), (
        "give tests/portal/full_world.py or every_page.py what this page needs"
    )


@pytest.mark.timeout(420)  # axe on some 150 pages; a busy machine takes its time
def test_each_page_can_be_used_by_everybody(full: World, pages: list[Page], browser: Browser):
    """Catches a field without a label, a faint text, a heading out of order, a target too small, a
    page one must scroll sideways, a script that throws."""
    wrong: dict[str, set[str]] = defaultdict(set)
    for person in dict.fromkeys(page.person for page in pages):
        context = _context(full, browser, person)
        tab = context.new_page()
        tab.on("pageerror", lambda error: wrong[str(error)].add("script"))
        for page in pages:
            if page.person == person:
                for what in _looked_at(tab, page.address):
                    wrong[what].add(page.name)
        context.close()
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


def _context(full: World, browser: Browser, person: str | None) -> BrowserContext:
    address = str(full.client().base_url)
    context = browser.new_context(base_url=address, viewport=DESK)
    if person is not None:
        token = {"name": "testbuy_session", "value": full.session(person), "url": address}
        context.add_cookies([token])
    context.add_init_script(path=AXE)
    return context
