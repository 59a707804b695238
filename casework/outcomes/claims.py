"""A claim's rows: found and held, brought one step on, and the proceedings that follow it.

Owns which claims rest on a test buy, who put what into one, the order in which operator, test buys
and claim are locked, and that one claim has one row of proceedings, opened when it is filed, named
by its docket and ended on the day it is final or over. Leaves what it says to
`casework.suing.claiming`, its way to `casework.suing.suing`, and what came of it to
`casework.suing.awarding`. Names of parties and what people typed stay out of ledgers: those hold
numbers, words and digests.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from casework.act import Act
from casework.errors import NotFound, Refused, Stale, ensure
from evidence.digests import sha256_of
from evidence.media import HEAD, paper_of
from evidence.vault import Vault
from rules import claims as rule
from rules.claims import PENDING, UNFILED, ClaimMove, ClaimState
from rules.correcting import in_place
from rules.pleading import EvidenceKind, Struck
from rules.resting import RestsOn
from rules.retention import EndedBy, Rests
from storage import ledger
from storage.keeping import lock_all_of
from storage.rows import add, change_one, change_seen, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Claim,
    ClaimContributor,
    ClaimEvidence,
    ClaimPayment,
    ClaimStep,
    ClaimStrike,
    ClaimTestBuy,
    Operator,
    OutcomeReview,
    Proceeding,
    ProceedingKind,
    TestBuy,
)

_ENDED = {
    ClaimState.FINAL: EndedBy.FINAL_JUDGMENT,
    ClaimState.WITHDRAWN: EndedBy.WITHDRAWN,
    ClaimState.SETTLED: EndedBy.SETTLED,
    ClaimState.DISMISSED: EndedBy.DISMISSED,
}
"""How the proceedings of a claim end with it: every state that a pending one leaves to."""
_claims, _links = table_of(Claim), table_of(ClaimTestBuy)


def known(tx: Transaction, reference: str) -> Claim:
    """The claim by its reference, not held; NotFound where there is none."""
    row = one(tx, Claim, reference=reference)
    if row is None:
        raise NotFound(f"There is no claim {reference}. Check the reference.")
    return row


def hold_claim(tx: Transaction, reference: str, version: int | None) -> Claim:
    """The claim, held behind its operator and that one's test buys, as everywhere.

    Stale where it is no longer the `version` that the caller saw.
    """
    lock_all_of(tx, known(tx, reference).operator_id)
    row = one(tx, Claim, reference=reference, lock=True)
    assert row is not None  # claims are never removed
    if version is not None and row.version != version:
        raise Stale(
            f"{reference} was changed meanwhile; it is {row.state.said} now. Look at it again."
        )
    return row


def members_of(tx: Transaction, claim_id: int) -> Sequence[TestBuy]:
    """The test buys a claim rests on, the oldest first."""
    rows = table_of(TestBuy).c
    resting = _links.select().with_only_columns(_links.c.testbuy_id)
    wanted = rows.id.in_(resting.where(_links.c.claim_id == claim_id))
    return every(tx, TestBuy, wanted, order_by=rows.id)


def claims_on(tx: Transaction, testbuy_id: int) -> Sequence[Claim]:
    """The claims that rest on a test buy, withdrawn ones apart, the oldest first."""
    resting = _links.select().with_only_columns(_links.c.claim_id)
    return every(
        tx,
        Claim,
        _claims.c.id.in_(resting.where(_links.c.testbuy_id == testbuy_id)),
        _claims.c.state != ClaimState.WITHDRAWN,
        order_by=_claims.c.id,
    )


def unfiled_on(tx: Transaction, testbuy_id: int) -> Iterator[Rests]:
    """Those that no court has yet: on the day they are filed, what they rest on must be there."""
    for each in claims_on(tx, testbuy_id):
        if each.state in UNFILED:
            until = f"{each.reference} is withdrawn, or has been filed and is over"
            yield Rests(each.reference, None, until)


def contributors_of(tx: Transaction, row: Claim) -> frozenset[int]:
    """Everybody who prepared a claim or added to what it says; none of them may approve it."""
    own = every(tx, ClaimContributor, claim_id=row.id)
    return frozenset({row.prepared_by, *(each.person_id for each in own)})


def under_review(tx: Transaction, reference: str) -> bool:
    """Whether what the claim rests on was judged anew, and nobody has looked at it since."""
    about = {"rests": RestsOn.CLAIM, "about": reference, "decided_at": None}
    return bool(every(tx, OutcomeReview, **about, limit=1))


def advance(
    tx: Transaction,
    act: Act,
    row: Claim,
    step: ClaimMove,
    *,
    on: date,
    digest: str | None = None,
    party: int | None = None,
    said: str | None = None,
    docket_number: str | None = None,
    changes: Mapping[str, object] | None = None,
) -> ClaimState:
    """Bring a claim one step on, if it is still as it was read, with the day of the step.

    The step, the proceedings that follow it and the ledger's entry are one with the change.
    """
    ensure(rule.may(step, row.state, frozenset({act.role})))
    found = rule.rule_for(step, row.state)
    assert found is not None  # `may` has just found it
    assert act.person is not None  # every role of the table is a person's
    ensure(rule.may_have_happened(on, last_day(tx, row.id), act.now.date()))
    if found.document and digest is None:
        raise Refused("Hand in the paper that shows this step, as PDF or scan.")
    rewrite(tx, act, row, {"state": found.target, **(changes or {})})
    number = add(
        tx,
        ClaimStep,
        claim_id=row.id,
        move=step,
        state=found.target,
        happened_on=on,
        digest=digest,
        party_id=party,
        said=said,
        docket_number=docket_number,
        recorded_by=act.person,
        recorded_at=act.now,
    )
    facts: dict[str, object] = {"what": step, "to": found.target, "step": number, "on": str(on)}
    facts |= {"document": digest} if digest else {}
    facts |= {"said": sha256_of(said.encode())} if said else {}
    facts |= {"docket": sha256_of(docket_number.encode())} if docket_number else {}
    append(tx, act, row.reference, facts)
    _follow(tx, act, row, found.target, on)
    if docket_number:
        bear(tx, row, docket_number)
    return found.target


def last_day(tx: Transaction, claim_id: int) -> date | None:
    """The day of the last step before a court; a claim may be put on record long after its days."""
    days = [each.happened_on for each in steps_of(tx, claim_id) if each.state not in UNFILED]
    return days[-1] if days else None


def filing_days(tx: Transaction, ids: Sequence[int]) -> dict[int, date]:
    """On which day each of these claims was filed, by its number; a correction is the later row."""
    rows = table_of(ClaimStep).c
    filings = every(tx, ClaimStep, rows.claim_id.in_(ids), move=ClaimMove.FILE, order_by=rows.id)
    return {each.claim_id: each.happened_on for each in filings}


def steps_of(tx: Transaction, claim_id: int) -> list[ClaimStep]:
    """The steps of a claim that count, in their order; a correction in its step's place."""
    rows = every(tx, ClaimStep, claim_id=claim_id, order_by=table_of(ClaimStep).c.id)
    strikes = every(tx, ClaimStrike, claim_id=claim_id, what=Struck.STEP, agreed=True)
    gone = {each.step_id for each in strikes}
    told = in_place(rows)
    standing = (told[position] for position in rule.standing([each.move for each in told]))
    return [each for each in standing if each.id not in gone]


def rewrite(tx: Transaction, act: Act, row: Claim, changes: Mapping[str, object]) -> None:
    """Change what a claim's page says: whatever form was shown before is stale."""
    if not change_seen(tx, Claim, row.id, row.version, changed_at=act.now, **changes):
        raise Stale(f"{row.reference} was changed at the same moment. Look at it again.")


def append(tx: Transaction, act: Act, reference: str, facts: Mapping[str, object]) -> None:
    """Into a claim's own ledger."""
    ledger.append(tx, reference, {**facts, "by": act.by}, act.now)


def filed(vault: Vault, data: bytes | None) -> str | None:
    """Keep a paper bit for bit; gives its digest, None where none was handed in."""
    if data is None:
        return None
    if paper_of(data[:HEAD]) is None:
        raise Refused("This is no PDF, JPEG or PNG. Scan the paper, then hand it in again.")
    return vault.put(data).digest


def paper(db: Database, reference: str, digest: str) -> str:
    """The digest of a paper of this claim; NotFound where it is none of its own."""
    with db.read() as tx:
        row = known(tx, reference)
        listed = every(tx, ClaimEvidence, claim_id=row.id, kind=EvidenceKind.DOCUMENT)
        kept = {row.acceptance_digest, *(each.digest for each in listed)}
        for table in (ClaimStep, ClaimPayment):
            kept |= {each.digest for each in every(tx, table, claim_id=row.id)}
        if digest not in kept:
            raise NotFound("There is no such paper of this claim.")
    return digest


def currency_of(db: Database, reference: str) -> str:
    """The one currency of a claim."""
    with db.read() as tx:
        return known(tx, reference).currency


def bear(tx: Transaction, row: Claim, docket_number: str) -> None:
    """Let a claim and its proceedings bear the number of the docketing that counts."""
    change_one(tx, Claim, row.id, docket_number=docket_number)
    assert row.proceeding_id is not None  # opened when it was filed
    change_one(tx, Proceeding, row.proceeding_id, name=f"{row.court}, {docket_number}")


def follow_day(tx: Transaction, act: Act, row: Claim, step: ClaimStep, on: date) -> None:
    """Proceedings that ended with a step ended on its right day: what is kept for them follows."""
    if step.state in _ENDED and row.proceeding_id is not None:
        change_one(tx, Proceeding, row.proceeding_id, ended_on=on)
        _append_proceeding(tx, act, row, "proceedings ended on another day", row.proceeding_id)


def _follow(tx: Transaction, act: Act, row: Claim, to: ClaimState, on: date) -> None:
    """Open the claim's proceedings, end them, or open them again where a judgment was struck."""
    if to is ClaimState.FILED:
        number = add(
            tx,
            Proceeding,
            operator_id=row.operator_id,
            kind=ProceedingKind.CLAIM,
            name=f"{row.court}, {row.reference}",
            opened_by=act.person,
            opened_at=act.now,
        )
        change_one(tx, Claim, row.id, proceeding_id=number)
        _append_proceeding(tx, act, row, "proceedings opened", number)
    elif to not in PENDING and row.state in PENDING and row.proceeding_id is not None:
        how = {"ended_on": on, "ended_how": _ENDED[to], "ended_by": act.person}
        change_one(tx, Proceeding, row.proceeding_id, **how, ended_at=act.now)
        _append_proceeding(tx, act, row, "proceedings ended", row.proceeding_id)
    elif to in PENDING and row.state not in PENDING and row.proceeding_id is not None:
        none = {"ended_on": None, "ended_how": None, "ended_by": None, "ended_at": None}
        change_one(tx, Proceeding, row.proceeding_id, **none)
        _append_proceeding(tx, act, row, "proceedings reopened", row.proceeding_id)


def _append_proceeding(tx: Transaction, act: Act, row: Claim, what: str, number: int) -> None:
    owner = one(tx, Operator, id=row.operator_id)
    assert owner is not None  # a foreign key holds it
    body = {"what": what, "proceeding": number, "claim": row.reference, "by": act.by}
    ledger.append(tx, owner.reference, body, act.now)
