"""A programme on real processes, prepared up to where its people judge: the demonstration's world.

Owns the start of marketplace, carrier, agency and time-stamp authority, of portal, Prefect and
worker, and everything up to the submission of what was bought: people made it by `casework` before
anybody opened a page. What comes after is the stories' own, in browsers.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import httpx

from casework.act import Act
from casework.buying import assigning, ordering, requesting
from casework.custody import handing_over, storing
from casework.custody.custody import NewExhibit
from casework.custody.sides import Giving
from casework.examinations import copying
from casework.flags import flagging
from casework.flags.feed import read_feed
from casework.intake import photographing, receiving
from casework.programme import programme
from casework.settings import Settings
from casework.verdicts import judging
from cli.demo import keys
from cli.demo import programme as demonstrated
from cli.demo.control_room import SWEEP, ControlRoomHand
from cli.processes.installation import PROJECT, Installation
from cli.processes.loopback import free_port
from cli.processes.process import python_module
from cli.processes.stack import Stack
from connectors.marketplace import HttpMarketplace, ShipTo
from rules.access import SecondFactorPolicy
from rules.money import Money
from rules.roles import Role
from simulator import feed, setting, world
from storage.rows import one
from storage.session import Database
from storage.tables import Exhibit, Flag, Person, RequestedVia, Route, TestBuy
from tests.portal.small_world import picture

SEED = 17
OUTSIDE = ("carrier", "agency", "marketplace", "timestamping")
SHOTS = ("R01", "R02"), ("U02", "I01", "I02", "B02")
OWN_SHOTS = {"watches": ("I06",), "pet food": ("U51",)}
"""What a category asks for beside them; see `cli.demo.programme`."""
WATCH_OF_LIU, WATCH_OF_WANG, CAT_FOOD = "L-01", "L-02", "L-10"
SOLD = {WATCH_OF_LIU: "watches", WATCH_OF_WANG: "watches", CAT_FOOD: "pet food"}

ANALYST, CLERK, APPROVER = "Ines Albrecht", "Petra Lindt", "Ruth Feld"
LIAISON, COUNSEL = "Lena Zhou", "Clara Stein"
BUYERS = ("Chen Bo", "Fang Li", "Guo Ting")
"""Who must be named in nothing that leaves the house."""


@dataclass
class House:
    """The running programme: log-in addresses by name, and the test buy of each listing."""

    installation: Installation
    urls: dict[str, str]
    db: Database
    links: dict[str, str] = field(default_factory=dict)
    testbuys: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.installation.home

    @property
    def roots(self) -> Path:
        """The certificates of the time-stamp authority that is believed."""
        return self.home / "keys" / "timestamp-roots.pem"

    def package(self, referral: str) -> Path:
        """What was packed for a referral."""
        return self.home / "bundles" / f"{referral}.zip"

    def receipts(self) -> list[dict[str, object]]:
        """What the agency itself wrote down."""
        told = httpx.get(f"{self.urls['agency']}/ledger", trust_env=False).json()
        return [entry for entry in told if entry["did"] == "receipt"]

    def row(self, reference: str) -> TestBuy:
        with self.db.read() as tx:
            row = one(tx, TestBuy, reference=reference)
        assert row is not None
        return row


@contextmanager
def opened(home: Path) -> Iterator[House]:
    """The programme, running and swept every few seconds, until it is left."""
    with Stack(home) as stack:
        urls = _start_outside(stack, home)
        env = {f"TESTBUY_{name.upper()}_URL": url for name, url in urls.items()}
        env |= keys.sealing(home, env.pop("TESTBUY_TIMESTAMPING_URL"))
        env["TESTBUY_CAPTURE_PAGES"] = "false"
        installation = Installation(home, env=env)
        house = House(installation, urls, installation.db)
        _prepare(house)
        installation.start(stack, lambda _: None)
        stops = Event()
        hand = ControlRoomHand(installation.prefect_api_url, stops)
        sweeping = Thread(target=hand.repeat, args=SWEEP, daemon=True)
        sweeping.start()
        try:
            yield house
        finally:
            stops.set()
            sweeping.join(timeout=20)
            house.db.close()


def _start_outside(stack: Stack, home: Path) -> dict[str, str]:
    file = home / "world.json"
    world.dump(setting.world(datetime.now(UTC), SEED), file)
    ports = {name: free_port() for name in OUTSIDE}
    urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    processes = []
    for name, port in ports.items():
        arguments = ["--world", str(file), "--port", str(port)]
        arguments += ["--ledger", str(home / "outside" / f"{name}.jsonl")]
        if name == "marketplace":
            arguments += ["--carrier-url", urls["carrier"]]
        processes.append(
            python_module(
                name,
                f"simulator.{name}",
                arguments,
                log=home / "logs" / f"{name}.log",
                ready=f"{urls[name]}/health",
                cwd=PROJECT,
            )
        )
    stack.start(*processes)
    return urls


def _prepare(house: House) -> None:
    db, vault = house.db, Settings(home=house.home).vault()
    certificates = keys.police(house.home)
    house.links = demonstrated.set_up(db, vault, house.installation.portal_url, certificates)
    # What a log-in asks for has tests of its own.
    programme.set_policy(
        db, _act(db, Role.ADMINISTRATOR), "second_factor", SecondFactorPolicy.OFFERED
    )
    file = house.home / "feed.csv"
    now = datetime.now(UTC)
    feed.write_csv(setting.world(now, SEED), house.urls["marketplace"], file)
    flags = read_feed(file.name, file.read_bytes())
    flagging.import_flags(db, _act(db, Role.ANALYST, ANALYST), flags.rows)
    for listing, category in SOLD.items():
        reference = house.testbuys[listing] = _requested(house, listing)
        _bought(house, reference)
        _sealed(house, reference, category)
        copying.draw_close_copies(db, vault, _act(db, Role.PROGRAMME), reference)
        assert judging.submit(db, _act(db, Role.PROGRAMME), reference)


def _requested(house: House, listing: str) -> str:
    """An analyst asks for a test buy, and somebody else approves it."""
    db = house.db
    with db.read() as tx:
        flag = one(tx, Flag, source_flag_id=f"FL-{int(listing[2:]):06d}")
    assert flag is not None
    moved = requesting.request(
        db, _act(db, Role.ANALYST, ANALYST), flag_id=flag.id,
        purpose="Confirm whether the goods are genuine", campaign=None, via=RequestedVia.PORTAL,
        route=Route.INTERFACE,
    )  # fmt: skip
    version = house.row(moved.reference).version
    approver = _act(db, Role.APPROVER, APPROVER)
    requesting.approve(db, approver, moved.reference, version=version)
    assert assigning.assign(db, _act(db, Role.PROGRAMME), moved.reference)
    return moved.reference


def _bought(house: House, reference: str) -> None:
    """Ordered through the marketplace's own interface."""
    db = house.db
    intent = ordering.intend_order(db, _act(db, Role.PROGRAMME), reference)
    assert intent is not None
    with HttpMarketplace(house.urls["marketplace"]) as marketplace:
        order = marketplace.place_order(
            intent.key,
            intent.listing_id,
            intent.limit.minor,
            intent.limit.currency,
            ShipTo(intent.recipient, intent.address, intent.country),
        )
    paid = Money(order.paid_minor, order.currency)
    ordering.settle_placed(
        db, _act(db, Role.PROGRAMME), reference, intent.attempt_id, order.order_number, paid
    )


def _sealed(house: House, reference: str, category: str) -> None:
    """Received, photographed, sealed in a bag, handed to the clerk and taken in."""
    db, vault = house.db, Settings(home=house.home).vault()
    buyer = house.row(reference).buyer_id
    assert buyer is not None

    def acts() -> Act:
        return Act(Role.BUYER, datetime.now(UTC), secrets.token_bytes(32), buyer)

    def photograph(*shots: str) -> None:
        for shot in shots:
            data = picture(f"{reference} {shot}")
            taken = photographing.take_photo(
                db, vault, acts(), reference, shot=shot, data=data, name=f"{shot}.jpg"
            )
            assert taken.accepted, taken.reasons

    photograph(*SHOTS[0])
    receiving.receive(db, acts(), reference, version=house.row(reference).version)
    photograph(*SHOTS[1], *OWN_SHOTS[category])
    seal = f"SEAL-{reference}"
    receiving.document(
        db, acts(), reference, version=house.row(reference).version,
        exhibits=[NewExhibit("goods", "What was in the parcel", seal)],
    )  # fmt: skip
    clerk = _act(db, Role.CLERK, CLERK)
    with db.read() as tx:
        exhibit = one(tx, Exhibit, testbuy_id=house.row(reference).id)
    assert exhibit is not None
    said = Giving(seal, "to the store", "the office", "seal intact", to_person=clerk.person)
    handing_over.give(db, vault, acts(), exhibit.reference, said)
    storing.take_in(
        db, _act(db, Role.CLERK, CLERK), exhibit.reference, seal_number=seal, place="Shelf 4",
        condition="seal intact",
    )  # fmt: skip


def _act(db: Database, role: Role, name: str | None = None) -> Act:
    """Somebody acts now; the programme or the operator where nobody is named."""
    person = None
    if name is not None:
        with db.read() as tx:
            row = one(tx, Person, name=name)
        assert row is not None
        person = row.id
    return Act(role, datetime.now(UTC), secrets.token_bytes(32), person)
