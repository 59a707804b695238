"""The docket: proceedings against operators, what is kept for them, and how they ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from storage.rows import every, table_of
from storage.session import Database, Transaction
from storage.tables import HoldLift, LegalHold, Operator, Proceeding, Referral

PAGE = 50


@dataclass(frozen=True, slots=True)
class DocketLine:
    """One proceeding. `holds`: the numbers of legal holds on the operator that stand."""

    proceeding: Proceeding
    operator: Operator
    referral: str | None
    holds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Docket:
    """A page of proceedings, newest first; `older`: the key of the next page, where any."""

    lines: tuple[DocketLine, ...]
    older: int | None


def docket(db: Database, *, open_only: bool, words: str, older: int | None) -> Docket:
    """Proceedings whose court or number, or whose operator's reference, holds `words`."""
    rows = table_of(Proceeding).c
    where: list[Any] = [rows.ended_on.is_(None)] if open_only else []
    if older is not None:
        where.append(rows.id < older)
    with db.read() as tx:
        if words:
            named = every(tx, Operator, reference=words.upper())
            where.append(
                rows.name.icontains(words, autoescape=True)
                | rows.operator_id.in_([operator.id for operator in named])
            )
        found = every(tx, Proceeding, *where, order_by=rows.id.desc(), limit=PAGE + 1)
        lines = _lines(tx, found[:PAGE])
    return Docket(lines, found[PAGE - 1].id if len(found) > PAGE else None)


def _lines(tx: Transaction, found: Sequence[Proceeding]) -> tuple[DocketLine, ...]:
    ids = {row.operator_id for row in found}
    operators = {row.id: row for row in every(tx, Operator, table_of(Operator).c.id.in_(ids))}
    wanted = [row.referral_id for row in found if row.referral_id]
    referrals = {
        row.id: row.reference for row in every(tx, Referral, table_of(Referral).c.id.in_(wanted))
    }
    holds = every(tx, LegalHold, table_of(LegalHold).c.operator_id.in_(ids))
    lifted = {
        row.hold_id
        for row in every(tx, HoldLift, table_of(HoldLift).c.hold_id.in_([h.id for h in holds]))
    }
    return tuple(
        DocketLine(
            row,
            operators[row.operator_id],
            referrals.get(row.referral_id or 0),
            tuple(
                hold.id
                for hold in holds
                if hold.operator_id == row.operator_id and hold.id not in lifted
            ),
        )
        for row in found
    )
