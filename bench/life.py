"""The life of a test buy through casework, beside the same writes through bare sqlite3.

Eight moves from the request to the judgement, with what people do between them, and three waits:
a wake-up left, claimed and finished, the lease taken and given back. SQLite with synchronous=FULL
on this machine's disk. No flow run, no photo: those have figures of their own.
"""

import hashlib
import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from math import prod
from pathlib import Path
from typing import Any

from bench import Row
from bench.bare import Bare, Write, noted
from bench.clock import Clock
from casework.act import Act, Hold
from casework.buying import assigning, campaigns, ordering, requesting
from casework.clock import leases
from casework.custody import handing_over, storing
from casework.custody.custody import NewExhibit
from casework.custody.sides import Giving
from casework.examinations import examining
from casework.examinations.findings import NewFinding
from casework.flags import flagging
from casework.flags.feed import read_feed
from casework.intake import photographing, receiving
from casework.people import access
from casework.programme import bootstrap, programme
from casework.verdicts import judging
from casework.verdicts.judgement import Judgement
from evidence.vault import Vault
from rules.money import Money
from rules.roles import PERSONS, Role
from rules.verdicts import Aspect, FindingCode, Severity, Testimony, Verdict
from storage import wakeups
from storage.rows import every
from storage.session import Database
from storage.tables import Examination, Exhibit, RequestedVia, Route, TestBuy

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
LIVES = 150
COLUMNS = (
    "flag_id,source,model,model_version,score,signals,platform,shop_id,shop_name,listing_id,"
    "listing_url,title,brand,category,price_minor,currency,seen_at,registrant,region"
)
SAID = Judgement(
    Verdict.COUNTERFEIT,
    (NewFinding(Aspect.CONTENTS, FindingCode.WORKMANSHIP_ROUGH, Severity.CRITICAL, "Rough."),),
    confidence="high",
    method="Comparison with a reference sample",
    reasons="The edges are rough.",
    limits="The inside was not seen.",
    conflict_statement="None.",
    no_conflict=True,
    testimony=Testimony(
        "Twelve years in the workshop", "Letter of 2 January 2026", "Two pieces of this year"
    ),
)
SHOTS = ("R01", "R02", "U02", "I01", "I02", "B02")


@dataclass
class Bench:
    """A programme with a flag for each life."""

    db: Database
    people: dict[Role, int]
    clock: Clock = field(default_factory=Clock)
    _chance: Iterator[int] = field(default_factory=itertools.count)

    def act(self, role: Role, hold: Hold | None = None) -> Act:
        seed = hashlib.sha256(b"%d" % next(self._chance)).digest()
        return Act(role, NOW, seed, self.people.get(role), hold)

    def live(self, flag: int) -> None:
        """One life; what only prepares it is not counted."""
        reference, public_id = self.submit(flag, self.waive)
        with self.clock.running():
            examining.claim(self.db, self.act(Role.AUTHENTICATOR), public_id)
            self._seal(public_id)
            self._run(
                reference, lambda hold: judging.conclude(self.db, self.act(me, hold), reference)
            )

    def submit(self, flag: int, shots: Callable[[str], None]) -> tuple[str, str]:
        """A test buy's way to its examination; gives its reference, and the examination's id."""
        db, act, counted = self.db, self.act, self.clock.running
        with counted():
            reference = self.request(flag)
        with db.read() as tx:
            (testbuy,) = every(tx, TestBuy, reference=reference)
        shots(reference)
        with counted():
            self._run(reference, self._buy)
            receiving.receive(db, act(Role.BUYER), reference, version=4)
            bagged = [NewExhibit("goods", "A watch", f"SEAL-{reference}")]
            receiving.document(db, act(Role.BUYER), reference, version=5, exhibits=bagged)
        with db.read() as tx:
            (exhibit,) = every(tx, Exhibit, testbuy_id=testbuy.id)
        seal, clerk = exhibit.seal_number, self.people[Role.CLERK]
        handed = Giving(seal, "to the store", "the office", "seal intact", to_person=clerk)
        with counted():
            handing_over.give(db, Vault(Path()), act(Role.BUYER), exhibit.reference, handed)
            storing.take_in(
                db, act(Role.CLERK), exhibit.reference, seal_number=seal, place="Shelf 4",
                condition="seal intact",
            )  # fmt: skip
            self._run(reference, lambda hold: judging.submit(db, act(me, hold), reference))
        with db.read() as tx:
            (opened,) = every(tx, Examination, testbuy_id=testbuy.id)
        return reference, opened.public_id

    def request(self, flag: int) -> str:
        """Request a test buy; gives its reference."""
        return requesting.request(
            self.db,
            self.act(Role.ANALYST),
            flag_id=flag,
            purpose="Confirm the suspicion",
            campaign="Autumn",
            via=RequestedVia.PORTAL,
            route=Route.INTERFACE,
        ).reference

    def waive(self, reference: str) -> None:
        """Let go the shots that a life asks for."""
        for shot in SHOTS:
            supervisor = self.act(Role.SUPERVISOR)
            photographing.waive(self.db, supervisor, reference, shot=shot, reason="No photos here.")

    def _buy(self, hold: Hold) -> None:
        db, reference = self.db, hold.reference
        requesting.authorise_by_campaign(db, self.act(me, hold), reference)
        assigning.assign(db, self.act(me, hold), reference)
        intent = ordering.intend_order(db, self.act(me, hold), reference)
        assert intent is not None
        paid = Money(45_000, "CNY")
        number = f"M-{reference}"
        ordering.settle_placed(db, self.act(me, hold), reference, intent.attempt_id, number, paid)

    def _run(self, reference: str, steps: Callable[[Hold], Any]) -> None:
        """What a wait costs: the wake-up claimed and sent, the lease, the wake-up finished."""
        with self.db.write() as tx:
            (due,) = wakeups.claim_due(tx, NOW, timedelta(seconds=30))
        with self.db.write() as tx:
            wakeups.dispatched(tx, due, "run", NOW)
        hold = leases.take(self.db, self.act(me), reference, "run", timedelta(seconds=60))
        assert hold is not None
        steps(hold)
        leases.release(self.db, self.act(me), hold, due.id)

    def _seal(self, public_id: str) -> None:
        said = {each.name: getattr(SAID, each.name) for each in fields(SAID)}
        judging.seal(self.db, self.act(Role.AUTHENTICATOR), public_id, **said)


me = Role.PROGRAMME


def rows() -> list[Row]:
    """Lives a second, CPU each, and what each leaves in the database."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        people = prepare(folder / "empty.db")
        ours, bare, size = _side_by_side(folder, people, _noted(folder, people))
        shots = _waivers(folder, people)
    name, each, kilo = "life of a test buy", 1000 / LIVES, 1 / LIVES / 1000
    return [
        Row(f"{name}, per second", LIVES / ours.wall_s, LIVES / bare.wall_s, "/s, bare sqlite3"),
        Row(f"{name}, CPU each", ours.cpu_s * each, bare.cpu_s * each, "ms, bare sqlite3"),
        Row(f"{name}, in the database", (size - shots) * kilo, 8.0, "kB, the goal"),
        Row("… with its six waived shots", size * kilo, 8.0, "kB, the goal"),
    ]


def _noted(folder: Path, people: dict[Role, int]) -> list[list[list[Write]]]:
    """For each life the transactions that are counted, with what they write."""
    lives: list[list[list[Write]]] = []
    with copy_of(folder / "empty.db", "noted.db") as db:
        transactions = noted(db)
        bench = Bench(db, people)
        for flag in range(1, LIVES + 1):
            bench.live(flag)
            # The waivers only prepare a life.
            lives.append([each for each in transactions if "INTO waiver" not in each[0][0]])
            transactions.clear()
    return lives


def _side_by_side(
    folder: Path, people: dict[Role, int], noted: list[list[list[Write]]]
) -> tuple[Clock, Clock, int]:
    """What lives take through casework and through bare sqlite3, and what a database grows by.

    Life by life in turns, because the machine is faster at one minute than at the next.
    """
    shutil.copy(folder / "empty.db", folder / "bare.db")
    with closing(Bare(folder / "bare.db")) as bare, copy_of(folder / "empty.db", "timed.db") as db:
        bench = Bench(db, people)
        bench.live(LIVES + 1)
        before, bench.clock = size_of(db), Clock()
        for flag, transactions in enumerate(noted, 1):
            bench.live(flag)
            bare.write(transactions)
        return bench.clock, bare.clock, size_of(db) - before


def _waivers(folder: Path, people: dict[Role, int]) -> int:
    """What the database grows by for the shots alone, which photos would take the place of."""
    with copy_of(folder / "empty.db", "waived.db") as db:
        bench = Bench(db, people)
        references = [bench.request(flag) for flag in range(1, LIVES + 1)]
        before = size_of(db)
        for reference in references:
            bench.waive(reference)
        return size_of(db) - before


@contextmanager
def copy_of(file: Path, name: str) -> Iterator[Database]:
    """The database of a copy beside a file."""
    shutil.copy(file, file.parent / name)
    with closing(Database(f"sqlite:///{file.parent / name}")) as db:
        yield db


def size_of(db: Database) -> int:
    with db.read() as tx:
        wanted = ("page_count", "page_size")
        return prod(tx.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in wanted)


def prepare(file: Path, flags: int = LIVES + 1) -> dict[Role, int]:
    """A programme with people, a campaign and so many flags in a new file; gives who they are."""
    with closing(Database(f"sqlite:///{file}")) as db:
        bootstrap.prepare(db)
        bench = Bench(db, {})
        for role in sorted(PERSONS):
            bench.people[role] = access.create_person(
                db, bench.act(me), f"Person {role}", f"{role}@example.org", None, [role]
            )
        boss = bench.act(Role.ADMINISTRATOR)
        programme.add_brand(db, boss, rights_holder="Swarovski AG", brand="Swarovski")
        examiner = bench.people[Role.AUTHENTICATOR]
        access.change_grants(db, boss, examiner, [Role.AUTHENTICATOR], ["Swarovski"])
        programme.set_policy(db, boss, "cooling_off_days", 0)
        programme.enrol_buyer(
            db,
            boss,
            person_id=bench.people[Role.BUYER],
            region="CN",
            capacity=10_000,
            advance_minor=0,
            currency="CNY",
        )
        programme.add_persona(
            db,
            boss,
            buyer_id=bench.people[Role.BUYER],
            label="one",
            recipient="Chen",
            address="Road 1",
            region="CN",
            max_exposure=10_000,
        )
        told = [
            f"F-{n},vision,logo,3,0.97,cheap,simulated,S-{n},Shop {n},L-{n},"
            f"https://shop.example/{n},Watch,Swarovski,watches,45000,CNY,2026-11-01T08:00:00Z,Wang,CN"
            for n in range(1, flags + 1)
        ]
        feed = read_feed("feed.csv", "\n".join([COLUMNS, *told]).encode())
        flagging.import_flags(db, bench.act(Role.ANALYST), feed.rows)
        campaigns.open_campaign(
            db,
            bench.act(Role.ANALYST),
            name="Autumn",
            purpose="Watches",
            brands=["Swarovski"],
            categories=["watches"],
            max_price_minor=100_000,
            currency="CNY",
            max_buys=10_000,
            budget_minor=10_000_000_000,
            opens_at=NOW - timedelta(days=1),
            closes_at=NOW + timedelta(days=30),
        )
        campaigns.approve(db, bench.act(Role.APPROVER), "Autumn")
        return bench.people
