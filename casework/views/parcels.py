"""What the parcel of a test buy tells of its sender, as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from casework.errors import NotFound
from casework.operators.waybills import NOT_YET
from casework.views.linking import IdentifierLine, lines_of
from storage.rows import every, one, table_of
from storage.session import Database
from storage.tables import Exhibit, Identifier, Photo, Shop, TestBuy


@dataclass(frozen=True, slots=True)
class ParcelPage:
    """A test buy's parcel: photos and exhibits to choose from, and what was written down."""

    testbuy: TestBuy
    shop: Shop
    photos: Sequence[Photo]
    exhibits: Sequence[Exhibit]
    lines: tuple[IdentifierLine, ...]
    here: bool


def parcel_page(db: Database, reference: str) -> ParcelPage:
    """What a test buy's parcel tells; NotFound where there is no such test buy."""
    with db.read() as tx:
        testbuy = one(tx, TestBuy, reference=reference)
        if testbuy is None:
            raise NotFound(f"There is no test buy {reference}.")
        shop = one(tx, Shop, id=testbuy.shop_id)
        assert shop is not None  # a foreign key holds it
        photos = table_of(Photo).c
        rows = every(tx, Identifier, testbuy_id=testbuy.id, order_by=table_of(Identifier).c.id)
        return ParcelPage(
            testbuy,
            shop,
            every(tx, Photo, testbuy_id=testbuy.id, accepted=True, order_by=photos.id),
            every(tx, Exhibit, testbuy_id=testbuy.id, order_by=table_of(Exhibit).c.id),
            lines_of(tx, rows),
            testbuy.stage not in NOT_YET,
        )
