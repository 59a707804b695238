"""A hand that counts: clicks, key presses, and how long the person waited for pages.

`Hand` drives a page as one person does and counts what they do; every request takes a round trip
of 300 ms. How long a person needs is reckoned by the keystroke-level model (Card, Moran and Newell,
1980): 0.28 s a key, 1.3 s to point and click, 1.35 s of thought before each press that decides.
`noted` puts a journey's line into docs/journeys.md where the environment says JOURNEYS=write.
"""

import os
import re
import time
from pathlib import Path

from playwright.sync_api import Locator, Page

ROUND_TRIP_MS = 300
KEY, CLICK, THOUGHT = 0.28, 1.3, 1.35
FILE = Path(__file__).parents[3] / "docs" / "journeys.md"


class Hand:
    """One person at one page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = self.keys = self.thoughts = 0
        self.waited = 0.0
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        slow = {"latency": ROUND_TRIP_MS, "downloadThroughput": -1, "uploadThroughput": -1}
        session.send("Network.emulateNetworkConditions", {"offline": False, **slow})

    def open(self, address: str) -> None:
        """Where the journey begins; not counted."""
        self.page.goto(address, wait_until="load")

    def click(self, what: Locator) -> None:
        """One press of the mouse, on something that takes no time to answer."""
        what.click()
        self.clicks += 1

    def go(self, what: Locator) -> None:
        """A press that decides or leads on: the person thinks before and waits after."""
        self.thoughts += 1
        self.clicks += 1
        begun = time.monotonic()
        with self.page.expect_navigation(wait_until="load"):
            what.click()
        self.waited += time.monotonic() - begun

    def write(self, what: Locator, words: str) -> None:
        """A click into the field, and a key a letter."""
        self.click(what)
        what.fill(words)
        self.keys += len(words)

    def press(self, key: str) -> None:
        """One key that leads nowhere else."""
        self.page.keyboard.press(key)
        self.keys += 1

    def seconds(self) -> float:
        """Of hand and head; what the pages took comes on top."""
        return self.keys * KEY + self.clicks * CLICK + self.thoughts * THOUGHT


def noted(who: str, what: str, hand: Hand, *, times: int = 1, of: int = 1) -> float:
    """Minutes for `times` of what the hand did `of` times; written down where that is asked for."""
    factor = times / of
    work, waited = hand.seconds() * factor, hand.waited * factor
    line = (
        f"| {who} | {what} | {hand.clicks * factor:.0f} | {hand.keys * factor:.0f} | "
        f"{_time(work)} | {_time(waited)} |"
    )
    if os.environ.get("JOURNEYS") == "write":
        text = FILE.read_text()
        old = re.compile(rf"^\| {re.escape(who)} \| {re.escape(what)} \|.*$", re.MULTILINE)
        assert old.search(text), f"docs/journeys.md has no line for: {who}, {what}"
        FILE.write_text(old.sub(line, text))
    return (work + waited) / 60


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.1f} min"
