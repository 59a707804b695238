"""What was entered wrongly of a claim's outcome is struck: counsel asks, a second person decides.

Owns payments, allocations and judgments that count no more, and what follows for the claim: sums
leave them out, a closed claim is open again, and a claim without its judgment stands before its
court once more, with the later steps struck along. The rows stay, with the reason, and every
package tells of them (`casework.disclosing_operators`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from casework.act import Act
from casework.awarding import money_of
from casework.claims import advance, append, hold_claim, rewrite
from casework.errors import NotFound, Refused, ensure
from evidence.digests import sha256_of
from rules import claims as rule
from rules.claims import ClaimMove, ClaimState
from rules.pleading import Struck
from rules.roles import Role
from storage.rows import add_if_absent, change, change_one, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Claim, ClaimAllocation, ClaimPayment, ClaimStrike, Judgment, JudgmentHead

_TABLES = {
    Struck.PAYMENT: ClaimPayment,
    Struck.ALLOCATION: ClaimAllocation,
    Struck.JUDGMENT: Judgment,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A payment, an allocation or a judgment: its day, and its money in the claim's minor units.

    `instance`: a judgment's.
    """

    what: Struck
    id: int
    on: date
    amount_minor: int
    instance: int | None
    recorded_by: int
    struck_at: datetime | None


def ask(
    db: Database,
    act: Act,
    reference: str,
    *,
    version: int,
    what: Struck,
    number: int,
    reason: str,
) -> None:
    """Counsel says that a row was entered wrongly; until somebody else agrees it counts."""
    if act.role is not Role.COUNSEL or act.person is None:
        raise Refused("Only counsel asks to have something struck.")
    if not reason.strip():
        raise Refused("Say what is wrong with it.")
    with db.write() as tx:
        row = hold_claim(tx, reference, version)
        _ensure_may_go(tx, row, _entry(tx, row.id, what, number))
        said = {"claim_id": row.id, "what": what, f"{what}_id": number, "reason": reason.strip()}
        if not add_if_absent(tx, ClaimStrike, **said, asked_by=act.person, asked_at=act.now):
            raise Refused("Somebody asked to have this struck already; an approver decides.")
        rewrite(tx, act, row, {})
        facts = {"what": "strike asked", "of": what, "number": number}
        append(tx, act, reference, {**facts, "reason": sha256_of(reason.strip().encode())})


def decide(
    db: Database,
    act: Act,
    reference: str,
    *,
    version: int,
    strike: int,
    agreed: bool,
    said: str | None,
) -> None:
    """An approver who had no part strikes it, or leaves it and says why."""
    if act.role is not Role.APPROVER or act.person is None:
        raise Refused("Only an approver decides whether something is struck.")
    words = (said or "").strip() or None
    if not agreed and words is None:
        raise Refused("Say why it stands.")
    with db.write() as tx:
        row = hold_claim(tx, reference, version)
        asked = one(tx, ClaimStrike, id=strike, claim_id=row.id)
        if asked is None:
            raise NotFound("Nobody asked for this on the claim.")
        entry = _entry(tx, row.id, asked.what, _number(asked))
        ensure(rule.may_strike(asked.asked_by, entry.recorded_by, act.person))
        decision = {"decided_at": act.now, "decided_by": act.person, "agreed": agreed}
        rows = table_of(ClaimStrike).c
        open_one = (rows.id == strike, rows.decided_at.is_(None))
        if not change(tx, ClaimStrike, *open_one, **decision, said=words):
            raise Refused("This was decided already.")
        facts = {"what": "struck" if agreed else "left standing", "of": asked.what}
        append(tx, act, reference, {**facts, "number": entry.id})
        if agreed:
            _strike(tx, act, row, entry, asked.reason)
        else:
            rewrite(tx, act, row, {})


def strikes_of(tx: Transaction, claim_id: int) -> Iterator[tuple[ClaimStrike, Entry]]:
    """Everything that counsel asked to have struck, the oldest first, with what it is about."""
    rows = table_of(ClaimStrike).c
    for each in every(tx, ClaimStrike, claim_id=claim_id, order_by=rows.id):
        yield each, _entry(tx, claim_id, each.what, _number(each))


def awarded_by(tx: Transaction, judgment_id: int) -> int:
    """What a judgment awarded under all heads, in minor units of its claim's currency."""
    return sum(each.awarded_minor for each in every(tx, JudgmentHead, judgment_id=judgment_id))


def _strike(tx: Transaction, act: Act, row: Claim, entry: Entry, reason: str) -> None:
    _ensure_may_go(tx, row, entry)
    again = {ClaimState.CLOSED}
    if entry.what is Struck.PAYMENT:
        ensure(rule.may_strike_payment(entry.amount_minor, *money_of(tx, row.id)))
        again = {ClaimState.CLOSED, ClaimState.RECOVERED}
    change_one(tx, _TABLES[entry.what], entry.id, struck_at=act.now)
    move = ClaimMove.REOPEN if row.state in again else None
    if entry.what is Struck.JUDGMENT:
        first = entry.instance == 1
        move = ClaimMove.STRIKE_JUDGMENT if first else ClaimMove.STRIKE_JUDGMENT_ON_APPEAL
    if move is None:
        rewrite(tx, act, row, {})
    else:
        advance(tx, act, row, move, on=act.now.date(), said=reason)


def _ensure_may_go(tx: Transaction, row: Claim, entry: Entry) -> None:
    if entry.struck_at is not None:
        raise Refused("This was struck already.")
    later = {"claim_id": row.id, "instance": 2, "struck_at": None}
    if entry.instance == 1 and one(tx, Judgment, **later):
        raise Refused("It was judged on appeal since. Have that judgment struck first.")


def _entry(tx: Transaction, claim_id: int, what: Struck, number: int) -> Entry:
    """A row of this claim; NotFound where it has none such."""
    said: dict[str, Any] = {"id": number, "claim_id": claim_id}
    if what is Struck.PAYMENT and (paid := one(tx, ClaimPayment, **said)):
        about = (paid.received_on, paid.amount_minor, None)
        return Entry(what, paid.id, *about, paid.recorded_by, paid.struck_at)
    if what is Struck.ALLOCATION and (went := one(tx, ClaimAllocation, **said)):
        about = (went.allocated_on, went.amount_minor, None)
        return Entry(what, went.id, *about, went.recorded_by, went.struck_at)
    if what is Struck.JUDGMENT and (judged := one(tx, Judgment, **said)):
        about = (judged.judged_on, awarded_by(tx, judged.id), judged.instance)
        return Entry(what, judged.id, *about, judged.recorded_by, judged.struck_at)
    raise NotFound("There is no such entry on the claim.")


def _number(asked: ClaimStrike) -> int:
    number = asked.payment_id or asked.allocation_id or asked.judgment_id
    assert number is not None  # checks of the table hold one of them
    return number
