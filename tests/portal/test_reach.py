"""As each role, from its home: every link leads somewhere, and every page of the role has a link.

A crawl over real sockets, of a world with something on every page and of one with nothing yet. Each
address is asked for once a role; of what differs only in its number or in what a list is filtered
by, a few.
"""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx
import pytest
from fastapi.routing import APIRoute

from portal.permissions import PERMISSIONS, Anyone, permits
from rules.roles import PERSONS, Role
from tests.portal import small_world
from tests.portal.every_page import NO_PAGE
from tests.portal.small_world import World

DEPTH = 7
LIKE_IT = 4
"""How many addresses of one route are asked for as one role."""

EACH_DIFFERS = {
    "home": 20,
    "testbuy": 20,
    "exhibit": 20,
    "task": 20,
    "examination": 20,
    "referral": 20,
    "photo": 20,
}
"""Routes whose pages show other links each time."""

ONCE = {
    "claim_petition",
    "sanction_notice",
    "superseded_letter",
    "dossier",
    "bundle",
    "package_dossier",
    "package_preview",
    "photo_masks",
    "sellers_picture_masks",
    "statement",
}
"""Files and pages that take long to make: as a role that may have one, one is asked for."""

NO_LINK = {
    "code": "a log-in that owes its code is led there",
    "second_factor": "from the account, where a second factor is asked for",
    "erasure_of": "from the form of its list: whoever erases may open no page it is about",
    "erasure_value": "from that list",
    "offline": "the phone shows it in place of a page it does not have",
}
"""Page routes nothing links to, each with how one comes there."""


@dataclass
class Crawl:
    """What was asked for and what came: address → code, and the page that had it."""

    codes: dict[str, int] = field(default_factory=dict)
    found_on: dict[str, str] = field(default_factory=dict)

    def broken(self) -> list[str]:
        return [
            f"{code} {address} on {self.found_on[address]}"
            for address, code in self.codes.items()
            if code not in (200, 303)
        ]


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        for name in {"a": ("href",), "img": ("src",), "link": ("href",)}.get(tag, ()):
            self.found.append(given.get(name) or "")
        if tag == "form" and given.get("method", "get").lower() == "get":
            self.found.append(given.get("action") or "")
        for name in ("data-src", "data-close", "data-photo"):
            if (given.get(name) or "").startswith("/"):
                self.found.append(given[name] or "")


def links_of(html: str, at: str) -> Iterator[str]:
    """The addresses of ours that a page at `at` leads to."""
    reader = _Links()
    reader.feed(html)
    for found in reader.found:
        address = urldefrag(urljoin(f"http://here{at}", found)).url
        parts = urlsplit(address)
        if found and parts.netloc == "here" and not parts.path.startswith("/static/"):
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def crawl(world: World, role: Role) -> Crawl:
    """Every page that can be come to from `/`."""
    client, asked = world.client(role), Counter[str]()
    routes = [route for route in world.app.routes if isinstance(route, APIRoute)]
    seen = Crawl(found_on={"/": "nowhere"})
    waiting = deque([("/", 0)])
    while waiting:
        address, depth = waiting.popleft()
        text, led = _asked(client, address, seen)
        if depth == DEPTH:
            continue
        for link in [led, *links_of(text, address)] if led else links_of(text, address):
            if link in seen.found_on or link.startswith(("/log-in", "/language/")):
                continue
            path = link.partition("?")[0]
            fitting = (
                each.name
                for each in routes
                if "GET" in each.methods and each.path_regex.fullmatch(path)
            )
            name = next(fitting, "")
            asked[name] += bool(name)
            if asked[name] > (1 if name in ONCE else EACH_DIFFERS.get(name, LIKE_IT)):
                continue
            seen.found_on[link] = address
            waiting.append((link, depth + 1))
    return seen


def _asked(client: httpx.Client, address: str, seen: Crawl) -> tuple[str, str]:
    """The page's text, and where it leads on by itself."""
    with client.stream("GET", address) as answer:
        seen.codes[address] = answer.status_code
        html = "text/html" in answer.headers.get("content-type", "")
        led = answer.headers.get("location", "")
        # A file is let run out: what fails on the way would else be met by the next page.
        data = answer.read()
        return (data.decode() if html else ""), (led if led.startswith("/") else "")


@pytest.fixture(scope="module")
def crawls(full: World) -> dict[Role, Crawl]:
    return {role: crawl(full, role) for role in sorted(PERSONS)}


def test_no_link_or_picture_leads_a_role_to_a_refusal(crawls: dict[Role, Crawl]) -> None:
    """Catches a link drawn for whom its page is closed, and one to what is no longer there."""
    assert all(len(each.codes) > 5 for each in crawls.values())
    broken = {role: each.broken() for role, each in crawls.items()}
    assert {role: found for role, found in broken.items() if found} == {}


def test_no_empty_page_leads_a_role_to_a_refusal(tmp_path: Path) -> None:
    """Catches the same in what stands where there is nothing yet."""
    world = World(tmp_path)
    small_world._people(world)
    broken = {role: crawl(world, role).broken() for role in sorted(PERSONS)}
    world.close()
    assert {role: found for role, found in broken.items() if found} == {}


def test_each_page_a_role_may_open_is_linked_somewhere(
    full: World, crawls: dict[Role, Crawl]
) -> None:
    """Catches a page that can be opened only by whoever knows its address."""
    routes = [route for route in full.app.routes if isinstance(route, APIRoute)]
    pages = [route for route in routes if "GET" in route.methods and _is_page(route)]
    lost: dict[str, list[Role]] = {}
    for route in pages:
        for role in sorted(PERSONS):
            if not permits(route.name, {role}) or route.name in NO_LINK:
                continue
            paths = (address.partition("?")[0] for address in crawls[role].codes)
            if not any(route.path_regex.fullmatch(path) for path in paths):
                lost.setdefault(route.name, []).append(role)
    assert lost == {}


def _is_page(route: APIRoute) -> bool:
    if route.name in NO_PAGE or PERMISSIONS[route.name] is Anyone.PUBLIC:
        return False
    return not route.path.startswith("/api/")
