"""The row of an order attempt and of its parcel: opened, placed, settled.

Owns what is written of an attempt, and its booking in the buyer's account. Leaves when to
`casework.buying.buying` (by hand) and `casework.buying.ordering` (through an interface).
"""

from collections.abc import Sequence
from datetime import datetime

from casework.act import Act
from casework.move import Moved, move
from evidence.digests import salted
from rules.lifecycle import Move
from rules.money import Money
from storage import confirmations, testbuys
from storage.rows import add, add_if_absent, change_one, every, one
from storage.session import Transaction
from storage.tables import AccountEntry, AttemptState, OrderAttempt, Parcel, Route, TestBuy

OPEN_ATTEMPT = (AttemptState.INTENDED, AttemptState.UNKNOWN)
"""It may have been placed, or not: nobody knows."""


def may_be_alive(attempt: OrderAttempt) -> bool:
    """Whether a platform may hold the order, so that it can't be taken for dead."""
    held = (AttemptState.PLACED, AttemptState.CANCELLING)
    return attempt.state in OPEN_ATTEMPT or (
        attempt.route is Route.INTERFACE and attempt.state in held
    )


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


def attempt_by_id(tx: Transaction, attempt_id: int) -> OrderAttempt:
    attempt = one(tx, OrderAttempt, id=attempt_id)
    assert attempt is not None  # attempts are never removed
    return attempt


def settle_attempt(
    tx: Transaction,
    act: Act,
    attempt_id: int,
    state: AttemptState,
    outcome: str | None,
    *,
    then_end: bool = False,
) -> None:
    """Bring an attempt to `state`; `outcome` is an early end, or a platform's word of refusal."""
    change_one(
        tx,
        OrderAttempt,
        attempt_id,
        state=state,
        outcome=outcome,
        then_end=then_end,
        settled_at=act.now,
    )


def stand(tx: Transaction, act: Act, testbuy: TestBuy) -> None:
    """An order whose parcel is here was not cancelled, whatever its platform was asked."""
    attempt = testbuys.last_attempt(tx, testbuy.id)
    if attempt and attempt.state is AttemptState.CANCELLING:
        settle_attempt(tx, act, attempt.id, AttemptState.PLACED, None)


def parcels_of(tx: Transaction, attempt_id: int) -> Sequence[Parcel]:
    return every(tx, Parcel, order_attempt_id=attempt_id)


def add_parcel(
    tx: Transaction,
    testbuy: TestBuy,
    attempt_id: int,
    carrier: str,
    tracking_number: str,
    now: datetime,
) -> bool:
    """Follow a parcel from now on; False where it is followed already."""
    added = add_if_absent(
        tx,
        Parcel,
        order_attempt_id=attempt_id,
        tracking_number=tracking_number,
        carrier=carrier,
        state="announced",
        changed_at=now,
    )
    if added:
        confirmations.look_over(tx, testbuy)
    return added
