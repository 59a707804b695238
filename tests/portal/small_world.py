"""A small programme with people in every role and test buys at several stages, and its portal."""

import hashlib
import io
import re
import socket
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import uvicorn
from fastapi import FastAPI
from PIL import Image
from pyotp.totp import TOTP

from casework.act import Act
from casework.buying import assigning, buying, requesting
from casework.custody import handing_over, storing
from casework.custody.custody import NewExhibit
from casework.custody.sides import Giving
from casework.examinations import copying, examining
from casework.examinations.findings import NewFinding
from casework.flags import flagging
from casework.flags.feed import read_feed
from casework.intake import photographing, receiving
from casework.operators.membership import mark_of
from casework.people import access, second_factor
from casework.people.strongbox import Strongbox
from casework.programme import bootstrap, programme
from casework.referring import sending
from casework.verdicts import judging
from evidence.vault import Vault
from portal.app import create_app
from portal.settings import Settings
from rules.access import SecondFactorPolicy
from rules.roles import PERSONS, Role
from rules.verdicts import Aspect, FindingCode, Severity, Testimony, Verdict
from storage.rows import every, one, table_of
from storage.session import Database
from storage.tables import Examination, RequestedVia, Route, Shop, TestBuy

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
SHOP = "Glitter Harbour"
OTHER_SHOP = "Little Paws Pantry"
BEFORE_ORDER = ("P01", "P05", "P07")
BEFORE_RECEIPT = ("R01", "R02")
BEFORE_BAGGING = ("U02", "I01", "I02", "B02")
FEED = (
    "flag_id,source,model,model_version,score,signals,platform,shop_id,shop_name,listing_id,"
    "listing_url,title,brand,category,price_minor,currency,seen_at,registrant,region"
)
TESTIMONY = {
    "qualification": "Twelve years in the workshop",
    "authority": "Letter of 2 January 2026",
    "reference_samples": "Two pieces",
    "conflict_statement": "Employed by the rights holder.",
}
"""What the verdict's form asks an examiner about themselves."""


def seed(word: str) -> bytes:
    """Chance that a test can repeat."""
    return hashlib.sha256(word.encode()).digest()


def picture(word: str, *, width: int = 2000) -> bytes:
    """A sharp picture that its gate accepts, different for each word."""
    chance = np.random.default_rng(int.from_bytes(seed(word)[:4]))
    rows, columns = width * 3 // 16, width // 4
    coarse = np.kron(chance.integers(40, 200, (5, 5)), np.ones((rows // 5, columns // 5)))
    grey = (coarse + chance.integers(0, 50, coarse.shape)).astype(np.uint8)
    photo = Image.fromarray(grey).resize((width, width * 3 // 4), Image.Resampling.NEAREST)
    out = io.BytesIO()
    photo.save(out, "JPEG", quality=60)
    return out.getvalue()


@dataclass
class World:
    """The programme's data, its people by role, and its test buys by what they stand for."""

    home: Path
    people: dict[str, int] = field(default_factory=dict)
    testbuys: dict[str, str] = field(default_factory=dict)
    examinations: dict[str, str] = field(default_factory=dict)
    now: datetime = START
    log_ins: int = 0
    server: "Server | None" = None
    browsers: list[httpx.Client] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.settings = Settings(home=self.home, upload_limit_mb=2)
        self.db = Database.in_folder(self.home)
        self.vault = Vault(self.home / "vault")

    def facts(self) -> dict[str, Any]:
        """What is known of the world beside its home folder, as JSON holds it; see `of`."""
        return {
            "people": dict(self.people),
            "testbuys": dict(self.testbuys),
            "examinations": dict(self.examinations),
            "now": self.now.isoformat(),
            "log_ins": self.log_ins,
            "development": self.settings.development,
        }

    @classmethod
    def of(cls, home: Path, facts: dict[str, Any]) -> "World":
        """The world that is in `home` already."""
        about = dict(facts)
        development = about.pop("development")
        world = cls(home, **about | {"now": datetime.fromisoformat(about["now"])})
        world.settings = world.settings.model_copy(update={"development": development})
        return world

    def act(self, role: Role, word: str = "acts", person: str | None = None) -> Act:
        """A person acts; the programme where the role is its own."""
        if role is Role.PROGRAMME:
            return Act(role, self.now, seed(word))
        return Act(role, self.now, seed(word), self.people[person or role])

    def row(self, reference: str) -> TestBuy:
        with self.db.read() as tx:
            row = one(tx, TestBuy, table_of(TestBuy).c.reference == reference)
        assert row is not None
        return row

    def rows(self, table: type, *where: Any) -> list:
        """The rows of a table, oldest first."""
        with self.db.read() as tx:
            return list(every(tx, table, *where, order_by=table_of(table).c.id))

    def refuse_sending(self, reference: str, why: str) -> None:
        """What a flow run does where the agency turns away the referral that rests on it."""
        sending.intend_sending(self.db, self.act(Role.PROGRAMME, "intend"), reference)
        sending.settle_not_sent(self.db, self.act(Role.PROGRAMME, "refused"), reference, why)

    def session(self, person: str) -> str:
        """The token of a new log-in."""
        self.log_ins += 1
        administrator = self.act(Role.ADMINISTRATOR, f"link {self.log_ins}")
        token = access.make_link(self.db, administrator, self.people[person], timedelta(minutes=5))
        return access.log_in_by_link(self.db, token, self.now, seed(f"in {token}")).token

    def require_second_factor(self) -> None:
        """As it is in real use: those who approve, judge or refer must have one."""
        act = self.act(Role.ADMINISTRATOR, "require")
        programme.set_policy(self.db, act, "second_factor", SecondFactorPolicy.REQUIRED)

    def device(self, person: str) -> TOTP:
        """The person's second factor, set up; `world.code(device)` is what it shows now."""
        number, box = self.people[person], self.strongbox
        token = self.session(person)
        second_factor.begin(self.db, box, number, token, None, self.now, seed(f"device {person}"))
        pending = second_factor.pending(self.db, box, number, token)
        assert pending is not None
        made = TOTP(pending.key)
        earlier = self.now - timedelta(seconds=second_factor.STEP_SECONDS)
        said = made.at(earlier)
        second_factor.confirm(self.db, box, number, token, said, self.now, seed(f"codes {person}"))
        return made

    def code(self, device: TOTP) -> str:
        """What the device shows now."""
        return device.at(self.now)

    @property
    def strongbox(self) -> Strongbox:
        """The portal's own."""
        return Strongbox.in_file(self.home / "keys" / "second-factor.key", seed("strongbox"))

    def client(self, person: str | None = None) -> httpx.Client:
        """A browser at the portal's own door, signed in as `person`."""
        if self.server is None:
            self.app = create_app(
                self.settings, db=self.db, vault=self.vault, clock=lambda: self.now
            )
            self.server = Server(self.app)
        # A connection is given up before the server, after five seconds, gives it up: both at once
        # would lose a request.
        browser = httpx.Client(
            base_url=self.server.url,
            timeout=120,
            trust_env=False,
            limits=httpx.Limits(keepalive_expiry=2),
        )
        self.browsers.append(browser)
        if person is not None:
            browser.cookies.set("testbuy_session", self.session(person))
        return browser

    def close(self) -> None:
        for browser in self.browsers:
            browser.close()
        if self.server is not None:
            self.server.stop()
        self.db.close()


class Server:
    """The portal behind a real socket, in a thread."""

    def __init__(self, app: FastAPI) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            app, loop="uvloop", http="httptools", access_log=False, log_level="critical"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), daemon=True
        )
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._socket.close()


def build(home: Path) -> World:
    """The world every test begins with."""
    world = World(home)
    _people(world)
    _flags(world)
    world.testbuys["requested"] = _request(world, 1)
    world.testbuys["assigned"] = _assigned(world, 2)
    world.testbuys["examined"] = _examined(world, 3)
    world.testbuys["other brand"] = _examined(world, 4)
    world.testbuys["judged"] = _judged(world, _examined(world, 5))
    world.db.close()
    return world


UNLINKED = mark_of(Shop(platform="", platform_shop_id="", name=""))
"""What the form of a shop that nobody has linked names of it."""


def csrf(browser: httpx.Client, address: str = "/") -> str:
    """The token a page's forms carry."""
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get(address).text)
    assert found, f"{address} has no form"
    return found[1]


def sellers_picture(word: str) -> bytes:
    """A seller's picture: the same to look at whatever the word, and other bytes for each."""
    cells = np.random.default_rng(7).integers(30, 220, (8, 9)).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(np.kron(cells, np.ones((40, 40), np.uint8))).save(out, "JPEG", comment=word)
    return out.getvalue()


def send(browser: httpx.Client, address: str, /, **fields: object) -> httpx.Response:
    """Send a form as a person would: with the page's token."""
    files = fields.pop("files", None)
    return browser.post(address, data={"csrf": csrf(browser)} | fields, files=files)


def sent(browser: httpx.Client, address: str, /, **fields: object) -> str:
    """Send a form that is taken; gives the address it leads to."""
    answer = send(browser, address, **fields)
    assert answer.status_code == 303, answer.text.partition("<main")[2][:2000]
    return answer.headers["location"].split("?")[0]


def seal(browser: httpx.Client, address: str, /, **fields: object) -> httpx.Response:
    """Give a verdict as an examiner would: on what the examination's page shows now."""
    found = re.search(r'name="seen" value="([^"]+)"', browser.get(address).text)
    return send(browser, f"{address}/seal", **({"seen": found[1]} if found else {}) | fields)


def _people(world: World) -> None:
    bootstrap.prepare(world.db)
    first = Act(Role.PROGRAMME, world.now, seed("first"))
    # Log-ins are whole without it here; `require_second_factor` makes it as in real use.
    administrator = Act(Role.ADMINISTRATOR, world.now, seed("offer"))
    programme.set_policy(world.db, administrator, "second_factor", SecondFactorPolicy.OFFERED)
    for role in sorted(PERSONS):
        password = PASSWORD if role is Role.ANALYST else None
        world.people[role] = access.create_person(
            world.db, first, f"Person {role.value.title()}", f"{role}@example.org", password, [role]
        )
    setting_up = world.act(Role.ADMINISTRATOR, "set up")
    for brand in ("Swarovski", "Royal Canin"):
        programme.add_brand(world.db, setting_up, rights_holder=f"{brand} AG", brand=brand)
    programme.add_agency(world.db, setting_up, name="Fengxian police", jurisdiction="CN")
    access.change_grants(
        world.db,
        setting_up,
        world.people[Role.AUTHENTICATOR],
        [Role.AUTHENTICATOR],
        ["Swarovski"],
    )
    desk = world.people[Role.DESK]
    access.change_grants(world.db, setting_up, desk, [Role.DESK], ["Swarovski"])
    for name, roles, brands in (
        ("other desk", [Role.DESK], ["Royal Canin"]),
        ("other authenticator", [Role.AUTHENTICATOR], ["Royal Canin"]),
        ("other buyer", [Role.BUYER], []),
        ("both", [Role.ANALYST, Role.APPROVER], []),
    ):
        world.people[name] = access.create_person(
            world.db,
            first,
            name.title(),
            f"{name.replace(' ', '.')}@example.org",
            None,
            roles,
            brands,
        )
    buyer = world.people[Role.BUYER]
    programme.enrol_buyer(
        world.db,
        setting_up,
        person_id=buyer,
        region="CN",
        capacity=20,
        advance_minor=10_000_000,
        currency="CNY",
    )
    for number in range(8):
        programme.add_persona(
            world.db,
            world.act(Role.ADMINISTRATOR, f"persona {number}"),
            buyer_id=buyer,
            label=f"lotus-{number}",
            recipient="Chen Wei",
            address="12 Garden Road, Shanghai",
            region="CN",
            max_exposure=20,
        )


def _flags(world: World) -> None:
    lines = [FEED]
    for number in range(1, 8):
        pets = number == 4
        lines.append(
            f"F{number},vision,logo,3,0.9{number},price far below market,taobao,S{number},"
            f"{OTHER_SHOP if pets else SHOP} {number},L{number},https://shop.example/{number},"
            f"{'Cat food' if pets else 'Crystal watch'} {number},"
            f"{'Royal Canin' if pets else 'Swarovski'},{'pet food' if pets else 'watches'},"
            f"{10000 + number},CNY,2026-11-01T08:00:00Z,Li Na,CN"
        )
    read = read_feed("feed.csv", "\n".join(lines).encode())
    assert not read.rejected
    flagging.import_flags(world.db, world.act(Role.ANALYST, "flags"), read.rows)


def _request(world: World, flag: int) -> str:
    return requesting.request(
        world.db,
        world.act(Role.ANALYST, f"request {flag}"),
        flag_id=flag,
        purpose="Confirm the suspicion",
        campaign=None,
        via=RequestedVia.PORTAL,
        route=Route.BY_HAND,
    ).reference


def _assigned(world: World, flag: int) -> str:
    reference = _request(world, flag)
    version = world.row(reference).version
    approver = world.act(Role.APPROVER, f"approve {flag}")
    requesting.approve(world.db, approver, reference, version=version)
    moved = assigning.assign(world.db, world.act(Role.PROGRAMME, f"assign {flag}"), reference)
    assert moved is not None
    return reference


def photograph(world: World, reference: str, codes: tuple[str, ...]) -> list[str]:
    """The buyer hands in an accepted photo for each shot; gives their public ids."""
    kept = []
    for code in codes:
        taken = photographing.take_photo(
            world.db,
            world.vault,
            world.act(Role.BUYER, f"{reference} {code}"),
            reference,
            shot=code,
            data=picture(f"{reference} {code}"),
            name=f"{code}.jpg",
        )
        assert taken.accepted, taken.reasons
        kept.append(taken.public_id)
    return kept


def bagged(world: World, flag: int) -> str:
    """Unboxed and sealed; the exhibits are with the buyer still."""
    reference = _assigned(world, flag)
    photograph(world, reference, BEFORE_ORDER)
    buying.record_order(
        world.db,
        world.act(Role.BUYER, f"order {flag}"),
        reference,
        version=world.row(reference).version,
        order_number=f"ORDER-{flag}-SECRET",
        paid_minor=9000,
        currency="CNY",
        carrier="SF",
        tracking_number=f"SF00{flag}",
    )
    photograph(world, reference, BEFORE_RECEIPT)
    buyer = world.act(Role.BUYER, f"receive {flag}")
    receiving.receive(world.db, buyer, reference, version=world.row(reference).version)
    photograph(world, reference, BEFORE_BAGGING)
    receiving.document(
        world.db,
        world.act(Role.BUYER, f"document {flag}"),
        reference,
        version=world.row(reference).version,
        exhibits=[NewExhibit("goods", f"Thing from {SHOP}", f"SEAL-{flag}")],
    )
    return reference


def _examined(world: World, flag: int) -> str:
    reference = bagged(world, flag)
    exhibit = f"PB/{flag - 2}"
    buyer, clerk = world.act(Role.BUYER, f"give {flag}"), world.people[Role.CLERK]
    said = Giving(f"SEAL-{flag}", "to the store", "the office", "seal intact", to_person=clerk)
    handing_over.give(world.db, world.vault, buyer, exhibit, said)
    storing.take_in(
        world.db,
        world.act(Role.CLERK, f"take in {flag}"),
        exhibit,
        seal_number=f"SEAL-{flag}",
        place="Shelf 4",
        condition="seal intact",
    )
    engine = world.act(Role.PROGRAMME, f"copies {flag}")
    copying.draw_close_copies(world.db, world.vault, engine, reference)
    moved = judging.submit(world.db, world.act(Role.PROGRAMME, f"submit {flag}"), reference)
    assert moved is not None
    with world.db.read() as tx:
        rows = every(tx, Examination, table_of(Examination).c.testbuy_id == world.row(reference).id)
    world.examinations[reference] = rows[0].public_id
    return reference


def _judged(world: World, reference: str) -> str:
    public_id = world.examinations[reference]
    examining.claim(world.db, world.act(Role.AUTHENTICATOR, "claim"), public_id)
    judging.seal(
        world.db,
        world.act(Role.AUTHENTICATOR, "seal"),
        public_id,
        verdict=Verdict.COUNTERFEIT,
        findings=[
            NewFinding(
                Aspect.CONTENTS, FindingCode.WORKMANSHIP_ROUGH, Severity.CRITICAL, "Rough edges."
            )
        ],
        confidence="high",
        method="Comparison with a reference sample",
        reasons="The edges are rough and the mark is misplaced.",
        limits="The inside was not seen.",
        conflict_statement="None.",
        no_conflict=True,
        testimony=Testimony(
            "Twelve years in the workshop", "Letter of 2 January 2026", "Two pieces of this year"
        ),
    )
    judging.conclude(world.db, world.act(Role.PROGRAMME, "conclude"), reference)
    return reference
