"""The docket: proceedings against operators, what is kept for them, and how they ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from storage.linking import family, survivor
from storage.rows import every, table_of
from storage.session import Database, Transaction
from storage.tables import Claim, HoldLift, LegalHold, Operator, Proceeding, Referral

PAGE = 50


@dataclass(frozen=True, slots=True)
class DocketLine:
    """One proceeding. `holds`: the numbers of legal holds on the operator that stand.

    `referral` and `claim`: the reference of what it follows.
    """

    proceeding: Proceeding
    operator: Operator
    referral: str | None
    claim: str | None
    holds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Docket:
    """A page of proceedings, newest first; `older`: the key of the next page, where any.

    `operators` are all that proceedings can be against: reference and name, by name.
    """

    lines: tuple[DocketLine, ...]
    older: int | None
    operators: tuple[tuple[str, str], ...]


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
        known = table_of(Operator).c
        own = every(tx, Operator, known.merged_into_id.is_(None), order_by=(known.name, known.id))
        operators = tuple((each.reference, each.name) for each in own)
    return Docket(lines, found[PAGE - 1].id if len(found) > PAGE else None, operators)


def _lines(tx: Transaction, found: Sequence[Proceeding]) -> tuple[DocketLine, ...]:
    ids = {row.operator_id for row in found}
    operators = {row.id: row for row in every(tx, Operator, table_of(Operator).c.id.in_(ids))}
    wanted = [row.referral_id for row in found if row.referral_id]
    referrals = {
        row.id: row.reference for row in every(tx, Referral, table_of(Referral).c.id.in_(wanted))
    }
    followed = every(tx, Claim, table_of(Claim).c.proceeding_id.in_([row.id for row in found]))
    claims = {row.proceeding_id: row.reference for row in followed}
    # A hold keeps what the operator's proceedings rest on, whichever of those merged it is on.
    whole = {each: family(tx, survivor(tx, each)) for each in ids}
    over = {each for those in whole.values() for each in those}
    holds = every(tx, LegalHold, table_of(LegalHold).c.operator_id.in_(sorted(over)))
    lifted = {
        row.hold_id
        for row in every(tx, HoldLift, table_of(HoldLift).c.hold_id.in_([h.id for h in holds]))
    }
    return tuple(
        DocketLine(
            row,
            operators[row.operator_id],
            referrals.get(row.referral_id or 0),
            claims.get(row.id),
            tuple(
                hold.id
                for hold in holds
                if hold.operator_id in whole[row.operator_id] and hold.id not in lifted
            ),
        )
        for row in found
    )
