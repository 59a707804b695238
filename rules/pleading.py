"""What a civil claim says: who is a party, what it rests on and asks for, and what it must show.

Owns the words of it, the causes of action and the proofs of lost goodwill this programme starts
with, and what must be there before a claim is approved and before it is filed. Leaves its way to
`rules.claims`. The causes and the proofs are rows that counsel checks (`verified`); none is law.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rules.decision import Decision


class PartyRole(StrEnum):
    """In which role somebody stands before the court."""

    PLATFORM = "platform"
    RIGHTS_HOLDER = "rights_holder"
    GENUINE_SELLER = "genuine_seller"
    CONSUMER = "consumer"
    DEFENDANT = "defendant"


class HeadKind(StrEnum):
    """What an amount is claimed for."""

    DAMAGES = "damages"
    GOODWILL = "goodwill"
    REASONABLE_EXPENSES = "reasonable_expenses"
    PUNITIVE = "punitive"


class ReliefKind(StrEnum):
    """What is asked for beyond money."""

    APOLOGY = "apology"
    PUBLICATION = "publication"
    INJUNCTION = "injunction"
    DESTRUCTION = "destruction"


class EvidenceKind(StrEnum):
    """What stands in the list of evidence."""

    EXHIBIT = "exhibit"
    VERDICT = "verdict"
    DOCUMENT = "document"


class Struck(StrEnum):
    """What of a claim can be struck where it was entered wrongly."""

    PAYMENT = "payment"
    ALLOCATION = "allocation"
    JUDGMENT = "judgment"
    STEP = "step"


class AllocatedTo(StrEnum):
    """Where money that was recovered goes (domain: section 1, a consumer-protection fund)."""

    CONSUMER_FUND = "consumer_fund"
    RIGHTS_HOLDER = "rights_holder"
    CO_PLAINTIFF = "co_plaintiff"
    COSTS = "costs"
    PLATFORM = "platform"


CAUSES: tuple[tuple[str, str], ...] = (
    ("breach of the no-fakes clause", "the case the programme is modelled on"),
    ("loss of goodwill", "the case the programme is modelled on"),
    ("trade mark infringement", "plausible, not checked"),
    ("unfair competition", "plausible, not checked"),
    ("brushing", "the documents the programme was made from"),
)
"""Causes of action to start with, and what each rests on (domain: section 1)."""

PROOFS: tuple[str, ...] = (
    "complaints of buyers about the seller's goods",
    "refunds of the seller's orders",
    "reports in the press",
    "a survey of how buyers see the brand or the platform",
    "what the programme against counterfeits costs",
    "sales before and after the seller's counterfeits",
)
"""What a court may want to see for lost goodwill; none is checked by counsel."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a claim says so far, as far as the rule looks at it."""

    parties: Collection[PartyRole]
    causes: int
    heads: Collection[HeadKind]
    reliefs: int
    evidence: int
    agreement: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """One line of the goodwill checklist: present, waived, or neither."""

    name: str
    present: bool
    waived: bool


def is_complete(said: Said) -> Decision:
    """Whether a claim says all that an approver must see; a refusal names everything missing."""
    missing: list[str] = []
    if PartyRole.DEFENDANT not in said.parties:
        missing.append("Nobody is sued yet: name a defendant.")
    if not set(said.parties) - {PartyRole.DEFENDANT}:
        missing.append("Nobody sues yet: name the plaintiffs.")
    if not said.causes:
        missing.append("Name a cause of action.")
    if not said.heads and not said.reliefs:
        missing.append("The claim asks for nothing: add an amount or another relief.")
    if not said.evidence:
        missing.append("The list of evidence is empty.")
    if not said.agreement:
        missing.append("Record the clause, its version and the seller's dated acceptance.")
    return Decision.unless(missing)


def is_proved(heads: Collection[HeadKind], proofs: Sequence[Proof]) -> Decision:
    """Whether a claim may be filed as to goodwill: each proof is there, or was waived.

    Asks for nothing where no head claims goodwill. An empty checklist proves nothing.
    """
    if HeadKind.GOODWILL not in heads:
        return Decision.yes()
    if not proofs:
        return Decision.no("No proof of lost goodwill is on the checklist. Counsel adds one first.")
    return Decision.unless(
        [
            f"Goodwill is claimed and a proof is missing: {each.name}. Add it, or have it waived."
            for each in proofs
            if not each.present and not each.waived
        ]
    )
