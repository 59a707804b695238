"""Every form of a list of pages, sent as a person sends it who filled nothing in."""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

import httpx

from tests.portal.every_page import Page
from tests.portal.small_world import World

LEAVES = ("/log-out", "/account/log-ins")
"""What a form of these does needs no field, and ends the log-in that the others need."""
KEPT = ("csrf", "version", "as_role")
"""Hidden fields that say whose form it is; the others are left out as if never filled in."""
_OF_ONE = re.compile(r"(TB|RF|RA|OP|K|CL|SA|BR)-[\d-]+|PB/\d|[a-z2-7]{22,}|/\d+")


class _Forms(HTMLParser):
    """The forms that change something: each address with its hidden fields."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = {name: value or "" for name, value in attrs}
        if tag == "form" and about.get("method") == "post":
            self.found.append((about["action"], {}))
        elif tag == "input" and about.get("type") == "hidden" and self.found:
            self.found[-1][1][about["name"]] = about.get("value", "")


def empty_forms(
    world: World, pages: Iterable[Page], language: str
) -> Iterator[tuple[str, str | None, httpx.Response]]:
    """The address of each form, who sends it, and the answer; a form of one kind once a person."""
    seen: set[tuple[str | None, str]] = set()
    readers: dict[str | None, httpx.Client] = {}
    for page in pages:
        reader = readers.get(page.person)
        if reader is None or reader.get(page.address).status_code != 200:
            # What an empty form did may have ended the log-in.
            reader = readers[page.person] = world.client(page.person)
            reader.headers["accept-language"] = language
        forms = _Forms()
        forms.feed(reader.get(page.address).text)
        for action, hidden in forms.found:
            kind = (page.person, _OF_ONE.sub("#", action))
            if kind in seen or action.startswith(LEAVES):
                continue
            seen.add(kind)
            kept = {name: value for name, value in hidden.items() if name in KEPT}
            yield action, page.person, reader.post(action, data=kept)
