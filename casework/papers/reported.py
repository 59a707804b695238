"""What a referral's report rests on: the rows on record, with what leads to a buyer covered.

Owns which rows those are, and covering what people typed in them. Leaves printing them to
`casework.papers.reporting`, reading rows to `casework.outcomes.package_rows`, the gauge to
`casework.gauge.gauging`, the ties of shops to `casework.papers.linked`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from casework.gauge.gauging import gauge
from casework.gauge.pricing import Worth, worth
from casework.outcomes.package_rows import PackageRows, SellerTold, rows_of
from casework.papers import linked
from casework.papers.linked import Linked
from casework.papers.package_data import as_data, fields_of
from casework.privacy.tracing import Cover
from casework.record.record import Record
from casework.referring import gating
from evidence.ledger import Entry as LedgerEntry
from rules.completeness import ItemReading
from rules.package import RowKind, Said
from rules.thresholds import Gauge
from storage import ledger
from storage.linking import survivor
from storage.rows import every, one, table_of
from storage.session import Transaction
from storage.tables import Agency, Operator, PackageWaiver, Referral, Shop, TestBuy


@dataclass(frozen=True, slots=True)
class Reported:
    """What a report rests on: the rows with what leads to a buyer covered, and the gauge."""

    referral: Referral
    agency: Agency
    operator: Operator
    links: Linked
    rows: PackageRows
    gauge: Gauge
    worth: tuple[Worth, ...]
    items: tuple[ItemReading, ...]
    waivers: tuple[PackageWaiver, ...]
    chain: tuple[LedgerEntry, ...]

    @property
    def data(self) -> dict[str, Any]:
        """The rows as a bundle's `testbuy.json` holds them."""
        return as_data(self.rows, self.items, self.waivers)


def reported(tx: Transaction, reference: str, records: Sequence[Record], now: datetime) -> Reported:
    """What the report of a referral rests on now; `records` are of its test buys."""
    row = one(tx, Referral, reference=reference)
    agency = one(tx, Agency, id=row.agency_id) if row else None
    operator = one(tx, Operator, id=row.operator_id) if row else None
    assert row and agency and operator  # foreign keys hold them
    shops = every(tx, Shop, operator_id=survivor(tx, operator.id), order_by=table_of(Shop).c.id)
    cover = _cover(tx, shops)
    rows = rows_of(tx, operator.id)
    standing = {
        kind.value: tuple(replace(row, said=_covered(row.said, cover)) for row in rows.of(kind))
        for kind in RowKind
    }
    currencies = sorted({record.testbuy.currency for record in records})
    return Reported(
        row,
        agency,
        operator,
        linked.linked(tx, operator, shops, cover),
        replace(rows, **standing, told=tuple(_told(each, cover) for each in rows.told)),
        gauge(tx, operator.id, agency.jurisdiction, now),
        tuple(worth(tx, operator.id, currency) for currency in currencies),
        gating.readings(tx, row, now),
        tuple(
            each._replace(reason=cover(each.reason))  # pyright: ignore[reportAttributeAccessIssue]
            for each in every(
                tx, PackageWaiver, referral_id=row.id, order_by=table_of(PackageWaiver).c.id
            )
        ),
        tuple(ledger.chain(tx, reference)),
    )


def _cover(tx: Transaction, shops: Sequence[Shop]) -> linked.Cover:
    """Covers what leads to the buyer of any test buy of these shops."""
    about = table_of(TestBuy).c
    theirs = every(tx, TestBuy, about.shop_id.in_([shop.id for shop in shops]), order_by=about.id)
    covers = [Cover(tx, testbuy) for testbuy in theirs]

    def cover(text: str) -> str:
        for each in covers:
            text = each(text)
        return text

    return cover


def _told(row: SellerTold, cover: linked.Cover) -> SellerTold:
    sanction: Any = row.sanction  # a named tuple, typed as its table
    clause = cover(row.sanction.clause)
    return replace(row, sanction=sanction._replace(clause=clause), given_by=cover(row.given_by))


def _covered(said: Said, cover: linked.Cover) -> Said:
    """What people typed, whatever leads to a buyer covered."""
    typed: dict[str, Any] = {
        name: value
        for name, value in fields_of(said)
        if isinstance(value, str) and not isinstance(value, StrEnum)
    }
    return replace(said, **{name: cover(value) for name, value in typed.items()})
