"""Who works for an operator, in which role, and what it is called on other platforms.

Owns recording both with their source and day, the end of a role, and taking out what was wrong,
with the reason. Names and handles are persons' data: an operator's ledger is told the number of the
row. Leaves what ties shops to `casework.operators.linking`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.act import Act
from casework.errors import NotFound, Refused, Stale
from casework.operators.linking import LINKS_LEDGER
from casework.operators.operators import ensure_analyst, ensure_own, operator_by
from evidence.digests import sha256_of
from rules.linkage import PersonRole
from storage import ledger
from storage.rows import add, change, change_one, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import ExternalHandle, Operator, OperatorPerson


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody behind an operator. `since`, `until`: days, where a source names them."""

    name: str
    role: PersonRole
    source: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class NewHandle:
    """A name on another platform, seen on a day."""

    platform: str
    handle: str
    source: str
    seen_on: date


def add_person(db: Database, act: Act, operator: str, new: NewPerson) -> int:
    """An analyst records somebody behind an operator; gives the row's number."""
    by = ensure_analyst(act)
    if not new.name.strip() or not new.source.strip():
        raise Refused("Write the name, and where it is from.")
    if new.since and new.until and new.until < new.since:
        raise Refused("The role ends before it begins. Correct the days.")
    if new.since and new.since > act.now.date():
        raise Refused("A role that has not begun is recorded once it has. Correct the day.")
    said = {
        "name": new.name.strip(),
        "role": new.role,
        "since": new.since,
        "until": new.until,
        "source": new.source.strip(),
    }
    with db.write() as tx:
        owner = _held(tx, operator)
        _ensure_new(tx, OperatorPerson, owner, said)
        number = add(
            tx, OperatorPerson, operator_id=owner.id, recorded_by=by, recorded_at=act.now, **said
        )
        body = {"what": "person recorded", "row": number, "role": new.role, "by": act.by}
        ledger.append(tx, owner.reference, body, act.now)
        return number


def end_role(db: Database, act: Act, number: int, *, until: date) -> None:
    """An analyst notes the last day of a role; once."""
    ensure_analyst(act)
    if until > act.now.date():
        raise Refused("A role that has not ended is ended once it has. Correct the day.")
    with db.write() as tx:
        row = _person(one(tx, OperatorPerson, id=number, lock=True))
        if row.withdrawn_at is not None or row.until is not None:
            raise Stale("This role was ended or taken out meanwhile. Look at it again.")
        if row.since and until < row.since:
            raise Refused("The role ends before it begins. Correct the days.")
        change_one(tx, OperatorPerson, number, until=until)
        body = {"what": "role ended", "row": number, "by": act.by}
        ledger.append(tx, LINKS_LEDGER, body, act.now)


def take_out_person(db: Database, act: Act, number: int, *, reason: str) -> None:
    """An analyst takes somebody out who was recorded wrongly; the row stays, with the reason."""
    _take_out(db, act, OperatorPerson, number, reason)


def add_handle(db: Database, act: Act, operator: str, new: NewHandle) -> int:
    """An analyst records what an operator is called elsewhere; gives the row's number."""
    by = ensure_analyst(act)
    if not (new.platform.strip() and new.handle.strip() and new.source.strip()):
        raise Refused("Write the platform, the handle, and where it is from.")
    if new.seen_on > act.now.date():
        raise Refused("It can't have been seen in the future. Correct the date.")
    said = {
        "platform": new.platform.strip(),
        "handle": new.handle.strip(),
        "source": new.source.strip(),
        "seen_on": new.seen_on,
    }
    with db.write() as tx:
        owner = _held(tx, operator)
        _ensure_new(tx, ExternalHandle, owner, said)
        number = add(
            tx, ExternalHandle, operator_id=owner.id, recorded_by=by, recorded_at=act.now, **said
        )
        body = {"what": "handle recorded", "row": number, "by": act.by}
        ledger.append(tx, owner.reference, body, act.now)
        return number


def take_out_handle(db: Database, act: Act, number: int, *, reason: str) -> None:
    """An analyst takes a handle out that was recorded wrongly; the row stays, with the reason."""
    _take_out(db, act, ExternalHandle, number, reason)


def _held(tx: Transaction, reference: str) -> Operator:
    """The operator, held: of two that say the same at once the second finds it, and a merge of the
    same moment is seen.
    """
    owner = operator_by(tx, reference)
    one(tx, Operator, id=owner.id, lock=True)
    ensure_own(tx, owner.id)
    return owner


def _ensure_new(
    tx: Transaction,
    table: type[OperatorPerson] | type[ExternalHandle],
    owner: Operator,
    said: Mapping[str, Any],
) -> None:
    """A form sent twice records once; another source, or other days, is another row."""
    if every(tx, table, operator_id=owner.id, withdrawn_at=None, **said):
        raise Refused("This is on record already, with the same source and days.")


def _take_out(
    db: Database,
    act: Act,
    table: type[OperatorPerson] | type[ExternalHandle],
    number: int,
    reason: str,
) -> None:
    ensure_analyst(act)
    if not reason.strip():
        raise Refused("Say why it is taken out; the reason stands beside it.")
    with db.write() as tx:
        rows = table_of(table).c
        said = {
            "withdrawn_by": act.person,
            "withdrawn_at": act.now,
            "withdrawn_because": reason.strip(),
        }
        if one(tx, table, id=number) is None:
            raise NotFound("There is no such entry.")
        if not change(tx, table, rows.id == number, rows.withdrawn_at.is_(None), **said):
            raise Stale("It was taken out already; nothing of yours was saved.")
        because = sha256_of(reason.strip().encode())
        what = "person taken out" if table is OperatorPerson else "handle taken out"
        body = {"what": what, "row": number, "because": because, "by": act.by}
        ledger.append(tx, LINKS_LEDGER, body, act.now)


def _person(row: OperatorPerson | None) -> OperatorPerson:
    if row is None:
        raise NotFound("There is no such entry.")
    return row
