"""A buyer's own test buys: what to buy, which photo comes next."""

from dataclasses import dataclass

from casework.custody.kits import KitFacts, kits_of
from casework.errors import NotFound
from casework.record.code_lines import CodeLine, codes_of, photos_with_codes
from casework.views.bags import Bag, bags_with, people_in, with_buyer
from casework.views.testbuy import ExhibitFacts, Frame, exhibits_of, find, frames, must
from rules.lifecycle import ENDS, Stage
from rules.roles import Role
from rules.waiting import INTAKE
from storage import boards, testbuys
from storage.boards import BoardLine
from storage.rows import every, one, table_of
from storage.session import Database
from storage.tables import (
    Brand,
    Listing,
    MoveRecord,
    OrderAttempt,
    Parcel,
    Persona,
    Photo,
    Shop,
    TestBuy,
    Waiver,
)
from storage.walks import Filter, Order

_TASKS = 100


@dataclass(frozen=True, slots=True)
class Tasks:
    """A buyer's test buys: those that wait for the buyer, those on their way, those that ended.

    `with_you`: by the reference of a test buy, its exhibits that the buyer has yet to hand over.
    """

    mine: tuple[BoardLine, ...]
    elsewhere: tuple[BoardLine, ...]
    ended: tuple[BoardLine, ...]
    with_you: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Task:
    """What a buyer is told of a test buy. Nothing of the flag, the operator or other buyers."""

    testbuy: TestBuy
    left_from: Stage | None
    shop: Shop
    listing: Listing
    brand: str
    persona: Persona | None
    frames: tuple[Frame, ...]
    attempt: OrderAttempt | None
    parcels: tuple[Parcel, ...]
    exhibits: tuple[ExhibitFacts, ...]
    codes: tuple[CodeLine, ...]
    photos_with_codes: tuple[Photo, ...]
    bags: tuple[Bag, ...]
    clerks: tuple[tuple[int, str], ...]
    kits: tuple[KitFacts, ...]

    @property
    def due(self) -> tuple[Frame, ...]:
        """The shots to take now, in order."""
        return tuple(frame for frame in self.frames if frame.due)


def tasks(db: Database, person_id: int) -> Tasks:
    """The buyer's test buys, newest first."""
    with db.read() as tx:
        rows = boards.page(tx, Filter(buyer=person_id), Order.NEWEST, _TASKS).rows
        held = {
            row.reference: with_buyer(tx, find(tx, row.reference).id, person_id)
            for row in rows
            if row.waiting_name == INTAKE.name
        }
    with_you = {reference: bags for reference, bags in held.items() if bags}
    running = [row for row in rows if row.stage not in ENDS]
    mine = [row for row in running if row.waiting_role == "buyer" or row.reference in with_you]
    return Tasks(
        tuple(mine),
        tuple(row for row in running if row not in mine),
        tuple(row for row in rows if row.stage in ENDS),
        with_you,
    )


def task(db: Database, person_id: int, reference: str) -> Task:
    """The buyer's own test buy; NotFound for anybody else's."""
    with db.read() as tx:
        testbuy = find(tx, reference)
        if testbuy.buyer_id != person_id:
            raise NotFound(f"There is no test buy {reference}.")
        attempt = testbuys.last_attempt(tx, testbuy.id)
        parcels, records = table_of(Parcel).c, table_of(MoveRecord).c
        last = one(
            tx, MoveRecord, records.testbuy_id == testbuy.id, records.version == testbuy.version
        )
        return Task(
            testbuy=testbuy,
            left_from=last.source if last else None,
            shop=must(one(tx, Shop, table_of(Shop).c.id == testbuy.shop_id)),
            listing=must(one(tx, Listing, table_of(Listing).c.id == testbuy.listing_id)),
            brand=must(one(tx, Brand, table_of(Brand).c.id == testbuy.brand_id)).name,
            persona=one(tx, Persona, table_of(Persona).c.id == testbuy.persona_id),
            frames=frames(
                tx, testbuy, every(tx, Waiver, table_of(Waiver).c.testbuy_id == testbuy.id)
            ),
            attempt=attempt,
            parcels=tuple(
                every(tx, Parcel, parcels.order_attempt_id == attempt.id, order_by=parcels.id)
                if attempt
                else ()
            ),
            exhibits=exhibits_of(tx, testbuy.id),
            codes=tuple(
                line for line in codes_of(tx, testbuy.id) if line.code.recorded_by == person_id
            ),
            photos_with_codes=photos_with_codes(tx, testbuy.id),
            bags=bags_with(tx, testbuy.id, person_id),
            clerks=people_in(tx, frozenset({Role.CLERK})),
            kits=tuple(each for each in kits_of(tx, person_id) if each.confirmed),
        )
