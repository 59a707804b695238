"""`testbuy demo`: a whole programme played with simulated people, shops, carrier and police.

Owns the course of the demonstration: start, set-up, waiting for every story, what is left behind.
Leaves the people and the stories to the simulator, what is told of them to `story`, and how it
looks to `screen`.
"""

import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from casework.act import Act
from casework.programme import programme
from casework.settings import Settings
from casework.views.requests import campaigns
from cli.demo import keys, pockets, story
from cli.demo import programme as demonstrated
from cli.demo.control_room import MAIL, SWEEP, ControlRoomHand
from cli.demo.post import Post
from cli.demo.screen import Screen
from cli.processes.installation import PROJECT, Installation
from cli.processes.loopback import free_port
from cli.processes.process import Process, ProcessError, python_module
from cli.processes.stack import Stack
from connectors.prefect_answers import PrefectError
from connectors.prefect_api import PrefectApi
from rules.lifecycle import Stage
from rules.roles import Role
from simulator import feed, plot, setting, world
from simulator.people.person import Company, Person
from simulator.stories import Story
from storage.session import Database

LONGEST_SECONDS = 1200
"""How long the people may take."""
QUIET_SECONDS = 45
AT_REST = (timedelta(days=5), timedelta(days=10))
"""The verdict's deadline once the overdue story is told."""


def run(home: Path | None, out: Path | None, exit_when_done: bool, seed: int) -> int:
    """Play all stories; 0 where each got where it must, else 1.

    `home` keeps the data; without one they are in a temporary folder that is removed when all
    went well. `out` gets story.json, control_room.json, ledgers.json, dossiers, bundles,
    and what went to the police: packages, sealed folders, mails.
    `exit_when_done`: end then, instead of staying up until Ctrl-C.
    """
    screen = Screen()
    folder = home or Path(tempfile.mkdtemp(prefix="testbuy-demo-"))
    code = 1
    try:
        with Stack(folder) as stack:
            play = _Play(stack, folder.resolve(), screen, seed)
            try:
                code = play.perform(out)
                if not exit_when_done:
                    screen.say("\nIt stays up, and the rest is yours to play. Stop with Ctrl-C.")
                    play.stay()
            finally:
                play.end()
    except ProcessError as error:
        screen.say(str(error))
        return 1
    except KeyboardInterrupt:
        screen.say("Stopped.")
    if home is None and code == 0:
        shutil.rmtree(folder, ignore_errors=True)
    elif home is None:
        screen.say(f"Its data and logs are kept in {folder}.")
    return code


class _Play:
    """One performance in a running stack."""

    def __init__(self, stack: Stack, home: Path, screen: Screen, seed: int) -> None:
        self._stack, self._home, self._screen, self._seed = stack, home, screen, seed
        self._world = setting.world(datetime.now(UTC), seed)
        self._urls = dict.fromkeys(("carrier", "agency", "marketplace", "timestamping"), "")
        self._post = Post(home, free_port())
        self._threads: list[threading.Thread] = []
        self._company: Company | None = None
        self._clock_stops = threading.Event()
        self._db: Database | None = None

    def perform(self, out: Path | None) -> int:
        """From the first process to the last line of the closing table."""
        began = time.monotonic()
        installation = self._start()
        db = self._db = installation.db
        vault = Settings(home=self._home).vault()
        police = keys.police(self._home)
        links = demonstrated.set_up(db, vault, installation.portal_url, police)
        company = self._company = Company(
            portal_url=installation.portal_url,
            marketplace_url=self._urls["marketplace"],
            carrier=self._world.carrier,
            seed=self._seed,
            diary=self._home / "logs" / "people.log",
        )
        self._import_feed(links, company)
        with PrefectApi(installation.prefect_api_url) as prefect:
            hand = ControlRoomHand(installation.prefect_api_url, self._clock_stops)
            self._go(lambda: hand.repeat(*SWEEP))
            self._go(lambda: hand.repeat(*MAIL))
            self._go(lambda: hand.launch(lambda name: _running(db, name)))
            for person in demonstrated.people(links, company):
                self._go(person.run)
            missing = self._await_stories(db)
            company.stopping.set()
            hand.anchor()
            self._post.send_all(db, installation.portal_url)
            seen = self._control_room(db, prefect)
        lines = story.read(db)
        self._screen.close(lines)
        wrong = [each for each in seen if each["listed"] != each["expected"]]
        fetched = True
        if out is not None:
            fetched = self._leave(out, db, lines, seen, Person("reader", links["auditor"], company))
        seconds = time.monotonic() - began
        self._screen.say(f"{len(lines)} test buys in {seconds:.0f} s.")
        for each in missing:
            self._screen.say(f"Not told to its end: {each.key} ({each.listing_id}).")
        for each in wrong:
            self._screen.say(f"Prefect lists {each['listed']}, not {each['expected']}: {each}.")
        self._screen.say(
            f"The control room lists each of {len(lines)} test buys once, under its wait."
            if not wrong
            else "The control room does not list each test buy once."
        )
        pockets.fill(links, company)
        codes = pockets.recovery(company)
        portal, control_room = installation.portal_url, installation.prefect_ui_url
        self._screen.addresses(portal, control_room, links, codes)
        return 1 if missing or wrong or not fetched else 0

    def stay(self) -> None:
        """Stay up for whoever plays on, until Ctrl-C."""
        assert self._company is not None  # the people came and went
        pockets.stay(self._screen, self._company)

    def end(self) -> None:
        """Stop every thread; the processes are the stack's to end."""
        self._clock_stops.set()
        if self._company is not None:
            self._company.stopping.set()
        for thread in self._threads:
            thread.join(timeout=20)
        if self._db is not None:
            self._db.close()

    def _start(self) -> Installation:
        world_file = self._home / "world.json"
        world.dump(self._world, world_file)
        outside: list[Process] = []
        for name in self._urls:
            port = free_port()
            self._urls[name] = f"http://127.0.0.1:{port}"
            arguments = ["--world", str(world_file), "--port", str(port), "--seed", str(self._seed)]
            arguments += ["--ledger", str(self._home / "outside" / f"{name}.jsonl")]
            if name == "marketplace":
                arguments += ["--carrier-url", self._urls["carrier"]]
            outside.append(
                python_module(
                    name,
                    f"simulator.{name}",
                    arguments,
                    log=self._home / "logs" / f"{name}.log",
                    ready=f"{self._urls[name]}/health",
                    cwd=PROJECT,
                )
            )
        self._screen.step("marketplace, carrier, police, time-stamp authority and mail server")
        self._stack.start(*outside, self._post.process())
        env = {f"TESTBUY_{name.upper()}_URL": url for name, url in self._urls.items()}
        env |= keys.sealing(self._home, env.pop("TESTBUY_TIMESTAMPING_URL"))
        env |= self._post.settings()
        # The simulated shops are on loopback, where no real listing may lead a capture.
        env["TESTBUY_CAPTURE_ALLOW"] = "127.0.0.0/8"
        installation = Installation(self._home, env=env)
        installation.start(self._stack, self._screen.step)
        return installation

    def _import_feed(self, links: dict[str, str], company: Company) -> None:
        path = self._home / "feed.csv"
        feed.write_csv(self._world, self._urls["marketplace"], path)
        analyst = Person("analyst", links["analyst"], company)
        try:
            analyst.log_in()
            form = analyst.open("/flags/import").form("/flags/import")
            assert form is not None  # the page is that form
            page = analyst.upload(form, path.name, path.read_bytes(), "text/csv")
        finally:
            analyst.close()
        said = page.text.partition("Import flags")[2].partition(".")[0].strip()
        self._screen.say(f"  feed: {said}")

    def _await_stories(self, db: Database) -> list[Story]:
        until = time.monotonic() + LONGEST_SECONDS
        escalated = False
        while True:
            lines = {line.listing_id: line for line in story.read(db)}
            late = {each["reference"] for each in story.overdue(db) if each["what"] == "escalated"}
            missing = [
                each
                for each in plot.STORIES
                if not story.told(each, lines.get(each.listing_id), late)
            ]
            self._screen.show(db, list(lines.values()), len(plot.STORIES) - len(missing))
            must = {
                line.reference
                for each in plot.STORIES
                if each.must_escalate and (line := lines.get(each.listing_id))
            }
            if not escalated and must and must <= late:
                escalated = True
                administrator = Act(Role.ADMINISTRATOR, datetime.now(UTC), secrets.token_bytes(32))
                remind, escalate = AT_REST
                programme.set_deadline(
                    db, administrator, Stage.SUBMITTED,
                    remind_after=remind, escalate_after=escalate,
                )  # fmt: skip
            dead = [name for name, alive in self._stack.alive().items() if not alive]
            if dead:
                raise ProcessError(f"{', '.join(dead)} ended unexpectedly. Read its log.")
            if not missing or time.monotonic() > until:
                return missing
            time.sleep(0.5)

    def _control_room(self, db: Database, prefect: PrefectApi) -> list[dict[str, object]]:
        """What Prefect lists, once the last runs have ended and renamed those before them."""
        until = time.monotonic() + QUIET_SECONDS
        seen: list[dict[str, object]] = []
        while True:
            try:
                seen = story.control_room(prefect, story.read(db))
            except PrefectError as error:
                self._screen.say(str(error))
            settled = bool(seen) and all(each["listed"] == each["expected"] for each in seen)
            if settled or time.monotonic() > until:
                return seen
            time.sleep(1)

    def _leave(
        self,
        out: Path,
        db: Database,
        lines: Sequence[story.Line],
        seen: list[dict[str, object]],
        reader: Person,
    ) -> bool:
        """Write what is asked for; says whether every dossier and bundle was to be had."""
        with httpx.Client(trust_env=False, timeout=20) as outside:
            ledgers = {
                name: outside.get(f"{url}/ledger").json() for name, url in self._urls.items()
            }
        room = {"runs": seen, "overdue": story.overdue(db)}
        story.write(out, lines, room, ledgers)
        for kept, name in (
            (self._home / "bundles", "referrals"),
            (self._home / "outgoing", "outgoing"),
            (self._home / "outside" / "post.mails", "mails"),
        ):
            shutil.copytree(kept, out / name, dirs_exist_ok=True)
        try:
            reader.log_in()
            lacking = story.download(out, lines, reader.fetch)
        finally:
            reader.close()
        for each in lacking:
            self._screen.say(f"The portal had no {each}.")
        return not lacking

    def _go(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        self._threads.append(thread)


def _running(db: Database, campaign: str) -> bool:
    found = campaigns(db, named=campaign).found
    return any(row.name == campaign and row.approved_at for row in found.rows)
