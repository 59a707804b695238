"""What was entered wrongly of a claim is struck: counsel asks, a second person decides.

Owns payments, allocations, judgments and steps that count no more, and what follows for the claim:
sums leave them out, a closed claim is open again, and a claim without its judgment stands before
its court once more, with the later steps struck along. A step of another day, or a docketing under
another number, takes the place of the one that was struck; its proceedings follow. The rows stay,
with the reason, and every package tells of them (`casework.record.disclosing_outcomes`).
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from casework.act import Act
from casework.errors import NotFound, Refused, ensure
from casework.outcomes.claims import (
    advance,
    append,
    bear,
    follow_day,
    hold_claim,
    rewrite,
    steps_of,
)
from casework.outcomes.struck import Entry, entry_of, number_of
from casework.suing.awarding import money_beside, money_of
from evidence.digests import sha256_of
from rules import claim_days as rule_days
from rules import claims as rule
from rules import correcting
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


@dataclass(frozen=True, slots=True)
class Instead:
    """What a step is instead of what was recorded: on which day it happened, and under which number
    the claim was docketed; a number alone leaves the day.

    Without either it did not happen.
    """

    on: date | None = None
    docket_number: str | None = None

    def of(self, entry: Entry) -> Self:
        """With the day on record, where a number alone is wrong."""
        return replace(self, on=entry.on) if self.docket_number and not self.on else self

    @property
    def facts(self) -> dict[str, str]:
        """As the ledger holds it: the day, and the digest of the number, which somebody typed."""
        facts = {"instead": self.on.isoformat()} if self.on else {}
        number = self.docket_number
        return facts | ({"docket": sha256_of(number.encode())} if number else {})


NOTHING = Instead()


def ask(
    db: Database,
    act: Act,
    reference: str,
    *,
    version: int,
    what: Struck,
    number: int,
    reason: str,
    instead: Instead = NOTHING,
) -> None:
    """Counsel says that a row was entered wrongly; until somebody else agrees it counts."""
    if act.role is not Role.COUNSEL or act.person is None:
        raise Refused("Only counsel asks to have something struck.")
    if not reason.strip():
        raise Refused("Say what is wrong with it.")
    with db.write() as tx:
        row = hold_claim(tx, reference, version)
        entry = entry_of(tx, row.id, what, number)
        right = instead.of(entry)
        _ensure_may_go(tx, act, row, entry, right)
        said = {"claim_id": row.id, "what": what, f"{what}_id": number, "reason": reason.strip()}
        said |= {"instead_on": right.on, "instead_number": right.docket_number}
        if not add_if_absent(tx, ClaimStrike, **said, asked_by=act.person, asked_at=act.now):
            raise Refused("Somebody asked to have this struck already; an approver decides.")
        rewrite(tx, act, row, {})
        facts = {"what": "strike asked", "of": what, "number": number, **right.facts}
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
        ensure(correcting.may_decide(asked.asked_by, entry.recorded_by, act.person))
        if agreed and entry.what is Struck.STEP:
            _ensure_may_go(tx, act, row, entry, _right(asked))
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
    """Let the right step stand in its place; or none, and the claim where it was before.

    Called where the strike is agreed already: the step counts no more.
    """
    left = [each.state for each in steps_of(tx, row.id)]
    state, right = rule_days.state_without(row.state, left), _right(asked)
    if right.on is not None:
        wrong = one(tx, ClaimStep, id=entry.id)
        assert wrong is not None  # a foreign key holds it
        state = row.state
        number = add(
            tx,
            ClaimStep,
            claim_id=row.id,
            move=wrong.move,
            state=wrong.state,
            happened_on=right.on,
            digest=wrong.digest,
            party_id=wrong.party_id,
            said=wrong.said,
            docket_number=right.docket_number or wrong.docket_number,
            corrects_id=wrong.id,
            recorded_by=asked.asked_by,
            recorded_at=act.now,
        )
        facts = {"what": "step corrected", "step": entry.id, "by_step": number}
        append(tx, act, row.reference, {**facts, **right.facts})
        follow_day(tx, act, row, wrong, right.on)
        if right.docket_number:
            bear(tx, row, right.docket_number)
    rewrite(tx, act, row, {} if state is row.state else {"state": state})


def _right(asked: ClaimStrike) -> Instead:
    return Instead(asked.instead_on, asked.instead_number)


def _ensure_fits(tx: Transaction, act: Act, row: Claim, entry: Entry, right: Instead) -> None:
    """The step counts, and its right day fits between those of steps and money beside it."""
    counting = steps_of(tx, row.id)
    place = next((at for at, each in enumerate(counting) if each.id == entry.id), None)
    if place is None or entry.move is None:
        raise Refused("This step counts no more.")
    if right.docket_number is not None:
        ensure(rule_days.may_renumber(entry.move, entry.docket_number, right.docket_number))
        if right.on == entry.on:
            return
    step = counting[place]
    earlier, later = money_beside(tx, row.id, step)
    earlier += [each.happened_on for each in counting[:place] if each.state not in rule.UNFILED]
    later += [each.happened_on for each in counting[place + 1 :]]
    before, after = max(earlier, default=None), min(later, default=None)
    ensure(rule_days.may_correct(step.move, entry.on, right.on, before, after, act.now.date()))


def _ensure_may_go(
    tx: Transaction, act: Act, row: Claim, entry: Entry, right: Instead = NOTHING
) -> None:
    if entry.struck_at is not None:
        raise Refused("This was struck already.")
    if entry.what is Struck.STEP:
        _ensure_fits(tx, act, row, entry, right)
    elif right != NOTHING:
        raise Refused("Only a step happens on another day. Leave the day out.")
    later = {"claim_id": row.id, "instance": 2, "struck_at": None}
    if entry.instance == 1 and one(tx, Judgment, **later):
        raise Refused("It was judged on appeal since. Have that judgment struck first.")
