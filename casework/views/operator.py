"""One operator: its shops and why they are linked, test buys, the gauge, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.errors import NotFound
from casework.gauge.gauging import gauge
from casework.gauge.pricing import Worth, worth
from casework.views.brushing import OperatorBrushing, brushing_of
from casework.views.claims import ClaimLine, claims_of
from casework.views.membership import LinksOfOperator, links_of
from casework.views.package import PackagePage, of_operator
from casework.views.raids import OfOperator, raids_of_operator
from casework.views.sales import Said, sales_of
from casework.views.sanctions import SanctionLine, of_shops
from rules.thresholds import Gauge
from storage.linking import family
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Agency, Operator, Proceeding, Referral, Shop, TestBuy

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

    `worth`: both valuations, by the currencies of its sales. `links`: what ties its shops. What was
    placed on an operator that was merged into it is shown with its own.
    """

    operator: Operator
    shops: Sequence[Shop]
    sales: dict[int, list[Said]]
    readings: tuple[Reading, ...]
    worth: tuple[tuple[str, Worth], ...]
    testbuys: Sequence[TestBuy]
    referrals: Sequence[Referral]
    proceedings: Sequence[Proceeding]
    raids: OfOperator
    links: LinksOfOperator
    claims: tuple[ClaimLine, ...]
    sanctions: Sequence[SanctionLine]
    brushing: OperatorBrushing
    package: PackagePage


def operator_page(db: Database, reference: str, now: datetime) -> OperatorPage:
    """One operator by its reference; NotFound where there is none."""
    buys = table_of(TestBuy).c
    with db.read() as tx:
        operator = one(tx, Operator, reference=reference)
        if operator is None:
            raise NotFound(f"There is no operator {reference}.")
        shops = every(tx, Shop, operator_id=operator.id, order_by=table_of(Shop).c.name)
        sales = sales_of(tx, [shop.id for shop in shops])
        whole = family(tx, operator.id)
        referrals, proceedings = table_of(Referral).c, table_of(Proceeding).c
        currencies = sorted({each.record.currency for rows in sales.values() for each in rows})
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
            every(tx, Referral, referrals.operator_id.in_(whole), order_by=referrals.id.desc()),
            every(tx, Proceeding, proceedings.operator_id.in_(whole), order_by=proceedings.id),
            raids_of_operator(tx, whole),
            links_of(tx, operator, shops),
            claims_of(tx, whole),
            of_shops(tx, [shop.id for shop in shops]),
            brushing_of(tx, operator.id),
            of_operator(tx, operator),
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
