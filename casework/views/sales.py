"""Sales records as pages show them: what a source said again in the same words is one line.

A source is asked anew for each test buy of an operator, and every answer is kept: a later record
may take the place of an earlier one of another period, so that a repeated answer is not the same
as none (`rules.sales`). What it said is the same where shop, period, source, amount, currency and
units are, with nothing else said of that period in between.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.rows import every, table_of
from storage.session import Transaction
from storage.tables import SalesSnapshot


@dataclass(frozen=True, slots=True)
class Said:
    """The last of records that say the same, how many there are, and when the first was taken."""

    record: SalesSnapshot
    times: int
    since: datetime


def sales_of(tx: Transaction, shops: Sequence[int]) -> dict[int, list[Said]]:
    """What sources said of shops by the shop's number, the newest first."""
    columns = table_of(SalesSnapshot).c
    found: dict[int, list[SalesSnapshot]] = {shop: [] for shop in shops}
    order = (columns.taken_at, columns.id)
    for row in every(tx, SalesSnapshot, columns.shop_id.in_(shops), order_by=order):
        found[row.shop_id].append(row)
    return {shop: said(rows) for shop, rows in found.items()}


def said(records: Sequence[SalesSnapshot]) -> list[Said]:
    """One line for each thing that was said; `records` of one shop, the oldest first."""
    lines: list[list[SalesSnapshot]] = []
    last: dict[tuple[object, ...], list[SalesSnapshot]] = {}
    for row in records:
        of = (row.period_start, row.period_end, row.source)
        if of in last and _figure(last[of][-1]) == _figure(row):
            last[of].append(row)
        else:
            last[of] = [row]
            lines.append(last[of])
    told = [Said(line[-1], len(line), line[0].taken_at) for line in lines]
    return sorted(told, key=lambda line: (line.record.taken_at, line.record.id), reverse=True)


def _figure(row: SalesSnapshot) -> tuple[object, ...]:
    return row.amount_minor, row.currency, row.units
