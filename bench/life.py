"""The life of a test buy through casework, beside the same writes through bare sqlite3.

Eight moves from the request to the judgement, with what people do between them, and three waits:
a wake-up left, claimed for dispatch and finished, the lease taken and given back. SQLite with
synchronous=FULL on this machine's disk. No flow run, no photo: those have figures of their own.
"""

import hashlib
import itertools
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bench import Row
from casework import (
    access,
    assigning,
    bootstrap,
    campaigns,
    custody,
    examining,
    flagging,
    judging,
    leases,
    ordering,
    photographing,
    programme,
    receiving,
    requesting,
)
from casework.act import Act, Hold
from casework.custody import NewExhibit
from casework.feed import read_feed
from rules.money import Money
from rules.roles import PERSONS, Role
from rules.verdicts import Aspect, FindingCode, Severity, Verdict
from storage import wakeups
from storage.rows import every, table_of
from storage.session import Database
from storage.tables import Examination, Exhibit, RequestedVia, Route, TestBuy

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
LIVES = 150
COLUMNS = (
    "flag_id,source,model,model_version,score,signals,platform,shop_id,shop_name,listing_id,"
    "listing_url,title,brand,category,price_minor,currency,seen_at,registrant,region"
)
SHOTS = ("R01", "R02", "U02", "I01", "I02", "B02")


@dataclass
class Clock:
    """Seconds of wall and of this process's CPU, while it runs."""

    wall_s: float = 0.0
    cpu_s: float = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall_s += time.perf_counter() - wall
        self.cpu_s += time.process_time() - cpu


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
        db, act, counted = self.db, self.act, self.clock.running
        with counted():
            reference = requesting.request(
                db,
                act(Role.ANALYST),
                flag_id=flag,
                purpose="Confirm the suspicion",
                campaign="Autumn",
                via=RequestedVia.PORTAL,
                route=Route.INTERFACE,
            ).reference
        with db.read() as tx:
            (testbuy,) = every(tx, TestBuy, table_of(TestBuy).c.reference == reference)
        for shot in SHOTS:
            supervisor = act(Role.SUPERVISOR)
            photographing.waive(db, supervisor, reference, shot=shot, reason="No photos here.")
        with counted():
            self._run(reference, self._buy)
            receiving.receive(db, act(Role.BUYER), reference, version=4)
            bagged = [NewExhibit("goods", "A watch", f"SEAL-{reference}")]
            buyer = act(Role.BUYER)
            receiving.document(db, buyer, reference, version=5, exhibits=bagged)
        with db.read() as tx:
            (exhibit,) = every(tx, Exhibit, table_of(Exhibit).c.testbuy_id == testbuy.id)
        with counted():
            custody.take_in(
                db,
                act(Role.CLERK),
                exhibit.reference,
                seal_number=exhibit.seal_number,
                place="Shelf 4",
                condition="seal intact",
            )
            self._run(reference, lambda hold: judging.submit(db, act(me, hold), reference))
        with db.read() as tx:
            opened = every(tx, Examination, table_of(Examination).c.testbuy_id == testbuy.id)
        with counted():
            examining.claim(db, act(Role.AUTHENTICATOR), opened[0].public_id)
            self._seal(opened[0].public_id)
            self._run(reference, lambda hold: judging.conclude(db, act(me, hold), reference))

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
        judging.seal(
            self.db,
            self.act(Role.AUTHENTICATOR),
            public_id,
            verdict=Verdict.COUNTERFEIT,
            findings=[
                judging.NewFinding(
                    Aspect.CONTENTS, FindingCode.WORKMANSHIP_ROUGH, Severity.CRITICAL, "Rough."
                )
            ],
            confidence="high",
            method="Comparison with a reference sample",
            reasons="The edges are rough.",
            limits="The inside was not seen.",
            conflict_statement="None.",
            no_conflict=True,
        )


me = Role.PROGRAMME


def rows() -> list[Row]:
    """Lives a second, CPU each, and what each leaves in the database."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        people = prepare(folder / "empty.db")
        wall_s, cpu_s, size = _casework(folder, people)
        bare_wall_s, bare_cpu_s = _bare(folder, people)
    per_s, bare_per_s = LIVES / wall_s, LIVES / bare_wall_s
    cpu_ms, bare_cpu_ms = cpu_s / LIVES * 1000, bare_cpu_s / LIVES * 1000
    return [
        Row("life of a test buy, per second", per_s, bare_per_s, "/s, bare sqlite3"),
        Row("life of a test buy, CPU each", cpu_ms, bare_cpu_ms, "ms, bare sqlite3"),
        Row("life of a test buy, in the database", size / LIVES / 1000, 8.0, "kB, the goal"),
    ]


def _casework(folder: Path, people: dict[Role, int]) -> tuple[float, float, int]:
    shutil.copy(folder / "empty.db", folder / "timed.db")
    before = (folder / "timed.db").stat().st_size
    with closing(Database(f"sqlite:///{folder / 'timed.db'}")) as db:
        bench = Bench(db, people)
        bench.live(LIVES + 1)
        bench.clock = Clock()
        for flag in range(1, LIVES + 1):
            bench.live(flag)
    return bench.clock.wall_s, bench.clock.cpu_s, (folder / "timed.db").stat().st_size - before


def _bare(folder: Path, people: dict[Role, int]) -> tuple[float, float]:
    """The same rows written by bare sqlite3, in the same transactions, nothing read."""
    shutil.copy(folder / "empty.db", folder / "noted.db")
    transactions: list[list[tuple[str, Any]]] = []
    writes: list[tuple[str, Any]] = []
    noting = False

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if noting and statement.startswith(("INSERT", "UPDATE", "DELETE")):
            writes.append((statement, parameters))

    def end(_: Any) -> None:
        if writes:
            transactions.append(list(writes))
            writes.clear()

    with closing(Database(f"sqlite:///{folder / 'noted.db'}")) as db:
        event.listen(db.engine, "before_cursor_execute", note)
        event.listen(db.engine, "commit", end)
        bench = Bench(db, people)
        shutil.copy(folder / "empty.db", folder / "bare.db")
        noting = True
        for flag in range(1, LIVES + 1):
            bench.live(flag)
    counted = [each for each in transactions if "INTO waiver" not in each[0][0]]
    clock = Clock()
    with closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as bare:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=OFF"):
            bare.execute(f"PRAGMA {pragma}")
        # The ledger's entries follow each other; without those of the waivers none would fit.
        bare.execute("DROP TRIGGER keeps_ledger_insert")
        with clock.running():
            for statements in counted:
                bare.execute("BEGIN IMMEDIATE")
                for statement, parameters in statements:
                    bare.execute(statement, parameters)
                bare.execute("COMMIT")
    return clock.wall_s, clock.cpu_s


def prepare(file: Path) -> dict[Role, int]:
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
        flags = [
            f"F-{n},vision,logo,3,0.97,cheap,simulated,S-{n},Shop {n},L-{n},"
            f"https://shop.example/{n},Watch,Swarovski,watches,45000,CNY,2026-11-01T08:00:00Z,Wang,CN"
            for n in range(1, LIVES + 2)
        ]
        feed = read_feed("feed.csv", "\n".join([COLUMNS, *flags]).encode())
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
