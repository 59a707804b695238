"""What is known of the other side: flags imported, shops linked to operators, sales recorded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from casework.act import Act
from casework.errors import NotFound, Refused
from casework.flags.feed import FlagRow, Rejected
from casework.move import find, note
from casework.operators import membership
from casework.operators.linking import NewIdentifier, Source, add_new
from casework.operators.operators import chosen, operator_by, reference_of
from casework.operators.proposing import propose, recompute, reject_between
from rules.identifiers import Confidence, IdentifierKind, normal_form
from rules.linkage import OperatorChangeKind
from rules.money import Money
from rules.roles import Role
from rules.signs import bare
from storage import codes as turns
from storage import searching
from storage.keeping import lock_all_of
from storage.rows import add_if_absent, every, one, table_of
from storage.session import Database, DatabaseFull, Transaction
from storage.tables import (
    Brand,
    Category,
    Flag,
    Listing,
    SalesSnapshot,
    SearchKind,
    Shop,
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
    seen: str | None = None,
) -> str:
    """An analyst links a shop to who controls it, and says on what basis.

    `seen`: the mark of the shop as it was shown. Stale where somebody linked it elsewhere since.

    Test buys of the operator are looked at again: the sales of held ones are summed now, and the
    persona of one not yet ordered may have met the operator in another shop.
    """
    if act.role is not Role.ANALYST:
        raise Refused("Only an analyst links shops to an operator.")
    if not basis.strip():
        raise Refused("Say what the link rests on; the referral prints it.")
    with db.write() as tx:
        turns.take_turn(tx)
        if one(tx, Shop, _shops.c.id == shop_id) is None:
            raise NotFound("There is no such shop.")
        named = [operator_by(tx, operator).id] if operator else []
        held = membership.hold(tx, [shop_id], named)
        (before,) = [row for row in held if row.id == shop_id]
        membership.ensure_as_seen(tx, before, seen)
        operator_id = chosen(tx, act, operator, new_operator_name)
        if before.operator_id is not None and before.operator_id != operator_id:
            lock_all_of(tx, before.operator_id)  # a hold of the same moment takes turns with it
            membership.leave(tx, act, [shop_id], operator_id, basis.strip())
            stayed = [row.id for row in every(tx, Shop, operator_id=before.operator_id)]
            reject_between(tx, act, [shop_id], stayed, basis.strip())
            recompute(tx, act, [shop_id, *stayed])
            membership.look_again(tx, act, stayed)
        else:
            moved = [(before, basis.strip())]
            kind = OperatorChangeKind.LINK
            membership.record(tx, act, kind, operator_id, None, basis.strip(), moved)
            recompute(tx, act, [shop_id])
        membership.look_again(tx, act, [shop_id])
        return reference_of(tx, operator_id)


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
            for testbuy in membership.concerned(tx, [shop_id]):
                note(tx, act, find(tx, act, testbuy), "sales recorded")


def _import_some(db: Database, act: Act, rows: Sequence[FlagRow]) -> Imported:
    imported = known = 0
    rejected: list[Rejected] = []
    with db.write() as tx:
        turns.take_turn(tx)  # a new shop brings its registrant, and that may propose
        # Held, so that two imports of one feed take turns instead of waiting for each other.
        brands = {
            bare(row.name): row.id for row in every(tx, Brand, order_by=_brands.c.id, lock=True)
        }
        categories = {bare(row.name): row.id for row in every(tx, Category)}
        for row in rows:
            brand = brands.get(bare(row.brand))
            if brand is None:
                reason = f"The brand “{row.brand}” is not in the programme."
                rejected.append(Rejected(row.line, reason))
            elif bare(row.category) not in categories:
                reason = f"The category “{row.category}” is not in the programme."
                rejected.append(Rejected(row.line, reason))
            elif keep_flag(tx, act, row, brand, categories[bare(row.category)]):
                imported += 1
            else:
                known += 1
    return Imported(imported, known, tuple(rejected))


def keep_shop(
    tx: Transaction,
    act: Act,
    *,
    platform: str,
    shop_id: str,
    name: str,
    registrant: str | None,
    region: str | None,
    said_by: str,
) -> Shop:
    """The shop that a platform knows by `shop_id`, opened here where it was not known.

    The registrant of a new one is an identifier that nobody has confirmed yet, as `said_by` says;
    only of a new one, so that a feed does not bring back what was taken out or erased.
    """
    new = add_if_absent(
        tx,
        Shop,
        platform=platform,
        platform_shop_id=shop_id,
        name=name,
        registrant=registrant,
        region=region,
    )
    shop = one(tx, Shop, _shops.c.platform == platform, _shops.c.platform_shop_id == shop_id)
    assert shop is not None  # it is there by now
    if new:
        searching.keep(tx, SearchKind.SHOP, shop.id, shop.name)
        if registrant and normal_form(IdentifierKind.REGISTRANT, registrant):
            seen_on = act.now.date()
            new_one = NewIdentifier(
                IdentifierKind.REGISTRANT, registrant, seen_on, Confidence.PROBABLE, said_by
            )
            add_new(tx, act, shop, new_one, Source())
            propose(tx, act, [shop.id])
    return shop


def keep_flag(tx: Transaction, act: Act, row: FlagRow, brand_id: int, category_id: int) -> bool:
    """Keep a flag with its shop and listing; says whether it is new."""
    shop = keep_shop(
        tx,
        act,
        platform=row.platform,
        shop_id=row.shop_id,
        name=row.shop_name,
        registrant=row.registrant,
        region=row.region,
        said_by=row.source,
    )
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
    if new_listing or row.listing_url != listing.url:
        searching.keep_address(tx, listing.id, row.listing_url)
    return add_if_absent(
        tx,
        Flag,
        kind=row.kind,
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
