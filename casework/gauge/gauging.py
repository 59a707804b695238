"""The gap-to-refer gauge of an operator, from the sales on record and the thresholds in force."""

from collections import defaultdict
from datetime import datetime

from casework.act import Act
from casework.gauge.brushing import taken_out
from casework.gauge.floors import as_rule
from casework.outcomes.package_rows import offended_before
from rules import brushing, thresholds
from rules.money import Money
from storage import ledger, searching, testbuys
from storage.linking import survivor
from storage.rows import add, change_one, every, one, table_of
from storage.session import Transaction
from storage.tables import (
    Agency,
    Operator,
    SalesSnapshot,
    SearchKind,
    Shop,
    ThresholdRow,
)

NO_LINK = "No link to another shop is known."
_shops = table_of(Shop)


def gauge(tx: Transaction, operator_id: int, jurisdiction: str, now: datetime) -> thresholds.Gauge:
    """The gap-to-refer gauge of an operator, summed over the linked shops.

    Orders that may be made up are taken out: a limb is met by what is left alone.
    """
    rows = every(tx, ThresholdRow, order_by=table_of(ThresholdRow).c.id)
    floors = [as_rule(row) for row in rows]
    records = sales_of(tx, operator_id)
    before = offended_before(tx, operator_id, now)
    shops = every(tx, Shop, operator_id=survivor(tx, operator_id))
    names = {shop.id: shop.name for shop in shops}
    made_up = taken_out(tx, records)
    return brushing.gauge(floors, records, made_up, now, jurisdiction, before, names)


def sales_of(tx: Transaction, operator_id: int) -> dict[int, list[thresholds.SalesRecord]]:
    """The sales on record of each shop of an operator; an empty list where there are none.

    Of an operator that was merged into another, those of all the shops of that one.
    """
    snapshots = table_of(SalesSnapshot)
    records: dict[int, list[thresholds.SalesRecord]] = defaultdict(list)
    for shop in every(tx, Shop, operator_id=survivor(tx, operator_id), order_by=_shops.c.id):
        records[shop.id] = [
            thresholds.SalesRecord(
                shop_id=row.shop_id,
                period_start=row.period_start,
                period_end=row.period_end,
                amount=Money(row.amount_minor, row.currency),
                source=row.source,
                taken_at=row.taken_at,
                units=row.units,
            )
            for row in every(
                tx, SalesSnapshot, snapshots.c.shop_id == shop.id, order_by=snapshots.c.id
            )
        ]
    return dict(records)


def operator_of(tx: Transaction, act: Act, shop: Shop) -> Operator:
    """The shop's operator, locked; a shop nobody linked yet has one of its own."""
    if shop.operator_id is None:
        operator_id = new_operator(tx, act, f"Operator of {shop.name}")
        change_one(tx, Shop, shop.id, operator_id=operator_id, link_basis=NO_LINK)
    else:
        operator_id = shop.operator_id
    operator = one(tx, Operator, table_of(Operator).c.id == operator_id, lock=True)
    assert operator is not None  # a foreign key holds it
    return operator


def new_operator(tx: Transaction, act: Act, name: str) -> int:
    """Insert an operator under the next reference; gives its number."""
    reference = f"OP-{testbuys.next_number(tx, 'OP'):04d}"
    ledger.append(tx, reference, {"what": "operator opened", "by": act.by}, act.now)
    number = add(tx, Operator, reference=reference, name=name, created_at=act.now)
    searching.keep(tx, SearchKind.OPERATOR, number, name)
    return number


def agency_for(tx: Transaction, shop: Shop) -> Agency | None:
    agencies = table_of(Agency)
    found = every(tx, Agency, agencies.c.jurisdiction == shop.region, order_by=agencies.c.id)
    return found[0] if found else None
