"""A person at the portal: logs in by link and code, opens pages, fills in forms, does what is next.

Owns one person's browser and pace. Leaves what to do to the roles beside this module. What people
tell each other outside the portal, and what they remember together, is `Company`.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from simulator.people.device import Device
from simulator.people.pages import Form, Page, read
from simulator.plot import AT_FULL_LEVEL, story_of
from simulator.stories import Story

REFERENCE = re.compile(r"TB-\d{4}-\d{6}")
_LISTING = re.compile(r"/listings/([\w-]+)")
_RECOVERY = re.compile(r"<code>([a-z2-7]{4}(?:-[a-z2-7]{4}){2})</code>")
IDLE_S, BUSY_S = 2.0, 0.2


@dataclass
class Company:
    """What the people share: addresses, the seed of what they photograph, and what they know.

    `recovery`: the recovery codes each has written down, by name. `devices`: what each has in the
    pocket, by name. `prepared`: claims that counsel has told the approvers of.
    """

    portal_url: str
    marketplace_url: str
    carrier: str
    seed: int
    stopping: threading.Event = field(default_factory=threading.Event)
    turn: threading.Lock = field(default_factory=threading.Lock)
    listing_of: dict[str, str] = field(default_factory=dict)
    rung: set[str] = field(default_factory=set)
    prepared: set[str] = field(default_factory=set)
    recovery: dict[str, list[str]] = field(default_factory=dict)
    devices: dict[str, Device] = field(default_factory=dict)
    looks: Counter[tuple[str, str]] = field(default_factory=Counter)
    diary: Path | None = None

    def told(self, who: str, what: str) -> None:
        """Note what somebody did or was refused in the diary, where one is kept."""
        if self.diary is not None:
            at = datetime.now(UTC).strftime("%H:%M:%S")
            with self.turn, self.diary.open("a", encoding="utf-8") as diary:
                diary.write(f"{at} {who}: {what}\n")


class Person:
    """Somebody signed in. Subclasses do one thing at a time in `act_once`."""

    def __init__(self, name: str, link: str, company: Company) -> None:
        self.name = name
        self.company = company
        self._address = link
        self._http = httpx.Client(
            base_url=company.portal_url, follow_redirects=True, timeout=30, trust_env=False
        )
        self._signed_in = False
        self.device: Device | None = None

    def close(self) -> None:
        self._http.close()

    def run(self) -> None:
        """Act until the company stops; a portal that is away for a while is asked again."""
        try:
            while not self.company.stopping.is_set():
                acted = False
                try:
                    self.log_in()
                    acted = self.act_once()
                except httpx.HTTPError as error:
                    self.company.told(self.name, f"{type(error).__name__}: {error}")
                except Exception as error:
                    # One page misread must not end the person: the next look may find it mended.
                    self.company.told(self.name, f"stumbled, {type(error).__name__}: {error}")
                self.company.stopping.wait(BUSY_S if acted else IDLE_S)
        finally:
            self.close()

    def log_in(self) -> None:
        """Press the button of the log-in link, once."""
        if self._signed_in:
            return
        form = self.open(self._address).form(httpx.URL(self._address).path)
        if form is not None:
            page = self.send(form)
            self._signed_in = page.taken and self._set_up_second_factor(page)

    def _set_up_second_factor(self, page: Page) -> bool:
        """Where the log-in led to it: the key goes into the device, its code back to the portal."""
        begin = page.form("/account/second-factor")
        if begin is None:
            return True
        page = self.send(begin)
        confirm = page.form("/account/second-factor/confirm")
        if confirm is None:
            return False
        self.device = self.company.devices[self.name] = Device(page.marks["data-device-key"])
        done = self.send(confirm, one_time_code=self.device.code() or "")
        self.company.recovery[self.name] = _RECOVERY.findall(done.source)
        return done.taken

    def act_once(self) -> bool:
        """Do the next thing that waits; says whether anything was done."""
        raise NotImplementedError

    def agree(self) -> bool:
        """Agree to a package of the full level that somebody else asked for."""
        for row in self.open("/referrals").rows:
            if len(row) > 3 and row[1] == "drafted" and row[2] in AT_FULL_LEVEL:
                form = self.open(f"/referrals/{row[0]}").form("/level/agree")
                if form is not None:
                    return self.send(form).taken
        return False

    def open(self, address: str) -> Page:
        """Look at a page."""
        return self._read(self._http.get(address))

    def fetch(self, address: str) -> bytes | None:
        """Download a file; None where the portal has none to give."""
        answer = self._http.get(address)
        return answer.content if answer.status_code == httpx.codes.OK else None

    def send(self, form: Form, **entered: str | list[str]) -> Page:
        """Send a form with `entered` filled in; a refusal is noted and given back as a page."""
        return self._sent(form, self._http.post(form.action, data=form.filled(**entered)))

    def upload(
        self, form: Form, name: str, data: bytes, media_type: str, **entered: str | list[str]
    ) -> Page:
        """Send a form with a file."""
        files = {form.files[0]: (name, data, media_type)}
        answer = self._http.post(form.action, data=form.filled(**entered), files=files)
        return self._sent(form, answer)

    def story(self, reference: str) -> Story | None:
        """The script of a test buy, known by the listing on its page."""
        known = self.company.listing_of
        if reference not in known:
            self.learn(reference, self.open(f"/testbuys/{reference}"))
        return story_of(known[reference]) if reference in known else None

    def learn(self, reference: str, page: Page) -> None:
        """Remember which listing a test buy is about."""
        if found := _LISTING.search(page.text):
            self.company.listing_of[reference] = found[1]

    def waiting(self) -> dict[str, str]:
        """Running test buys on the board by reference, with what each waits for."""
        waits: dict[str, str] = {}
        for row in self.open("/board").rows:
            if len(row) >= 5 and (found := REFERENCE.search(row[1])):
                waits[found[0]] = row[4]
        return waits

    def _read(self, answer: httpx.Response) -> Page:
        return read(answer.status_code, answer.text)

    def _sent(self, form: Form, answer: httpx.Response) -> Page:
        page = self._read(answer)
        button = form.buttons[0] if form.buttons else form.action
        self.company.told(self.name, f"{button} ({form.action}): {answer.status_code}")
        if not page.taken:
            said = re.search(r'role="alert">(.*?)</div>', page.source, re.DOTALL)
            why = read(page.code, said[1]).text if said else page.text[:300]
            self.company.told(self.name, f"refused: {why}")
        return page
