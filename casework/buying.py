"""The order: intended, placed through an interface or by hand, followed, tried again, given up.

Through an interface: the attempt's row with its key is committed before the call; what the call
brought is settled afterwards. An unknown outcome stays unknown until the platform tells, by key,
or a person does; it is never blindly repeated. By hand: the buyer records what they ordered.
"""

from datetime import datetime

from casework.act import Act
from casework.errors import NotFound, Refused, ensure
from casework.limits import ensure_within_limit
from casework.move import Moved, find, move, note
from casework.shotcheck import ensure_shots
from evidence.digests import salted
from rules.lifecycle import EarlyEnd, Move, Stage, may
from rules.money import Money
from rules.roles import Role
from rules.waiting import ORDER
from storage import policies, testbuys
from storage.rows import add, add_if_absent, change, change_one, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    AccountEntry,
    AttemptState,
    OrderAttempt,
    Parcel,
    Route,
    TestBuy,
)

_attempts = table_of(OrderAttempt)
_parcels = table_of(Parcel)

OPEN_ATTEMPT = (AttemptState.INTENDED, AttemptState.UNKNOWN)
_MAY_END = frozenset({Role.BUYER, Role.ANALYST, Role.PROGRAMME})
AGAIN = frozenset({EarlyEnd.SELLER_CANCELLED, EarlyEnd.NOT_SHIPPED})
"""Failures after which another order of the same listing makes sense."""


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
            _add_parcel(tx, attempt.id, carrier or "unknown", tracking_number.strip(), act.now)
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
        _add_parcel(tx, attempt.id, carrier.strip(), tracking_number.strip(), act.now)
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
        if _add_parcel(tx, attempt.id, carrier, tracking_number, act.now):
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
    """The last order is surely dead: order again where that makes sense, else end early."""
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


def open_attempt(
    tx: Transaction, act: Act, testbuy: TestBuy, before: OrderAttempt | None
) -> OrderAttempt:
    number = before.number + 1 if before else 1
    attempt_id = add(
        tx,
        OrderAttempt,
        testbuy_id=testbuy.id,
        number=number,
        key=f"{testbuy.reference}-{number}-{act.token(f'order:{number}', 12)}",
        route=testbuy.route,
        state=AttemptState.INTENDED,
        salt=act.salt(f"order:{testbuy.reference}:{number}"),
        intended_at=act.now,
    )
    return attempt_by_id(tx, attempt_id)


def placed(
    tx: Transaction,
    act: Act,
    testbuy: TestBuy,
    attempt: OrderAttempt,
    order_number: str,
    paid: Money,
) -> Moved:
    change_one(
        tx,
        OrderAttempt,
        attempt.id,
        state=AttemptState.PLACED,
        order_number=order_number,
        paid_minor=paid.minor,
        currency=paid.currency,
        settled_at=act.now,
    )
    assert testbuy.buyer_id is not None  # assigned means that somebody buys
    add(
        tx,
        AccountEntry,
        buyer_id=testbuy.buyer_id,
        testbuy_id=testbuy.id,
        kind="purchase",
        amount_minor=-paid.minor,
        currency=paid.currency,
        booked_at=act.now,
    )
    # The order number leads to the buyer's account at the shop: the ledger holds a commitment.
    commitment = salted(order_number, attempt.salt)
    return move(
        tx,
        act,
        testbuy,
        Move.PLACE_ORDER,
        reasons=[f"Order {attempt.number} placed for {paid.format()}."],
        facts={"attempt": attempt.number, "order": commitment, "paid_minor": paid.minor},
    )


def give_up(tx: Transaction, act: Act, testbuy: TestBuy, why: EarlyEnd, reason: str) -> Moved:
    """End a test buy that `find` gave, early, in the caller's transaction."""
    return move(
        tx,
        act,
        testbuy,
        Move.ABANDON,
        reasons=[reason],
        facts={"why": why},
        changes={"early_end": why},
    )


def attempt_by_id(tx: Transaction, attempt_id: int) -> OrderAttempt:
    attempt = one(tx, OrderAttempt, id=attempt_id)
    assert attempt is not None  # attempts are never removed
    return attempt


def settle_attempt(
    tx: Transaction, act: Act, attempt_id: int, state: AttemptState, outcome: EarlyEnd | None
) -> None:
    change_one(
        tx,
        OrderAttempt,
        attempt_id,
        state=state,
        outcome=outcome,
        settled_at=act.now,
    )


def _add_parcel(
    tx: Transaction, attempt_id: int, carrier: str, tracking_number: str, now: datetime
) -> bool:
    return add_if_absent(
        tx,
        Parcel,
        order_attempt_id=attempt_id,
        tracking_number=tracking_number,
        carrier=carrier,
        state="announced",
        changed_at=now,
    )
