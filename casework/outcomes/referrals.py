"""A referral's rows: found and held, brought one step on, and what its test buys wait for.

Owns which referral rests on a test buy, who put what into it, and the order in which operator, test
buys and referral are locked. Leaves drafting to `casework.referring.referring`, handing over to
`casework.referring.sending`, and what people and the agency say of it to
`casework.referring.answering`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from casework.act import Act
from casework.errors import NotFound, Stale, ensure
from casework.move import find, note
from casework.outcomes.package_rows import recorders
from casework.telling.announcing import announce
from rules import referral as rules_referral
from rules.lifecycle import ENDS, Stage
from rules.referral import ReferralMove, ReferralState
from rules.verdicts import COUNTERFEITS
from rules.waiting import HELD, Waiting
from rules.webhooks import Event
from storage import ledger
from storage.linking import family, survivor
from storage.rows import change_seen, every, one, table_of
from storage.session import Transaction
from storage.tables import Operator, PackageWaiver, Referral, ReferralTestBuy, Shop, TestBuy

_referrals = table_of(Referral)
_links = table_of(ReferralTestBuy)
_testbuys = table_of(TestBuy)
_shops = table_of(Shop)


def referral_of(tx: Transaction, testbuy_id: int) -> Referral | None:
    """The referral that rests on a test buy, withdrawn ones apart."""
    resting = _links.select().with_only_columns(_links.c.referral_id)
    return one(
        tx,
        Referral,
        _referrals.c.id.in_(resting.where(_links.c.testbuy_id == testbuy_id)),
        _referrals.c.state != ReferralState.WITHDRAWN,
    )


def members_of(tx: Transaction, referral_id: int) -> Sequence[TestBuy]:
    """The test buys a referral rests on, the oldest first; its run is the one that sends."""
    resting = _links.select().with_only_columns(_links.c.testbuy_id)
    return every(
        tx,
        TestBuy,
        _testbuys.c.id.in_(resting.where(_links.c.referral_id == referral_id)),
        order_by=_testbuys.c.id,
    )


def contributors_of(tx: Transaction, row: Referral) -> frozenset[int]:
    """Its authors and whoever let an item of its package go; none of them may approve it."""
    waived = every(tx, PackageWaiver, referral_id=row.id)
    return authors_of(tx, row) | {waiver.waived_by for waiver in waived}


def authors_of(tx: Transaction, row: Referral) -> frozenset[int]:
    """Everybody who drafted a referral, put a test buy into it or recorded what its package says
    of the operator; none of them lets an item go.
    """
    links = every(tx, ReferralTestBuy, _links.c.referral_id == row.id)
    people = {row.drafted_by, *(link.added_by for link in links)}
    people |= recorders(tx, row.operator_id)
    return frozenset(person for person in people if person is not None)


def hold_referral(tx: Transaction, act: Act, referral: str, version: int | None) -> Referral:
    """The referral, held; the test buys it rests on are locked before it, as everywhere."""
    row = known(tx, referral)
    for member in members_of(tx, row.id):
        find(tx, replace(act, hold=None), member.reference)
    row = one(tx, Referral, _referrals.c.id == row.id, lock=True)
    assert row is not None  # referrals are never removed
    if version is not None and row.version != version:
        raise Stale(f"{referral} was changed meanwhile and is {row.state} now. Look at it again.")
    return row


def known(tx: Transaction, referral: str) -> Referral:
    """The referral by its reference, not held; NotFound where there is none."""
    row = one(tx, Referral, _referrals.c.reference == referral)
    if row is None:
        raise NotFound(f"There is no referral {referral}. Check the reference.")
    return row


def advance(
    tx: Transaction, act: Act, row: Referral, step: ReferralMove, changes: Mapping[str, object]
) -> None:
    """Bring a referral one step on, if it is still as it was read, and into its ledger."""
    ensure(rules_referral.may(step, row.state, frozenset({act.role})))
    rule = rules_referral.rule_for(step, row.state)
    assert rule is not None  # `may` has just found it
    rewrite(tx, act, row, {"state": rule.target, **changes})
    ledger.append(tx, row.reference, {"what": step, "to": rule.target, "by": act.by}, act.now)
    tell(tx, act, row.reference, rule.target, row.version + 1)


def tell(tx: Transaction, act: Act, reference: str, state: ReferralState, version: int) -> None:
    """Owe word of a referral's state to webhooks."""
    told = {"referral": reference, "state": state, "version": version}
    announce(tx, act, Event.REFERRAL_CHANGED, told)


def rewrite(tx: Transaction, act: Act, row: Referral, changes: Mapping[str, object]) -> None:
    """Change what a referral's page says: whatever form was shown before is stale."""
    if not change_seen(tx, Referral, row.id, row.version, changed_at=act.now, **changes):
        raise Stale(f"{row.reference} was changed at the same moment. Look at it again.")


def drafts_about(tx: Transaction, operators: Iterable[int]) -> Sequence[Referral]:
    """The drafts about operators, those merged into them, and those they were merged into."""
    owners = {each for one_of in operators for each in family(tx, survivor(tx, one_of))}
    return every(
        tx,
        Referral,
        _referrals.c.operator_id.in_(sorted(owners)),
        state=ReferralState.DRAFTED,
        order_by=_referrals.c.id,
    )


def wait_all(
    tx: Transaction, act: Act, row: Referral, what: str, waiting: Waiting, *, wake: bool = True
) -> None:
    """Write it down for every test buy that a referral rests on, ended ones apart."""
    for member in members_of(tx, row.id):
        testbuy = find(tx, replace(act, hold=None), member.reference)
        if testbuy.stage in ENDS:
            continue
        facts = {"referral": row.reference}
        note(tx, replace(act, hold=None), testbuy, what, facts, waiting=waiting, wake=wake)


def confirmed(tx: Transaction, operator_id: int) -> Sequence[TestBuy]:
    """The operator's judged counterfeits, held in order of their numbers.

    Of an operator that was merged into another, those of all the shops of that one.
    """
    owner = _shops.c.operator_id == survivor(tx, operator_id)
    shops = _shops.select().with_only_columns(_shops.c.id).where(owner)
    return every(
        tx,
        TestBuy,
        _testbuys.c.shop_id.in_(shops),
        _testbuys.c.stage == Stage.JUDGED,
        _testbuys.c.conclusion.in_(list(COUNTERFEITS)),
        order_by=_testbuys.c.id,
        lock=True,
    )


def hold_operator(tx: Transaction, operator_id: int) -> None:
    """Lock an operator and then its judged counterfeits, in the order that everybody keeps to."""
    for each in sorted({operator_id, survivor(tx, operator_id)}):
        one(tx, Operator, id=each, lock=True)
    confirmed(tx, operator_id)


def wake_held(tx: Transaction, act: Act, row: Referral, why: str) -> None:
    """Look again at what a referral, open until now, kept waiting; not at what it rested on."""
    own = {member.id for member in members_of(tx, row.id)}
    for testbuy in confirmed(tx, row.operator_id):
        free = testbuy.id not in own and referral_of(tx, testbuy.id) is None
        if free and testbuy.waiting_name == HELD.name:
            note(tx, replace(act, hold=None), testbuy, why)
