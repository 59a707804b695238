"""A small programme on real processes: its world outside, its data, and its people's moves.

People act through casework, as the portal does for them; the portal's pages have tests of their
own. What belongs to a buyer or a persona alone holds a word of `CANARIES`.
"""

import dataclasses
import io
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from PIL import ExifTags, Image

from casework.act import Act
from casework.buying import assigning, campaigns, ending, ordering, requesting
from casework.clock.dispatch import Dispatcher
from casework.custody import handing_over, storing
from casework.custody.custody import NewExhibit
from casework.custody.sides import Giving
from casework.examinations import examining
from casework.examinations.findings import NewFinding
from casework.flags import flagging
from casework.flags.feed import read_feed
from casework.intake import photographing, receiving
from casework.outcomes import referrals
from casework.people import access
from casework.programme import bootstrap, programme
from casework.referring import answering, referring
from casework.verdicts import judging
from cli.processes.loopback import free_port
from cli.processes.prefect import worker
from cli.processes.process import Process, python_module
from cli.processes.stack import Stack
from connectors.marketplace import HttpMarketplace, ShipTo
from connectors.prefect_api import PrefectApi
from evidence.vault import Vault
from rules.lifecycle import EarlyEnd
from rules.money import Money
from rules.roles import PERSONS, Role
from rules.verdicts import Aspect, FindingCode, Severity, Testimony, Verdict
from simulator.world import AgencyConduct, Behaviour, Decision, Listing, Sales, Sender, Shop, World
from simulator.world import dump as dump_world
from storage.rows import add, every, one, table_of
from storage.session import Database
from storage.tables import (
    Counter,
    Examination,
    Exhibit,
    Flag,
    Referral,
    RequestedVia,
    Route,
    TestBuy,
)
from tests.casework import packaged

PROJECT = Path(__file__).parents[2]
CAMPAIGN = "Autumn"
PLACE = (81.2718, 121.2718)
"""Neither is a minute's second: a time as text would hold it by chance."""
CANARIES = (
    "Zebulon Quagmire",
    "Ottoline Fernsby",
    "77 Kanarienweg",
    "canary-persona",
    "13900271828",
    "6222888800271828",
    *(str(part) for part in PLACE),
)
"""Words that belong to a buyer or a persona alone: names, address, persona, phone, account, place.

The buyer's photos hold all of them that a phone writes, and are named after the buyer.
"""

WAY = "L-way"
DEAR = "L-dear"
"""A listing whose price rose since it was flagged."""
COURSES = {
    WAY: (Behaviour("ships", 0.1, 0.1),),
    "L-away": (Behaviour("never_ships"),),
    "L-cancels": (Behaviour("cancels", 0.1), Behaviour("never_ships")),
    DEAR: (Behaviour("never_ships"),),
    "L-lost": (Behaviour("lost", 0.1, 0.1),),
    **{f"L-{number:02d}": (Behaviour("never_ships"),) for number in range(1, 31)},
}
"""How the seller of each listing behaves; each has a shop and an operator of its own."""


def shop_of(listing: str) -> str:
    """The number of the listing's shop."""
    return listing.replace("L", "S", 1)


def world() -> World:
    """Shops that each sell one listing, above what their police asks for."""
    today = datetime.now(UTC).date()
    sold = Sales(str(today - timedelta(days=40)), str(today - timedelta(days=10)), 900, 9_000_000)
    return World(
        platform="Simulated Market",
        carrier="Simulated Express",
        shops=tuple(
            Shop(
                shop_of(listing),
                f"Shop of {listing}",
                "Wang",
                f"Operator of {listing}",
                "2015-03-01",
                Sender("Liu", "Luohu, Shenzhen", "+86 755 0000 0001"),
                (sold,),
            )
            for listing in COURSES
        ),
        listings=tuple(
            Listing(
                listing, shop_of(listing), "Watch", "Swarovski", "watches",
                52_000 if listing == DEAR else 45_000, "CNY", attempts=attempts,
            )
            for listing, attempts in COURSES.items()
        ),
        agency=AgencyConduct(
            decision=Decision("acknowledged", 9_000),
            by_operator={f"Operator of Shop of {WAY}": Decision("accepted", 0.1, 0.2)},
        ),
    )  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class Outside:
    """The addresses of the marketplace, the carrier and the agency."""

    marketplace: str
    carrier: str
    agency: str

    def misbehave(self, url: str, kind: str, path: str, method: str = "POST") -> None:
        """Make the next matching call at `url` go wrong."""
        wish = {"next": kind, "path": path, "method": method, "times": 1}
        httpx.post(f"{url}/misbehave", json=wish, trust_env=False).raise_for_status()

    def ledger(self, url: str, did: str) -> list[dict[str, Any]]:
        """What the other side itself wrote down."""
        entries = httpx.get(f"{url}/ledger", trust_env=False).json()
        return [entry for entry in entries if entry["did"] == did]

    def orders_of(self, reference: str) -> list[dict[str, Any]]:
        """The marketplace's own orders for a test buy."""
        mine = f"{reference}-"
        return [e for e in self.ledger(self.marketplace, "order") if e["key"].startswith(mine)]

    def changes_of(self, order_number: str) -> list[dict[str, Any]]:
        """The marketplace's own entries of what became of an order."""
        entries = self.ledger(self.marketplace, "change")
        return [entry for entry in entries if entry["order_number"] == order_number]

    def referrals_of(self, reference: str) -> list[dict[str, Any]]:
        """The agency's own entries of referrals that rest on a test buy."""
        entries = self.ledger(self.agency, "receipt")
        return [entry for entry in entries if reference in entry["summary"]["testbuys"]]


def start_outside(stack: Stack, folder: Path) -> Outside:
    """The simulator's three servers, as processes of `stack`."""
    dump_world(world(), folder / "world.json")
    urls: dict[str, str] = {}
    for name in ("carrier", "agency", "marketplace"):
        port = free_port()
        urls[name] = f"http://127.0.0.1:{port}"
        arguments = ["--port", str(port), "--world", str(folder / "world.json")]
        arguments += ["--ledger", str(folder / f"{name}.jsonl")]
        if name == "marketplace":
            arguments += ["--carrier-url", urls["carrier"]]
        stack.start(
            python_module(
                name,
                f"simulator.{name}",
                arguments,
                log=folder / f"{name}.log",
                ready=f"{urls[name]}/health",
                cwd=PROJECT,
            )
        )
    return Outside(**urls)


class Programme:
    """The data of one installation and its people."""

    def __init__(
        self,
        home: Path,
        outside: Outside,
        prefect_api_url: str,
        *,
        references_from: int,
        database_url: str = "",
    ) -> None:
        self.home = home
        self.outside = outside
        self.prefect_api_url = prefect_api_url
        home.mkdir(parents=True, exist_ok=True)
        self.db = Database(database_url) if database_url else Database.in_folder(home)
        self.vault = Vault(home / "vault")
        self.people: dict[Role, int] = {}
        self.prefect = PrefectApi(prefect_api_url)
        self.dispatcher: Dispatcher | None = None
        self.stack = Stack(home)
        self._set_up()
        with self.db.write() as tx:
            add(tx, Counter, name=f"TB-{datetime.now(UTC).year}", value=references_from)

    def close(self) -> None:
        """End what this process holds open."""
        if self.dispatcher:
            self.dispatcher.stop()
        self.prefect.close()
        self.db.close()

    def dispatch(self) -> None:
        """Bring wake-ups to Prefect from now on."""
        self.dispatcher = Dispatcher(self.db, self.prefect, lambda: datetime.now(UTC))
        self.dispatcher.start()

    def worker(self, name: str, *, limit: int = 4, **settings: str) -> Process:
        """A worker for this installation's flows."""
        env = {
            "TESTBUY_HOME": str(self.home),
            "TESTBUY_DATABASE_URL": self.db.url,
            "TESTBUY_PREFECT_API_URL": self.prefect_api_url,
            "TESTBUY_PUBLIC_URL": "https://portal.example",
            "TESTBUY_MARKETPLACE_URL": self.outside.marketplace,
            "TESTBUY_CARRIER_URL": self.outside.carrier,
            "TESTBUY_AGENCY_URL": self.outside.agency,
            "TESTBUY_CAPTURE_ALLOW": "127.0.0.1/32",
            "TESTBUY_WEBHOOK_ALLOW": "127.0.0.1/32",
            **settings,
        }
        process = worker(
            self.home,
            self.prefect_api_url,
            project=PROJECT,
            env=env,
            limit=limit,
            poll=0.25,
            # A killed worker's slots are taken for another minute.
            slots={"marketplace": 40, "agency": 20},
            grace=3,
        )
        return dataclasses.replace(process, name=name, log=self.home / "logs" / f"{name}.log")

    def act(self, role: Role) -> Act:
        """A person of `role` acts now, or the programme."""
        return Act(role, datetime.now(UTC), secrets.token_bytes(32), self.people.get(role))

    def row(self, reference: str) -> TestBuy:
        """The test buy as its row stands."""
        with self.db.read() as tx:
            row = one(tx, TestBuy, table_of(TestBuy).c.reference == reference)
        assert row is not None
        return row

    def wait(self, reference: str, *names: str) -> TestBuy:
        """The test buy once it waits for one of `names` and no run carries it."""

        def arrived() -> bool:
            row = self.row(reference)
            return row.waiting_name in names and row.lease_holder is None

        def where() -> str:
            row = self.row(reference)
            return f"{reference}: {row.waiting_name}, held by {row.lease_holder}, wanted {names}"

        until(arrived, where)
        return self.row(reference)

    def request(self, listing: str, *, campaign: str | None = CAMPAIGN) -> str:
        """The analyst asks for a test buy of a flagged listing, through the interface."""
        with self.db.read() as tx:
            flag = one(tx, Flag, table_of(Flag).c.source_flag_id == f"F-{listing}")
        assert flag is not None
        return requesting.request(
            self.db,
            self.act(Role.ANALYST),
            flag_id=flag.id,
            purpose="Confirm the suspicion",
            campaign=campaign,
            via=RequestedVia.PORTAL,
            route=Route.INTERFACE,
        ).reference

    def waive_shots(self, reference: str) -> None:
        """The supervisor lets every shot go, where a test is about something else."""
        for shot in ("R01", "R02", "U02", "I01", "I02", "B02"):
            photographing.waive(
                self.db, self.act(Role.SUPERVISOR), reference, shot=shot, reason="Not needed here."
            )

    def photograph(self, reference: str, *shots: str) -> None:
        """The buyer hands in a good photo for each shot."""
        for shot in shots:
            taken = photographing.take_photo(
                self.db,
                self.vault,
                self.act(Role.BUYER),
                reference,
                shot=shot,
                data=picture(f"{reference} {shot}"),
                name=f"{CANARIES[0]} {shot}.jpg",
            )
            assert taken.accepted, taken.reasons

    def receive(self, reference: str) -> None:
        """The buyer has the parcel."""
        version = self.row(reference).version
        receiving.receive(self.db, self.act(Role.BUYER), reference, version=version)

    def give_up_order(self, reference: str) -> None:
        """The buyer says that nothing was sent."""
        ending.order_failed(
            self.db,
            self.act(Role.BUYER),
            reference,
            version=self.row(reference).version,
            how=EarlyEnd.NOT_SHIPPED,
            note="",
        )

    def document(self, reference: str) -> None:
        """The buyer bags what was in the parcel."""
        receiving.document(
            self.db,
            self.act(Role.BUYER),
            reference,
            version=self.row(reference).version,
            exhibits=[NewExhibit("goods", "A watch", f"SEAL-{reference}")],
        )

    def take_in(self, reference: str) -> None:
        """The buyer hands every exhibit to the clerk, who takes it in."""
        with self.db.read() as tx:
            exhibits = every(tx, Exhibit, table_of(Exhibit).c.testbuy_id == self.row(reference).id)
        for exhibit in exhibits:
            said = Giving(
                seal_out=exhibit.seal_number,
                purpose="to the store",
                place="the office",
                condition="seal intact",
                to_person=self.people[Role.CLERK],
            )
            buyer = self.act(Role.BUYER)
            handing_over.give(self.db, self.vault, buyer, exhibit.reference, said)
            storing.take_in(
                self.db,
                self.act(Role.CLERK),
                exhibit.reference,
                seal_number=exhibit.seal_number,
                place="Shelf 4",
                condition="seal intact",
            )

    def judge(self, reference: str, verdict: Verdict = Verdict.COUNTERFEIT) -> None:
        """The authenticator seals a verdict."""
        with self.db.read() as tx:
            (examination,) = every(
                tx, Examination, table_of(Examination).c.testbuy_id == self.row(reference).id
            )
        examining.claim(self.db, self.act(Role.AUTHENTICATOR), examination.public_id)
        rough = NewFinding(
            Aspect.CONTENTS, FindingCode.WORKMANSHIP_ROUGH, Severity.CRITICAL, "Rough edges."
        )
        judging.seal(
            self.db,
            self.act(Role.AUTHENTICATOR),
            examination.public_id,
            verdict=verdict,
            findings=[rough],
            confidence="high",
            method="Comparison with a reference sample",
            reasons="The edges are rough.",
            limits="The inside was not seen.",
            conflict_statement="None.",
            no_conflict=True,
            testimony=Testimony(
                "Twelve years in the workshop",
                "Letter of 2 January 2026",
                "Two pieces of this year",
            ),
        )

    def referral(self, reference: str) -> Referral:
        """The referral that rests on a test buy."""
        with self.db.read() as tx:
            row = referrals.referral_of(tx, self.row(reference).id)
        assert row is not None
        return row

    def approve_referral(self, reference: str) -> None:
        """The liaison approves the referral that rests on a test buy."""
        packaged.complete(self, self.referral(reference).reference)
        drafted, liaison = self.referral(reference), self.act(Role.LIAISON)
        answering.approve(self.db, liaison, drafted.reference, version=drafted.version)

    def carry_to_referral(self, reference: str, *shots: str) -> None:
        """Bring a new test buy up to its referral, the programme's moves made here too.

        The `shots` of the parcel are photographed, all others waived.
        """
        me = Role.PROGRAMME
        requesting.authorise_by_campaign(self.db, self.act(me), reference)
        assigning.assign(self.db, self.act(me), reference)
        intent = ordering.intend_order(self.db, self.act(me), reference)
        assert intent is not None
        with HttpMarketplace(self.outside.marketplace) as marketplace:
            order = marketplace.place_order(
                intent.key,
                intent.listing_id,
                intent.limit.minor,
                intent.limit.currency,
                ShipTo(intent.recipient, intent.address, intent.country),
            )
        paid = Money(order.paid_minor, order.currency)
        ordering.settle_placed(
            self.db, self.act(me), reference, intent.attempt_id, order.order_number, paid
        )
        self.waive_shots(reference)
        self.photograph(reference, *shots)
        self.receive(reference)
        self.document(reference)
        self.take_in(reference)
        judging.submit(self.db, self.act(me), reference)
        self.judge(reference)
        judging.conclude(self.db, self.act(me), reference)
        today = datetime.now(UTC).date()
        flagging.record_sales(
            self.db,
            self.act(Role.ANALYST),
            shop_id=self.row(reference).shop_id,
            period_start=today - timedelta(days=40),
            period_end=today - timedelta(days=10),
            units=900,
            amount_minor=9_000_000,
            currency="CNY",
            source="Simulated Market order records",
        )
        assert referring.consider(self.db, self.act(me), reference), "below the threshold"

    def _set_up(self) -> None:
        bootstrap.prepare(self.db)
        for role in sorted(PERSONS):
            name = CANARIES[0] if role is Role.BUYER else f"Person {role.value.title()}"
            self.people[role] = access.create_person(
                self.db, self.act(Role.PROGRAMME), name, f"{role}@example.org", None, [role]
            )
        boss = self.act(Role.ADMINISTRATOR)
        programme.add_brand(self.db, boss, rights_holder="Swarovski AG", brand="Swarovski")
        programme.add_agency(self.db, boss, name="Luohu police", jurisdiction="CN")
        examiner = self.people[Role.AUTHENTICATOR]
        access.change_grants(self.db, boss, examiner, [Role.AUTHENTICATOR], ["Swarovski"])
        buyer = self.people[Role.BUYER]
        programme.enrol_buyer(
            self.db,
            boss,
            person_id=buyer,
            region="CN",
            capacity=200,
            advance_minor=100_000_000,
            currency="CNY",
        )
        for number in range(len(COURSES)):
            programme.add_persona(
                self.db,
                self.act(Role.ADMINISTRATOR),
                buyer_id=buyer,
                label=f"{CANARIES[3]}-{CANARIES[5]}-{number}",
                recipient=CANARIES[1],
                address=f"{CANARIES[2]}, {CANARIES[4]}",
                region="CN",
                max_exposure=20,
            )
        flagging.import_flags(
            self.db, self.act(Role.ANALYST), read_feed("feed.csv", feed(COURSES)).rows
        )
        now = datetime.now(UTC)
        campaigns.open_campaign(
            self.db,
            self.act(Role.ANALYST),
            name=CAMPAIGN,
            purpose="Watches",
            brands=["Swarovski"],
            categories=["watches"],
            max_price_minor=100_000,
            currency="CNY",
            max_buys=200,
            budget_minor=100_000_000,
            opens_at=now - timedelta(days=1),
            closes_at=now + timedelta(days=30),
        )
        campaigns.approve(self.db, self.act(Role.APPROVER), CAMPAIGN)
        policy = self.act(Role.ADMINISTRATOR)
        programme.set_policy(self.db, policy, "ask_again_seconds", 1)


def feed(listings: Any, *faulty: str) -> bytes:
    """A feed that flags `listings`, with faulty lines after them."""
    lines = [
        "flag_id,source,model,model_version,score,signals,platform,shop_id,shop_name,listing_id,"
        "listing_url,title,brand,category,price_minor,currency,seen_at,registrant,region"
    ]
    for listing in listings:
        shop = shop_of(listing)
        lines.append(
            f"F-{listing},vision,logo,3,0.97,price far below market,simulated,{shop},Shop of "
            f"{listing},{listing},https://shop.example/{listing},Watch,Swarovski,watches,45000,"
            "CNY,2026-11-01T08:00:00Z,Wang,CN"
        )
    return "\n".join([*lines, *faulty]).encode()


def picture(word: str) -> bytes:
    """A sharp picture that its gate accepts, different for each word; it tells of the buyer."""
    chance = np.random.default_rng(list(word.encode()))
    grey = np.kron(chance.integers(40, 200, (12, 16)), np.ones((32, 32)))
    grey += chance.integers(0, 50, grey.shape)
    photo = Image.fromarray(grey.astype(np.uint8)).resize((2048, 1536), Image.Resampling.NEAREST)
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = CANARIES[0]
    degrees = [(part // 1, (part % 1) * 60, 0.0) for part in PLACE]
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: degrees[0], 3: "E", 4: degrees[1]})
    out = io.BytesIO()
    told = f"{CANARIES[4]} {CANARIES[5]} {PLACE}".encode()
    photo.save(out, "JPEG", quality=60, exif=exif, comment=told)
    return out.getvalue()


def until(
    condition: Callable[[], bool], tell: Callable[[], str] = lambda: "", *, seconds: float = 180
) -> None:
    """Wait for a condition, and fail with what `tell` says where it does not come true.

    No test asks how fast: the time is one that a machine many times as busy keeps.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {tell()}"
        time.sleep(0.05)
