"""A picture of a whole page by a browser, taken in a process of its own with a time limit.

Owns starting and ending that process, and what is told where there is no picture. The browser is a
guest: it may be missing, and whatever it does ends with its process group. `python -m
connectors.picturing` is the process: a wish as JSON on stdin, a PNG on stdout.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from connectors.addresses import ForbiddenAddress, NoSuchHost, Reach

SECONDS = 30.0
"""A browser that starts on a busy machine took over 10 s; a page that never loads ends here."""
LARGEST = 32 * 1024 * 1024
_PNG = b"\x89PNG\r\n\x1a\n"
_MISSING = 3


class Picturing:
    """Takes pictures with the browser at `browser`, of pages within reach."""

    def __init__(self, browser: str, allowed: tuple[str, ...], seconds: float = SECONDS) -> None:
        self._browser, self._allowed, self._seconds = browser, allowed, seconds

    def take(self, url: str) -> tuple[bytes | None, str | None]:
        """The picture as PNG, or None and why there is none."""
        if not Path(self._browser).is_file():
            return None, f"no browser at {self._browser}"
        wish = {"url": url, "browser": self._browser, "allowed": self._allowed}
        with subprocess.Popen(
            [sys.executable, "-m", "connectors.picturing"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parents[1],
            start_new_session=True,
        ) as child:
            try:
                out, _ = child.communicate(json.dumps(wish).encode(), timeout=self._seconds)
            except subprocess.TimeoutExpired:
                return None, "the picture took too long"
            finally:
                # The browser's own processes too: the group is ours alone.
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
        if child.returncode == _MISSING:
            return None, "Playwright for Python is not installed: pip install playwright"
        if child.returncode != 0 or not out.startswith(_PNG) or len(out) > LARGEST:
            return None, "the browser took no picture"
        return out, None


def _main() -> int:
    wish = json.loads(sys.stdin.read())
    reach = Reach(wish["allowed"])
    try:
        playwright: Any = importlib.import_module("playwright.sync_api")
    except ImportError:
        return _MISSING
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    # Chromium's own sandbox can't be had by root.
    arguments = ["--no-sandbox"] if root else []

    def decide(route: Any) -> None:
        if _within(reach, route.request.url):
            route.continue_()
        else:
            route.abort()

    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=wish["browser"], args=arguments)
        page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="zh-CN")
        page.route("**/*", decide)
        page.goto(wish["url"], wait_until="load")
        sys.stdout.buffer.write(page.screenshot(full_page=True))
        browser.close()
    return 0


def _within(reach: Reach, url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme in ("data", "blob", "about"):
        return True
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    try:
        reach.resolve(parts.hostname, parts.port or 443)
    except (ForbiddenAddress, NoSuchHost, ValueError):
        return False
    return True


if __name__ == "__main__":
    sys.exit(_main())
