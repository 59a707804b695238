"""The order placed by hand, and what platform and carrier tell of any order's parcels.

Owns the buyer's record of an order and of its tracking number. Leaves orders through an interface
to `casework.buying.ordering`, and what a failure leads to to `casework.buying.ending`.
"""

from datetime import datetime

from casework.act import Act
from casework.buying.attempts import (
    OPEN_ATTEMPT,
    add_parcel,
    attempt_by_id,
    open_attempt,
    parcels_of,
    placed,
)
from casework.buying.ending import fail
from casework.buying.limits import ensure_within_limit
from casework.errors import Refused, ensure
from casework.move import Moved, ensure_own, find, note
from casework.shots.shotcheck import ensure_shots
from rules.lifecycle import EarlyEnd, Move, Stage, may
from rules.money import Money
from storage import testbuys
from storage.rows import change_one, one
from storage.session import Database
from storage.tables import AttemptState, Parcel, Route

LOST = {
    "lost": EarlyEnd.LOST_IN_TRANSIT,
    "refused": EarlyEnd.PARCEL_REFUSED,
    "returned": EarlyEnd.PARCEL_REFUSED,
}
"""Parcel states after which nothing will arrive any more."""


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
            add_parcel(
                tx, testbuy, attempt.id, carrier or "unknown", tracking_number.strip(), act.now
            )
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
        add_parcel(tx, testbuy, attempt.id, carrier.strip(), tracking_number.strip(), act.now)
        note(tx, act, testbuy, "tracking recorded", wake=False)


def note_shipped(
    db: Database, act: Act, reference: str, *, attempt_id: int, carrier: str, tracking_number: str
) -> None:
    """The platform says that an order was shipped: its parcel is followed from now on."""
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        if attempt_by_id(tx, attempt_id).state is not AttemptState.PLACED:
            return
        if add_parcel(tx, testbuy, attempt_id, carrier, tracking_number, act.now):
            note(tx, act, testbuy, "shipped", wake=False)


def note_parcel(
    db: Database,
    act: Act,
    reference: str,
    parcel_id: int,
    *,
    state: str,
    changed_at: datetime,
) -> None:
    """The carrier says how a parcel stands; an order all of whose parcels are lost has failed."""
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        parcel = one(tx, Parcel, id=parcel_id)
        assert parcel is not None  # parcels are never removed
        if parcel.state == state:
            return
        change_one(tx, Parcel, parcel_id, state=state, changed_at=changed_at)
        attempt = testbuys.last_attempt(tx, testbuy.id)
        states = {each.state for each in parcels_of(tx, parcel.order_attempt_id)}
        running = (
            attempt is not None
            and attempt.id == parcel.order_attempt_id
            and attempt.state is AttemptState.PLACED
        )
        if testbuy.stage is Stage.ORDERED and attempt and running and states <= LOST.keys():
            said = f"The carrier says that the parcel was {state}."
            fail(tx, act, testbuy, attempt, LOST[state], said)
