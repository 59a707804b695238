"""A civil claim's way to court and through it: approved, filed, docketed, heard, ended.

Owns the gates before approval and filing (complete; goodwill proved or waived by a second person;
what it rests on carries it), and each step with its day and paper. Judgments and money are
`casework.suing.awarding`'s.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from casework.act import Act
from casework.errors import NotFound, Refused, ensure
from casework.outcomes.claims import (
    advance,
    append,
    contributors_of,
    filed,
    hold_claim,
    members_of,
    rewrite,
    under_review,
)
from evidence.digests import sha256_of
from evidence.vault import Vault
from rules import claims as rule
from rules import pleading
from rules.claims import ClaimMove
from rules.decision import Decision
from rules.pleading import Proof, Said
from rules.roles import Role
from rules.verdicts import COUNTERFEITS
from storage.rows import add_if_absent, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Claim,
    ClaimCause,
    ClaimContributor,
    ClaimEvidence,
    ClaimHead,
    ClaimParty,
    ClaimProof,
    ClaimProofWaiver,
    ClaimRelief,
    GoodwillProof,
)

BY_STEP = frozenset(ClaimMove) - {
    ClaimMove.PREPARE,
    ClaimMove.APPROVE,
    ClaimMove.JUDGE,
    ClaimMove.JUDGE_ON_APPEAL,
    ClaimMove.RECOVER,
    ClaimMove.CLOSE,
    ClaimMove.REOPEN,
    ClaimMove.STRIKE_JUDGMENT,
    ClaimMove.STRIKE_JUDGMENT_ON_APPEAL,
}
"""Moves that `step` makes; the others say more, or look at the money."""
_WORDED = frozenset({ClaimMove.SEND_BACK, ClaimMove.WITHDRAW, ClaimMove.SETTLE, ClaimMove.DISMISS})


@dataclass(frozen=True, slots=True)
class Step:
    """What is told of a step: its day, its paper, words, the docket number, and who appealed."""

    on: date
    paper: bytes | None = None
    said: str | None = None
    docket_number: str | None = None
    party: int | None = None


def approve(db: Database, act: Act, reference: str, *, version: int) -> None:
    """An approver who had no part in it lets a complete claim be filed."""
    with db.write() as tx:
        row = hold_claim(tx, reference, version)
        ensure(rule.may(ClaimMove.APPROVE, row.state, frozenset({act.role})))
        assert act.person is not None  # an approver is a person
        ensure(rule.may_approve(contributors_of(tx, row), act.person))
        ensure(completeness(tx, row))
        ensure(_rests(tx, row))
        changes = {"approved_by": act.person, "approved_at": act.now}
        advance(tx, act, row, ClaimMove.APPROVE, on=act.now.date(), changes=changes)


def step(
    db: Database, vault: Vault, act: Act, reference: str, move: ClaimMove, told: Step, *,
    version: int,
) -> None:  # fmt: skip
    """Record that a claim came one step on; the paper is kept before the row names it."""
    if move not in BY_STEP:
        raise Refused("This is no step that is recorded here.")
    said = (told.said or "").strip() or None
    if move in _WORDED and said is None:
        raise Refused("Say why, or how it came to this.")
    ensure(rule.may_have_happened(told.on, None, act.now.date()))
    digest = filed(vault, told.paper)
    with db.write() as tx:
        row = hold_claim(tx, reference, version)
        ensure(rule.may(move, row.state, frozenset({act.role})))
        changes: dict[str, object] = {}
        party = docket_number = None
        if move is ClaimMove.SEND_BACK:
            changes = {"approved_by": None, "approved_at": None}
            add_if_absent(tx, ClaimContributor, claim_id=row.id, person_id=act.person)
        elif move is ClaimMove.FILE:
            ensure(_rests(tx, row))
            ensure(goodwill(tx, row))
        elif move is ClaimMove.DOCKET:
            docket_number = _docket(told)
        elif move is ClaimMove.APPEAL:
            party = _appellant(tx, row, told.party)
        advance(
            tx, act, row, move, on=told.on, digest=digest, party=party, said=said,
            docket_number=docket_number, changes=changes,
        )  # fmt: skip


def waive_proof(
    db: Database, act: Act, reference: str, *, version: int, proof: int, reason: str
) -> None:
    """An approver who had no part in the claim lets it be filed without one proof of goodwill."""
    if act.role is not Role.APPROVER or act.person is None:
        raise Refused("Only an approver waives a proof.")
    if not reason.strip():
        raise Refused("Say why the claim may be filed without this proof.")
    with db.write() as tx:
        row = hold_claim(tx, reference, version)
        ensure(rule.may_approve(contributors_of(tx, row), act.person))
        if row.state not in rule.UNFILED:
            raise Refused("The claim was filed; nothing is waived any more.")
        if one(tx, GoodwillProof, id=proof) is None:
            raise NotFound("There is no such proof on the checklist.")
        if one(tx, ClaimProof, claim_id=row.id, proof_id=proof):
            raise Refused("The claim has this proof; it needs no waiver.")
        made = {"reason": reason.strip(), "waived_by": act.person, "waived_at": act.now}
        if not add_if_absent(tx, ClaimProofWaiver, claim_id=row.id, proof_id=proof, **made):
            raise Refused("This proof was waived already.")
        rewrite(tx, act, row, {})
        facts = {"what": "proof waived", "proof": proof}
        append(tx, act, reference, {**facts, "reason": sha256_of(reason.strip().encode())})


def completeness(tx: Transaction, row: Claim) -> Decision:
    """Whether the claim says all that an approver must see."""
    return pleading.is_complete(
        Said(
            parties=[each.role for each in every(tx, ClaimParty, claim_id=row.id)],
            causes=len(every(tx, ClaimCause, claim_id=row.id)),
            heads=[each.kind for each in every(tx, ClaimHead, claim_id=row.id)],
            reliefs=len(every(tx, ClaimRelief, claim_id=row.id)),
            evidence=len(every(tx, ClaimEvidence, claim_id=row.id)),
            agreement=row.acceptance_digest is not None,
        )
    )


def checklist(tx: Transaction, claim_id: int) -> Sequence[tuple[GoodwillProof, Proof]]:
    """Each proof of lost goodwill on the list, and whether this claim has it or was let off."""
    shown = {each.proof_id for each in every(tx, ClaimProof, claim_id=claim_id)}
    waived = {each.proof_id for each in every(tx, ClaimProofWaiver, claim_id=claim_id)}
    rows = every(tx, GoodwillProof, order_by=table_of(GoodwillProof).c.id)
    return [(row, Proof(row.name, row.id in shown, row.id in waived)) for row in rows]


def goodwill(tx: Transaction, row: Claim) -> Decision:
    """Whether the claim may be filed as to its proofs of lost goodwill."""
    heads = [each.kind for each in every(tx, ClaimHead, claim_id=row.id)]
    return pleading.is_proved(heads, [proof for _, proof in checklist(tx, row.id)])


def _rests(tx: Transaction, row: Claim) -> Decision:
    """Whether what the claim rests on carries it now."""
    objections: list[str] = []
    if under_review(tx, row.reference):
        objections.append(
            "What this claim rests on was judged anew. Decide the review first, under Superseded."
        )
    objections += [
        f"{each.reference} is not concluded to be a counterfeit. Wait for its conclusion, or take "
        "it out of the claim."
        for each in members_of(tx, row.id)
        if each.conclusion not in COUNTERFEITS
    ]
    return Decision.unless(objections)


def _docket(told: Step) -> str:
    number = (told.docket_number or "").strip()
    if not number:
        raise Refused("Write the number under which the court docketed it.")
    return number


def _appellant(tx: Transaction, row: Claim, party: int | None) -> int:
    found = one(tx, ClaimParty, id=party, claim_id=row.id) if party is not None else None
    if found is None:
        raise Refused("Say which of the parties appealed.")
    return found.id
