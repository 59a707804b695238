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
WAYS = {
    "desk by day": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "phone by night": {
        "viewport": {"width": 390, "height": 844},
        "color_scheme": "dark",
        "has_touch": True,
        "is_mobile": True,
    },
}


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


@pytest.mark.parametrize("way", WAYS)
def test_each_page_can_be_used_by_everybody(full: World, pages, browser: Browser, way: str):
    """Catches a field without a label, a faint text, a heading out of order, a target too small, a
    page one must scroll sideways, a script that throws."""
    wrong: dict[str, set[str]] = defaultdict(set)
    only = CHANGES_WITH_THE_SCREEN if way == "phone by night" else None
    for person in dict.fromkeys(page.person for page in pages):
        context = _context(full, browser, person, WAYS[way])
        tab = context.new_page()
        tab.on("pageerror", lambda error: wrong[str(error)].add("script"))
        for page in pages:
            if page.person != person:
                continue
            tab.goto(page.address, wait_until="load")
            for violation in tab.evaluate(RUN, only):
                wrong[violation].add(page.name)
            if (wider := tab.evaluate(WIDER)) > 0:
                wrong[f"{wider} px wider than the screen"].add(page.name)
        context.close()
    told = [f"{what}\n    on {', '.join(sorted(where)[:4])}" for what, where in wrong.items()]
    if told:
        pytest.fail("\n".join(told), pytrace=False)


def _context(
    full: World, browser: Browser, person: str | None, way: dict[str, object]
) -> BrowserContext:
    address = str(full.client().base_url)
    context = browser.new_context(base_url=address, bypass_csp=False, **way)
    if person is not None:
        token = {"name": "testbuy_session", "value": full.session(person), "url": address}
        context.add_cookies([token])
    context.add_init_script(path=AXE)
    return context
