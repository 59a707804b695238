"""What a civil claim says: prepared by counsel, part by part, until somebody else approves it.

Owns the change of what a claim says, of which each makes whatever form was shown before stale, the
court and the agreement. Leaves parties, causes and what is asked for to `casework.suing.pleading`,
what it rests on to `casework.suing.grounding`, and the way to court to `casework.suing.suing`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from casework.act import Act
from casework.errors import NotFound, Refused, ensure
from casework.operators.operators import operator_by
from casework.outcomes.claims import append, filed, hold_claim, rewrite
from evidence.digests import sha256_of
from evidence.vault import Vault
from rules import claims as rule
from rules.claims import ClaimMove, ClaimState
from rules.money import exponent
from storage import testbuys
from storage.keeping import lock_all_of
from storage.rows import add, add_if_absent, every, one, remove, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Claim,
    ClaimCause,
    ClaimContributor,
    ClaimEvidence,
    ClaimHead,
    ClaimParty,
    ClaimProof,
    ClaimRelief,
    ClaimStep,
    ClaimTestBuy,
    Examination,
    Exhibit,
    LitigationCampaign,
    Verdict,
)

PARTS: Mapping[str, type] = {
    "party": ClaimParty,
    "cause": ClaimCause,
    "head": ClaimHead,
    "relief": ClaimRelief,
    "evidence": ClaimEvidence,
    "proof": ClaimProof,
    "testbuy": ClaimTestBuy,
}
"""What may be taken out again by its number, while the claim is prepared; a test buy by its own."""


@dataclass(frozen=True, slots=True)
class Before:
    """Which court a claim goes to, in which currency; `campaign` is the name of one, or None."""

    court: str
    city: str
    jurisdiction: str
    currency: str
    campaign: str | None = None


def prepare(db: Database, act: Act, operator: str, before: Before) -> str:
    """Counsel prepares a claim against an operator; gives its reference."""
    ensure(rule.may(ClaimMove.PREPARE, None, frozenset({act.role})))
    assert act.person is not None  # counsel is a person
    if not (before.court.strip() and before.city.strip() and before.jurisdiction.strip()):
        raise Refused("Name the court, its city and its jurisdiction.")
    exponent(before.currency)  # a currency that is known
    with db.write() as tx:
        found = operator_by(tx, operator)
        lock_all_of(tx, found.id)
        number = testbuys.next_number(tx, f"CL-{act.now.year}")
        reference = f"CL-{act.now.year}-{number:06d}"
        claim_id = add(
            tx,
            Claim,
            reference=reference,
            operator_id=found.id,
            campaign_id=_campaign(tx, before.campaign),
            court=before.court.strip(),
            city=before.city.strip(),
            jurisdiction=before.jurisdiction.strip().upper(),
            currency=before.currency,
            state=ClaimState.PREPARED,
            version=1,
            prepared_by=act.person,
            prepared_at=act.now,
            changed_at=act.now,
        )
        add(tx, ClaimContributor, claim_id=claim_id, person_id=act.person)
        step = {"move": ClaimMove.PREPARE, "state": ClaimState.PREPARED}
        made = {"happened_on": act.now.date(), "recorded_by": act.person, "recorded_at": act.now}
        add(tx, ClaimStep, claim_id=claim_id, **step, **made)
        append(tx, act, reference, {"what": ClaimMove.PREPARE, "operator": found.reference})
        return reference


def record_agreement(
    db: Database,
    vault: Vault,
    act: Act,
    reference: str,
    *,
    version: int,
    clause: str,
    clause_version: str,
    accepted_on: date,
    data: bytes | None,
) -> None:
    """What the seller agreed to: the clause, its version, and the paper of the dated acceptance."""
    if not clause.strip() or not clause_version.strip():
        raise Refused("Name the clause and its version.")
    ensure(rule.may_have_happened(accepted_on, None, act.now.date()))
    digest = filed(vault, data)
    if digest is None:
        raise Refused("Hand in the seller's acceptance, as PDF or scan.")
    agreed = {
        "clause": clause.strip(),
        "clause_version": clause_version.strip(),
        "accepted_on": accepted_on,
        "acceptance_digest": digest,
    }
    facts = {"document": digest, "clause": sha256_of(clause.strip().encode())}
    change_said(db, act, reference, version, "agreement", lambda *_: facts, agreed)


def take_out(
    db: Database, act: Act, reference: str, *, version: int, part: str, number: int
) -> None:
    """Take a part out of what the claim says; what others rest on is taken out after them."""
    table = PARTS.get(part)
    if table is None:
        raise NotFound("There is no such part of a claim.")

    def do(tx: Transaction, row: Claim) -> dict[str, object]:
        if table is ClaimCause and every(tx, ClaimHead, claim_cause_id=number, limit=1):
            raise Refused("Amounts are claimed under this cause. Take them out first.")
        if table is ClaimTestBuy and _listed(tx, row, number):
            raise Refused("Its exhibit or verdict is listed as evidence. Take that out first.")
        rows = table_of(table).c
        named = rows.testbuy_id if table is ClaimTestBuy else rows.id
        if not remove(tx, table, named == number, rows.claim_id == row.id):
            raise NotFound("The claim has no such part any more. Look at it again.")
        return {"part": part, "number": number}

    change_said(db, act, reference, version, "taken out", do)


def change_said(
    db: Database,
    act: Act,
    reference: str,
    version: int,
    what: str,
    do: Callable[[Transaction, Claim], Mapping[str, object]],
    changes: Mapping[str, object] | None = None,
) -> None:
    """One change to what a claim says: allowed, made, its maker a contributor, in the ledger.

    `do` makes it and gives its facts for the ledger; `changes` are the claim's own columns.
    """
    with db.write() as tx:
        row = hold_claim(tx, reference, version)
        ensure(rule.may_change(row.state, frozenset({act.role})))
        facts = do(tx, row)
        rewrite(tx, act, row, changes or {})
        add_if_absent(tx, ClaimContributor, claim_id=row.id, person_id=act.person)
        append(tx, act, reference, {"what": what, **facts})


def _listed(tx: Transaction, row: Claim, testbuy_id: int) -> bool:
    """Whether an exhibit of the test buy, or a verdict on one, is in the list of evidence."""
    exhibits = {each.id for each in every(tx, Exhibit, testbuy_id=testbuy_id)}
    looks = [each.id for each in every(tx, Examination, testbuy_id=testbuy_id)]
    found = every(tx, Verdict, table_of(Verdict).c.examination_id.in_(looks))
    verdicts = {each.id for each in found}
    lines = every(tx, ClaimEvidence, claim_id=row.id)
    return any(each.exhibit_id in exhibits or each.verdict_id in verdicts for each in lines)


def _campaign(tx: Transaction, name: str | None) -> int | None:
    if not name:
        return None
    found = one(tx, LitigationCampaign, name=name)
    if found is None:
        raise NotFound(f"There is no litigation campaign “{name}”. Choose one from the list.")
    return found.id
