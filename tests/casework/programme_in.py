"""A programme in a database, and functions that bring its test buys to any stage by the door.

Built once for each kind of database and copied for each test. People, buyers, personas, brands, an
agency and flags are made by casework as well, so that nothing here knows how rows are laid out.
"""

import hashlib
import io
import itertools
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from PIL import Image
from sqlmodel import SQLModel

from casework.act import Act
from casework.buying import assigning, buying, campaigns, ordering, requesting
from casework.clock import deadlines, leases
from casework.custody import handing_over, storing
from casework.custody.custody import NewExhibit
from casework.custody.sides import Giving
from casework.errors import Refused
from casework.examinations import copying, examining
from casework.examinations.findings import NewFinding
from casework.flags import flagging
from casework.flags.feed import read_feed
from casework.intake import photographing, receiving
from casework.outcomes import referrals
from casework.people import access
from casework.programme import bootstrap, programme
from casework.referring import answering, referring, sending
from casework.sanctioning import deciding
from casework.verdicts import judging
from evidence.ledger import Entry
from evidence.vault import Vault
from rules.lifecycle import WAY, Stage
from rules.money import Money
from rules.referral import ReferralState
from rules.roles import Role
from rules.verdicts import Aspect, FindingCode, Severity, Testimony, Verdict
from storage import ledger
from storage.rows import every, one, table_of
from storage.session import Database
from storage.tables import (
    Examination,
    Exhibit,
    OrderAttempt,
    Referral,
    RequestedVia,
    Route,
    Shop,
    TestBuy,
    Wakeup,
)
from tests.casework import packaged

START = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
LEASE = timedelta(seconds=60)
SALES = (date(2026, 1, 1), date(2026, 10, 31))
ENOUGH = 6_000_000
"""Sales in minor units of CNY that meet the selling threshold of 50,000 yuan."""

PEOPLE = {
    "analyst": [Role.ANALYST],
    "approver": [Role.APPROVER],
    "other approver": [Role.APPROVER],
    "both": [Role.ANALYST, Role.APPROVER],
    "Bao Yun": [Role.BUYER],
    "Dai Min": [Role.BUYER],
    "clerk": [Role.CLERK],
    "supervisor": [Role.SUPERVISOR],
    "expert": [Role.AUTHENTICATOR],
    "other expert": [Role.AUTHENTICATOR],
    "third expert": [Role.AUTHENTICATOR],
    "cat expert": [Role.AUTHENTICATOR],
    "desk": [Role.DESK],
    "cat desk": [Role.DESK],
    "liaison": [Role.LIAISON],
    "other liaison": [Role.LIAISON],
    "counsel": [Role.COUNSEL],
    "auditor": [Role.AUDITOR],
    "administrator": [Role.ADMINISTRATOR],
}
USUAL = {
    Role.ANALYST: "analyst",
    Role.APPROVER: "approver",
    Role.CLERK: "clerk",
    Role.SUPERVISOR: "supervisor",
    Role.AUTHENTICATOR: "expert",
    Role.DESK: "desk",
    Role.LIAISON: "liaison",
    Role.COUNSEL: "counsel",
    Role.AUDITOR: "auditor",
    Role.ADMINISTRATOR: "administrator",
}
BRANDS = {
    "desk": "Swarovski",
    "expert": "Swarovski",
    "other expert": "Swarovski",
    "third expert": "Swarovski",
}
BEFORE_ORDER = ("P01", "P05", "P07")
STEPS = (
    campaigns.heed_withdrawal,
    requesting.authorise_by_campaign,
    assigning.assign,
    judging.submit,
    judging.conclude,
    deciding.decide,
    referring.consider,
    answering.close_answered,
    deadlines.mind,
)
"""What a flow run does within the database, from the top."""
UNOPENED = ("R01", "R02")
UNBOXED = ("U02", "I01", "I02", "B02")
SHOPS = 8
TESTIMONY = Testimony(
    "Twelve years in the workshop",
    "Letter of the rights holder of 2 January 2026",
    "Two pieces of this year",
    "The seal of the bag, whole",
)
ROUGH = NewFinding(Aspect.CONTENTS, FindingCode.WORKMANSHIP_ROUGH, Severity.MAJOR, "burrs")
FINDINGS = {
    Verdict.COUNTERFEIT: [ROUGH],
    Verdict.GENUINE_PACKAGING_COUNTERFEIT_CONTENTS: [
        NewFinding(Aspect.CONTENTS, FindingCode.CONTENTS_SUBSTITUTED, Severity.CRITICAL)
    ],
    Verdict.ALTERED_GENUINE: [ROUGH],
}


@cache
def _strip() -> bytes:
    """A sharp, well exposed picture with a long edge that does, and few pixels to decode."""
    chance = np.random.default_rng(5)
    coarse = np.kron(chance.integers(40, 200, (3, 50)), np.ones((16, 40)))
    grey = (coarse + chance.integers(0, 50, coarse.shape)).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(grey).save(out, "JPEG", quality=60)
    return out.getvalue()


def picture(word: str) -> bytes:
    """A photo that its gates accept, with other bytes for each word."""
    comment, strip = word.encode(), _strip()
    return strip[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + strip[2:]


def feed() -> bytes:
    """A flag on a shop of its own for each of `SHOPS`, and one more on the first shop's listing."""
    lines = [
        "flag_id,source,model,model_version,score,signals,platform,shop_id,shop_name,listing_id,"
        "listing_url,title,brand,category,price_minor,currency,seen_at,region"
    ]
    for number in [*range(1, SHOPS + 1), 1]:
        again = len(lines) > SHOPS
        pets = number == SHOPS
        lines.append(
            f"F{number}{'b' if again else ''},vision,logo,3,0.9,cheap,taobao,S{number},"
            f"Shop {number},L{number},https://shop.example/{number},Article {number},"
            f"{'Royal Canin' if pets else 'Swarovski'},{'pet food' if pets else 'watches'},"
            f"{10000 + number},CNY,2026-11-01T08:00:00Z,CN"
        )
    return "\n".join(lines).encode()


def dump(db: Database) -> dict[str, list[tuple]]:
    """Every row of every table, so that "nothing changed" can be said of the whole database."""
    with db.read() as tx:
        return {
            name: sorted((tuple(row) for row in tx.execute(sa.select(table))), key=repr)
            for name, table in SQLModel.metadata.tables.items()
        }


@dataclass
class Programme:
    """A programme in a database at a time that a test moves on."""

    db: Database
    vault: Vault
    now: datetime = START
    people: dict[str, int] = field(default_factory=dict)
    chance: itertools.count = field(default_factory=lambda: itertools.count(1))
    waives: bool = False
    """Whether shots are waived instead of taken, where a test is about something else."""
    owner: Database | None = None
    """The database as its tables' owner opens it, where the programme may do less."""

    def act(self, role: Role, person: str | None = None, **others) -> Act:
        """The usual person of `role`, or `person` in it; each act draws a chance of its own."""
        who = None if role is Role.PROGRAMME else self.people[person or USUAL[role]]
        seed = hashlib.sha256(b"%d" % next(self.chance)).digest()
        return Act(**{"role": role, "now": self.now, "seed": seed, "person": who} | others)

    def engine(self, **others) -> Act:
        return self.act(Role.PROGRAMME, **others)

    def buyer(self, reference: str, **others) -> Act:
        """The test buy's own buyer acting."""
        return replace(self.engine(**others), role=Role.BUYER, person=self.row(reference).buyer_id)

    def later(self, **span) -> None:
        self.now += timedelta(**span)

    def row(self, reference: str) -> TestBuy:
        with self.db.read() as tx:
            return one(tx, TestBuy, table_of(TestBuy).c.reference == reference)

    def version(self, reference: str) -> int:
        return self.row(reference).version

    def stage(self, reference: str) -> Stage:
        return self.row(reference).stage

    def of(self, table: type, reference: str) -> list:
        """The rows of `table` that belong to a test buy, oldest first."""
        rows = table_of(table)
        with self.db.read() as tx:
            owner = self.row(reference).id
            order = rows.c.created_at if table is Wakeup else rows.c.id
            return list(every(tx, table, rows.c.testbuy_id == owner, order_by=order))

    def ledger(self, subject: str) -> list[Entry]:
        """The entries of a subject's ledger, oldest first."""
        with self.db.read() as tx:
            return list(ledger.chain(tx, subject))

    def all(self, table: type, *where) -> list:
        with self.db.read() as tx:
            return list(every(tx, table, *where))

    def shop(self, number: int) -> Shop:
        with self.db.read() as tx:
            return one(tx, Shop, table_of(Shop).c.platform_shop_id == f"S{number}")

    @contextmanager
    def refuses(self, match: str | None = None, kind: type[Refused] = Refused):
        """Whatever is tried inside is Refused with reasons, and the whole database is as before."""
        before = dump(self.db)
        with pytest.raises(kind, match=match) as caught:
            yield caught
        assert caught.value.reasons and all(caught.value.reasons)
        assert dump(self.db) == before

    # The steps, one casework call each.

    def request(self, flag: int = 1, route=Route.INTERFACE, campaign=None, act=None) -> str:
        return requesting.request(
            self.db,
            act or self.act(Role.ANALYST),
            flag_id=flag,
            purpose="Confirm the suspicion",
            campaign=campaign,
            via=RequestedVia.PORTAL,
            route=route,
        ).reference

    def approve(self, reference: str, act: Act | None = None):
        act = act or self.act(Role.APPROVER)
        return requesting.approve(self.db, act, reference, version=self.version(reference))

    def open_campaign(self, name="Autumn", *, budget=10_000_000, buys=100, **others) -> str:
        wanted = {
            "name": name,
            "purpose": "Watches",
            "brands": ["Swarovski"],
            "categories": ["watches"],
            "max_price_minor": 20_000,
            "currency": "CNY",
            "max_buys": buys,
            "budget_minor": budget,
            "opens_at": START,
            "closes_at": START + timedelta(days=60),
        }
        campaigns.open_campaign(self.db, self.act(Role.ANALYST), **wanted | others)
        campaigns.approve(self.db, self.act(Role.APPROVER), name)
        return name

    def photograph(self, reference: str, *shots: str, act: Act | None = None, word: str = ""):
        if self.waives:
            supervisor = self.act(Role.SUPERVISOR)
            for shot in shots:
                photographing.waive(self.db, supervisor, reference, shot=shot, reason="Not now.")
            return None
        for shot in shots:
            taken = photographing.take_photo(
                self.db,
                self.vault,
                act or self.buyer(reference),
                reference,
                shot=shot,
                data=picture(f"{reference} {shot} {word}"),
                name=f"{shot}.jpg",
            )
            assert taken.accepted, taken.reasons
        return taken

    def order(self, reference: str, number: str = "", paid: int = 9_900):
        """The order placed, by the test buy's own route."""
        row = self.row(reference)
        number = number or f"ORDER-{reference}-{len(self.of(OrderAttempt, reference))}"
        if row.route is Route.INTERFACE:
            intent = ordering.intend_order(self.db, self.engine(), reference)
            return ordering.settle_placed(
                self.db, self.engine(), reference, intent.attempt_id, number, Money(paid, "CNY")
            )
        return buying.record_order(
            self.db,
            self.buyer(reference),
            reference,
            version=row.version,
            order_number=number,
            paid_minor=paid,
            currency="CNY",
            carrier="SF",
            tracking_number=f"SF{row.id:09d}",
        )

    def document(self, reference: str, *seals: str):
        exhibits = [
            NewExhibit("goods", f"A watch, {seal}", seal)
            for seal in seals or (f"SEAL-{reference}",)
        ]
        return receiving.document(
            self.db,
            self.buyer(reference),
            reference,
            version=self.version(reference),
            exhibits=exhibits,
        )

    def hand_over(self, reference: str) -> None:
        """The buyer's side: each exhibit goes to the usual clerk."""
        for exhibit in self.of(Exhibit, reference):
            said = Giving(
                seal_out=exhibit.seal_number,
                purpose="to the store",
                place="the office",
                condition="seal intact",
                to_person=self.people["clerk"],
            )
            buyer = self.buyer(reference)
            handing_over.give(self.db, self.vault, buyer, exhibit.reference, said)

    def take_in(self, reference: str) -> None:
        for exhibit in self.of(Exhibit, reference):
            storing.take_in(
                self.db,
                self.act(Role.CLERK),
                exhibit.reference,
                seal_number=exhibit.seal_number,
                place="Shelf 3",
                condition="sealed",
            )

    def examination(self, reference: str) -> str:
        """The newest examination's id."""
        return self.of(Examination, reference)[-1].public_id

    def seal(self, reference: str, verdict=Verdict.COUNTERFEIT, expert="expert", **others):
        """Claim and seal the newest examination."""
        public_id = self.examination(reference)
        act = self.act(Role.AUTHENTICATOR, expert)
        examining.claim(self.db, act, public_id)
        return self.seal_claimed(public_id, verdict, act, **others)

    def seal_claimed(self, public_id: str, verdict: Verdict, act: Act, **others):
        said = {
            "findings": FINDINGS.get(verdict, []),
            "confidence": "high",
            "method": "by eye",
            "reasons": "As seen in the photos.",
            "limits": "Photos only.",
            "conflict_statement": "None.",
            "no_conflict": True,
            "testimony": TESTIMONY,
        }
        return judging.seal(self.db, act, public_id, verdict=verdict, **said | others)

    def take(self, reference: str, holder: str = "run"):
        """The lease of a test buy for a minute, or None."""
        return leases.take(self.db, self.engine(), reference, holder, LEASE)

    def nothing_owed(self, reference: str) -> bool:
        """Whether no flow run is owed to a test buy."""
        return all(each.finished_at is not None for each in self.of(Wakeup, reference))

    def run(self, reference: str, wakeup: str | None = None) -> TestBuy:
        """What a flow run does within the database, under its lease, from the top."""
        holder = f"run-{next(self.chance)}"
        hold = self.take(reference, holder)
        assert hold is not None, "another run holds it"
        for step in STEPS:
            step(self.db, self.engine(hold=hold), reference)
        leases.release(self.db, self.engine(), hold, wakeup)
        return self.row(reference)

    def bring(self, stage: Stage, flag: int = 1, verdict=Verdict.COUNTERFEIT, **request) -> str:
        """A new test buy of `flag`, brought as far as `stage` (judged at most)."""
        reference = self.request(flag, **request)
        self.carry_on(reference, stage, verdict)
        return reference

    def carry_on(self, reference: str, stage: Stage, verdict=Verdict.COUNTERFEIT) -> None:
        """Bring a test buy from where it stands as far as `stage` (judged at most)."""
        by_hand = self.row(reference).route is Route.BY_HAND
        steps = {
            Stage.AUTHORISED: lambda: self.approve(reference),
            Stage.ASSIGNED: lambda: assigning.assign(self.db, self.engine(), reference),
            Stage.ORDERED: lambda: (
                by_hand and self.photograph(reference, *BEFORE_ORDER),
                self.order(reference),
            ),
            Stage.RECEIVED: lambda: (
                self.photograph(reference, *UNOPENED),
                receiving.receive(
                    self.db, self.buyer(reference), reference, version=self.version(reference)
                ),
            ),
            Stage.DOCUMENTED: lambda: (
                self.photograph(reference, *UNBOXED),
                self.document(reference),
            ),
            Stage.SUBMITTED: lambda: (
                self.hand_over(reference),
                self.take_in(reference),
                copying.draw_close_copies(self.db, self.vault, self.engine(), reference),
                judging.submit(self.db, self.engine(), reference),
            ),
            Stage.JUDGED: lambda: (
                self.seal(reference, verdict),
                judging.conclude(self.db, self.engine(), reference),
            ),
        }
        for step in WAY[WAY.index(self.stage(reference)) + 1 : WAY.index(stage) + 1]:
            steps[step]()
            assert self.stage(reference) is step

    def record_sales(self, shop: int, amount: int = ENOUGH, **others) -> None:
        facts = {
            "shop_id": self.shop(shop).id,
            "period_start": SALES[0],
            "period_end": SALES[1],
            "units": 10,
            "amount_minor": amount,
            "currency": "CNY",
            "source": "platform",
        }
        flagging.record_sales(self.db, self.act(Role.ANALYST), **facts | others)

    def referral(self, reference: str) -> Referral | None:
        """The referral that rests on a test buy now."""
        with self.db.read() as tx:
            return referrals.referral_of(tx, self.row(reference).id)

    def approve_referral(self, reference: str, act: Act | None = None) -> str:
        """The liaison's yes to a package that is made complete before; as `act`, to it as it is."""
        if act is None and self.referral(reference).state is ReferralState.DRAFTED:
            row = self.referral(reference)
            packaged.complete(self, row.reference)
        row = self.referral(reference)
        act = act or self.act(Role.LIAISON)
        return answering.approve(self.db, act, row.reference, version=row.version)

    def send(self, reference: str, number: str = "A-1"):
        intent = sending.intend_sending(self.db, self.engine(), reference)
        assert intent is not None
        return sending.settle_sent(
            self.db, self.engine(), reference, number=number, bundle_digest="sha256:" + "0" * 64
        )

    def answer(self, reference: str, state: ReferralState, reason: str = "") -> str:
        return answering.record_answer(
            self.db,
            self.act(Role.LIAISON),
            self.referral(reference).reference,
            version=None,
            state=state,
            agency_number="LH-7",
            reason=reason,
        )

    def refer(self, flag: int = 1, shop: int = 1, *, complete: bool = True) -> str:
        """A counterfeit whose referral is drafted, its package complete or yet to be filled."""
        self.record_sales(shop)
        reference = self.bring(Stage.JUDGED, flag)
        self.run(reference)
        if complete and (drafted := self.referral(reference)):
            packaged.complete(self, drafted.reference)
        return reference


def build(db: Database, folder: Path) -> dict[str, int]:
    """Fill a migrated database; gives the people by name."""
    made = Programme(db, Vault(folder))
    bootstrap.prepare(db)
    for name, roles in PEOPLE.items():
        address = f"{name.replace(' ', '.')}@example.org"
        made.people[name] = access.create_person(
            db, made.engine(), name.title(), address, None, roles
        )
    administrator = made.act(Role.ADMINISTRATOR)
    for brand in ("Swarovski", "Royal Canin"):
        programme.add_brand(db, administrator, rights_holder=f"{brand} AG", brand=brand)
    for name in PEOPLE:
        if PEOPLE[name] in ([Role.AUTHENTICATOR], [Role.DESK]):
            brand = BRANDS.get(name, "Royal Canin")
            access.change_grants(db, administrator, made.people[name], PEOPLE[name], [brand])
    programme.add_agency(db, administrator, name="Luohu police", jurisdiction="CN")
    for number, name in enumerate(("Bao Yun", "Dai Min"), 1):
        person = made.people[name]
        programme.enrol_buyer(
            db,
            made.act(Role.ADMINISTRATOR),
            person_id=person,
            region="CN",
            capacity=20,
            advance_minor=1_000_000,
            currency="CNY",
        )
        for place in range(1, 6):
            programme.add_persona(
                db,
                made.act(Role.ADMINISTRATOR),
                buyer_id=person,
                label=f"lotus-{number}{place}",
                recipient=f"Qiu Recipient {number}{place}",
                address=f"{number}{place} Canary Lane, Foshan",
                region="CN",
                max_exposure=20,
            )
    read = read_feed("feed.csv", feed())
    assert not read.rejected
    flagging.import_flags(db, made.act(Role.ANALYST), read.rows)
    return made.people
