"""What a court must be told unasked of an operator beside its test buys: doubts about who it is,
what measures came to nothing, and what packages say otherwise now.

Owns which rows make a line. Leaves those of test buys to `casework.record.disclosing`, which covers
what leads to a buyer in both, and the wording to `evidence.words`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.gauge.brushing import estimates_of
from casework.outcomes.package_rows import rows_of
from casework.outcomes.struck import Entry, awarded_by, strikes_of
from casework.referring.following import all_steps_of, corrections_of, steps_of
from rules.claims import ClaimMove, ClaimState
from rules.disclosure import Disclosure
from rules.identifiers import IdentifierState
from rules.linkage import ProposalState
from rules.money import Money
from rules.pleading import Struck
from rules.referral import ReferralMove, ReferralState
from rules.sanctions import SanctionState
from storage.linking import family
from storage.rows import every, one, table_of
from storage.session import Transaction
from storage.tables import (
    Agency,
    Brushing,
    BrushingEstimate,
    Claim,
    ClaimHead,
    ClaimStep,
    ClaimStrike,
    Identifier,
    Judgment,
    LinkProposal,
    Operator,
    PackageWaiver,
    Raid,
    RaidSource,
    Referral,
    Sanction,
    SanctionAppeal,
    SanctionStep,
    Shop,
)

NOTHING_CAME = frozenset({SanctionState.LIFTED, SanctionState.DECLINED, SanctionState.WITHDRAWN})
"""How a sanction ends that was wrong, or was never put in force."""
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


def of_operator(tx: Transaction, operator_id: int, shops: Sequence[int]) -> Iterator[Told]:
    """All of it, of an operator with every one that was merged into it; `shops` are its own."""
    operator = one(tx, Operator, id=operator_id)
    assert operator is not None  # a foreign key holds it
    whole = family(tx, operator_id)
    yield from _packages(tx, operator, whole)
    yield from _referrals(tx, whole)
    yield from _corrected(tx, whole)
    yield from _links(tx, operator, shops)
    yield from _sanctions(tx, shops)
    yield from _objections(tx, shops)
    yield from _made_up(tx, shops)
    yield from _claims(tx, whole)
    yield from _raids(tx, whole)


def _packages(tx: Transaction, operator: Operator, whole: Sequence[int]) -> Iterator[Told]:
    for each in rows_of(tx, operator.id).replaced:
        facts = {"kind_word": f"package_kind.{each.row.kind}", "reason": each.reason}
        yield Told(operator.reference, Disclosure.PACKAGE_CORRECTION, each.at, facts)
    referrals, waivers = table_of(Referral).c, table_of(PackageWaiver).c
    for referral in every(tx, Referral, referrals.operator_id.in_(whole), order_by=referrals.id):
        for waiver in every(tx, PackageWaiver, referral_id=referral.id, order_by=waivers.id):
            names = [name for _, name in waiver.lacked if name]
            facts = {
                "item_word": f"item.{waiver.part}",
                "of": ", ".join(names) or operator.reference,
                "reason": waiver.reason,
            }
            yield Told(referral.reference, Disclosure.PACKAGE_WAIVER, waiver.waived_at, facts)


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


def _links(tx: Transaction, operator: Operator, shops: Sequence[int]) -> Iterator[Told]:
    proposals, identifiers = table_of(LinkProposal).c, table_of(Identifier).c
    ours = proposals.shop_id.in_(shops) | proposals.other_id.in_(shops)
    for each in every(tx, LinkProposal, ours, state=ProposalState.REJECTED, order_by=proposals.id):
        assert each.decided_at is not None  # a check of the table holds it
        names = [_name(tx, number) for number in (each.shop_id, each.other_id)]
        facts = {"first": names[0], "second": names[1], "reason": each.reason}
        yield Told(operator.reference, Disclosure.LINK_REJECTED, each.decided_at, facts)
    gone = identifiers.state == IdentifierState.WITHDRAWN
    for each in every(
        tx, Identifier, identifiers.shop_id.in_(shops), gone, order_by=identifiers.id
    ):
        assert each.withdrawn_at is not None  # a check of the table holds it
        facts = {
            "kind_word": f"identifier.{each.kind}",
            "shop": _name(tx, each.shop_id),
            "reason": each.withdrawn_because,
        }
        yield Told(operator.reference, Disclosure.LINK_WITHDRAWN, each.withdrawn_at, facts)


def _sanctions(tx: Transaction, shops: Sequence[int]) -> Iterator[Told]:
    rows, steps = table_of(Sanction).c, table_of(SanctionStep).c
    ended = (rows.shop_id.in_(shops), rows.state.in_(list(NOTHING_CAME)))
    for row in every(tx, Sanction, *ended, order_by=rows.id):
        last = every(tx, SanctionStep, sanction_id=row.id, order_by=steps.number.desc(), limit=1)[0]
        facts = {
            "kind_word": f"sanction_kind.{row.kind}",
            "state_word": f"sanction.{row.state}",
            "reason": last.said or "–",
        }
        yield Told(row.reference, Disclosure.SANCTION_ENDED, last.at, facts)


def _objections(tx: Transaction, shops: Sequence[int]) -> Iterator[Told]:
    """What sellers said against measures, whatever was decided; the document is named alone."""
    rows, appeals = table_of(Sanction).c, table_of(SanctionAppeal).c
    for row in every(tx, Sanction, rows.shop_id.in_(shops), order_by=rows.id):
        for each in every(tx, SanctionAppeal, sanction_id=row.id, order_by=appeals.number):
            heard = {None: "open", True: "lifted", False: "upheld"}[each.lifted]
            facts = {
                "on": each.received_on.isoformat(),
                "digest": each.digest,
                "state_word": f"objection.{heard}",
                "reason": each.reasons or "–",
            }
            yield Told(row.reference, Disclosure.OBJECTION, each.recorded_at, facts)


def _made_up(tx: Transaction, shops: Sequence[int]) -> Iterator[Told]:
    """Each case of made-up orders as it stands, and each figure of each: docs/adr/0044."""
    cases = table_of(Brushing).c
    for case in every(tx, Brushing, cases.shop_id.in_(shops), order_by=cases.id):
        shop = _name(tx, case.shop_id)
        facts = {
            "shop": shop,
            "state_word": f"brushing.{case.state}",
            "reason": case.settled_because or case.reasons,
        }
        yield Told(case.reference, Disclosure.MADE_UP_ORDERS, case.opened_at, facts)
        for each in estimates_of(tx, case.id):
            figure = _figure(each) | {"shop": shop, "note": each.source}
            yield Told(case.reference, Disclosure.MADE_UP_FIGURE, each.recorded_at, figure)


def _figure(row: BrushingEstimate) -> dict[str, str]:
    low, high = row.amount_low_minor, row.amount_high_minor
    facts = {
        "first": row.period_start.isoformat(),
        "last": row.period_end.isoformat(),
        "orders": f"{row.orders_low:,}–{row.orders_high:,}",
        "worth": "–",
    }
    if low is not None and high is not None and row.currency is not None:
        facts["worth"] = f"{Money(low, row.currency)} – {Money(high, row.currency)}"
    return facts


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
    """Where more than one source says what was seized, so that a court knows to ask."""
    raids = table_of(Raid).c
    for row in every(tx, Raid, raids.operator_id.in_(whole), order_by=raids.id):
        sources = every(tx, RaidSource, raid_id=row.id, order_by=table_of(RaidSource).c.id)
        if len(sources) > 1:
            facts = {"sources": "; ".join(each.name for each in sources)}
            at = sources[1].recorded_at
            yield Told(row.reference, Disclosure.DIFFERING_SOURCES, at, facts)


def _name(tx: Transaction, shop_id: int) -> str:
    shop = one(tx, Shop, id=shop_id)
    assert shop is not None  # a foreign key holds it
    return shop.name
