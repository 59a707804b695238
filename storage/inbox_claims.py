"""The selects of the inbox about civil claims: complete ones whose filing waits for an approver,
and what counsel asks to have struck.

Owns when a claim is complete as a row: the same list as `rules.pleading.is_complete`.
"""

import sqlalchemy as sa

from rules.claims import ClaimState
from rules.pleading import PartyRole
from rules.resting import RestsOn
from rules.verdicts import COUNTERFEITS
from storage.inbox_testbuys import Asker, columns, me
from storage.rows import table_of
from storage.tables import (
    Claim,
    ClaimAllocation,
    ClaimCause,
    ClaimContributor,
    ClaimEvidence,
    ClaimHead,
    ClaimParty,
    ClaimPayment,
    ClaimRelief,
    ClaimStep,
    ClaimStrike,
    ClaimTestBuy,
    Judgment,
    OutcomeReview,
    TestBuy,
)

_rows = table_of(Claim)
_parties, _added = table_of(ClaimParty).c, table_of(ClaimContributor).c
_reviews = table_of(OutcomeReview).c
_strikes = table_of(ClaimStrike)
_links, _testbuys = table_of(ClaimTestBuy).c, table_of(TestBuy).c


def to_approve(_: Asker) -> sa.Select:
    """Prepared ones that say all, rest on counterfeits alone, and in which one had no part."""
    own = sa.exists().where(_added.claim_id == _rows.c.id, _added.person_id == me)
    sued = _has(ClaimParty, _parties.role == PartyRole.DEFENDANT)
    sues = _has(ClaimParty, _parties.role != PartyRole.DEFENDANT)
    reviewed = sa.exists().where(
        _reviews.about == _rows.c.reference,
        _reviews.rests == RestsOn.CLAIM,
        _reviews.decided_at.is_(None),
    )
    another = sa.and_(*(_testbuys.conclusion != each for each in sorted(COUNTERFEITS)))
    doubted = sa.exists().where(
        _links.claim_id == _rows.c.id,
        _testbuys.id == _links.testbuy_id,
        sa.or_(_testbuys.conclusion.is_(None), another),
    )
    return (
        columns(
            _rows.c.id,
            _rows.c.reference,
            place=_rows.c.reference,
            detail=_rows.c.court,
            since=_rows.c.changed_at,
        )
        .select_from(_rows)
        .where(
            _rows.c.state == ClaimState.PREPARED,
            _rows.c.prepared_by != me,
            _rows.c.acceptance_digest.is_not(None),
            ~own,
            sued,
            sues,
            _has(ClaimCause),
            sa.or_(_has(ClaimHead), _has(ClaimRelief)),
            _has(ClaimEvidence),
            ~reviewed,
            ~doubted,
        )
        .order_by(_rows.c.id)
    )


def to_strike(_: Asker) -> sa.Select:
    """What somebody else recorded, and somebody else asks to have struck."""
    rows = _strikes.c
    return (
        columns(
            rows.id,
            _rows.c.reference,
            place=_rows.c.reference,
            detail=_rows.c.court,
            since=rows.asked_at,
        )
        .select_from(_strikes)
        .join(_rows, _rows.c.id == rows.claim_id)
        .where(
            rows.decided_at.is_(None),
            rows.asked_by != me,
            ~_recorded(ClaimPayment, rows.payment_id),
            ~_recorded(ClaimAllocation, rows.allocation_id),
            ~_recorded(Judgment, rows.judgment_id),
            ~_recorded(ClaimStep, rows.step_id),
        )
        .order_by(rows.id)
    )


def _recorded(table: type, number: sa.ColumnElement) -> sa.ColumnElement[bool]:
    own = table_of(table).c
    return sa.exists().where(own.id == number, own.recorded_by == me)


def _has(table: type, *where: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(table_of(table).c.claim_id == _rows.c.id, *where)
