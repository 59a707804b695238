"""One operator: its shops and why they are linked, test buys, the gauge, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.errors import NotFound
from casework.gauging import gauge
from casework.pricing import Worth, worth
from rules.thresholds import Gauge
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Agency, Operator, Proceeding, Referral, SalesSnapshot, Shop, TestBuy

_BUYS = 50


@dataclass(frozen=True, slots=True)
class Reading:
    """The gauge of a jurisdiction, and the agencies that take its referrals."""

    jurisdiction: str
    gauge: Gauge
    agencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OperatorPage:
    """All that is on record of one operator. `testbuys`: the newest, at most 50.

    `worth`: both valuations, by the currencies of its sales.
    """

    operator: Operator
    shops: Sequence[Shop]
    sales: dict[int, list[SalesSnapshot]]
    readings: tuple[Reading, ...]
    worth: tuple[tuple[str, Worth], ...]
    testbuys: Sequence[TestBuy]
    referrals: Sequence[Referral]
    proceedings: Sequence[Proceeding]


def operator_page(db: Database, reference: str, now: datetime) -> OperatorPage:
    """One operator by its reference; NotFound where there is none."""
    buys = table_of(TestBuy).c
    with db.read() as tx:
        operator = one(tx, Operator, reference=reference)
        if operator is None:
            raise NotFound(f"There is no operator {reference}.")
        shops = every(tx, Shop, operator_id=operator.id, order_by=table_of(Shop).c.name)
        sales = _sales(tx, [shop.id for shop in shops])
        currencies = sorted({row.currency for rows in sales.values() for row in rows})
        return OperatorPage(
            operator,
            shops,
            sales,
            tuple(_readings(tx, operator.id, shops, now)),
            tuple((currency, worth(tx, operator.id, currency)) for currency in currencies),
            every(
                tx,
                TestBuy,
                buys.shop_id.in_([shop.id for shop in shops]),
                order_by=buys.id.desc(),
                limit=_BUYS,
            ),
            every(tx, Referral, operator_id=operator.id, order_by=table_of(Referral).c.id.desc()),
            every(tx, Proceeding, operator_id=operator.id, order_by=table_of(Proceeding).c.id),
        )


def _readings(
    tx: Transaction, operator_id: int, shops: Sequence[Shop], now: datetime
) -> Sequence[Reading]:
    """A gauge for each country in which its shops are, whether or not an agency takes its cases."""
    agencies = every(tx, Agency, order_by=table_of(Agency).c.name)
    countries = sorted({shop.region for shop in shops if shop.region})
    return [
        Reading(
            country,
            gauge(tx, operator_id, country, now),
            tuple(each.name for each in agencies if each.jurisdiction == country),
        )
        for country in countries
    ]


def _sales(tx: Transaction, shops: Sequence[int]) -> dict[int, list[SalesSnapshot]]:
    columns = table_of(SalesSnapshot).c
    found: dict[int, list[SalesSnapshot]] = {shop: [] for shop in shops}
    for row in every(tx, SalesSnapshot, columns.shop_id.in_(shops), order_by=columns.id.desc()):
        found[row.shop_id].append(row)
    return found
