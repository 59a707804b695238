"""A hand that counts: presses, keys, scans, photos, and how long the person waited for pages.

`Hand` drives a page as one person does; every request takes a round trip of 300 ms. How long a
person needs is reckoned by the keystroke-level model (Card, Moran and Newell, 1980): 0.28 s a key,
1.3 s to point and click, 1.35 s of thought before each press that decides; a scanner takes 2 s to
aim. On a phone a tap takes 2 s and a letter 0.4 s; a photo 15 s to frame. `noted` holds a journey
to its row in docs/journeys.md; where the environment says JOURNEYS=write, the table is written anew
when all have run (`written`).

Half of those at work read Chinese in the dark, the others English by day: which, is said here by
role, so that no journey is run twice (`browser_of`, `words_of`).
"""

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page

from portal.languages import catalogue
from portal.wording import Wording

ROUND_TRIP_MS = 300
FILE = Path(__file__).parents[3] / "docs" / "journeys.md"
WHO = (
    "analyst", "approver", "buyer", "clerk", "supervisor", "desk", "authenticator", "liaison",
    "counsel", "administrator", "auditor", "engineer",
)  # fmt: skip
AT_NIGHT = frozenset(
    {"buyer", "clerk", "supervisor", "desk", "authenticator", "liaison", "counsel"}
)
"""Who reads Chinese in the dark."""
_HEAD = "| who | what | presses | keys | scans | photos | hand and head | waiting | limit | page |"
_rows: list[tuple[str, str, str]] = []


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds for a key, a press, a thought before a decision, a scan, and framing a photo."""

    key: float = 0.28
    press: float = 1.3
    thought: float = 1.35
    scan: float = 2.0
    photo: float = 15.0


DESK = Pace()
PHONE = Pace(key=0.4, press=2.0, thought=0.0)


@dataclass(frozen=True, slots=True)
class Tally:
    """What was done; `waited` in seconds, None where it was not measured."""

    presses: float = 0
    keys: float = 0
    scans: float = 0
    photos: float = 0
    thoughts: float = 0
    waited: float | None = 0

    def times(self, factor: float) -> "Tally":
        """The same again and again."""
        waited = None if self.waited is None else self.waited * factor
        done = (self.presses, self.keys, self.scans, self.photos, self.thoughts)
        return Tally(*(each * factor for each in done), waited)

    def then(self, other: "Tally") -> "Tally":
        """One after the other."""
        waited = None if None in (self.waited, other.waited) else self.waited + other.waited  # type: ignore[operator]
        return Tally(
            self.presses + other.presses,
            self.keys + other.keys,
            self.scans + other.scans,
            self.photos + other.photos,
            self.thoughts + other.thoughts,
            waited,
        )

    def seconds(self, pace: Pace) -> float:
        """Of hand and head; what the pages took comes on top."""
        return (
            self.keys * pace.key
            + self.presses * pace.press
            + self.thoughts * pace.thought
            + self.scans * pace.scan
            + self.photos * pace.photo
        )


def browser_of(who: str) -> dict[str, str]:
    """The language and the colours that a person's browser asks for."""
    return {"locale": "zh-CN", "color_scheme": "dark"} if who in AT_NIGHT else {}


def words_of(who: str) -> Callable[[str], str]:
    """Says an English text of a page, a sentence or a word as the page of `who` does."""
    if who not in AT_NIGHT:
        return str
    chinese, wording = catalogue("zh"), Wording("zh")

    def say(english: str) -> str:
        for told in (chinese.gettext(english), wording.told(english), wording.words(english)):
            if told != english:
                return told
        raise AssertionError(f"{english!r} is said nowhere in Chinese")

    return say


class Hand:
    """One person at one page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.presses = self.keys = self.scans = self.photos = self.thoughts = 0
        self.waited = 0.0
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        slow = {"latency": ROUND_TRIP_MS, "downloadThroughput": -1, "uploadThroughput": -1}
        session.send("Network.emulateNetworkConditions", {"offline": False, **slow})

    @property
    def tally(self) -> Tally:
        """What was counted so far."""
        return Tally(self.presses, self.keys, self.scans, self.photos, self.thoughts, self.waited)

    def open(self, address: str) -> None:
        """Where the journey begins; not counted."""
        self.page.goto(address, wait_until="load")

    def click(self, what: Locator) -> None:
        """One press of the mouse, on something that takes no time to answer."""
        what.click()
        self.presses += 1

    def go(self, what: Locator) -> None:
        """A press that decides or leads on: the person thinks before and waits after."""
        self.presses += 1
        self._wait_for(what.click)

    def go_by_key(self, key: str) -> None:
        """The same, by its key."""
        self.keys += key.count("+") + 1
        self._wait_for(lambda: self.page.keyboard.press(key))

    def choose(self, what: Locator, label: str) -> None:
        """An entry of a list: one press opens it, a letter finds it, Enter takes it."""
        what.select_option(label=label)
        self.presses += 1
        self.keys += 2

    def write(self, what: Locator, words: str) -> None:
        """A click into the field, and a key a letter."""
        self.click(what)
        what.fill(words)
        self.keys += len(words)

    def paste(self, what: Locator, words: str) -> None:
        """A click into the field, and Ctrl V."""
        self.click(what)
        what.fill(words)
        self.keys += 2

    def tab_to(self, what: Locator) -> None:
        """To a field further on, by Tab; three presses of it cost less than a click."""
        for _ in range(3):
            self.press("Tab")
            if what.evaluate("field => field === document.activeElement"):
                return
        raise AssertionError(f"{what} is more than three fields away")

    def type(self, words: str) -> None:
        """Into the field that has the focus."""
        self.page.keyboard.type(words)
        self.keys += len(words)

    def photograph(self, what: Locator, photo: Path) -> None:
        """One press opens the camera; framing is counted, and the form sends itself."""
        self.presses += 1
        self.photos += 1
        self._wait_for(lambda: what.set_input_files(photo))
        self.thoughts -= 1  # Nobody thinks: the page comes by itself.

    def scan(self, what: Locator, code: str, *, enters: bool = False) -> None:
        """A scanner types into the field that has the focus; one that `enters` sends the form."""
        if not what.evaluate("field => field === document.activeElement"):
            self.click(what)
        self.scans += 1
        what.fill(code)
        if enters:
            self.thoughts -= 1  # Nobody thinks before a scanner's Enter; the page is waited for.
            self._wait_for(lambda: what.press("Enter"))

    def press(self, *keys: str) -> None:
        """Keys that lead nowhere else."""
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += key.count("+") + 1

    def _wait_for(self, act: Callable[[], object]) -> None:
        self.thoughts += 1
        begun = time.monotonic()
        with self.page.expect_navigation(wait_until="load"):
            act()
        self.waited += time.monotonic() - begun


def noted(who: str, what: str, done: Tally, *, limit: float, pace: Pace = DESK) -> None:
    """Fails beyond `limit` minutes of hand and head, or where docs/journeys.md counts otherwise."""
    minutes = done.seconds(pace) / 60
    assert minutes <= limit, f"{what}: {minutes:.1f} minutes, {limit} at most"
    counted = " | ".join(
        f"{each:.0f}" if each else "–"
        for each in (done.presses, done.keys, done.scans, done.photos)
    )
    waited = "–" if done.waited is None else _time(done.waited)
    page = "Chinese, dark" if who in AT_NIGHT else "English, light"
    taken = f"{_time(minutes * 60)} | {waited} | {_time(limit * 60)}"
    row = f"| {who} | {what} | {counted} | {taken} | {page} |"
    _rows.append((who, what, row))
    if os.environ.get("JOURNEYS") != "write":
        begins = f"| {who} | {what} | {counted} | "
        assert begins in FILE.read_text(), f"docs/journeys.md has no line {begins}: make journeys"


def written() -> None:
    """Put every row of this run into the table, which holds no others."""
    rows = [row for _, _, row in sorted(_rows, key=lambda each: WHO.index(each[0]))]
    table = "\n".join([_HEAD, "|---|---|---|---|---|---|---|---|---|---|", *rows])
    text, found = re.subn(r"(?m)^\| who \|.*\n(\|.*\n)+", lambda _: f"{table}\n", FILE.read_text())
    assert found == 1, "docs/journeys.md has no table that begins with who"
    FILE.write_text(text)


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.1f} min"
