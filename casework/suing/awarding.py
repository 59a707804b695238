"""What came of a civil claim: judgments split by head, payments, and where the money went.

Owns that every amount is in the claim's one currency, that no more is allocated than came in, and
that a claim is closed once all of it went somewhere. Leaves the other steps to
`casework.suing.suing`.
"""

from collections.abc import Mapping
from datetime import date

from casework.act import Act
from casework.errors import Refused, ensure
from casework.outcomes.claims import advance, append, filed, hold_claim, rewrite, steps_of
from evidence.vault import Vault
from rules import claims as rule
from rules.claims import PAYING, ClaimMove, ClaimState
from rules.pleading import AllocatedTo
from rules.roles import Role
from storage.rows import add, every
from storage.session import Database, Transaction
from storage.tables import (
    Claim,
    ClaimAllocation,
    ClaimHead,
    ClaimPayment,
    ClaimRelief,
    ClaimStep,
    Judgment,
    JudgmentHead,
    JudgmentRelief,
)

Moved = list[tuple[date, int]]
"""Days with the minor units that moved on them."""


def judge(
    db: Database,
    vault: Vault,
    act: Act,
    reference: str,
    *,
    version: int,
    judged_on: date,
    awarded: Mapping[int, int],
    granted: frozenset[int],
    reasons: str,
    paper: bytes | None,
) -> int:
    """Record a judgment, of the instance the claim is in; gives 1 or 2.

    `awarded` gives minor units of the claim's currency for every head by its number, 0 where the
    court gave nothing; `granted` are the numbers of the reliefs beyond money that it granted.
    """
    if not reasons.strip():
        raise Refused("Write down the court's reasons in a few words.")
    ensure(rule.may_have_happened(judged_on, None, act.now.date()))
    digest = filed(vault, paper)
    with db.write() as tx:
        row = hold_claim(tx, reference, version)
        appealed = row.state is ClaimState.APPEALED
        move = ClaimMove.JUDGE_ON_APPEAL if appealed else ClaimMove.JUDGE
        heads = {each.id for each in every(tx, ClaimHead, claim_id=row.id)}
        reliefs = {each.id for each in every(tx, ClaimRelief, claim_id=row.id)}
        if set(awarded) != heads or any(amount < 0 for amount in awarded.values()):
            raise Refused("Write what was awarded under each head of claim, 0 where nothing was.")
        if granted - reliefs:
            raise Refused("This relief was not asked for.")
        advance(tx, act, row, move, on=judged_on, digest=digest, said=reasons.strip())
        assert digest is not None  # `advance` refuses a judgment without its paper
        instance = 2 if appealed else 1
        number = add(
            tx,
            Judgment,
            claim_id=row.id,
            instance=instance,
            judged_on=judged_on,
            reasons=reasons.strip(),
            digest=digest,
            recorded_by=act.person,
            recorded_at=act.now,
        )
        for head, amount in sorted(awarded.items()):
            add(tx, JudgmentHead, judgment_id=number, head_id=head, awarded_minor=amount)
        for relief in sorted(reliefs):
            said = {"relief_id": relief, "granted": relief in granted}
            add(tx, JudgmentRelief, judgment_id=number, **said)
        facts = {"what": "judgment", "instance": instance, "currency": row.currency}
        append(tx, act, reference, {**facts, "awarded": sum(awarded.values())})
        return instance


def record_payment(
    db: Database,
    vault: Vault,
    act: Act,
    reference: str,
    *,
    version: int,
    received_on: date,
    amount_minor: int,
    paper: bytes | None,
) -> None:
    """Record money that came in, in minor units of the claim's currency."""
    _ensure_counsel(act)
    if amount_minor <= 0:
        raise Refused("Write an amount above zero.")
    ensure(rule.may_have_happened(received_on, None, act.now.date()))
    digest = filed(vault, paper)
    with db.write() as tx:
        row = hold_claim(tx, reference, version)
        if row.state not in PAYING:
            raise Refused(
                f"The claim is {row.state.said}; money comes in once it is final or settled."
            )
        since = _payable_since(tx, row)
        ensure(rule.may_have_happened(received_on, since, act.now.date()))
        number = add(
            tx,
            ClaimPayment,
            claim_id=row.id,
            received_on=received_on,
            amount_minor=amount_minor,
            digest=digest,
            recorded_by=act.person,
            recorded_at=act.now,
        )
        rewrite(tx, act, row, {})
        facts = {"what": "payment", "payment": number, "amount": amount_minor}
        append(tx, act, reference, {**facts, "currency": row.currency})


def allocate(
    db: Database,
    act: Act,
    reference: str,
    *,
    version: int,
    to: AllocatedTo,
    said: str | None,
    amount_minor: int,
    allocated_on: date,
) -> None:
    """Say where recovered money went; never more than came in (domain: section 1, the fund)."""
    _ensure_counsel(act)
    ensure(rule.may_have_happened(allocated_on, None, act.now.date()))
    with db.write() as tx:
        row = hold_claim(tx, reference, version)
        if row.state is ClaimState.CLOSED:
            raise Refused("The claim is closed.")
        recovered, allocated = money_of(tx, row.id)
        ensure(rule.may_allocate(amount_minor, recovered, allocated))
        ensure(rule.may_allocate_on(allocated_on, amount_minor, *_moved(tx, row.id)))
        number = add(
            tx,
            ClaimAllocation,
            claim_id=row.id,
            to=to,
            said=(said or "").strip() or None,
            amount_minor=amount_minor,
            allocated_on=allocated_on,
            recorded_by=act.person,
            recorded_at=act.now,
        )
        rewrite(tx, act, row, {})
        facts = {"what": "allocation", "allocation": number, "to": to, "amount": amount_minor}
        append(tx, act, reference, {**facts, "currency": row.currency})


def settle_up(
    db: Database, act: Act, reference: str, move: ClaimMove, *, version: int, on: date
) -> None:
    """Record that a final claim is recovered, or close it once all that came in went somewhere."""
    if move not in (ClaimMove.RECOVER, ClaimMove.CLOSE):
        raise Refused("This is no step that is recorded here.")
    with db.write() as tx:
        row = hold_claim(tx, reference, version)
        ensure(rule.may(move, row.state, frozenset({act.role})))
        recovered, allocated = money_of(tx, row.id)
        if move is ClaimMove.RECOVER and not recovered:
            raise Refused("No payment is on record. Record it first.")
        if move is ClaimMove.CLOSE:
            ensure(rule.may_close(recovered, allocated))
        came, went = _moved(tx, row.id)
        last = [*came, *(went if move is ClaimMove.CLOSE else [])]
        ensure(rule.may_end_on(on, max((day for day, _ in last), default=None)))
        advance(tx, act, row, move, on=on)


def money_of(tx: Transaction, claim_id: int) -> tuple[int, int]:
    """What was recovered and what was allocated, in minor units of the claim's currency, without
    what was struck.
    """
    came, went = _moved(tx, claim_id)
    return sum(minor for _, minor in came), sum(minor for _, minor in went)


def money_beside(tx: Transaction, claim_id: int, step: ClaimStep) -> tuple[list[date], list[date]]:
    """Days of money that moved before a step, and of money that moved after it, as it must have.

    An instalment after the day on which a claim was recovered or closed came after that step.
    """
    came, went = _moved(tx, claim_id)
    received, allocated = [day for day, _ in came], [day for day, _ in went]
    if step.state in (ClaimState.FINAL, ClaimState.SETTLED):
        return [], received
    moved = received if step.move is ClaimMove.RECOVER else [*received, *allocated]
    if step.move not in (ClaimMove.RECOVER, ClaimMove.CLOSE):
        return [], []
    return [day for day in moved if day <= step.happened_on], []


def _moved(tx: Transaction, claim_id: int) -> tuple[Moved, Moved]:
    """The days on which money came in and went on, each with its minor units."""
    payments = every(tx, ClaimPayment, claim_id=claim_id, struck_at=None)
    allocations = every(tx, ClaimAllocation, claim_id=claim_id, struck_at=None)
    return [(each.received_on, each.amount_minor) for each in payments], [
        (each.allocated_on, each.amount_minor) for each in allocations
    ]


def _payable_since(tx: Transaction, row: Claim) -> date:
    """The day on which the claim became final or was settled."""
    return next(
        each.happened_on
        for each in steps_of(tx, row.id)
        if each.state in (ClaimState.FINAL, ClaimState.SETTLED)
    )


def _ensure_counsel(act: Act) -> None:
    if act.role is not Role.COUNSEL or act.person is None:
        raise Refused("Only counsel records what came of a claim.")
