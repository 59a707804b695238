"""A sanction's rows: found and held, brought one step on, and what it rests on.

Owns each step with what was said for it, and what a step does to the shop: a closing in force says
so in the shop's row, and its end takes that back, while the sanction's rows keep what was. Leaves
proposing and deciding to `casework.sanctioning.sanctioning`, the seller's notice to
`casework.sanctioning.telling_sellers`, appeals to `casework.sanctioning.objecting`.
"""

from collections.abc import Iterator, Sequence

from casework.act import Act
from casework.errors import NotFound, Refused, Stale, ensure
from evidence.digests import sha256_of
from rules import sanctions as rules_sanctions
from rules.retention import Rests
from rules.sanctions import ENDED, SanctionKind, SanctionMove, SanctionState
from storage import ledger
from storage.rows import add, change_one, change_seen, every, one, table_of
from storage.session import Transaction
from storage.tables import (
    Brushing,
    OutcomeReview,
    Sanction,
    SanctionAppeal,
    SanctionStep,
    SanctionTestBuy,
    Shop,
    TestBuy,
)

_sanctions, _links = table_of(Sanction), table_of(SanctionTestBuy)
_testbuys, _steps = table_of(TestBuy), table_of(SanctionStep)
_reviews, _appeals = table_of(OutcomeReview), table_of(SanctionAppeal)


def known(tx: Transaction, reference: str) -> Sanction:
    """The sanction by its reference, not held; NotFound where there is none."""
    row = one(tx, Sanction, reference=reference)
    if row is None:
        raise NotFound(f"There is no sanction {reference}. Check the reference.")
    return row


def hold_sanction(tx: Transaction, reference: str, version: int | None) -> Sanction:
    """The sanction, held behind its shop; Stale where the caller saw another `version`."""
    seen = known(tx, reference)
    one(tx, Shop, id=seen.shop_id, lock=True)
    row = one(tx, Sanction, id=seen.id, lock=True)
    assert row is not None  # sanctions are never removed
    if version is not None and row.version != version:
        raise Stale(
            f"{reference} was changed meanwhile: the sanction is {said(row.state)} now. "
            "Look at it again."
        )
    return row


def members_of(tx: Transaction, sanction_id: int) -> Sequence[TestBuy]:
    """The test buys a sanction rests on, the oldest first."""
    resting = _links.select().with_only_columns(_links.c.testbuy_id)
    return every(
        tx,
        TestBuy,
        _testbuys.c.id.in_(resting.where(_links.c.sanction_id == sanction_id)),
        order_by=_testbuys.c.id,
    )


def resting_on(tx: Transaction, testbuy_id: int) -> Sequence[Sanction]:
    """The sanctions that rest on a test buy and have not ended, the oldest first."""
    resting = _links.select().with_only_columns(_links.c.sanction_id)
    return every(
        tx,
        Sanction,
        _sanctions.c.id.in_(resting.where(_links.c.testbuy_id == testbuy_id)),
        _sanctions.c.state.not_in(list(ENDED)),
        order_by=_sanctions.c.id,
    )


def undecided_on(tx: Transaction, testbuy_id: int) -> Iterator[Rests]:
    """What sanctions need the exhibits of a test buy for, as long as somebody may object."""
    for each in resting_on(tx, testbuy_id):
        until = f"nobody can object to {each.reference} any more, and no appeal is open"
        if each.state is SanctionState.IN_FORCE and each.objections_end_at is not None:
            yield Rests(each.reference, each.objections_end_at.date(), until)
        elif each.state is SanctionState.UPHELD:
            yield Rests(each.reference, each.changed_at.date(), until)
        else:
            yield Rests(each.reference, None, until)


def steps_of(tx: Transaction, sanction_id: int) -> Sequence[SanctionStep]:
    """What was done to a sanction, in order."""
    return every(tx, SanctionStep, sanction_id=sanction_id, order_by=_steps.c.number)


def contributors_of(tx: Transaction, row: Sanction) -> frozenset[int]:
    """Everybody who proposed a sanction or put a test buy under it; none of them decides it."""
    links = every(tx, SanctionTestBuy, sanction_id=row.id)
    return frozenset({row.proposed_by, *(link.added_by for link in links)})


def deciders_of(tx: Transaction, row: Sanction) -> frozenset[int]:
    """Everybody with a part in what a seller appeals against; none of them decides the appeal.

    Who records an appeal has no part in it, and whoever decided an earlier appeal may hear another.
    """
    own = (SanctionMove.APPEAL, SanctionMove.UPHOLD)
    acted = {each.by_person for each in steps_of(tx, row.id) if each.move not in own}
    return frozenset(person for person in acted if person is not None) | contributors_of(tx, row)


def under_review(tx: Transaction, row: Sanction) -> bool:
    """Whether what it rests on was judged anew, and nobody has looked at it since."""
    return bool(every(tx, OutcomeReview, _reviews.c.decided_at.is_(None), about=row.reference))


def open_appeal(tx: Transaction, row: Sanction) -> SanctionAppeal | None:
    """The appeal that waits for a decision; none where the sanction ended without one."""
    if row.state is not SanctionState.APPEALED:
        return None
    return one(tx, SanctionAppeal, _appeals.c.decided_at.is_(None), sanction_id=row.id)


def ensure_rests(tx: Transaction, row: Sanction) -> None:
    """Refused where what the sanction rests on carries it no longer, or is to be looked at."""
    if under_review(tx, row):
        raise Refused(
            "What this sanction rests on was judged anew. Decide the review first, under "
            "Superseded."
        )
    conclusions = [each.conclusion for each in members_of(tx, row.id)]
    case = one(tx, Brushing, id=row.brushing_id) if row.brushing_id else None
    ensure(rules_sanctions.may_rest(row.ground, conclusions, case.state if case else None))


def advance(
    tx: Transaction,
    act: Act,
    row: Sanction,
    step: SanctionMove,
    words: str | None = None,
    **changes: object,
) -> None:
    """Bring a sanction one step on, if it is still as it was read, and its shop with it.

    `words`: what was said for it; the ledger holds their digest alone.
    """
    ensure(rules_sanctions.may(step, row.state, frozenset({act.role})))
    rule = rules_sanctions.rule_for(step, row.state)
    assert rule is not None  # `may` has just found it
    if rule.target in ENDED:
        changes["ended_at"] = act.now
    changes |= {"state": rule.target, "changed_at": act.now}
    if not change_seen(tx, Sanction, row.id, row.version, **changes):
        raise Stale(f"{row.reference} was changed at the same moment. Look at it again.")
    before = _touch_shop(tx, act, row, step)
    record(tx, act, row, step, rule.target, words, row.version + 1, before)


def record(
    tx: Transaction,
    act: Act,
    row: Sanction,
    step: SanctionMove,
    state: SanctionState,
    words: str | None,
    number: int,
    shop_closed_at: object = None,
) -> None:
    """Keep one step in its own row and in the sanction's ledger."""
    add(
        tx,
        SanctionStep,
        sanction_id=row.id,
        number=number,
        move=step,
        state=state,
        said=words,
        shop_closed_at=shop_closed_at,
        by_role=act.role,
        by_person=act.person,
        at=act.now,
    )
    body = {"what": step, "to": state, "by": act.by}
    if words:
        body["said"] = sha256_of(words.encode())
    ledger.append(tx, row.reference, body, act.now)


def said(state: SanctionState) -> str:
    """A state as sentences name it."""
    return state.value.replace("_", " ")


def _touch_shop(tx: Transaction, act: Act, row: Sanction, step: SanctionMove) -> object:
    """What a step does to the shop's row, whose value of before is given back where it changes.

    The shop was closed by this sanction alone: there is one closing at a time that has not ended.
    """
    if row.kind is not SanctionKind.SHOP_CLOSED:
        return None
    ends = row.in_force_at is not None and step in (SanctionMove.LIFT, SanctionMove.REOPEN)
    if not ends and step is not SanctionMove.ENFORCE:
        return None
    shop = one(tx, Shop, id=row.shop_id)
    assert shop is not None  # a foreign key holds it
    change_one(tx, Shop, shop.id, closed_at=None if ends else act.now)
    return shop.closed_at
