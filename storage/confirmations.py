"""Photos whose code or number no machine read: which of them a clerk has still to look at.

Owns the flag on a photo that says so, `to_confirm`: it is set while the photo is accepted, its test
buy is under way, and something it must show was neither read by a machine nor compared by a clerk
and is on record to be compared with. Whoever changes one of these looks the photos over again. What
a code or number is compared with, and the clerk's word on it, are
`casework.photographs.confirming`'s.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from rules import gates
from rules.lifecycle import ENDS, Stage
from rules.shots import SHOTS, Proof
from storage.rows import change, change_one, every, table_of
from storage.session import Transaction
from storage.tables import Confirmation, Exhibit, OrderAttempt, Parcel, Photo, TestBuy

RESTING = ENDS | {Stage.REFERRED}
"""Stages at which nobody is asked to compare photos: the package is out, or nothing follows."""

_photos, _testbuys = table_of(Photo), table_of(TestBuy)
_confirmations = table_of(Confirmation).c
_parcels, _attempts = table_of(Parcel), table_of(OrderAttempt).c
_SHOWING = tuple(code for code, shot in SHOTS.items() if shot.shows)


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """An accepted photo, its test buy, and what no machine read in it."""

    public_id: str
    shot: str
    testbuy: str
    proof: Proof
    received_at: datetime


def unread(photo: Photo | sa.Row[*tuple[Any, ...]]) -> tuple[Proof, ...]:
    """What a photo must show and no machine found in it."""
    return gates.unread(
        SHOTS[photo.shot],
        challenge_found=photo.challenge_found,
        seal_found=None,  # no machine looks for it: the seal is typed in after the photo
        barcode=photo.barcode,
    )


def look_over(tx: Transaction, testbuy: TestBuy) -> None:
    """Set the flag of each photo of a test buy anew, after anything it hangs on was changed."""
    photos = every(
        tx,
        Photo,
        _photos.c.testbuy_id == testbuy.id,
        _photos.c.shot.in_(_SHOWING),
        _photos.c.accepted.is_(True),
    )
    if not photos:
        return
    under_way = testbuy.stage not in RESTING
    known = frozenset(_on_record(tx, testbuy.id))
    compared = _compared(tx, _confirmations.testbuy_id == testbuy.id)
    for photo in photos:
        left = known & set(unread(photo)) - compared.get(photo.id, frozenset())
        waits = under_way and bool(left)
        if waits != photo.to_confirm:
            change_one(tx, Photo, photo.id, to_confirm=waits)


def rest(tx: Transaction, testbuy_id: int) -> None:
    """Nobody is asked any more to compare photos of a test buy that is referred or has ended."""
    change(
        tx,
        Photo,
        _photos.c.testbuy_id == testbuy_id,
        _photos.c.to_confirm.is_(True),
        to_confirm=False,
    )


def unconfirmed(tx: Transaction, limit: int, first: str | None = None) -> tuple[Unconfirmed, ...]:
    """Photos that wait for a clerk, the oldest first; before them the one with the id `first`."""
    rows = _waiting(tx, limit)
    if first is not None:
        asked = _waiting(tx, 1, _photos.c.public_id == first)
        rows = [*asked, *(row for row in rows if row.public_id != first)]
    compared = _compared(tx, _confirmations.photo_id.in_([row.id for row in rows]))
    found = [
        Unconfirmed(row.public_id, row.shot, row.reference, proof, row.received_at)
        for row in rows
        for proof in unread(row)
        if proof not in compared.get(row.id, frozenset())
    ]
    return tuple(found[:limit])


def _waiting(
    tx: Transaction, limit: int, *where: sa.ColumnElement[bool]
) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    query = (
        sa.select(
            _photos.c.id,
            _photos.c.public_id,
            _photos.c.shot,
            _photos.c.received_at,
            _photos.c.challenge_found,
            _photos.c.barcode,
            _testbuys.c.reference,
        )
        .join(_testbuys, _testbuys.c.id == _photos.c.testbuy_id)
        .where(_photos.c.to_confirm == sa.true(), *where)
        .order_by(_photos.c.id)
        .limit(limit)
    )
    return tx.execute(query).all()


def _compared(tx: Transaction, where: sa.ColumnElement[bool]) -> dict[int, frozenset[Proof]]:
    """What clerks have compared, by photo, whatever they found."""
    found: dict[int, frozenset[Proof]] = {}
    for row in every(tx, Confirmation, where):
        found[row.photo_id] = found.get(row.photo_id, frozenset()) | {row.proof}
    return found


def _on_record(tx: Transaction, testbuy_id: int) -> Iterator[Proof]:
    """What there is to compare a photo of the test buy with."""
    yield Proof.CHALLENGE
    parcel = (
        sa.select(_parcels.c.id)
        .join(table_of(OrderAttempt), _attempts.id == _parcels.c.order_attempt_id)
        .where(_attempts.testbuy_id == testbuy_id)
        .limit(1)
    )
    if tx.execute(parcel).first():
        yield Proof.WAYBILL
    if every(tx, Exhibit, testbuy_id=testbuy_id, limit=1):
        yield Proof.SEAL
