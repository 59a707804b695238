"""Which pictures a listing's page names as those of its article.

Owns reading it from the page's own words: the Open Graph protocol (`og:image`), schema.org's
`image` as an attribute (`itemprop`) and in JSON-LD. Other pictures of a page may be the platform's:
signs, banners, other sellers' articles. Leaves fetching to `connectors.browsing`, and what a
picture says to `rules.pictures`.
"""

import json
from contextlib import suppress
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

MOST = 8
"""Pictures of one listing that are fetched: what comes later seldom shows the article."""

_PROPERTIES = frozenset({"og:image", "og:image:url", "og:image:secure_url"})
_SCRIPT = "application/ld+json"
_LONGEST = 2000
_DEEPEST = 6


def pictures_of(page: bytes, url: str) -> tuple[str, ...]:
    """The addresses of the pictures that a page at `url` declares, in its order, `MOST` at most."""
    reader = _Reader()
    reader.feed(page.decode("utf-8", "replace"))
    reader.close()
    found: list[str] = []
    for each in reader.found:
        try:
            address = urljoin(url, each.strip())
            good = urlsplit(address).scheme in ("http", "https") and len(address) <= _LONGEST
        except ValueError:  # such as a bracket that opens no address
            continue
        if good and address not in found:
            found.append(address)
    return tuple(found[:MOST])


class _Reader(HTMLParser):
    """Collects what is declared; a broken page gives what came before it broke."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._script: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "script":
            self._script = [] if named.get("type", "").strip().lower() == _SCRIPT else None
        declared = named.get("property", "").lower() in _PROPERTIES
        if declared or "image" in named.get("itemprop", "").split():
            value = named.get("content") or named.get("src") or named.get("href")
            if value:
                self.found.append(value)

    def handle_data(self, data: str) -> None:
        if self._script is not None:
            self._script.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._script is not None:
            with suppress(ValueError, RecursionError):  # what is no JSON declares nothing
                self.found += _images(json.loads("".join(self._script)), 0)
            self._script = None


def _images(node: Any, depth: int) -> list[str]:
    """The `image` of every product in JSON-LD: an address, an ImageObject, or a list of these."""
    if depth > _DEEPEST:
        return []
    if isinstance(node, list):
        return [each for part in node for each in _images(part, depth + 1)]
    if not isinstance(node, dict):
        return []
    kinds = node.get("@type", "")
    mine = "Product" in (kinds if isinstance(kinds, list) else [kinds])
    own = _addresses(node.get("image"), depth) if mine else []
    return own + [
        each for part in ("@graph", "mainEntity") for each in _images(node.get(part), depth + 1)
    ]


def _addresses(value: Any, depth: int) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and depth <= _DEEPEST:
        return [each for part in value for each in _addresses(part, depth + 1)]
    if isinstance(value, dict):
        return [
            each for each in (value.get("url"), value.get("contentUrl")) if isinstance(each, str)
        ][:1]
    return []
