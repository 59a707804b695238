"""The order: intended, placed through an interface or by hand, followed, tried again, given up.

Through an interface: the attempt's row with its key is committed before the call; what the call
brought is settled afterwards. An unknown outcome stays unknown until the platform tells, by key,
or a person does; it is never blindly repeated. By hand: the buyer records what they ordered.
"""

from datetime import datetime

from casework.act import Act
from casework.attempts import OPEN_ATTEMPT, add_parcel, open_attempt, placed, settle_attempt
from casework.errors import NotFound, Refused, ensure
from casework.examining import withdraw_open
from casework.limits import ensure_within_limit
from casework.move import Moved, find, move, note
from casework.shotcheck import ensure_shots
from rules.lifecycle import EarlyEnd, Move, Stage, may
from rules.money import Money
from rules.roles import Role
from rules.waiting import CANCELLATION, ORDER
from storage import policies, testbuys
from storage.rows import change, table_of
from storage.session import Database, Transaction
from storage.tables import (
    AttemptState,
    OrderAttempt,
    Parcel,
    Route,
    TestBuy,
)

_parcels = table_of(Parcel)

_MAY_END = frozenset({Role.BUYER, Role.ANALYST, Role.PROGRAMME})
AGAIN = frozenset({EarlyEnd.SELLER_CANCELLED, EarlyEnd.NOT_SHIPPED})
"""Failures after which another order of the same listing makes sense."""
_BEING_CANCELLED = "The marketplace is being asked to cancel the order. Wait for its answer."


def record_order(
    db: Database,
    act: Act,
    reference: str,
    *,
    version: int,
    order_number: str,
    paid_minor: int,
    currency: str,
    carrier: str | None,
    tracking_number: str | None,
) -> Moved:
    """The buyer records an order placed by hand, after its screen captures are in."""
    if not order_number.strip():
        raise Refused("Type the order number as the shop shows it.")
    with db.write() as tx:
        testbuy = find(tx, act, reference, version)
        ensure_own(act, testbuy)
        ensure(may(Move.PLACE_ORDER, testbuy.stage, act.role), testbuy.stage)
        paid = Money(paid_minor, currency)
        ensure_within_limit(testbuy, paid)
        ensure_shots(tx, testbuy, Move.PLACE_ORDER)
        attempt = testbuys.last_attempt(tx, testbuy.id)
        if attempt is None or attempt.state not in OPEN_ATTEMPT:
            attempt = open_attempt(tx, act, testbuy, attempt)
        elif attempt.route is Route.INTERFACE:
            raise Refused(
                "An order through the marketplace's interface may be under way. "
                "Order nothing yourself until its outcome is known.",
                stage=testbuy.stage,
            )
        moved = placed(tx, act, testbuy, attempt, order_number.strip(), paid)
        if tracking_number:
            add_parcel(tx, attempt.id, carrier or "unknown", tracking_number.strip(), act.now)
        return moved


def record_tracking(
    db: Database, act: Act, reference: str, *, carrier: str, tracking_number: str
) -> None:
    """The buyer records the tracking number the seller gave."""
    if not tracking_number.strip():
        raise Refused("Type the tracking number as the shop shows it.")
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        ensure_own(act, testbuy)
        attempt = testbuys.last_attempt(tx, testbuy.id)
        if attempt is None or attempt.state is not AttemptState.PLACED:
            raise Refused("Record the order first, then its tracking number.", stage=testbuy.stage)
        add_parcel(tx, attempt.id, carrier.strip(), tracking_number.strip(), act.now)
        note(tx, act, testbuy, "tracking recorded", wake=False)


def note_shipped(
    db: Database, act: Act, reference: str, *, carrier: str, tracking_number: str
) -> None:
    """The platform says that the order was shipped: its parcel is followed from now on."""
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        attempt = testbuys.last_attempt(tx, testbuy.id)
        if attempt is None or attempt.state is not AttemptState.PLACED:
            return
        if add_parcel(tx, attempt.id, carrier, tracking_number, act.now):
            note(tx, act, testbuy, "shipped", wake=False)


def note_parcel(
    db: Database, act: Act, parcel_id: int, *, state: str, changed_at: datetime
) -> bool:
    """The carrier says how a parcel stands; says whether that was news."""
    with db.write() as tx:
        return (
            change(
                tx,
                Parcel,
                _parcels.c.id == parcel_id,
                _parcels.c.state != state,
                state=state,
                changed_at=changed_at,
            )
            == 1
        )


def order_failed(
    db: Database,
    act: Act,
    reference: str,
    *,
    version: int | None,
    how: EarlyEnd,
    note: str,
) -> Moved:
    """The last order is dead: order again where that makes sense, else end early.

    A person's word does not kill an order that a platform holds and may still ship: it is
    cancelled there first (`casework.ordering`), and what the platform says then comes back here.
    Where the platform stays silent, an analyst who has found out says so once more.
    """
    if act.role not in _MAY_END:
        raise Refused(f"Only a buyer or analyst says that an order failed; you act as {act.role}.")
    with db.write() as tx:
        testbuy = find(tx, act, reference, version)
        if act.role is Role.BUYER:
            ensure_own(act, testbuy)
        attempt = testbuys.last_attempt(tx, testbuy.id)
        if testbuy.stage is not Stage.ORDERED or attempt is None:
            raise Refused(
                f"{reference} has no running order; it is {testbuy.stage}.", stage=testbuy.stage
            )
        by_person = act.role is not Role.PROGRAMME
        if attempt.state is AttemptState.CANCELLING and act.role is Role.BUYER:
            raise Refused(_BEING_CANCELLED, stage=testbuy.stage)
        if by_person and how in AGAIN and _held_by_platform(attempt):
            return _begin_cancelling(tx, act, testbuy, attempt, how)
        settle_attempt(tx, act, attempt.id, AttemptState.DEAD, how)
        reason = note.strip() or f"Order {attempt.number} failed: {words(how)}."
        left = policies.read(tx).order_attempts - attempt.number
        # Only the programme orders again; a buyer's word that the order is dead is enough for it.
        if how in AGAIN and left > 0:
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
        return give_up(tx, act, testbuy, how, reason)


def abandon(
    db: Database, act: Act, reference: str, *, version: int | None, why: EarlyEnd, note: str
) -> Moved:
    """End a test buy before its verdict, with the reason."""
    with db.write() as tx:
        testbuy = find(tx, act, reference, version)
        if act.role is Role.BUYER:
            ensure_own(act, testbuy)
        attempt = testbuys.last_attempt(tx, testbuy.id)
        if attempt and attempt.state is AttemptState.CANCELLING:
            raise Refused(_BEING_CANCELLED, stage=testbuy.stage)
        if attempt and attempt.state in OPEN_ATTEMPT and act.role is not Role.PROGRAMME:
            raise Refused(
                "An order may be under way and its outcome is not known yet. "
                "Say first what became of it.",
                stage=testbuy.stage,
            )
        return give_up(tx, act, testbuy, why, note.strip() or f"Ended early: {words(why)}.")


def ensure_own(act: Act, testbuy: TestBuy) -> None:
    """A buyer acts on their own test buys only."""
    if act.role is not Role.BUYER or testbuy.buyer_id != act.person:
        raise NotFound(f"{testbuy.reference} is not among your tasks.")


def words(why: EarlyEnd) -> str:
    """An early end as it is printed."""
    return why.value.replace("_", " ")


def give_up(tx: Transaction, act: Act, testbuy: TestBuy, why: EarlyEnd, reason: str) -> Moved:
    """End a test buy that `find` gave, early, in the caller's transaction."""
    withdraw_open(tx, act, testbuy)
    return move(
        tx,
        act,
        testbuy,
        Move.ABANDON,
        reasons=[reason],
        facts={"why": why},
        changes={"early_end": why},
    )


def _held_by_platform(attempt: OrderAttempt) -> bool:
    return attempt.route is Route.INTERFACE and attempt.state is AttemptState.PLACED


def _begin_cancelling(
    tx: Transaction, act: Act, testbuy: TestBuy, attempt: OrderAttempt, how: EarlyEnd
) -> Moved:
    settle_attempt(tx, act, attempt.id, AttemptState.CANCELLING, how)
    facts = {"attempt": attempt.number, "how": how}
    note(tx, act, testbuy, "order given up", facts, waiting=CANCELLATION)
    return Moved(testbuy.reference, testbuy.stage, testbuy.version)
