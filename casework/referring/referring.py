"""From a conclusion to the draft of a referral: the gauge, what it takes in, what is held.

A referral is about an operator. The programme drafts one when the gauge is met and takes every
judged counterfeit of the operator into it; below the threshold a test buy is held until a later
referral takes it. What becomes of a draft is `casework.referring.answering`'s and
`casework.referring.sending`'s.
"""

from collections.abc import Sequence
from dataclasses import replace

from casework.act import Act
from casework.errors import NotFound, Refused, ensure
from casework.gauge.gauging import agency_for, gauge, operator_of
from casework.move import find, note
from casework.operators.operators import ensure_own
from casework.outcomes.referrals import confirmed, referral_of, rewrite, tell
from rules import referral as rules_referral
from rules.lifecycle import Stage
from rules.referral import ReferralMove, ReferralState
from rules.verdicts import COUNTERFEITS
from rules.waiting import HELD, REFERRAL_APPROVAL
from storage import codes as turns
from storage import ledger, testbuys
from storage.linking import family
from storage.rows import add, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Agency, Operator, Referral, ReferralTestBuy, Shop, TestBuy

_referrals = table_of(Referral)
_shops = table_of(Shop)


def consider(db: Database, act: Act, reference: str) -> str | None:
    """Draft a referral for a judged counterfeit whose operator's gauge is met, else hold it.

    Gives the referral's reference, or None where the test buy is held or needs no referral.
    """
    with db.write() as tx:
        seen = testbuys.by_reference(tx, reference)
        if seen is None or seen.stage is not Stage.JUDGED or seen.conclusion not in COUNTERFEITS:
            return None
        # A shop that nobody linked gets an operator with the next number, which is drawn in this
        # turn alone: otherwise who opens one at a raid would wait for this shop with it in hand.
        turns.take_turn(tx)
        # Shop and operator first: two test buys of one operator concluded at once would otherwise
        # each hold itself and wait for the other.
        shop = one(tx, Shop, _shops.c.id == seen.shop_id, lock=True)
        assert shop is not None  # a foreign key holds it
        operator = operator_of(tx, act, shop)
        confirmed(tx, operator.id)
        testbuy = find(tx, act, reference)
        if testbuy.stage is not Stage.JUDGED or referral_of(tx, testbuy.id) is not None:
            return None
        agency = agency_for(tx, shop)
        reading = gauge(tx, operator.id, agency.jurisdiction, act.now) if agency else None
        if agency is None or reading is None or not reading.met:
            why = list(reading.reasons) if reading else ["No agency is configured for its region."]
            return _hold(tx, act, testbuy, why)
        if on_its_way := _open(tx, operator, agency, ReferralState.APPROVED):
            return _hold(tx, act, testbuy, [f"{on_its_way.reference} is about to be sent."])
        return _draft(tx, act, operator, agency, reading.reasons, first=testbuy.id)


def draft(db: Database, act: Act, *, operator: str, agency: str) -> str:
    """An analyst or liaison drafts a referral by hand, with the gauge as it stands."""
    with db.write() as tx:
        found = one(tx, Operator, table_of(Operator).c.reference == operator, lock=True)
        authority = one(tx, Agency, table_of(Agency).c.name == agency)
        if found is None or authority is None:
            raise NotFound("There is no such operator or agency. Choose both from the lists.")
        ensure_own(tx, found.id)
        ensure(rules_referral.may(ReferralMove.DRAFT, None, frozenset({act.role})))
        confirmed(tx, found.id)
        if on_its_way := _open(tx, found, authority, ReferralState.APPROVED):
            raise Refused(f"{on_its_way.reference} is about to be sent. Draft the next one then.")
        reading = gauge(tx, found.id, authority.jurisdiction, act.now)
        return _draft(tx, act, found, authority, reading.reasons, first=None)


def shops_to_ask(db: Database, reference: str) -> Sequence[Shop]:
    """The operator's shops whose sales the gauge of a judged counterfeit needs; else none."""
    with db.read() as tx:
        testbuy = testbuys.by_reference(tx, reference)
        if testbuy is None or testbuy.stage is not Stage.JUDGED:
            return ()
        if testbuy.conclusion not in COUNTERFEITS or referral_of(tx, testbuy.id) is not None:
            return ()
        shop = one(tx, Shop, _shops.c.id == testbuy.shop_id)
        assert shop is not None  # a foreign key holds it
        if shop.operator_id is None:
            return (shop,)
        return every(tx, Shop, _shops.c.operator_id == shop.operator_id, order_by=_shops.c.id)


def _draft(
    tx: Transaction,
    act: Act,
    operator: Operator,
    agency: Agency,
    grounds: Sequence[str],
    first: int | None,
) -> str:
    ready = [each for each in confirmed(tx, operator.id) if referral_of(tx, each.id) is None]
    if not ready:
        raise Refused("No confirmed counterfeit of this operator waits for a referral.")
    row = _open(tx, operator, agency, ReferralState.DRAFTED)
    if row is None:
        number = testbuys.next_number(tx, f"RF-{act.now.year}")
        reference = f"RF-{act.now.year}-{number:06d}"
        referral_id = add(
            tx,
            Referral,
            reference=reference,
            operator_id=operator.id,
            agency_id=agency.id,
            state=ReferralState.DRAFTED,
            version=1,
            key=f"{reference}-{act.token(f'referral:{reference}', 12)}",
            grounds=list(grounds),
            drafted_by=act.person,
            drafted_at=act.now,
            changed_at=act.now,
        )
        facts = {"what": "draft", "by": act.by, "operator": operator.reference}
        ledger.append(tx, reference, facts, act.now)
        tell(tx, act, reference, ReferralState.DRAFTED, 1)
    else:
        reference, referral_id = row.reference, row.id
        # Who approves must have seen all it rests on.
        rewrite(tx, act, row, {"grounds": list(grounds)})
        ledger.append(tx, reference, {"what": "more test buys", "by": act.by}, act.now)
    for member in ready:
        member_of = {"referral_id": referral_id, "testbuy_id": member.id}
        add(tx, ReferralTestBuy, **member_of, added_by=act.person)
        actor = act if member.id == first else replace(act, hold=None)
        present = find(tx, actor, member.reference)
        facts = {"referral": reference}
        note(tx, actor, present, "taken into a referral", facts, waiting=REFERRAL_APPROVAL)
    return reference


def _open(
    tx: Transaction, operator: Operator, agency: Agency, state: ReferralState
) -> Referral | None:
    """The operator's own, or one of an operator that was merged into it."""
    found = every(
        tx,
        Referral,
        _referrals.c.operator_id.in_(family(tx, operator.id)),
        _referrals.c.agency_id == agency.id,
        _referrals.c.state == state,
        order_by=_referrals.c.id,
        lock=True,
    )
    return found[0] if found else None


def _hold(tx: Transaction, act: Act, testbuy: TestBuy, why: Sequence[str]) -> None:
    if testbuy.waiting_name != HELD.name:
        note(tx, act, testbuy, "held", {"reasons": len(why)}, waiting=HELD)
