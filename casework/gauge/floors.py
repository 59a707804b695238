"""Thresholds as dated rows: a new one is added, and counsel says that a row was checked.

A row is never edited: a later one of the same offence and limb ends the one before it the day
before it begins. Owns adding and checking them. Leaves what they say of an operator to
`casework.gauge.gauging`, and the rows the programme starts with to `rules.thresholds`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from casework.act import Act
from casework.errors import NotFound, Refused
from rules.roles import Role
from rules.thresholds import Limb, Threshold
from storage import ledger
from storage.rows import add, change_one, every, one, table_of
from storage.session import Database
from storage.tables import ThresholdRow

_rows = table_of(ThresholdRow).c


@dataclass(frozen=True, slots=True)
class Floor:
    """A threshold with its row's number."""

    number: int
    threshold: Threshold


def floors(db: Database) -> tuple[Floor, ...]:
    """Every row on record, by jurisdiction and offence, the newest of each first."""
    order = (_rows.jurisdiction, _rows.offence, _rows.limb, _rows.valid_from.desc())
    with db.read() as tx:
        return tuple(Floor(row.id, as_rule(row)) for row in every(tx, ThresholdRow, order_by=order))


def as_rule(row: ThresholdRow) -> Threshold:
    """The row as the gauge reads it."""
    return Threshold(
        jurisdiction=row.jurisdiction,
        offence=row.offence,
        limb=Limb(row.limb),
        amount=row.amount,
        currency=row.currency,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        source=row.source,
        verified=row.verified,
        reoffender=row.reoffender,
    )


def add_floor(db: Database, act: Act, threshold: Threshold) -> None:
    """A new row, unverified; the one before it of the same offence and limb ends the day before.

    Refused where a row that begins on the same day or later is on record: what was read by it
    would no longer be found.
    """
    if act.role is not Role.ADMINISTRATOR:
        raise Refused("Only an administrator adds a threshold.")
    if threshold.verified:
        raise Refused("A new threshold is unverified: counsel checks it once it is on record.")
    if not (threshold.offence.strip() and threshold.source.strip()):
        raise Refused("Name the offence, and the source that the amount is from.")
    with db.write() as tx:
        before = every(
            tx,
            ThresholdRow,
            jurisdiction=threshold.jurisdiction,
            offence=threshold.offence,
            limb=threshold.limb.value,
            reoffender=threshold.reoffender,
            order_by=_rows.valid_from,
            lock=True,
        )
        _ensure_later(before, threshold)
        for row in before:
            if row.valid_until is None or row.valid_until >= threshold.valid_from:
                ends = threshold.valid_from - timedelta(days=1)
                change_one(tx, ThresholdRow, row.id, valid_until=ends)
        number = add(
            tx,
            ThresholdRow,
            jurisdiction=threshold.jurisdiction,
            offence=threshold.offence,
            limb=threshold.limb.value,
            amount=threshold.amount,
            currency=threshold.currency,
            valid_from=threshold.valid_from,
            valid_until=threshold.valid_until,
            source=threshold.source,
            verified=False,
            added_at=act.now,
            reoffender=threshold.reoffender,
        )
        facts = {
            "what": "threshold added",
            "of": number,
            "amount": threshold.amount,
            "from": threshold.valid_from.isoformat(),
            "by": act.by,
        }
        ledger.append(tx, ledger.PROGRAMME, facts, act.now)


def verify_floor(db: Database, act: Act, number: int) -> None:
    """Counsel says that a row was checked against the law; it is shown without its warning."""
    if act.role is not Role.COUNSEL:
        raise Refused("Only counsel says that a threshold is right.")
    with db.write() as tx:
        row = one(tx, ThresholdRow, id=number, lock=True)
        if row is None:
            raise NotFound("There is no such threshold.")
        if row.verified:
            raise Refused("This threshold was checked already.")
        change_one(tx, ThresholdRow, number, verified=True)
        facts = {"what": "threshold checked", "of": number, "by": act.by}
        ledger.append(tx, ledger.PROGRAMME, facts, act.now)


def _ensure_later(before: Sequence[ThresholdRow], threshold: Threshold) -> None:
    latest = max((row.valid_from for row in before), default=None)
    if latest is not None and latest >= threshold.valid_from:
        raise Refused(
            f"A row of this offence and limb begins on {latest:%Y-%m-%d}. "
            "A new one begins after that day."
        )
