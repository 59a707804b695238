"""From a conclusion to an agency's answer: the gauge, the referral, its sending, its closing.

A referral is about an operator. The programme drafts one when the gauge is met and takes every
judged counterfeit of the operator into it; a liaison who did not draft it approves; it is sent
under a key, and its answer closes the test buys it rests on. Below the threshold a test buy is
held until a later referral takes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from casework.act import Act
from casework.errors import NotFound, Refused, Stale, ensure
from casework.gauging import agency_for, gauge, operator_of
from casework.move import Moved, find, move, note
from rules import referral as rules_referral
from rules.lifecycle import ENDS, Move, Stage
from rules.referral import ReferralMove, ReferralState
from rules.verdicts import COUNTERFEITS
from rules.waiting import AGENCY, HELD, REFERRAL_APPROVAL, SENDING, Waiting
from storage import ledger, testbuys
from storage.rows import add, change, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Agency,
    Operator,
    Referral,
    ReferralTestBuy,
    Shop,
    TestBuy,
)

_referrals = table_of(Referral)
_testbuys = table_of(TestBuy)
_shops = table_of(Shop)
_ANSWERS = {
    ReferralState.ACKNOWLEDGED: ReferralMove.ACKNOWLEDGE,
    ReferralState.ACCEPTED: ReferralMove.ACCEPT,
    ReferralState.DECLINED: ReferralMove.DECLINE_BY_AGENCY,
}


def consider(db: Database, act: Act, reference: str) -> str | None:
    """Draft a referral for a judged counterfeit whose operator's gauge is met, else hold it.

    Gives the referral's reference, or None where the test buy is held or needs no referral.
    """
    with db.write() as tx:
        seen = testbuys.by_reference(tx, reference)
        if seen is None or seen.stage is not Stage.JUDGED or seen.conclusion not in COUNTERFEITS:
            return None
        # Shop and operator first: two test buys of one operator concluded at once would otherwise
        # each hold itself and wait for the other.
        shop = one(tx, Shop, _shops.c.id == seen.shop_id, lock=True)
        assert shop is not None  # a foreign key holds it
        operator = operator_of(tx, act, shop)
        _confirmed(tx, operator.id)
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
        ensure(rules_referral.may(ReferralMove.DRAFT, None, frozenset({act.role})))
        _confirmed(tx, found.id)
        if on_its_way := _open(tx, found, authority, ReferralState.APPROVED):
            raise Refused(f"{on_its_way.reference} is about to be sent. Draft the next one then.")
        reading = gauge(tx, found.id, authority.jurisdiction, act.now)
        return _draft(tx, act, found, authority, reading.reasons, first=None)


def approve(db: Database, act: Act, referral: str, *, version: int) -> str:
    """A liaison who did not draft it approves a referral; the next flow run sends it."""
    with db.write() as tx:
        row = _find(tx, act, referral, version)
        assert act.person is not None  # a liaison is signed in
        ensure(rules_referral.may_approve(row.drafted_by, act.person))
        changes = {"approved_by": act.person, "approved_at": act.now}
        advance(tx, act, row, ReferralMove.APPROVE, changes)
        _wait_all(tx, act, row, "referral approved", SENDING)
        return referral


def withdraw(db: Database, act: Act, referral: str, *, version: int, reason: str) -> str:
    """Take back a referral that was not sent; its test buys are held again."""
    if not reason.strip():
        raise Refused("Say why the referral is withdrawn.")
    with db.write() as tx:
        row = _find(tx, act, referral, version)
        if row.state not in (ReferralState.DRAFTED, ReferralState.APPROVED):
            raise Refused(f"{referral} was sent already; what was sent can't be taken back here.")
        if row.intended_at is not None:
            raise Refused(
                f"{referral} is being sent and may be at the agency. Wait for its answer."
            )
        advance(tx, act, row, ReferralMove.WITHDRAW, {"answer": reason.strip()})
        _wait_all(tx, act, row, "referral withdrawn", HELD, wake=False)
        return referral


def record_answer(
    db: Database,
    act: Act,
    referral: str,
    *,
    version: int | None,
    state: ReferralState,
    agency_number: str | None,
    reason: str,
) -> str:
    """Record what the agency answered; a decision wakes its test buys. The same twice is one."""
    with db.write() as tx:
        row = _find(tx, act, referral, version)
        if row.state is state:
            return referral
        step = _ANSWERS.get(state)
        if step is None:
            raise Refused(f"An agency does not answer “{state}”.")
        changes = {"answer": reason.strip() or None}
        if agency_number:
            changes["agency_number"] = agency_number.strip()
        advance(tx, act, row, step, changes)
        decided = state is not ReferralState.ACKNOWLEDGED
        _wait_all(tx, act, row, f"agency: {state}", AGENCY, wake=decided)
        return referral


def close_answered(db: Database, act: Act, reference: str) -> Moved | None:
    """Close a referred test buy once its agency has accepted or declined."""
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        if testbuy.stage is not Stage.REFERRED:
            return None
        row = referral_of(tx, testbuy.id)
        if row is None or row.state not in (ReferralState.ACCEPTED, ReferralState.DECLINED):
            return None
        reason = f"The agency {row.state} {row.reference}" + (
            f": {row.answer}" if row.answer else ""
        )
        return move(tx, act, testbuy, Move.CLOSE, reasons=[reason + "."])


def close(db: Database, act: Act, reference: str, *, version: int, note: str) -> Moved:
    """A person closes a judged or referred test buy, with the reason."""
    if not note.strip():
        raise Refused("Say why the test buy is closed.")
    with db.write() as tx:
        testbuy = find(tx, act, reference, version)
        row = referral_of(tx, testbuy.id)
        if row and row.state in (ReferralState.DRAFTED, ReferralState.APPROVED):
            raise Refused(
                f"{row.reference} rests on this test buy. Withdraw the referral first.",
                stage=testbuy.stage,
            )
        return move(tx, act, testbuy, Move.CLOSE, reasons=[note.strip()])


def _draft(
    tx: Transaction,
    act: Act,
    operator: Operator,
    agency: Agency,
    grounds: Sequence[str],
    first: int | None,
) -> str:
    ready = [each for each in _confirmed(tx, operator.id) if referral_of(tx, each.id) is None]
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
    else:
        reference, referral_id = row.reference, row.id
        # Who approves must have seen all it rests on, and have put none of it there.
        change(
            tx,
            Referral,
            _referrals.c.id == row.id,
            grounds=list(grounds),
            drafted_by=act.person or row.drafted_by,
            version=row.version + 1,
            changed_at=act.now,
        )
        ledger.append(tx, reference, {"what": "more test buys", "by": act.by}, act.now)
    for member in ready:
        add(tx, ReferralTestBuy, referral_id=referral_id, testbuy_id=member.id)
        actor = act if member.id == first else replace(act, hold=None)
        present = find(tx, actor, member.reference)
        facts = {"referral": reference}
        note(tx, actor, present, "taken into a referral", facts, waiting=REFERRAL_APPROVAL)
    return reference


def _confirmed(tx: Transaction, operator_id: int) -> Sequence[TestBuy]:
    """The operator's judged counterfeits, held in order of their numbers."""
    shops = (
        _shops.select().with_only_columns(_shops.c.id).where(_shops.c.operator_id == operator_id)
    )
    return every(
        tx,
        TestBuy,
        _testbuys.c.shop_id.in_(shops),
        _testbuys.c.stage == Stage.JUDGED,
        _testbuys.c.conclusion.in_(list(COUNTERFEITS)),
        order_by=_testbuys.c.id,
        lock=True,
    )


def _open(
    tx: Transaction, operator: Operator, agency: Agency, state: ReferralState
) -> Referral | None:
    return one(
        tx,
        Referral,
        _referrals.c.operator_id == operator.id,
        _referrals.c.agency_id == agency.id,
        _referrals.c.state == state,
        lock=True,
    )


def _hold(tx: Transaction, act: Act, testbuy: TestBuy, why: Sequence[str]) -> None:
    if testbuy.waiting_name != HELD.name:
        note(tx, act, testbuy, "held", {"reasons": len(why)}, waiting=HELD)


def hold_operator(tx: Transaction, operator_id: int) -> None:
    """Lock an operator and then its judged counterfeits, in the order that everybody keeps to."""
    one(tx, Operator, table_of(Operator).c.id == operator_id, lock=True)
    _confirmed(tx, operator_id)


def wake_held(tx: Transaction, act: Act, operator_id: int) -> None:
    """Look again at what an operator's referral on its way kept waiting."""
    for testbuy in _confirmed(tx, operator_id):
        if testbuy.waiting_name == HELD.name and referral_of(tx, testbuy.id) is None:
            note(tx, replace(act, hold=None), testbuy, "referral sent")


def referral_of(tx: Transaction, testbuy_id: int) -> Referral | None:
    """The referral that rests on a test buy, withdrawn ones apart."""
    links = table_of(ReferralTestBuy)
    resting = links.select().with_only_columns(links.c.referral_id)
    return one(
        tx,
        Referral,
        _referrals.c.id.in_(resting.where(links.c.testbuy_id == testbuy_id)),
        _referrals.c.state != ReferralState.WITHDRAWN,
    )


def members_of(tx: Transaction, referral_id: int) -> Sequence[TestBuy]:
    links = table_of(ReferralTestBuy)
    resting = links.select().with_only_columns(links.c.testbuy_id)
    return every(
        tx,
        TestBuy,
        _testbuys.c.id.in_(resting.where(links.c.referral_id == referral_id)),
        order_by=_testbuys.c.id,
    )


def _find(tx: Transaction, act: Act, referral: str, version: int | None) -> Referral:
    """The referral, held; the test buys it rests on are locked before it, as everywhere."""
    row = one(tx, Referral, _referrals.c.reference == referral)
    if row is None:
        raise NotFound(f"There is no referral {referral}. Check the reference.")
    for member in members_of(tx, row.id):
        find(tx, replace(act, hold=None), member.reference)
    row = one(tx, Referral, _referrals.c.id == row.id, lock=True)
    assert row is not None  # referrals are never removed
    if version is not None and row.version != version:
        raise Stale(f"{referral} was changed meanwhile and is {row.state} now. Look at it again.")
    return row


def advance(
    tx: Transaction, act: Act, row: Referral, step: ReferralMove, changes: Mapping[str, object]
) -> None:
    """Bring a referral one step on, if it is still as it was read, and into its ledger."""
    ensure(rules_referral.may(step, row.state, frozenset({act.role})))
    rule = rules_referral.rule_for(step, row.state)
    assert rule is not None  # `may` has just found it
    moved = change(
        tx,
        Referral,
        _referrals.c.id == row.id,
        _referrals.c.version == row.version,
        state=rule.target,
        version=row.version + 1,
        changed_at=act.now,
        **changes,
    )
    if not moved:
        raise Stale(f"{row.reference} was changed at the same moment. Look at it again.")
    ledger.append(tx, row.reference, {"what": step, "to": rule.target, "by": act.by}, act.now)


def _wait_all(
    tx: Transaction, act: Act, row: Referral, what: str, waiting: Waiting, *, wake: bool = True
) -> None:
    for member in members_of(tx, row.id):
        testbuy = find(tx, replace(act, hold=None), member.reference)
        if testbuy.stage in ENDS:
            continue
        facts = {"referral": row.reference}
        note(tx, replace(act, hold=None), testbuy, what, facts, waiting=waiting, wake=wake)


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
