"""The small world: built once, copied for each test."""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from rules.roles import Role
from tests.portal.full_world import furnish
from tests.portal.phone import PHONE, Journey, Relay
from tests.portal.small_world import UNLINKED, World, build, send

PATIENCE_MS = 90_000
"""How long a browser is waited for where nothing is wrong, on a machine many times slower."""
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The world every test begins with: to be copied."""
    return _once(tmp_path_factory, "small-world", build)


@pytest.fixture(scope="session")
def furnished(built: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The same with something on every page: to be copied."""
    return _once(tmp_path_factory, "full-world", lambda home: furnish(_copied(built, home)))


@pytest.fixture(scope="session")
def full(furnished: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The furnished world, to be looked at, never changed."""
    world = _copied(furnished, tmp_path_factory.mktemp("full") / "home")
    yield world
    world.close()


@pytest.fixture(scope="module")
def full_to_change(furnished: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A copy of the furnished world that the tests of one file change."""
    world = _copied(furnished, tmp_path_factory.mktemp("full") / "home")
    yield world
    world.close()


@pytest.fixture
def world(built: World, tmp_path: Path) -> Iterator[World]:
    """A copy of the world, to be changed."""
    copy = _copied(built, tmp_path / "home")
    yield copy
    copy.close()


def _once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], World]) -> World:
    """The world `name` of this run: made by the first of its processes that needs it."""
    folder = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    home, facts = folder / name, folder / f"{name}.json"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not facts.exists():
            home.mkdir()
            world = make(home)
            world.close()
            facts.write_text(json.dumps(world.facts()))
    return World.of(home, json.loads(facts.read_text()))


def _copied(world: World, home: Path) -> World:
    shutil.copytree(world.home, home, dirs_exist_ok=True)
    return World.of(home, world.facts())


@pytest.fixture
def referral(world: World) -> str:
    """A drafted referral that rests on the judged test buy."""
    link = {"operator": "", "new_operator_name": "Chen trading", "basis": "Same phone number"}
    analyst = world.client(Role.ANALYST)
    shop = world.row(world.testbuys["judged"]).shop_id
    send(analyst, f"/shops/{shop}/link", **link, seen=UNLINKED)
    drafted = send(analyst, "/operators/OP-0001/referral", agency="Fengxian police")
    return drafted.headers["location"].split("?")[0].rpartition("/")[2]


@pytest.fixture
def page_of(world: World, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens the portal as a person: `page_of(person, width=1280, height=800)`, signed in; further
    words are the browser's own (`locale`, `color_scheme`).

    What a page's script throws, or what its policy forbids, fails the test.
    """
    complaints: list[str] = []
    contexts = []

    def open_as(person: str, width: int = 1280, height: int = 800, **like: Any) -> Page:
        client = world.client()
        context = browser.new_context(
            base_url=str(client.base_url), viewport={"width": width, "height": height}, **like
        )
        context.set_default_timeout(PATIENCE_MS)
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


@pytest.fixture
def phone_like() -> dict[str, Any]:
    """What a browser's context is on the phone; a folder of tests may want another language."""
    return PHONE


@pytest.fixture
def phone(
    world: World, browser: Browser, tmp_path: Path, phone_like: dict[str, Any]
) -> Iterator[Journey]:
    """A phone at the task's page, with its service worker; nothing it throws is let pass."""
    relay = Relay(world.client().base_url.port)
    context = browser.new_context(base_url=relay.url, **phone_like)
    context.set_default_timeout(PATIENCE_MS)
    token = world.session(Role.BUYER)
    context.add_cookies([{"name": "testbuy_session", "value": token, "url": relay.url}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    journey = Journey(page, tmp_path, relay)
    journey.open(f"/tasks/{world.testbuys['assigned']}", told="offline")
    yield journey
    context.close()
    relay.close()
    assert complaints == []
