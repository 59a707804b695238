"""The running programme, a browser, and a hand for each of its people."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.stories.hands import Hand
from tests.stories.house import House, opened

PATIENCE_MS = 90_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("house")) as running:
        yield running


@pytest.fixture
def hand_of(house: House, browser: Browser) -> Iterator[Callable[[str], Hand]]:
    """`hand_of(name)`: that person's own browser, logged in by their link.

    What a page's script throws fails the test.
    """
    hands: dict[str, Hand] = {}
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def of(name: str) -> Hand:
        if name not in hands:
            context = browser.new_context(base_url=house.installation.portal_url)
            context.set_default_timeout(PATIENCE_MS)
            contexts.append(context)
            page = context.new_page()
            page.on("pageerror", lambda error: complaints.append(f"{name}: {error}"))
            hand = hands[name] = Hand(page)
            address = house.links[name]
            hand.open(address)
            hand.press("Log in")
        return hands[name]

    yield of
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    """A paper to hand in: any PDF."""
    file = tmp_path / "paper.pdf"
    file.write_bytes(b"%PDF-1.7 a paper, signed and chopped")
    return file
