"""What a court must be told unasked of referrals, claims and raids: which came to nothing, what
others decided, and what an earlier package may have told wrongly.

Owns what such a line holds before it is covered (`Told`). Leaves the rest about an operator to
`casework.record.disclosing_operators`, and the wording to `evidence.words`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.outcomes.struck import Entry, awarded_by, strikes_of
from casework.raiding.correcting import corrections_of as corrections_of_raid
from casework.referring.following import all_steps_of, corrections_of, steps_of
from rules.claims import ClaimMove, ClaimState
from rules.disclosure import Disclosure
from rules.money import Money
from rules.pleading import Struck
from rules.referral import ReferralMove, ReferralState
from storage.rows import every, one, table_of
from storage.session import Transaction
from storage.tables import (
    Agency,
    Claim,
    ClaimHead,
    ClaimStep,
    ClaimStrike,
    Judgment,
    Raid,
    RaidSource,
    Referral,
)

LOST = frozenset({ClaimState.DISMISSED, ClaimState.WITHDRAWN})
ENDED_BY = {
    ReferralState.DECLINED: ReferralMove.DECLINE_BY_AGENCY,
    ReferralState.CLOSED: ReferralMove.CLOSE,
    ReferralState.WITHDRAWN: None,
}
"""Referrals that go on no more, and the step at the agency that tells why; None: our own word."""


@dataclass(frozen=True, slots=True)
class Told:
    """A line before it is covered: whose reference it bears, its kind, when, and its facts."""

    reference: str
    kind: Disclosure
    at: datetime
    facts: dict[str, str]


def of_outcomes(tx: Transaction, whole: Sequence[int]) -> Iterator[Told]:
    """All of it, of an operator with every one that was merged into it."""
    yield from _referrals(tx, whole)
    yield from _corrected(tx, whole)
    yield from _claims(tx, whole)
    yield from _raids(tx, whole)


def _referrals(tx: Transaction, whole: Sequence[int]) -> Iterator[Told]:
    """Those that an agency declined or closed, or that were taken back, each with the reason."""
    referrals = table_of(Referral).c
    ended = (referrals.operator_id.in_(whole), referrals.state.in_(list(ENDED_BY)))
    for row in every(tx, Referral, *ended, order_by=referrals.id):
        agency, move = one(tx, Agency, id=row.agency_id), ENDED_BY[row.state]
        assert agency is not None  # a foreign key holds it
        found = [each for each in steps_of(tx, row.id) if each.move is move]
        last = found[-1] if found else None
        why = last.decline_reason if last else None
        facts = {
            "agency": agency.name,
            "state_word": f"referral_ended.{why or row.state}",
            "reason": (last.words if last else row.answer) or "–",
        }
        at = last.recorded_at if last else row.changed_at
        yield Told(row.reference, Disclosure.REFERRAL_ENDED, at, facts)


def _corrected(tx: Transaction, whole: Sequence[int]) -> Iterator[Told]:
    """What an earlier package may have told of an agency's steps, and is not so."""
    referrals = table_of(Referral).c
    for row in every(tx, Referral, referrals.operator_id.in_(whole), order_by=referrals.id):
        steps = {each.id: each for each in all_steps_of(tx, row.id)}
        agency = one(tx, Agency, id=row.agency_id)
        assert agency is not None  # a foreign key holds it
        for asked in corrections_of(tx, row.id):
            if not asked.agreed or asked.decided_at is None:
                continue
            wrong = steps[asked.step_id]
            facts = {"agency": agency.name, "reason": asked.reason}
            facts["what_word"] = f"referral_step.{wrong.move}"
            if asked.instead_on is not None:
                day = {"on": wrong.happened_on.isoformat(), "instead": asked.instead_on.isoformat()}
                yield Told(row.reference, Disclosure.REFERRAL_DAY, asked.decided_at, facts | day)
            if asked.instead_number is not None:
                number = {"number": wrong.number or "–", "instead": asked.instead_number}
                at = asked.decided_at
                yield Told(row.reference, Disclosure.REFERRAL_NUMBER, at, facts | number)


def _claims(tx: Transaction, whole: Sequence[int]) -> Iterator[Told]:
    rows, steps = table_of(Claim).c, table_of(ClaimStep).c
    for row in every(tx, Claim, rows.operator_id.in_(whole), order_by=rows.id):
        if row.state in LOST:
            move = ClaimMove.DISMISS if row.state is ClaimState.DISMISSED else ClaimMove.WITHDRAW
            last = every(tx, ClaimStep, claim_id=row.id, move=move, order_by=steps.id.desc())[0]
            facts = {
                "court": row.court, "state_word": f"claim.{row.state}", "reason": last.said or "–",
            }  # fmt: skip
            yield Told(row.reference, Disclosure.CLAIM_ENDED, last.recorded_at, facts)
        heads = every(tx, ClaimHead, claim_id=row.id)
        claimed = Money(sum(each.claimed_minor for each in heads), row.currency)
        counting = {"claim_id": row.id, "struck_at": None}
        for judgment in every(tx, Judgment, **counting, order_by=table_of(Judgment).c.id):
            awarded = Money(awarded_by(tx, judgment.id), row.currency)
            facts = {
                "court": row.court, "claimed": str(claimed), "awarded": str(awarded),
                "reason": judgment.reasons,
            }  # fmt: skip
            yield Told(row.reference, Disclosure.JUDGMENT, judgment.recorded_at, facts)
        yield from _struck(tx, row)


def _struck(tx: Transaction, row: Claim) -> Iterator[Told]:
    """What an earlier package may have told of a claim, and is not so."""
    for asked, entry in strikes_of(tx, row.id):
        if not asked.agreed or entry.struck_at is None:
            continue
        if entry.what is Struck.STEP:
            yield from _of_step(row, asked, entry)
            continue
        facts = {
            "court": row.court,
            "what_word": f"struck.{entry.what}",
            "amount": str(Money(entry.amount_minor, row.currency)),
            "on": entry.on.isoformat(),
            "reason": asked.reason,
        }
        yield Told(row.reference, Disclosure.CLAIM_CORRECTION, entry.struck_at, facts)


def _of_step(row: Claim, asked: ClaimStrike, entry: Entry) -> Iterator[Told]:
    """That it did not happen, or on another day, or that its docket number is another."""
    assert entry.struck_at is not None  # it is struck
    at, right = entry.struck_at, asked.instead_on
    facts = {
        "court": row.court,
        "what_word": f"struck.{entry.move}",
        "on": entry.on.isoformat(),
        "reason": asked.reason,
    }
    if right is None:
        yield Told(row.reference, Disclosure.CLAIM_STEP, at, facts)
    elif right != entry.on:
        day = {"instead": right.isoformat()}
        yield Told(row.reference, Disclosure.CLAIM_DAY, at, facts | day)
    if asked.instead_number is not None:
        docket = {"number": entry.docket_number or "–", "instead": asked.instead_number}
        about = {"court": row.court, "reason": asked.reason}
        yield Told(row.reference, Disclosure.CLAIM_DOCKET, at, about | docket)


def _raids(tx: Transaction, whole: Sequence[int]) -> Iterator[Told]:
    """A day that was corrected; more than one source of what was seized: a court knows to ask."""
    raids = table_of(Raid).c
    for row in every(tx, Raid, raids.operator_id.in_(whole), order_by=raids.id):
        for asked in corrections_of_raid(tx, row.id):
            if asked.agreed and asked.decided_at is not None:
                days = {"on": asked.recorded_on, "instead": asked.instead_on}
                facts = {name: day.isoformat() for name, day in days.items()}
                facts["reason"] = asked.reason
                yield Told(row.reference, Disclosure.RAID_DAY, asked.decided_at, facts)
        sources = every(tx, RaidSource, raid_id=row.id, order_by=table_of(RaidSource).c.id)
        if len(sources) > 1:
            facts = {"sources": "; ".join(each.name for each in sources)}
            at = sources[1].recorded_at
            yield Told(row.reference, Disclosure.DIFFERING_SOURCES, at, facts)
