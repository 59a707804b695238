"""How an order fails, and how a test buy ends early.

A person's word does not kill an order that a platform holds and may still ship: it is cancelled
there first (`casework.buying.ordering`), and what the platform says then comes back here. Owns
which failure leads to another order, and what an early end gives back. Leaves placing to
`casework.buying.buying` and `casework.buying.ordering`.
"""

from casework.act import Act
from casework.buying.attempts import OPEN_ATTEMPT, parcels_of, settle_attempt
from casework.errors import Refused, ensure
from casework.examinations.examining import withdraw_open
from casework.move import Moved, ensure_own, find, move, note
from rules.lifecycle import EarlyEnd, Move, Stage, may_end
from rules.roles import Role
from rules.waiting import CANCELLATION, ORDER
from storage import policies, testbuys
from storage.rows import change_one, every, table_of
from storage.session import Database, Transaction
from storage.tables import AttemptState, Campaign, OrderAttempt, Route, TestBuy

_MAY_END = frozenset({Role.BUYER, Role.ANALYST, Role.PROGRAMME})
_RUNNING = (AttemptState.PLACED, AttemptState.CANCELLING)
AGAIN = frozenset({EarlyEnd.SELLER_CANCELLED, EarlyEnd.NOT_SHIPPED})
"""Failures after which another order of the same listing makes sense."""


def order_failed(
    db: Database,
    act: Act,
    reference: str,
    *,
    version: int | None,
    how: EarlyEnd,
    note: str,
    attempt_id: int | None = None,
) -> Moved:
    """The last order is dead: order again where that makes sense, else end early.

    `attempt_id`: the order that a platform or carrier speaks of; refused where it no longer runs.
    A person's word begins the cancelling of an order that its platform may still ship.
    """
    if act.role not in _MAY_END:
        raise Refused(f"Only a buyer or analyst says that an order failed; you act as {act.role}.")
    with db.write() as tx:
        testbuy = find(tx, act, reference, version)
        if act.role is Role.BUYER:
            ensure_own(act, testbuy)
        attempt = testbuys.last_attempt(tx, testbuy.id)
        if testbuy.stage is not Stage.ORDERED or attempt is None or attempt.state not in _RUNNING:
            raise Refused(
                f"{reference} has no running order; it is {testbuy.stage}.", stage=testbuy.stage
            )
        ensure(may_end(how, testbuy.stage), testbuy.stage)
        if attempt_id is not None and attempt_id != attempt.id:
            raise Refused(f"{reference} runs on another order now.", stage=testbuy.stage)
        if act.role is not Role.PROGRAMME:
            if _may_still_ship(tx, testbuy, attempt):
                return _begin_cancelling(tx, act, testbuy, attempt, how, then_end=False)
            if attempt.route is Route.INTERFACE and how in AGAIN:
                raise Refused(
                    "The marketplace says that this order was shipped. Wait for its parcel, or "
                    "say that it was lost or refused.",
                    stage=testbuy.stage,
                )
        return fail(tx, act, testbuy, attempt, how, note)


def abandon(
    db: Database, act: Act, reference: str, *, version: int | None, why: EarlyEnd, note: str
) -> Moved:
    """End a test buy before its verdict, with the reason.

    Where its order may still be shipped, that is cancelled first, and the test buy ends with it.
    """
    with db.write() as tx:
        testbuy = find(tx, act, reference, version)
        if act.role is Role.BUYER:
            ensure_own(act, testbuy)
        ensure(may_end(why, testbuy.stage), testbuy.stage)
        attempt = testbuys.last_attempt(tx, testbuy.id)
        if attempt and attempt.state in OPEN_ATTEMPT and act.role is not Role.PROGRAMME:
            raise Refused(
                "An order may be under way and its outcome is not known yet. "
                "Say first what became of it.",
                stage=testbuy.stage,
            )
        if attempt and _may_still_ship(tx, testbuy, attempt):
            return _begin_cancelling(tx, act, testbuy, attempt, why, then_end=True)
        return give_up(tx, act, testbuy, why, note.strip() or f"Ended early: {words(why)}.")


def words(why: EarlyEnd) -> str:
    """An early end as it is printed."""
    return why.value.replace("_", " ")


def fail(
    tx: Transaction, act: Act, testbuy: TestBuy, attempt: OrderAttempt, how: EarlyEnd, said: str
) -> Moved:
    """The order `attempt` of a test buy that `find` gave is surely dead."""
    settle_attempt(tx, act, attempt.id, AttemptState.DEAD, how)
    reason = said.strip() or f"Order {attempt.number} failed: {words(how)}."
    left = policies.read(tx).order_attempts - attempt.number
    if attempt.then_end or how not in AGAIN or left <= 0:
        return give_up(tx, act, testbuy, how, reason)
    # Only the programme orders again; a buyer's word that the order is dead is enough for it.
    programme = Act(Role.PROGRAMME, act.now, act.seed, hold=act.hold)
    return move(
        tx,
        programme,
        testbuy,
        Move.ORDER_AGAIN,
        reasons=[reason, f"{left} more attempt may be made."],
        facts={"attempt": attempt.number, "how": how, "told_by": act.by},
        waiting=ORDER,
    )


def give_up(tx: Transaction, act: Act, testbuy: TestBuy, why: EarlyEnd, reason: str) -> Moved:
    """End a test buy that `find` gave, early, in the caller's transaction."""
    withdraw_open(tx, act, testbuy)
    moved = move(
        tx,
        act,
        testbuy,
        Move.ABANDON,
        reasons=[reason],
        facts={"why": why},
        changes={"early_end": why},
    )
    _give_budget_back(tx, testbuy)
    return moved


def _give_budget_back(tx: Transaction, testbuy: TestBuy) -> None:
    """A campaign's share of what was never bought may be bought by another.

    Only a campaign that authorised it holds a share; a person's approval takes the campaign off.
    """
    if testbuy.campaign_id is None or testbuy.stage is Stage.REQUESTED:
        return
    attempts = every(tx, OrderAttempt, testbuy_id=testbuy.id)
    if any(attempt.paid_minor is not None for attempt in attempts):
        return
    campaigns = table_of(Campaign).c
    change_one(
        tx,
        Campaign,
        testbuy.campaign_id,
        buys=campaigns.buys - 1,
        committed_minor=campaigns.committed_minor - testbuy.price_minor,
    )


def _may_still_ship(tx: Transaction, testbuy: TestBuy, attempt: OrderAttempt) -> bool:
    if testbuy.stage is not Stage.ORDERED or attempt.route is not Route.INTERFACE:
        return False
    if attempt.state is AttemptState.CANCELLING:
        raise Refused(
            "The marketplace is being asked to cancel the order. Wait for its answer.",
            stage=testbuy.stage,
        )
    return attempt.state is AttemptState.PLACED and not parcels_of(tx, attempt.id)


def _begin_cancelling(
    tx: Transaction,
    act: Act,
    testbuy: TestBuy,
    attempt: OrderAttempt,
    how: EarlyEnd,
    *,
    then_end: bool,
) -> Moved:
    settle_attempt(tx, act, attempt.id, AttemptState.CANCELLING, how, then_end=then_end)
    facts = {"attempt": attempt.number, "how": how}
    return note(tx, act, testbuy, "order given up", facts, waiting=CANCELLATION)
