"""Take the pictures of the README from a demo that is up.

    .venv/bin/testbuy demo --out out
    .venv/bin/python docs/pictures.py CONTROL_ROOM DOSSIER.pdf

CONTROL_ROOM is the address of Prefect's pages, as the demo prints it. Needs Chromium (or CHROMIUM
naming one) and pdftoppm. The portal's own two come from `python -m docs.screenshots --readme`.
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


def main(address: str, pdf: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        control_room(browser, address)
        browser.close()
    dossier(Path(pdf))


if __name__ == "__main__":
    main(*sys.argv[1:])
