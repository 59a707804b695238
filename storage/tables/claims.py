"""Civil claims: what each says, on which test buys it rests, and every step of its way to court.

A claim has one currency; every amount under it is in minor units of that. Names and addresses of
parties stand in `claim_party` alone. What came of it stands in `storage.tables.awards`.
"""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from rules.claims import ClaimMove, ClaimState
from rules.pleading import EvidenceKind, HeadKind, PartyRole, ReliefKind
from storage.tables.columns import Table, identity, instant, refers_to, whole, word


class LitigationCampaign(Table, table=True):
    """So many suits, `target`, to be filed from `opens_on` to `closes_on`, both days included."""

    __table_args__ = (
        sa.CheckConstraint("target > 0", name="some_suits"),
        sa.CheckConstraint("closes_on >= opens_on", name="window"),
    )
    id: int = identity()
    name: str = Field(unique=True)
    target: int
    opens_on: date
    closes_on: date
    opened_by: int = refers_to("person.id", index=False)
    opened_at: datetime = instant()


class CauseOfAction(Table, table=True):
    """A word for what a claim is grounded on; `verified` False: counsel has not checked it."""

    id: int = identity()
    name: str = Field(unique=True)
    source: str
    verified: bool


class GoodwillProof(Table, table=True):
    """A line of the checklist of what a court may want to see for lost goodwill."""

    id: int = identity()
    name: str = Field(unique=True)
    source: str
    verified: bool


class Claim(Table, table=True):
    """A civil claim against an operator before one court.

    `clause`, `clause_version`, `accepted_on`: what the seller agreed to and when, shown by the
    document `acceptance_digest`. `docket_number` is that of the docketing that counts.
    `proceeding_id` is what keeps exhibits once it is filed.
    """

    __table_args__ = (
        sa.CheckConstraint("approved_by <> prepared_by", name="approver_is_not_preparer"),
        sa.CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approval_whole"),
        sa.CheckConstraint(
            "(accepted_on IS NULL) = (acceptance_digest IS NULL)", name="acceptance_is_whole"
        ),
        sa.Index("ix_claim_court", "court", "id"),
    )
    id: int = identity()
    reference: str = Field(unique=True)
    operator_id: int = refers_to("operator.id")
    campaign_id: int | None = refers_to("litigation_campaign.id", optional=True)
    court: str
    city: str
    jurisdiction: str
    currency: str
    docket_number: str | None = None
    state: ClaimState = word(ClaimState, index=True)
    version: int
    clause: str | None = None
    clause_version: str | None = None
    accepted_on: date | None = None
    acceptance_digest: str | None = None
    prepared_by: int = refers_to("person.id", index=False)
    prepared_at: datetime = instant()
    approved_by: int | None = refers_to("person.id", optional=True, index=False)
    approved_at: datetime | None = instant(optional=True)
    proceeding_id: int | None = refers_to("proceeding.id", optional=True)
    changed_at: datetime = instant()


class ClaimTestBuy(Table, table=True):
    """A test buy a claim rests on."""

    claim_id: int = refers_to("claim.id", primary_key=True, index=False)
    testbuy_id: int = refers_to("testbuy.id", primary_key=True)


class ClaimContributor(Table, table=True):
    """Who prepared a claim or changed what it says: none of them may approve it."""

    claim_id: int = refers_to("claim.id", primary_key=True, index=False)
    person_id: int = refers_to("person.id", primary_key=True, index=False)


class ClaimParty(Table, table=True):
    """Who sues or is sued. Personal data: it stands here and in no ledger."""

    id: int = identity()
    claim_id: int = refers_to("claim.id")
    role: PartyRole = word(PartyRole)
    name: str
    address: str | None = None


class ClaimCause(Table, table=True):
    """A cause of action of a claim; `said` is what counsel adds in words."""

    __table_args__ = (sa.UniqueConstraint("claim_id", "cause_id"),)
    id: int = identity()
    claim_id: int = refers_to("claim.id", index=False)
    cause_id: int = refers_to("cause_of_action.id", index=False)
    said: str | None = None


class ClaimHead(Table, table=True):
    """An amount claimed for one kind of loss, under one of the claim's causes."""

    __table_args__ = (
        sa.UniqueConstraint("claim_id", "claim_cause_id", "kind"),
        sa.CheckConstraint("claimed_minor > 0", name="some_money"),
    )
    id: int = identity()
    claim_id: int = refers_to("claim.id", index=False)
    claim_cause_id: int = refers_to("claim_cause.id")
    kind: HeadKind = word(HeadKind)
    claimed_minor: int = whole()


class ClaimRelief(Table, table=True):
    """What is asked for beyond money; `said` tells where, how long, of what."""

    __table_args__ = (sa.UniqueConstraint("claim_id", "kind"),)
    id: int = identity()
    claim_id: int = refers_to("claim.id", index=False)
    kind: ReliefKind = word(ReliefKind)
    said: str | None = None


class ClaimEvidence(Table, table=True):
    """A line of the list of evidence, numbered from 1; `digest` fixes what was listed.

    An exhibit's is over its reference, its seal and the digests of its test buy's accepted photos,
    each on a line; a verdict's is that it was sealed with, a document's that of its bytes.
    """

    __table_args__ = (
        sa.UniqueConstraint("claim_id", "number"),
        sa.UniqueConstraint("claim_id", "digest"),
        sa.CheckConstraint("(kind = 'exhibit') = (exhibit_id IS NOT NULL)", name="of_exhibit"),
        sa.CheckConstraint("(kind = 'verdict') = (verdict_id IS NOT NULL)", name="of_verdict"),
    )
    id: int = identity()
    claim_id: int = refers_to("claim.id", index=False)
    number: int
    kind: EvidenceKind = word(EvidenceKind)
    exhibit_id: int | None = refers_to("exhibit.id", optional=True)
    verdict_id: int | None = refers_to("verdict.id", optional=True)
    proves: str
    digest: str


class ClaimProof(Table, table=True):
    """A proof of lost goodwill that a claim has; `said` tells what shows it."""

    __table_args__ = (sa.UniqueConstraint("claim_id", "proof_id"),)
    id: int = identity()
    claim_id: int = refers_to("claim.id", index=False)
    proof_id: int = refers_to("goodwill_proof.id", index=False)
    said: str


class ClaimProofWaiver(Table, table=True):
    """A second person lets a claim be filed without one proof of lost goodwill, with the reason."""

    claim_id: int = refers_to("claim.id", primary_key=True, index=False)
    proof_id: int = refers_to("goodwill_proof.id", primary_key=True)
    reason: str
    waived_by: int = refers_to("person.id", index=False)
    waived_at: datetime = instant()


class ClaimStep(Table, table=True):
    """A move of a claim, the day it happened, and the digest of the paper that shows it.

    `party_id`: who appealed. `said`: what was heard, agreed or ordered, in words. `docket_number`:
    under which it was docketed. `corrects_id`: a step that was struck (`ClaimStrike`), in whose
    place this one stands, on its right day and under its right number.
    """

    __table_args__ = (
        sa.UniqueConstraint("corrects_id"),
        sa.CheckConstraint(
            "(move = 'docket') = (docket_number IS NOT NULL)", name="number_of_docketing"
        ),
    )
    id: int = identity()
    claim_id: int = refers_to("claim.id")
    move: ClaimMove = word(ClaimMove)
    state: ClaimState = word(ClaimState)
    happened_on: date
    digest: str | None = None
    party_id: int | None = refers_to("claim_party.id", optional=True, index=False)
    said: str | None = None
    docket_number: str | None = None
    corrects_id: int | None = refers_to("claim_step.id", optional=True, index=False)
    recorded_by: int = refers_to("person.id", index=False)
    recorded_at: datetime = instant()
