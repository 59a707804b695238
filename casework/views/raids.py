"""Raids in lists: with the figures of the source that was taken for each, and of no other.

Leaves one raid with all that is said of it to `casework.views.raid`.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from casework.raiding.raid_lines import claim_of, standing
from rules.raids import LEADING
from rules.seizures import Count, Total, counts, totals
from storage import keyset
from storage.keyset import FIRST, Paged, Turn
from storage.rows import every, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Agency,
    FiguresChoice,
    FoundSeller,
    Operator,
    Raid,
    RaidSource,
    Referral,
    SeizureLine,
)

_OFFERED = 200
"""Referrals that a form offers; the reference of an older one is typed."""


@dataclass(frozen=True, slots=True)
class RaidLine:
    """A raid in a list. `counts` and `totals` are those of the source taken, where one was."""

    raid: Raid
    operator: Operator
    agency: str
    referral: str | None
    source: RaidSource | None
    counts: tuple[Count, ...]
    totals: tuple[Total, ...]


@dataclass(frozen=True, slots=True)
class OfOperator:
    """The raids against an operator, and references of those where it was a second seller."""

    against: tuple[RaidLine, ...]
    found_at: tuple[str, ...]


def raids(db: Database, turn: Turn = FIRST) -> Paged[RaidLine]:
    """A page of raids, the newest first."""
    with db.read() as tx:
        found = keyset.page(tx, Raid, newest=True, turn=turn)
        return found.each(lambda rows: _lines(tx, rows))


def every_raid(db: Database) -> list[RaidLine]:
    """All raids, the newest first, for a table."""
    with db.read() as tx:
        return _lines(tx, every(tx, Raid, order_by=table_of(Raid).c.id.desc()))


def agencies_of_raids(db: Database) -> tuple[str, ...]:
    """The names of the agencies that a raid can be planned with, by name."""
    with db.read() as tx:
        return tuple(each.name for each in every(tx, Agency, order_by=table_of(Agency).c.name))


def referrals_leading(db: Database) -> tuple[str, ...]:
    """References of the referrals that a raid can be planned on; the newest of very many."""
    rows = table_of(Referral).c
    leading = rows.state.in_(sorted(LEADING))
    with db.read() as tx:
        found = every(tx, Referral, leading, order_by=rows.id.desc(), limit=_OFFERED)
        return tuple(each.reference for each in found)


def raids_of_operator(tx: Transaction, whole: Sequence[int]) -> OfOperator:
    """The raids against operators, the newest first, and those they were found at.

    `whole`: an operator with all that were merged into it.
    """
    newest = table_of(Raid).c.id.desc()
    against = _lines(tx, every(tx, Raid, table_of(Raid).c.operator_id.in_(whole), order_by=newest))
    rows = every(tx, FoundSeller, table_of(FoundSeller).c.operator_id.in_(whole))
    wanted = table_of(Raid).c.id.in_([row.raid_id for row in rows])
    at = [row.reference for row in every(tx, Raid, wanted, order_by=table_of(Raid).c.id)]
    return OfOperator(tuple(against), tuple(at))


def raids_of_referral(tx: Transaction, referral_id: int) -> list[RaidLine]:
    """The raids that a referral led to, the newest first."""
    newest = table_of(Raid).c.id.desc()
    return _lines(tx, every(tx, Raid, referral_id=referral_id, order_by=newest))


def _lines(tx: Transaction, rows: Sequence[Raid]) -> list[RaidLine]:
    operators = {
        each.id: each
        for each in every(tx, Operator, table_of(Operator).c.id.in_({r.operator_id for r in rows}))
    }
    agencies = {
        each.id: each.name
        for each in every(tx, Agency, table_of(Agency).c.id.in_({r.agency_id for r in rows}))
    }
    led = {row.referral_id for row in rows if row.referral_id}
    referrals = {
        each.id: each.reference for each in every(tx, Referral, table_of(Referral).c.id.in_(led))
    }
    ids = [row.id for row in rows]
    choices = every(
        tx,
        FiguresChoice,
        table_of(FiguresChoice).c.raid_id.in_(ids),
        order_by=table_of(FiguresChoice).c.id,
    )
    taken = {each.raid_id: each.source_id for each in choices}
    sources = {
        each.id: each
        for each in every(tx, RaidSource, table_of(RaidSource).c.id.in_(taken.values()))
    }
    said: dict[int, list[SeizureLine]] = defaultdict(list)
    columns = table_of(SeizureLine).c
    theirs = every(tx, SeizureLine, columns.source_id.in_(list(sources)), order_by=columns.id)
    for line in theirs:
        said[line.raid_id].append(line)
    told: list[RaidLine] = []
    for row in rows:
        claims = [claim_of(line) for line in standing(said[row.id])]
        told.append(
            RaidLine(
                row,
                operators[row.operator_id],
                agencies[row.agency_id],
                referrals.get(row.referral_id or 0),
                sources.get(taken.get(row.id, 0)),
                counts(claims),
                totals(claims),
            )
        )
    return told
