"""The small world: built once, copied for each test."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.portal.small_world import World, build


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The world every test begins with."""
    return build(tmp_path_factory.mktemp("world"))


@pytest.fixture
def world(built: World, tmp_path: Path) -> Iterator[World]:
    """A copy of the world, to be changed."""
    home = tmp_path / "home"
    shutil.copytree(built.home, home)
    copy = World(
        home, dict(built.people), dict(built.testbuys), dict(built.examinations), built.now
    )
    yield copy
    copy.close()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A real browser, one for all tests of a file: while it is there no other loop can run."""
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page_of(world: World, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens the portal as a person: `page_of(person, width=1280, height=800)`, signed in.

    What a page's script throws, or what its policy forbids, fails the test.
    """
    complaints: list[str] = []
    contexts = []

    def open_as(person: str, width: int = 1280, height: int = 800) -> Page:
        client = world.client()
        context = browser.new_context(
            base_url=str(client.base_url), viewport={"width": width, "height": height}
        )
        contexts.append(context)
        context.add_cookies(
            [
                {
                    "name": "testbuy_session",
                    "value": world.session(person),
                    "url": str(client.base_url),
                }
            ]
        )
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            # A form that is refused is a page with a code of its own, and no fault of the page.
            lambda said: (
                complaints.append(said.text)
                if said.type == "error" and said.location["url"] != page.url
                else None
            ),
        )
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert complaints == []
