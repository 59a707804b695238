"""Take a picture of every page, at desk and phone size, by day and night, in each language.

    make screenshots            all of them, into build/screenshots/ with an index.html
    make screenshots ONLY=board the pages whose name holds the word
    python -m docs.screenshots --readme
                                the two of the README, into docs/img/

The pages are those of the tests' full world (tests/portal/full_world.py), opened by whoever sees
something of their own there (tests/portal/every_page.py). No control room is needed. Needs
Chromium (or CHROMIUM naming one). `docs/pictures.py` takes the README's pictures from a demo.
"""

import html
import io
import os
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Playwright, sync_playwright

from portal.languages import LANGUAGES
from rules.shots import SHOTS
from simulator.pictures import draw
from tests.portal import small_world
from tests.portal.every_page import Page, every_page
from tests.portal.full_world import furnish
from tests.portal.small_world import World, build

OUT = Path(__file__).parents[1] / "build" / "screenshots"
IMAGES = Path(__file__).parent / "img"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SIZES = {"desk": (1280, 900), "phone": (390, 844)}
SCHEMES = ("light", "dark")
TALLEST = 6000
"""Pixels of a page that are kept; what is below repeats what is above."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a page is looked at."""

    size: str
    scheme: str
    language: str

    @property
    def name(self) -> str:
        return f"{self.size}-{self.scheme}-{self.language}"


WAYS = [Way(size, scheme, each) for each in LANGUAGES for size in SIZES for scheme in SCHEMES]


def drawn(word: str) -> bytes:
    """A photo as the simulator's camera takes it, where `word` ends in a shot's code."""
    shot = word.rpartition(" ")[2]
    if shot not in SHOTS or SHOTS[shot].kind not in ("photograph", "screen"):
        shot = "R01"
    return draw(
        shot, seed=7, reference=word.partition(" ")[0], challenge="KOALA 17",
        tracking_number="SF1090277", seal_number="SEAL-3",
        taken_at=datetime(2026, 11, 2, 9, tzinfo=UTC),
    )  # fmt: skip


def take(world: World, browser: Browser, pages: list[Page], way: Way) -> None:
    """All pages looked at in one way."""
    address = str(world.client().base_url)
    width, height = SIZES[way.size]
    for person in dict.fromkeys(page.person for page in pages):
        context = browser.new_context(
            base_url=address,
            viewport={"width": width, "height": height},
            color_scheme=way.scheme,
            locale=way.language,
            is_mobile=way.size == "phone",
            has_touch=way.size == "phone",
            reduced_motion="reduce",
        )
        if person is not None:
            token = {"name": "testbuy_session", "value": world.session(person), "url": address}
            context.add_cookies([token])
        tab = context.new_page()
        for page in pages:
            if page.person == person:
                tab.goto(page.address, wait_until="load")
                tall = tab.evaluate("() => document.documentElement.scrollHeight")
                tab.screenshot(
                    path=OUT / way.name / f"{page.name}.png",
                    full_page=True,
                    clip={"x": 0, "y": 0, "width": width, "height": min(tall, TALLEST)},
                )
        context.close()


def index(pages: list[Page], ways: list[Way]) -> None:
    """A contact sheet: a row a page, a column a way of looking."""
    rows = []
    for page in pages:
        shots = "".join(
            f'<td><a href="{way.name}/{page.name}.png"><img src="{way.name}/{page.name}.png" '
            f'alt="{way.name}" loading="lazy" width="{SIZES[way.size][0] // 4}"></a></td>'
            for way in ways
        )
        who = html.escape(page.person or "nobody")
        rows.append(f"<tr><th>{html.escape(page.address)}<br>{who}</th>{shots}</tr>")
    head = "".join(f"<th>{way.name}</th>" for way in ways)
    OUT.joinpath("index.html").write_text(
        '<!doctype html><meta charset="utf-8"><title>Every page</title>'
        "<style>body{font:14px system-ui}td,th{vertical-align:top;text-align:left;padding:4px}"
        "img{border:1px solid #ccc}</style>"
        f"<table><thead><tr><th>page</th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def readme() -> None:
    """The board, and the page of one test buy, small enough to be kept."""
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        world = furnish(build(Path(home)))
        browser = _browser(playwright)
        address = str(world.client().base_url)
        context = browser.new_context(
            base_url=address, viewport={"width": 1280, "height": 800}, color_scheme="light"
        )
        token = {"name": "testbuy_session", "value": world.session("supervisor"), "url": address}
        context.add_cookies([token])
        tab = context.new_page()
        judged = f"/testbuys/{world.testbuys['judged']}"
        for name, path in (("board", "/board"), ("testbuy", judged)):
            tab.goto(path, wait_until="networkidle")
            whole = Image.open(io.BytesIO(tab.screenshot()))
            whole.quantize(256).save(IMAGES / f"{name}.png", optimize=True)
        browser.close()
        world.close()


def _browser(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(
        executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
    )


def main(only: str = "", ways: str = "") -> None:
    small_world.picture = drawn
    if only == "--readme":
        readme()
        return
    wanted = [way for way in WAYS if ways in way.name]
    for way in wanted:
        (OUT / way.name).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        world = furnish(build(Path(home)))
        pages = [page for page in every_page(world) if only in page.name]
        with sync_playwright() as playwright:
            browser = _browser(playwright)
            for way in wanted:
                take(world, browser, pages, way)
            browser.close()
        world.close()
    index(pages, wanted)
    sys.stdout.write(f"{len(pages)} pages, {len(wanted)} ways: {OUT / 'index.html'}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
