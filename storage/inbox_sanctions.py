"""The selects of the inbox about sanctions: to be decided, told, heard, and put in force; and about
cases of made-up orders to be settled.
"""

import sqlalchemy as sa

from rules.brushing import BrushingState
from rules.sanctions import SanctionMove, SanctionState
from storage.inbox_testbuys import Asker, columns, me, now
from storage.rows import table_of
from storage.tables import (
    Brushing,
    BrushingEstimate,
    OutcomeReview,
    Sanction,
    SanctionAppeal,
    SanctionStep,
    SanctionTestBuy,
    Shop,
)

_rows, _shops, _appeals = table_of(Sanction), table_of(Shop), table_of(SanctionAppeal)
_cases, _figures = table_of(Brushing).c, table_of(BrushingEstimate).c
_links, _steps = table_of(SanctionTestBuy).c, table_of(SanctionStep).c
_reviews = table_of(OutcomeReview).c
_reviewed = sa.exists().where(_reviews.about == _rows.c.reference, _reviews.decided_at.is_(None))
"""What it rests on was judged anew: that is looked at before anything is done."""


def _sanction(since: sa.ColumnElement, *where: sa.ColumnElement[bool]) -> sa.Select:
    number, reference = _rows.c.id, _rows.c.reference
    return (
        columns(number, reference, place=reference, detail=_shops.c.name, since=since)
        .select_from(_rows)
        .join(_shops, _shops.c.id == _rows.c.shop_id)
        .where(*where)
        .order_by(_rows.c.id)
    )


def to_decide(_: Asker) -> sa.Select:
    """Proposed ones that nobody must look at again, of which one did not put in any part."""
    own = sa.exists().where(_links.sanction_id == _rows.c.id, _links.added_by == me)
    proposed = _rows.c.state == SanctionState.PROPOSED
    return _sanction(_rows.c.proposed_at, proposed, _rows.c.proposed_by != me, ~own, ~_reviewed)


def to_notify(_: Asker) -> sa.Select:
    """Decided ones whose sellers were not told."""
    return _sanction(_rows.c.decided_at, _rows.c.state == SanctionState.DECIDED, ~_reviewed)


def to_hear(_: Asker) -> sa.Select:
    """Appeals against sanctions in which one had no part."""
    part = sa.exists().where(
        _steps.sanction_id == _rows.c.id,
        _steps.by_person == me,
        _steps.move != SanctionMove.APPEAL,
        _steps.move != SanctionMove.UPHOLD,
    )
    own = sa.exists().where(_links.sanction_id == _rows.c.id, _links.added_by == me)
    waits = (_rows.c.state == SanctionState.APPEALED, _appeals.c.decided_at.is_(None))
    return _sanction(_appeals.c.recorded_at, *waits, ~part, ~own).join(
        _appeals, _appeals.c.sanction_id == _rows.c.id
    )


def unopposed(_: Asker) -> sa.Select:
    """Told ones that are not in force although the time to object is over, or upheld on appeal."""
    told = sa.or_(_rows.c.state == SanctionState.NOTIFIED, _rows.c.state == SanctionState.UPHELD)
    due = (_rows.c.in_force_at.is_(None), _rows.c.objections_end_at <= now)
    return _sanction(_rows.c.objections_end_at, told, *due, ~_reviewed)


def to_settle(_: Asker) -> sa.Select:
    """Open cases of made-up orders in which one had no part: they keep a gauge down until then."""
    told = sa.exists().where(_figures.brushing_id == _cases.id, _figures.recorded_by == me)
    return (
        columns(
            _cases.id,
            _cases.reference,
            place=_cases.reference,
            detail=_shops.c.name,
            since=_cases.opened_at,
        )
        .select_from(table_of(Brushing))
        .join(_shops, _shops.c.id == _cases.shop_id)
        .where(_cases.state == BrushingState.OPEN, _cases.opened_by != me, ~told)
        .order_by(_cases.id)
    )
