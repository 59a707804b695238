"""What a court must be told unasked of an operator beside its test buys: doubts about who it is,
what measures came to nothing, and what packages say otherwise now.

Owns which rows make a line. Leaves referrals, claims and raids to
`casework.record.disclosing_outcomes`, test buys to `casework.record.disclosing`, which covers what
leads to a buyer in all of them, and the wording to `evidence.words`.
"""

from collections.abc import Iterator, Sequence

from casework.gauge.brushing import estimates_of
from casework.outcomes.package_rows import rows_of
from casework.record.disclosing_outcomes import Told, of_outcomes
from rules.disclosure import Disclosure
from rules.identifiers import IdentifierState
from rules.linkage import ProposalState
from rules.money import Money
from rules.sanctions import SanctionState
from storage import pictures
from storage.linking import family
from storage.rows import every, one, table_of
from storage.session import Transaction
from storage.tables import (
    Brushing,
    BrushingEstimate,
    Identifier,
    LinkProposal,
    Operator,
    PackageWaiver,
    Referral,
    Sanction,
    SanctionAppeal,
    SanctionStep,
    Shop,
)

NOTHING_CAME = frozenset({SanctionState.LIFTED, SanctionState.DECLINED, SanctionState.WITHDRAWN})
"""How a sanction ends that was wrong, or was never put in force."""


def of_operator(tx: Transaction, operator_id: int, shops: Sequence[int]) -> Iterator[Told]:
    """All of it, of an operator with every one that was merged into it; `shops` are its own."""
    operator = one(tx, Operator, id=operator_id)
    assert operator is not None  # a foreign key holds it
    whole = family(tx, operator_id)
    yield from _packages(tx, operator, whole)
    yield from of_outcomes(tx, whole)
    yield from _links(tx, operator, shops)
    yield from _sanctions(tx, shops)
    yield from _objections(tx, shops)
    yield from _made_up(tx, shops)


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

    yield from _doubted(tx, operator, shops)


def _doubted(tx: Transaction, operator: Operator, shops: Sequence[int]) -> Iterator[Told]:
    """What rests on a picture of which nobody has said whether our own people took it."""
    rows = table_of(Identifier).c
    standing = (rows.shop_id.in_(shops), rows.state != IdentifierState.WITHDRAWN)
    there = every(tx, Identifier, *standing, order_by=rows.id)
    doubts = pictures.doubted(tx, [each.id for each in there])
    for each in there:
        if each.id in doubts:
            facts = {"kind_word": f"identifier.{each.kind}", "shop": _name(tx, each.shop_id)}
            yield Told(operator.reference, Disclosure.LINK_IN_DOUBT, each.recorded_at, facts)


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


def _name(tx: Transaction, shop_id: int) -> str:
    shop = one(tx, Shop, id=shop_id)
    assert shop is not None  # a foreign key holds it
    return shop.name
