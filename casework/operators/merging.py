"""Answers to what identifiers propose, and operators merged, split and given back by people.

Owns who may do it and that a reason stands with it. A split or an undoing is also the answer to
what joined the shops: that does not join them again. Leaves moving shops to
`casework.operators.membership`.
"""

from collections.abc import Iterable

from casework.act import Act
from casework.errors import NotFound, Refused, Stale
from casework.operators import membership
from casework.operators.linking import ensure_undoubted, tell
from casework.operators.operators import chosen, ensure_analyst, operator_by, reference_of
from casework.operators.proposing import recompute, reject_between, settle
from evidence.digests import sha256_of
from rules.linkage import ProposalState
from storage import codes as turns
from storage.rows import every, one
from storage.session import Database
from storage.tables import LinkProposal, ProposalEvidence, Shop


def answer(
    db: Database, act: Act, number: int, *, state: ProposalState, version: int, reason: str
) -> None:
    """An analyst accepts a proposal, which gives both shops one operator, or rejects it; once.

    `version`: the proposal's as the page showed it; Stale where evidence came since.
    """
    ensure_analyst(act)
    if state not in (ProposalState.ACCEPTED, ProposalState.REJECTED):
        raise Refused("Accept the proposal or reject it.")
    if not reason.strip():
        raise Refused("Say why; the reason is kept with the evidence.")
    with db.write() as tx:
        turns.take_turn(tx)
        row = one(tx, LinkProposal, id=number)
        if row is None:
            raise NotFound("There is no such proposal.")
        if row.state is not ProposalState.OPEN:
            raise Stale(f"This proposal is {row.state} already; nothing of yours was saved.")
        if row.version != version:
            raise Stale("Further evidence came meanwhile. Look at the proposal again.")
        if state is ProposalState.ACCEPTED:
            under = every(tx, ProposalEvidence, proposal_id=number)
            ensure_undoubted(tx, [each.identifier_id for each in under])
        settle(tx, act, number, state, reason.strip())
        pair = (row.shop_id, row.other_id)
        body = {"proposal": number, "shops": list(pair), "because": sha256_of(reason.encode())}
        tell(tx, act, f"proposal {state}", body)
        if state is ProposalState.ACCEPTED:
            membership.join(tx, act, pair, reason.strip())
            recompute(tx, act, pair)
            membership.look_again(tx, act, pair)


def merge(db: Database, act: Act, operator: str, other: str, *, reason: str) -> int:
    """Merge `other` into `operator`: all its shops come along, its row stays; the change."""
    ensure_analyst(act)
    if not reason.strip():
        raise Refused("Say what shows that the two are one.")
    with db.write() as tx:
        turns.take_turn(tx)
        first, second = operator_by(tx, operator), operator_by(tx, other)
        if first.id == second.id:
            raise Refused("Choose two different operators.")
        theirs = [
            row.id for each in (first, second) for row in every(tx, Shop, operator_id=each.id)
        ]
        membership.hold(tx, theirs, [first.id, second.id])
        number = membership.merge(tx, act, first.id, second.id, reason.strip())
        recompute(tx, act, theirs)
        membership.look_again(tx, act, theirs)
        return number


def split(
    db: Database, act: Act, operator: str, shops: Iterable[int], *, to: str | None,
    name: str | None, reason: str,
) -> str:  # fmt: skip
    """Split shops off to another operator, or to a new one of this name; gives its reference."""
    ensure_analyst(act)
    if not reason.strip():
        raise Refused("Say why the shops are not this operator's.")
    with db.write() as tx:
        turns.take_turn(tx)
        owner = operator_by(tx, operator)
        theirs = {row.id for row in every(tx, Shop, operator_id=owner.id)}
        going = set(shops)
        if not going or not going <= theirs:
            raise Refused("Choose shops of this operator.")
        if going == theirs:
            raise Refused("One shop stays. To say that two operators are one, merge them.")
        named = [operator_by(tx, to).id] if to else []
        membership.hold(tx, going, [owner.id, *named])
        target = chosen(tx, act, to, name)
        membership.leave(tx, act, going, target, reason.strip())
        reject_between(tx, act, going, theirs - going, reason.strip())
        recompute(tx, act, theirs)
        membership.look_again(tx, act, theirs)
        return reference_of(tx, target)


def undo(db: Database, act: Act, number: int, *, reason: str) -> None:
    """Give back what a change moved; what joined the shops then does not join them again."""
    ensure_analyst(act)
    if not reason.strip():
        raise Refused("Say why it is undone; the reason stands in both operators' history.")
    with db.write() as tx:
        turns.take_turn(tx)
        row = membership.known(tx, number)
        went = membership.undo(tx, act, number, reason.strip())
        stay = {each.id for each in every(tx, Shop, operator_id=row.operator_id)} - set(went)
        reject_between(tx, act, went, stay, reason.strip())
        recompute(tx, act, {*went, *stay})
        membership.look_again(tx, act, {*went, *stay})
