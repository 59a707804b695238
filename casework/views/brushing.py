"""Cases of brushing: their list, one with what sources say, and what is left of sales without."""

from collections.abc import Sequence
from dataclasses import dataclass

from casework.gauge.brushing import estimates_of, known, taken_out
from casework.gauge.gauging import sales_of
from rules.brushing import SalesRange, ranges
from storage import keyset
from storage.keyset import FIRST, Paged, Turn
from storage.persons import names
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Brushing, BrushingEstimate, Flag, Operator, Sanction, Shop


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list."""

    case: Brushing
    shop: Shop


@dataclass(frozen=True, slots=True)
class CasePage:
    """One case. `flag`: its source's number, where it was opened from one. `people` by number."""

    case: Brushing
    shop: Shop
    operator: Operator | None
    flag: str | None
    estimates: Sequence[BrushingEstimate]
    sanctions: tuple[str, ...]
    people: dict[int, str]


@dataclass(frozen=True, slots=True)
class OperatorBrushing:
    """What an operator's page shows: the cases, and the sales as a range in each currency."""

    cases: Sequence[CaseLine]
    ranges: tuple[SalesRange, ...]


def cases(db: Database, turn: Turn = FIRST) -> Paged[CaseLine]:
    """A page of cases, the newest first."""
    with db.read() as tx:
        found = keyset.page(tx, Brushing, newest=True, turn=turn)
        return found.each(lambda rows: _lines(tx, rows))


@dataclass(frozen=True, slots=True)
class EstimateLine:
    """A case with one of its estimates, or with None where nobody has said how many."""

    line: CaseLine
    estimate: BrushingEstimate | None


def every_estimate(db: Database) -> Sequence[EstimateLine]:
    """Every case, the oldest first, with each of its estimates."""
    with db.read() as tx:
        rows = table_of(BrushingEstimate).c
        said: dict[int, list[BrushingEstimate]] = {}
        for each in every(tx, BrushingEstimate, order_by=rows.id):
            said.setdefault(each.brushing_id, []).append(each)
        lines = _lines(tx, every(tx, Brushing, order_by=table_of(Brushing).c.id))
        return [
            EstimateLine(line, each) for line in lines for each in said.get(line.case.id, [None])
        ]


def case(db: Database, reference: str) -> CasePage:
    """One case by its reference; NotFound where there is none."""
    with db.read() as tx:
        row = known(tx, reference)
        shop = one(tx, Shop, id=row.shop_id)
        assert shop is not None  # a foreign key holds it
        flag = one(tx, Flag, id=row.flag_id) if row.flag_id else None
        estimates = estimates_of(tx, row.id)
        return CasePage(
            row,
            shop,
            one(tx, Operator, id=shop.operator_id) if shop.operator_id else None,
            flag.source_flag_id if flag else None,
            estimates,
            tuple(each.reference for each in every(tx, Sanction, brushing_id=row.id)),
            names(tx, [row.opened_by, row.settled_by, *(each.recorded_by for each in estimates)]),
        )


def brushing_of(tx: Transaction, operator_id: int) -> OperatorBrushing:
    """The cases against an operator's shops, and what is left of their sales."""
    records = sales_of(tx, operator_id)
    rows = table_of(Brushing).c
    found = every(tx, Brushing, rows.shop_id.in_(sorted(records)), order_by=rows.id.desc())
    return OperatorBrushing(_lines(tx, found), ranges(records, taken_out(tx, records)))


def _lines(tx: Transaction, rows: Sequence[Brushing]) -> list[CaseLine]:
    shops = table_of(Shop).c
    by_number = {
        each.id: each for each in every(tx, Shop, shops.id.in_([row.shop_id for row in rows]))
    }
    return [CaseLine(row, by_number[row.shop_id]) for row in rows]
