"""What is known of the other side: flags imported, shops linked to operators, sales recorded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from casework.act import Act
from casework.errors import NotFound, Refused
from casework.feed import FlagRow, Rejected
from casework.gauging import new_operator
from casework.move import find, note
from rules.lifecycle import Stage
from rules.money import Money
from rules.roles import Role
from rules.waiting import HELD
from storage import ledger, searching
from storage.keeping import bound_to, lock_all_of
from storage.rows import add_if_absent, change, every, one, table_of
from storage.session import Database, DatabaseFull, Transaction
from storage.tables import (
    Brand,
    Category,
    Flag,
    Listing,
    Operator,
    SalesSnapshot,
    SearchKind,
    Shop,
    TestBuy,
)

_shops = table_of(Shop)
_brands = table_of(Brand)


_AT_ONCE = 500
"""Flags of one transaction: a whole feed in one would keep every other writer waiting for it."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: new flags, flags known before, and lines rejected with the reason.

    `stopped` says why the rest of the lines was not imported, and what to do.
    """

    imported: int
    known: int
    rejected: tuple[Rejected, ...]
    stopped: str | None = None


def import_flags(db: Database, act: Act, rows: Iterable[FlagRow]) -> Imported:
    """Import flags, each line by itself, some hundreds a transaction; each flag only once.

    What ends it in between has kept the lines before; the same feed again imports the rest. Raises
    DatabaseFull where there was no room for the first of them.
    """
    if act.role not in {Role.ANALYST, Role.PROGRAMME}:
        raise Refused("Only an analyst imports flags.")
    lines = tuple(rows)
    done = Imported(0, 0, ())
    for start in range(0, len(lines), _AT_ONCE):
        some = lines[start : start + _AT_ONCE]
        if start:
            db.give_way()
        try:
            new = _import_some(db, act, some)
        except DatabaseFull as full:
            if not start:
                raise
            stopped = (
                f"{full} The lines from {some[0].line} on were not imported: "
                "import the same file again, nothing is imported twice."
            )
            return replace(done, stopped=stopped)
        done = Imported(
            done.imported + new.imported, done.known + new.known, done.rejected + new.rejected
        )
    return done


def link_shop(
    db: Database,
    act: Act,
    *,
    shop_id: int,
    operator: str | None,
    new_operator_name: str | None,
    basis: str,
) -> str:
    """An analyst links a shop to who controls it, and says on what basis.

    Test buys of the operator are looked at again: the sales of held ones are summed now, and the
    persona of one not yet ordered may have met the operator in another shop.
    """
    if act.role is not Role.ANALYST:
        raise Refused("Only an analyst links shops to an operator.")
    if not basis.strip():
        raise Refused("Say what the link rests on; the referral prints it.")
    with db.write() as tx:
        concerned = _concerned(tx, None, shop_id)
        shop = one(tx, Shop, _shops.c.id == shop_id, lock=True)
        if shop is None:
            raise NotFound("There is no such shop.")
        if shop.operator_id is not None:
            lock_all_of(tx, shop.operator_id)  # a hold of the same moment takes turns with it
            if bound := bound_to(tx, shop.operator_id):
                raise Refused(
                    f"The shop's operator is under {bound}, and so are its exhibits. "
                    "That is ended or lifted first."
                )
        operator_id = _chosen_operator(tx, act, operator, new_operator_name)
        found = one(tx, Operator, table_of(Operator).c.id == operator_id, lock=True)
        assert found is not None  # it was just chosen
        change(tx, Shop, _shops.c.id == shop_id, operator_id=operator_id, link_basis=basis.strip())
        facts = {"what": "shop linked", "shop": shop_id, "by": act.by}
        ledger.append(tx, found.reference, facts, act.now)
        for testbuy in sorted({*concerned, *_concerned(tx, operator_id, None)}):
            note(tx, act, find(tx, act, testbuy), "operator's shops changed")
        return found.reference


def record_sales(
    db: Database,
    act: Act,
    *,
    shop_id: int,
    period_start: date,
    period_end: date,
    units: int | None,
    amount_minor: int,
    currency: str,
    source: str,
    wake: bool = True,
) -> None:
    """Keep what a source says a shop sold in a period; the same snapshot twice is one.

    `wake`: held test buys of the shop are looked at again.
    """
    if act.role not in {Role.ANALYST, Role.PROGRAMME}:
        raise Refused("Only an analyst records sales.")
    if not source.strip():
        raise Refused("Say where the figure is from; without a source it counts for nothing.")
    if period_end < period_start or amount_minor < 0:
        raise Refused("The period must not end before it starts, and the amount not be below 0.")
    amount = Money(amount_minor, currency)
    with db.write() as tx:
        if one(tx, Shop, _shops.c.id == shop_id) is None:
            raise NotFound("There is no such shop.")
        new = add_if_absent(
            tx,
            SalesSnapshot,
            shop_id=shop_id,
            period_start=period_start,
            period_end=period_end,
            units=units,
            amount_minor=amount.minor,
            currency=amount.currency,
            source=source.strip(),
            taken_at=act.now,
        )
        if new and wake:
            for testbuy in _concerned(tx, None, shop_id):
                note(tx, act, find(tx, act, testbuy), "sales recorded")


def _import_some(db: Database, act: Act, rows: Sequence[FlagRow]) -> Imported:
    imported = known = 0
    rejected: list[Rejected] = []
    with db.write() as tx:
        # Held, so that two imports of one feed take turns instead of waiting for each other.
        brands = {row.name: row.id for row in every(tx, Brand, order_by=_brands.c.id, lock=True)}
        categories = {row.name: row.id for row in every(tx, Category)}
        for row in rows:
            if row.brand not in brands:
                reason = f"The brand “{row.brand}” is not in the programme."
                rejected.append(Rejected(row.line, reason))
            elif row.category not in categories:
                reason = f"The category “{row.category}” is not in the programme."
                rejected.append(Rejected(row.line, reason))
            elif _import(tx, act, row, brands[row.brand], categories[row.category]):
                imported += 1
            else:
                known += 1
    return Imported(imported, known, tuple(rejected))


def _import(tx: Transaction, act: Act, row: FlagRow, brand_id: int, category_id: int) -> bool:
    new_shop = add_if_absent(
        tx,
        Shop,
        platform=row.platform,
        platform_shop_id=row.shop_id,
        name=row.shop_name,
        registrant=row.registrant,
        region=row.region,
    )
    shop = one(
        tx, Shop, _shops.c.platform == row.platform, _shops.c.platform_shop_id == row.shop_id
    )
    assert shop is not None  # it is there by now
    if new_shop:
        searching.keep(tx, SearchKind.SHOP, shop.id, shop.name)
    new_listing = add_if_absent(
        tx,
        Listing,
        shop_id=shop.id,
        platform_listing_id=row.listing_id,
        url=row.listing_url,
        title=row.title,
        brand_id=brand_id,
        category_id=category_id,
    )
    listings = table_of(Listing)
    listing = one(
        tx,
        Listing,
        listings.c.shop_id == shop.id,
        listings.c.platform_listing_id == row.listing_id,
    )
    assert listing is not None  # it is there by now
    if new_listing:
        searching.keep(tx, SearchKind.LISTING, listing.id, listing.title)
    return add_if_absent(
        tx,
        Flag,
        source=row.source,
        source_flag_id=row.flag_id,
        model=row.model,
        model_version=row.model_version,
        score=row.score,
        signals=list(row.signals),
        shop_id=shop.id,
        listing_id=listing.id,
        price_minor=row.price.minor,
        currency=row.price.currency,
        seen_at=row.seen_at,
        imported_at=act.now,
    )


def _chosen_operator(tx: Transaction, act: Act, reference: str | None, name: str | None) -> int:
    if reference:
        operator = one(tx, Operator, table_of(Operator).c.reference == reference)
        if operator is None:
            raise NotFound(f"There is no operator {reference}.")
        return operator.id
    if not name or not name.strip():
        raise Refused("Choose an operator, or name a new one.")
    return new_operator(tx, act, name.strip())


def _concerned(tx: Transaction, operator_id: int | None, shop_id: int | None) -> list[str]:
    """The held and the assigned test buys of a shop, or of an operator's shops, in order."""
    testbuys = table_of(TestBuy)
    shops = _shops.select().with_only_columns(_shops.c.id)
    chosen = _shops.c.id == shop_id if shop_id is not None else _shops.c.operator_id == operator_id
    concerned = every(
        tx,
        TestBuy,
        testbuys.c.shop_id.in_(shops.where(chosen)),
        ((testbuys.c.stage == Stage.JUDGED) & (testbuys.c.waiting_name == HELD.name))
        | (testbuys.c.stage == Stage.ASSIGNED),
        order_by=testbuys.c.id,
    )
    return [testbuy.reference for testbuy in concerned]
