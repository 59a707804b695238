"""Proceedings of authorities against an operator: opened, and their end recorded by a person.

While they are open nothing they rest on is disposed of (`casework.keeping.retaining`). A referral
that an agency accepted is one until its end is recorded; a civil claim's follow the claim
(`casework.outcomes.claims`).
"""

from datetime import date

from casework.act import Act
from casework.errors import NotFound, Refused, ensure
from casework.operators.operators import operator_by
from rules.referral import TAKEN
from rules.retention import EndedBy, may_say_end
from rules.roles import Role
from storage import ledger
from storage.keeping import lock_all_of
from storage.rows import add, change, one, table_of
from storage.session import Database, Transaction
from storage.tables import Claim, Operator, Proceeding, ProceedingKind, Referral

RECORDERS: frozenset[Role] = frozenset({Role.LIAISON, Role.COUNSEL})
"""Roles that record proceedings and their end."""


def open_proceeding(
    db: Database, act: Act, operator: str, *, kind: ProceedingKind, name: str
) -> int:
    """Record an authority's proceedings against an operator: from now on its exhibits stay."""
    _ensure_recorder(act)
    if kind is ProceedingKind.CLAIM:
        raise Refused("Prepare a civil claim under Claims; its proceedings follow it.")
    if kind is ProceedingKind.REFERRAL:
        raise Refused("A referral is on record already; record its end when it has come.")
    if not name.strip():
        raise Refused("Name the proceedings, by court and number where there is one.")
    with db.write() as tx:
        owner = operator_by(tx, operator)
        lock_all_of(tx, owner.id)  # a disposal of the same moment takes turns with it
        number = add(
            tx, Proceeding, operator_id=owner.id, kind=kind, name=name.strip(),
            opened_by=act.person, opened_at=act.now,
        )  # fmt: skip
        _append(tx, act, owner, "proceedings opened", number)
        return number


def end_proceeding(
    db: Database, act: Act, number: int, *, ended_on: date, how: EndedBy, said: str = ""
) -> None:
    """Record that proceedings have ended; once."""
    _ensure_recorder(act)
    end = _end(act, ended_on, how, said)
    with db.write() as tx:
        known = one(tx, Proceeding, id=number)
        if known is None:
            raise NotFound("There are no such proceedings.")
        if claim := one(tx, Claim, proceeding_id=number):
            raise Refused(f"These follow {claim.reference}: record there how it ended.")
        rows = table_of(Proceeding).c
        if not change(tx, Proceeding, rows.id == number, rows.ended_on.is_(None), **end):
            raise Refused("Their end is on record already.")
        owner = one(tx, Operator, id=known.operator_id)
        assert owner is not None  # a foreign key holds it
        _append(tx, act, owner, "proceedings ended", number)


def end_referral(
    db: Database, act: Act, reference: str, *, ended_on: date, how: EndedBy, said: str = ""
) -> None:
    """Record that what an accepted referral led to has ended; once."""
    _ensure_recorder(act)
    end = _end(act, ended_on, how, said)
    with db.write() as tx:
        referral = one(tx, Referral, reference=reference, lock=True)
        if referral is None:
            raise NotFound(f"There is no referral {reference}. Check the reference.")
        if referral.state not in TAKEN:
            raise Refused(
                f"{reference} is {referral.state}; what it leads to ends after acceptance."
            )
        if one(tx, Proceeding, referral_id=referral.id):
            raise Refused("Their end is on record already.")
        _keep_end(tx, act, referral, end)


def end_with(
    tx: Transaction, act: Act, referral: Referral, *, ended_on: date, how: EndedBy, said: str = ""
) -> None:
    """The same within the move that closes a referral; nothing where the end is on record."""
    if one(tx, Proceeding, referral_id=referral.id) is None:
        _keep_end(tx, act, referral, _end(act, ended_on, how, said))


def end_on_another_day(
    tx: Transaction, act: Act, referral: Referral, wrong: date, right: date
) -> None:
    """Those that ended with a referral's closing ended on its right day: what is kept for them
    follows. An end that was on record before stays.
    """
    rows = table_of(Proceeding).c
    with_it = (rows.referral_id == referral.id, rows.ended_how == EndedBy.AGENCY_CLOSED)
    if change(tx, Proceeding, *with_it, rows.ended_on == wrong, ended_on=right):
        ended = one(tx, Proceeding, referral_id=referral.id)
        owner = one(tx, Operator, id=referral.operator_id)
        assert ended and owner  # it was changed just now, and a foreign key holds the other
        _append(tx, act, owner, "proceedings ended on another day", ended.id)


def _keep_end(tx: Transaction, act: Act, referral: Referral, end: dict[str, object]) -> None:
    owner = one(tx, Operator, id=referral.operator_id)
    assert owner is not None  # a foreign key holds it
    number = add(
        tx, Proceeding, operator_id=owner.id, kind=ProceedingKind.REFERRAL,
        referral_id=referral.id, name=referral.reference, opened_by=act.person, opened_at=act.now,
        **end,
    )  # fmt: skip
    _append(tx, act, owner, "proceedings ended", number)


def _end(act: Act, ended_on: date, how: EndedBy, said: str) -> dict[str, object]:
    ensure(may_say_end(how, said))
    if ended_on > act.now.date():
        raise Refused("Proceedings can't have ended in the future. Correct the date.")
    told = {"ended_on": ended_on, "ended_how": how, "ended_said": said.strip() or None}
    return {**told, "ended_by": act.person, "ended_at": act.now}


def _ensure_recorder(act: Act) -> None:
    if act.role not in RECORDERS or act.person is None:
        raise Refused("Only a liaison or counsel records proceedings and their end.")


def _append(tx: Transaction, act: Act, owner: Operator, what: str, number: int) -> None:
    body = {"what": what, "proceeding": number, "by": act.by}
    ledger.append(tx, owner.reference, body, act.now)
