"""Take the pictures of the README from a demo that is up.

    .venv/bin/testbuy demo --out out
    .venv/bin/python docs/pictures.py LINK CONTROL_ROOM REFERENCE DOSSIER.pdf

LINK is the analyst's log-in link, CONTROL_ROOM the address of Prefect's pages, both as the demo
prints them; REFERENCE the test buy to show. Needs Chromium (or CHROMIUM naming one) and pdftoppm.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from rules import waiting

PICTURES = Path(__file__).parent / "img"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
ENDED = {waiting.CLOSED.name, waiting.DECLINED.name, waiting.ABANDONED.name}
DESK = {"width": 1280, "height": 900}


def portal(browser: Browser, link: str, reference: str) -> None:
    """The board, and the page of one test buy."""
    page = browser.new_page(viewport=DESK)
    page.goto(link)
    page.get_by_role("button").first.click()
    origin = link.partition("/link/")[0]
    for name, path in (("board", "/board"), ("testbuy", f"/testbuys/{reference}")):
        page.goto(origin + path)
        page.screenshot(path=PICTURES / f"{name}.png")


def control_room(browser: Browser, address: str) -> None:
    """Prefect's list of the flow runs of test buys that wait, by what they wait for."""
    waits = [wait.name for wait in vars(waiting).values() if isinstance(wait, waiting.Waiting)]
    named = urlencode({"state": [name for name in waits if name not in ENDED]}, doseq=True)
    page = browser.new_page(viewport={"width": 1280, "height": 1250})
    page.goto(f"{address.rstrip('/')}/runs?{named}")
    page.wait_for_timeout(6_000)
    page.screenshot(path=PICTURES / "control-room.png")


def dossier(pdf: Path) -> None:
    """The first page, as a picture."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page"
        subprocess.run(
            ["pdftoppm", "-r", "75", "-png", "-singlefile", pdf, page],
            check=True,
        )
        Image.open(page.with_suffix(".png")).save(PICTURES / "dossier.png", optimize=True)


def main(link: str, address: str, reference: str, pdf: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        portal(browser, link, reference)
        control_room(browser, address)
        browser.close()
    dossier(Path(pdf))


if __name__ == "__main__":
    main(*sys.argv[1:])
