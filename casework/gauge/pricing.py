"""Prices of genuine articles: added with their source, and which one an offer is measured by.

Rows stay; a later one takes the place of an earlier for offers from its day on, or corrects one of
the same day. Owns adding and reading them. Leaves which row fits to `rules.prices`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from casework.act import Act
from casework.errors import NotFound, Refused
from casework.gauge.gauging import sales_of
from rules.money import Money
from rules.prices import GenuinePrice, Valuation, at_genuine, lowest, price_of
from rules.roles import Role
from rules.sales import counted
from storage import keyset, ledger
from storage.keyset import FIRST, Paged, Turn
from storage.rows import add, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Brand, Flag, GenuinePriceRow, Listing, TestBuy

ADDERS = frozenset({Role.ANALYST, Role.ADMINISTRATOR})
_rows = table_of(GenuinePriceRow).c


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A row with its brand, for a list."""

    brand: str
    price: GenuinePrice


@dataclass(frozen=True, slots=True)
class Worth:
    """What an operator's shops sold, in a currency: at the prices paid (None: unknown), and at the
    genuine article's.
    """

    paid: Money | None
    genuine: Valuation


def add_price(
    db: Database,
    act: Act,
    *,
    brand: str,
    product: str,
    amount: Money,
    source: str,
    verified: bool,
    valid_from: date,
) -> None:
    """What a genuine article costs from a day on, as a source says.

    `product` is what listings call it: it counts where their title names it word for word.
    """
    if act.role not in ADDERS:
        raise Refused("Only an analyst or an administrator adds prices of genuine articles.")
    if not product.strip() or not source.strip():
        raise Refused("Name the product as listings call it, and the source of its price.")
    if amount.minor <= 0:
        raise Refused("The price of a genuine article is above zero.")
    with db.write() as tx:
        found = one(tx, Brand, name=brand.strip(), lock=True)
        if found is None:
            raise NotFound(f"{brand} is no brand of the programme. Add it first.")
        new = GenuinePrice(product.strip(), amount, source.strip(), verified, valid_from)
        same = [each for each in prices_of(tx, found.id) if each.product == new.product]
        if [each for each in same if each.valid_from == valid_from][-1:] == [new]:
            raise Refused("This price is on record already; nothing needs to be done.")
        number = add(
            tx,
            GenuinePriceRow,
            brand_id=found.id,
            product=new.product,
            amount_minor=amount.minor,
            currency=amount.currency,
            source=new.source,
            verified=verified,
            valid_from=valid_from,
            added_at=act.now,
            added_by=act.person,
        )
        body = {"what": "genuine price added", "of": found.name, "price": number, "by": act.by}
        ledger.append(tx, ledger.PROGRAMME, body, act.now)


def prices(db: Database, brand: str | None = None) -> tuple[PriceLine, ...]:
    """Every row, or those of a brand; NotFound where there is no such brand."""
    with db.read() as tx:
        brands = [row for row in every(tx, Brand) if brand in (None, row.name)]
        if brand and not brands:
            raise NotFound(f"{brand} is no brand of the programme.")
        lines = [PriceLine(row.name, each) for row in brands for each in prices_of(tx, row.id)]
    return tuple(
        sorted(lines, key=lambda line: (line.brand, line.price.product, line.price.valid_from))
    )


def prices_page(db: Database, turn: Turn = FIRST) -> Paged[PriceLine]:
    """A page of all prices, by brand, product and the day they are valid from."""
    with db.read() as tx:
        names = {row.id: row.name for row in every(tx, Brand)}
        order = (_rows.brand_id, _rows.product, _rows.valid_from)
        found = keyset.page(tx, GenuinePriceRow, by=order, turn=turn)
        return found.each(lambda rows: [PriceLine(names[row.brand_id], _told(row)) for row in rows])


def brands(db: Database) -> tuple[str, ...]:
    """The brands that prices may be added for."""
    with db.read() as tx:
        return tuple(row.name for row in every(tx, Brand, order_by=table_of(Brand).c.name))


def prices_of(tx: Transaction, brand_id: int) -> list[GenuinePrice]:
    """The rows of a brand in the order they were added."""
    rows = every(tx, GenuinePriceRow, brand_id=brand_id, order_by=_rows.id)
    return [_told(row) for row in rows]


def _told(row: GenuinePriceRow) -> GenuinePrice:
    amount = Money(row.amount_minor, row.currency)
    return GenuinePrice(row.product, amount, row.source, row.verified, row.valid_from)


def offered_on(tx: Transaction, testbuy: TestBuy) -> date:
    """The day of the offer: when its flag's source saw it."""
    flag = one(tx, Flag, id=testbuy.flag_id)
    assert flag is not None  # a foreign key holds it
    return flag.seen_at.date()


def price_at_offer(tx: Transaction, testbuy: TestBuy) -> GenuinePrice | None:
    """The price of the genuine article on the day of a test buy's offer; None: unknown."""
    listing = one(tx, Listing, id=testbuy.listing_id)
    assert listing is not None  # a foreign key holds it
    return price_of(prices_of(tx, testbuy.brand_id), listing.title, offered_on(tx, testbuy))


def by_shop(
    tx: Transaction, shop_ids: Sequence[int], currency: str
) -> dict[int, GenuinePrice | None]:
    """For each shop the price that its sales are valued at: that of what was test-bought there.

    Where that were several articles, the lowest.
    """
    found: dict[int, GenuinePrice | None] = {}
    for shop_id in shop_ids:
        testbuys = every(tx, TestBuy, shop_id=shop_id)
        known = [price for each in testbuys if (price := price_at_offer(tx, each))]
        found[shop_id] = lowest(known, currency)
    return found


def worth(tx: Transaction, operator_id: int, currency: str) -> Worth:
    """Both valuations of an operator's sales, beside the gauge that counts the first alone."""
    sales = sales_of(tx, operator_id)
    priced = by_shop(tx, list(sales), currency)
    sold = [row.amount.minor for rows in sales.values() for row in counted(rows, currency)]
    genuine = at_genuine([(rows, priced[shop]) for shop, rows in sales.items()], currency)
    return Worth(Money(sum(sold), currency) if sold else None, genuine)
