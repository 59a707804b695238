"""Photos whose code or number no machine read: which of them a clerk has still to look at.

Owns the list alone. What a code or number is compared with, and the clerk's word on it, are
`casework.confirming`'s.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from rules.lifecycle import Stage
from rules.shots import SHOTS, Proof
from storage.rows import table_of
from storage.session import Transaction
from storage.tables import Confirmation, Exhibit, OrderAttempt, Parcel, Photo, TestBuy

_photos, _testbuys = table_of(Photo), table_of(TestBuy)
_confirmations, _exhibits = table_of(Confirmation).c, table_of(Exhibit).c
_parcels, _attempts = table_of(Parcel).c, table_of(OrderAttempt).c
_STAGES = (Stage.ORDERED, Stage.RECEIVED, Stage.DOCUMENTED, Stage.SUBMITTED, Stage.JUDGED)


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """An accepted photo, its test buy, and what no machine read in it."""

    public_id: str
    shot: str
    testbuy: str
    proof: Proof
    received_at: datetime


def unconfirmed(tx: Transaction, limit: int) -> tuple[Unconfirmed, ...]:
    """Photos of running test buys that nobody has compared by eye, oldest first.

    Left out are those there is nothing to compare with yet: no parcel's number, no exhibit's seal.
    """
    found = []
    for proof, on_record in _unread().items():
        shown = [code for code, shot in SHOTS.items() if proof in shot.shows]
        looked_at = sa.exists().where(
            _confirmations.photo_id == _photos.c.id, _confirmations.proof == proof
        )
        query = (
            sa.select(
                _photos.c.id,
                _photos.c.public_id,
                _photos.c.shot,
                _photos.c.received_at,
                _testbuys.c.reference,
            )
            .join(_testbuys, _testbuys.c.id == _photos.c.testbuy_id)
            .where(
                _testbuys.c.stage.in_(_STAGES),
                _photos.c.accepted.is_(True),
                _photos.c.shot.in_(shown),
                on_record,
                ~looked_at,
            )
            .order_by(_photos.c.id)
            .limit(limit)
        )
        found += [(row, proof) for row in tx.execute(query)]
    found.sort(key=lambda each: each[0].id)
    return tuple(
        Unconfirmed(row.public_id, row.shot, row.reference, proof, row.received_at)
        for row, proof in found[:limit]
    )


def _unread() -> dict[Proof, sa.ColumnElement[bool]]:
    """For each proof: that no machine read it, and that there is something to compare it with."""
    parcel = (
        sa.exists()
        .where(_parcels.order_attempt_id == _attempts.id)
        .where(_attempts.testbuy_id == _photos.c.testbuy_id)
    )
    return {
        Proof.CHALLENGE: _photos.c.challenge_found.is_not(True),
        Proof.WAYBILL: sa.and_(_photos.c.barcode.is_distinct_from("match"), parcel),
        Proof.SEAL: sa.exists().where(_exhibits.testbuy_id == _photos.c.testbuy_id),
    }
