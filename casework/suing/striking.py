"""What was entered wrongly of a claim is struck: counsel asks, a second person decides.

Owns payments, allocations, judgments and days before a court that count no more, and what follows
for the claim: sums leave them out, a closed claim is open again, and a claim without its judgment
stands before its court once more, with the later steps struck along. A step of another day takes
the place of the one that was struck. The rows stay, with the reason, and every package tells of
them (`casework.record.disclosing_operators`).
"""

from datetime import date

from casework.act import Act
from casework.errors import NotFound, Refused, ensure
from casework.outcomes.claims import advance, append, hold_claim, rewrite, steps_of
from casework.outcomes.struck import Entry, entry_of, number_of
from casework.suing.awarding import money_of
from evidence.digests import sha256_of
from rules import claim_days as rule_days
from rules import claims as rule
from rules.claims import ClaimMove, ClaimState
from rules.pleading import Struck
from rules.roles import Role
from storage.rows import add, add_if_absent, change, change_one, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Claim,
    ClaimAllocation,
    ClaimPayment,
    ClaimStep,
    ClaimStrike,
    Judgment,
)

_TABLES = {
    Struck.PAYMENT: ClaimPayment,
    Struck.ALLOCATION: ClaimAllocation,
    Struck.JUDGMENT: Judgment,
}


def ask(
    db: Database,
    act: Act,
    reference: str,
    *,
    version: int,
    what: Struck,
    number: int,
    reason: str,
    instead_on: date | None = None,
) -> None:
    """Counsel says that a row was entered wrongly; until somebody else agrees it counts.

    `instead_on`: on which day the step happened; None where it did not happen.
    """
    if act.role is not Role.COUNSEL or act.person is None:
        raise Refused("Only counsel asks to have something struck.")
    if not reason.strip():
        raise Refused("Say what is wrong with it.")
    with db.write() as tx:
        row = hold_claim(tx, reference, version)
        _ensure_may_go(tx, act, row, entry_of(tx, row.id, what, number), instead_on)
        said = {"claim_id": row.id, "what": what, f"{what}_id": number, "reason": reason.strip()}
        said |= {"instead_on": instead_on}
        if not add_if_absent(tx, ClaimStrike, **said, asked_by=act.person, asked_at=act.now):
            raise Refused("Somebody asked to have this struck already; an approver decides.")
        rewrite(tx, act, row, {})
        facts: dict[str, object] = {"what": "strike asked", "of": what, "number": number}
        facts |= {"instead": instead_on.isoformat()} if instead_on else {}
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
        entry = entry_of(tx, row.id, asked.what, number_of(asked))
        ensure(rule.may_strike(asked.asked_by, entry.recorded_by, act.person))
        if agreed and entry.what is Struck.STEP:
            _ensure_may_go(tx, act, row, entry, asked.instead_on)
        decision = {"decided_at": act.now, "decided_by": act.person, "agreed": agreed}
        rows = table_of(ClaimStrike).c
        open_one = (rows.id == strike, rows.decided_at.is_(None))
        if not change(tx, ClaimStrike, *open_one, **decision, said=words):
            raise Refused("This was decided already.")
        facts = {"what": "struck" if agreed else "left standing", "of": asked.what}
        append(tx, act, reference, {**facts, "number": entry.id})
        if agreed:
            _strike(tx, act, row, entry, asked)
        else:
            rewrite(tx, act, row, {})


def _strike(tx: Transaction, act: Act, row: Claim, entry: Entry, asked: ClaimStrike) -> None:
    if entry.what is Struck.STEP:
        _correct(tx, act, row, entry, asked)
        return
    _ensure_may_go(tx, act, row, entry)
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
        advance(tx, act, row, move, on=act.now.date(), said=asked.reason)


def _correct(tx: Transaction, act: Act, row: Claim, entry: Entry, asked: ClaimStrike) -> None:
    """Let a step of the right day stand in its place; or none, and the claim where it was before.

    Called where the strike is agreed already: the step counts no more.
    """
    left = [each.state for each in steps_of(tx, row.id)]
    state = rule_days.state_without(row.state, left)
    if asked.instead_on is not None:
        wrong = one(tx, ClaimStep, id=entry.id)
        assert wrong is not None  # a foreign key holds it
        state = row.state
        number = add(
            tx,
            ClaimStep,
            claim_id=row.id,
            move=wrong.move,
            state=wrong.state,
            happened_on=asked.instead_on,
            digest=wrong.digest,
            party_id=wrong.party_id,
            said=wrong.said,
            corrects_id=wrong.id,
            recorded_by=asked.asked_by,
            recorded_at=act.now,
        )
        on = asked.instead_on.isoformat()
        facts = {"what": "step corrected", "step": entry.id, "by_step": number, "on": on}
        append(tx, act, row.reference, facts)
    rewrite(tx, act, row, {} if state is row.state else {"state": state})


def _ensure_day(tx: Transaction, act: Act, row: Claim, entry: Entry, instead: date | None) -> None:
    """The step counts, and the day fits between those of the steps beside it."""
    counting = steps_of(tx, row.id)
    place = next((at for at, each in enumerate(counting) if each.id == entry.id), None)
    if place is None or entry.move is None:
        raise Refused("This step counts no more.")
    before = counting[place - 1] if place else None
    earliest = before.happened_on if before and before.state not in rule.UNFILED else None
    after = counting[place + 1].happened_on if place + 1 < len(counting) else None
    today = act.now.date()
    ensure(rule_days.may_correct(entry.move, entry.on, instead, earliest, after, today))


def _ensure_may_go(
    tx: Transaction, act: Act, row: Claim, entry: Entry, instead: date | None = None
) -> None:
    if entry.struck_at is not None:
        raise Refused("This was struck already.")
    if entry.what is Struck.STEP:
        _ensure_day(tx, act, row, entry, instead)
    elif instead is not None:
        raise Refused("Only a step happens on another day. Leave the day out.")
    later = {"claim_id": row.id, "instance": 2, "struck_at": None}
    if entry.instance == 1 and one(tx, Judgment, **later):
        raise Refused("It was judged on appeal since. Have that judgment struck first.")
