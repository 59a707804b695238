"""One civil claim as its page shows it: what it says, its way, what came of it, what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from casework.outcomes.claims import contributors_of, known, members_of, steps_of, under_review
from casework.outcomes.struck import awarded_by, strikes_of
from casework.suing.awarding import money_of
from casework.suing.suing import checklist, completeness, goodwill
from rules.claim_days import CORRECTED, UNDONE
from rules.claims import UNFILED, ClaimMove, ClaimState, moves_from
from rules.decision import Decision
from rules.pleading import HeadKind, PartyRole, Proof
from rules.resting import RestsOn
from storage.linking import survivor
from storage.persons import names
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    CauseOfAction,
    Claim,
    ClaimAllocation,
    ClaimCause,
    ClaimEvidence,
    ClaimHead,
    ClaimParty,
    ClaimPayment,
    ClaimProof,
    ClaimProofWaiver,
    ClaimRelief,
    ClaimStep,
    ClaimStrike,
    Examination,
    Exhibit,
    GoodwillProof,
    Judgment,
    JudgmentHead,
    JudgmentRelief,
    LitigationCampaign,
    Operator,
    OutcomeReview,
    Shop,
    TestBuy,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class HeadLine:
    """A head of claim, and what each instance awarded under it, the first first."""

    head: ClaimHead
    cause: str
    awarded: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ProofLine:
    """A line of the goodwill checklist as this claim has it."""

    row: GoodwillProof
    proof: Proof
    shown: ClaimProof | None
    waiver: ClaimProofWaiver | None


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """One claim, whole. `missing` and `unproved` are what stands before approval and filing.

    `exhibits` and `verdicts` may be listed as evidence; `moves` follow by the table. `counting` are
    the numbers of the steps that were not struck, `correctable` those of which a day may be
    corrected, `undoable` those that may not have happened, `judgments` those that count,
    `struck_judgments` the others with what they awarded, and `strikes` the last word on striking a
    row, by what it is.
    """

    claim: Claim
    operator: Operator
    campaign: str | None
    contributors: frozenset[int]
    parties: Sequence[ClaimParty]
    causes: tuple[tuple[ClaimCause, CauseOfAction], ...]
    heads: tuple[HeadLine, ...]
    reliefs: Sequence[ClaimRelief]
    granted: dict[int, bool]
    evidence: Sequence[ClaimEvidence]
    testbuys: Sequence[TestBuy]
    proofs: tuple[ProofLine, ...]
    steps: Sequence[ClaimStep]
    counting: frozenset[int]
    correctable: frozenset[int]
    undoable: frozenset[int]
    judgments: Sequence[Judgment]
    struck_judgments: tuple[tuple[Judgment, int], ...]
    strikes: dict[tuple[str, int], ClaimStrike]
    payments: Sequence[ClaimPayment]
    allocations: Sequence[ClaimAllocation]
    recovered: int
    allocated: int
    missing: Decision
    unproved: Decision
    moves: tuple[ClaimMove, ...]
    under_review: bool
    reviews: Sequence[OutcomeReview]
    people: dict[int, str]
    every_cause: Sequence[CauseOfAction]
    every_testbuy: Sequence[TestBuy]
    exhibits: Sequence[Exhibit]
    verdicts: tuple[tuple[Verdict, str], ...]
    names: dict[int, str]

    @property
    def claimed(self) -> int:
        """All heads together, in minor units."""
        return sum(line.head.claimed_minor for line in self.heads)

    def awarded(self, instance: int) -> int:
        """All heads of one instance together, in minor units."""
        return sum(line.awarded[instance - 1] for line in self.heads)

    @property
    def changeable(self) -> bool:
        """Whether what it says may still be changed, and whether it may be waived for."""
        return self.claim.state is ClaimState.PREPARED

    @property
    def unfiled(self) -> bool:
        """Whether no court has it yet."""
        return self.claim.state in UNFILED

    @property
    def asks_for_goodwill(self) -> bool:
        """Whether the goodwill checklist counts for it."""
        return any(line.head.kind is HeadKind.GOODWILL for line in self.heads)


def claim(db: Database, reference: str) -> ClaimPage:
    """One claim by its reference; NotFound where there is none."""
    with db.read() as tx:
        return claim_in(tx, reference)


def claim_in(tx: Transaction, reference: str) -> ClaimPage:
    """The same in the caller's transaction."""
    row = known(tx, reference)
    operator = one(tx, Operator, id=row.operator_id)
    assert operator is not None  # a foreign key holds it
    parties = every(tx, ClaimParty, claim_id=row.id, order_by=table_of(ClaimParty).c.id)
    steps = _steps(tx, row)
    counting = steps_of(tx, row.id)
    own = table_of(Judgment).c
    judgments = every(tx, Judgment, claim_id=row.id, struck_at=None, order_by=own.instance)
    struck = every(tx, Judgment, own.struck_at.is_not(None), claim_id=row.id, order_by=own.id)
    strikes = list(strikes_of(tx, row.id))
    causes = _causes(tx, row)
    recovered, allocated = money_of(tx, row.id)
    contributors = contributors_of(tx, row)
    waivers = every(tx, ClaimProofWaiver, claim_id=row.id)
    reviews = every(
        tx,
        OutcomeReview,
        rests=RestsOn.CLAIM,
        about=reference,
        order_by=table_of(OutcomeReview).c.id,
    )
    campaign = one(tx, LitigationCampaign, id=row.campaign_id) if row.campaign_id else None
    testbuys = _of_operator(tx, operator.id)
    return ClaimPage(
        claim=row,
        operator=operator,
        campaign=campaign.name if campaign else None,
        contributors=contributors,
        parties=sorted(parties, key=lambda each: (each.role is PartyRole.DEFENDANT, each.id)),
        causes=causes,
        heads=_heads(tx, row, judgments, {own.id: word.name for own, word in causes}),
        reliefs=every(tx, ClaimRelief, claim_id=row.id, order_by=table_of(ClaimRelief).c.id),
        granted=_granted(tx, judgments),
        evidence=every(
            tx, ClaimEvidence, claim_id=row.id, order_by=table_of(ClaimEvidence).c.number
        ),
        testbuys=members_of(tx, row.id),
        proofs=_proofs(tx, row, waivers),
        steps=steps,
        counting=frozenset(each.id for each in counting),
        correctable=frozenset(each.id for each in counting if each.move in CORRECTED),
        undoable=frozenset(each.id for each in counting if each.move in UNDONE),
        judgments=judgments,
        struck_judgments=tuple((each, awarded_by(tx, each.id)) for each in struck),
        strikes={(entry.what.value, entry.id): asked for asked, entry in strikes},
        payments=every(tx, ClaimPayment, claim_id=row.id, order_by=table_of(ClaimPayment).c.id),
        allocations=every(
            tx, ClaimAllocation, claim_id=row.id, order_by=table_of(ClaimAllocation).c.id
        ),
        recovered=recovered,
        allocated=allocated,
        missing=completeness(tx, row),
        unproved=goodwill(tx, row),
        moves=moves_from(row.state),
        under_review=under_review(tx, reference),
        reviews=reviews,
        people=names(
            tx,
            [
                *contributors, row.approved_by,
                *(each.recorded_by for each in steps),
                *(each.waived_by for each in waivers),
                *(each.decided_by for each in reviews),
                *(who for asked, _ in strikes for who in (asked.asked_by, asked.decided_by)),
            ],
        ),
        every_cause=every(tx, CauseOfAction, order_by=table_of(CauseOfAction).c.id),
        every_testbuy=testbuys,
        exhibits=_exhibits(tx, testbuys),
        verdicts=_verdicts(tx, testbuys),
        names={each.id: each.name for each in parties},
    )  # fmt: skip


def _steps(tx: Transaction, row: Claim) -> list[ClaimStep]:
    """All steps, a correction behind the step it corrects."""
    rows = every(tx, ClaimStep, claim_id=row.id, order_by=table_of(ClaimStep).c.id)
    first: dict[int, int] = {}
    for each in rows:
        first[each.id] = first.get(each.corrects_id or 0, each.id)
    return sorted(rows, key=lambda each: (first[each.id], each.id))


def _causes(tx: Transaction, row: Claim) -> tuple[tuple[ClaimCause, CauseOfAction], ...]:
    words = {each.id: each for each in every(tx, CauseOfAction)}
    own = every(tx, ClaimCause, claim_id=row.id, order_by=table_of(ClaimCause).c.id)
    return tuple((each, words[each.cause_id]) for each in own)


def _heads(
    tx: Transaction, row: Claim, judgments: Sequence[Judgment], causes: dict[int, str]
) -> tuple[HeadLine, ...]:
    given = {
        (each.judgment_id, each.head_id): each.awarded_minor
        for judgment in judgments
        for each in every(tx, JudgmentHead, judgment_id=judgment.id)
    }
    own = every(tx, ClaimHead, claim_id=row.id, order_by=table_of(ClaimHead).c.id)
    return tuple(
        HeadLine(
            each,
            causes[each.claim_cause_id],
            tuple(given[judgment.id, each.id] for judgment in judgments),
        )
        for each in own
    )


def _granted(tx: Transaction, judgments: Sequence[Judgment]) -> dict[int, bool]:
    """By the last judgment."""
    if not judgments:
        return {}
    rows = every(tx, JudgmentRelief, judgment_id=judgments[-1].id)
    return {each.relief_id: each.granted for each in rows}


def _proofs(
    tx: Transaction, row: Claim, waivers: Sequence[ClaimProofWaiver]
) -> tuple[ProofLine, ...]:
    shown = {each.proof_id: each for each in every(tx, ClaimProof, claim_id=row.id)}
    waived = {each.proof_id: each for each in waivers}
    return tuple(
        ProofLine(word, proof, shown.get(word.id), waived.get(word.id))
        for word, proof in checklist(tx, row.id)
    )


def _of_operator(tx: Transaction, operator_id: int) -> Sequence[TestBuy]:
    shops = [each.id for each in every(tx, Shop, operator_id=survivor(tx, operator_id))]
    rows = table_of(TestBuy).c
    return every(
        tx, TestBuy, rows.shop_id.in_(shops), rows.conclusion.is_not(None), order_by=rows.id
    )


def _exhibits(tx: Transaction, testbuys: Sequence[TestBuy]) -> Sequence[Exhibit]:
    rows = table_of(Exhibit).c
    return every(tx, Exhibit, rows.testbuy_id.in_([each.id for each in testbuys]), order_by=rows.id)


def _verdicts(tx: Transaction, testbuys: Sequence[TestBuy]) -> tuple[tuple[Verdict, str], ...]:
    """Verdicts that stand, each with the test buy it is of."""
    owners = {each.id: each.reference for each in testbuys}
    looks, rows = table_of(Examination).c, table_of(Verdict).c
    of = {
        each.id: owners[each.testbuy_id]
        for each in every(tx, Examination, looks.testbuy_id.in_(list(owners)))
    }
    found = every(
        tx, Verdict, rows.examination_id.in_(list(of)), superseded_at=None, order_by=rows.id
    )
    return tuple((each, of[each.examination_id]) for each in found)
