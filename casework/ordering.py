"""Orders through a marketplace's interface: intended, placed once, never repeated blindly.

The attempt's row with its key is committed before the call; what the call brought is settled
afterwards. An unknown outcome stays unknown until the platform tells, by key, or a person does.
"""

from dataclasses import dataclass

from casework.act import Act
from casework.buying import (
    OPEN_ATTEMPT,
    attempt_by_id,
    give_up,
    open_attempt,
    placed,
    settle_attempt,
    words,
)
from casework.errors import Refused
from casework.limits import ensure_within_limit
from casework.move import Moved, find, look_again, note
from rules.lifecycle import EarlyEnd, Stage
from rules.money import Money
from rules.roles import Role
from rules.waiting import ORDER, ORDER_ANSWER
from storage import policies, testbuys
from storage.rows import change_one, one, table_of
from storage.session import Database
from storage.tables import (
    AttemptState,
    Listing,
    OrderAttempt,
    Persona,
    Route,
)

_attempts = table_of(OrderAttempt)


@dataclass(frozen=True, slots=True)
class OrderIntent:
    """An order to place through a marketplace's interface.

    Not `fresh`: it was intended before, so the call may have been made; ask by key first.
    """

    attempt_id: int
    key: str
    listing_id: str
    limit: Money
    recipient: str
    address: str
    country: str
    fresh: bool


def listing_to_check(db: Database, reference: str) -> str | None:
    """The platform's number of the listing to look at before a buyer is assigned, or None."""
    with db.read() as tx:
        testbuy = testbuys.by_reference(tx, reference)
        if testbuy is None or testbuy.stage is not Stage.AUTHORISED:
            return None
        listing = one(tx, Listing, id=testbuy.listing_id)
        assert listing is not None  # a foreign key holds it
        return listing.platform_listing_id


def intend_order(db: Database, act: Act, reference: str) -> OrderIntent | None:
    """The order that is due through the interface, its row committed; None where none is due."""
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        if testbuy.stage is not Stage.ASSIGNED or testbuy.route is not Route.INTERFACE:
            return None
        attempt = testbuys.last_attempt(tx, testbuy.id)
        fresh = attempt is None or attempt.state not in OPEN_ATTEMPT
        if attempt is None or fresh:
            attempt = open_attempt(tx, act, testbuy, attempt)
        listing = one(tx, Listing, id=testbuy.listing_id)
        persona = one(tx, Persona, id=testbuy.persona_id)
        assert listing and persona  # assigned means that both are there
        return OrderIntent(
            attempt_id=attempt.id,
            key=attempt.key,
            listing_id=listing.platform_listing_id,
            limit=Money(testbuy.price_minor, testbuy.currency),
            recipient=persona.recipient,
            address=persona.address,
            country=persona.region,
            fresh=fresh,
        )


def settle_placed(
    db: Database, act: Act, reference: str, attempt_id: int, order_number: str, paid: Money
) -> Moved | None:
    """Record that the platform has the order; None where that was recorded already."""
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        if testbuy.stage is not Stage.ASSIGNED:
            return None
        attempt = attempt_by_id(tx, attempt_id)
        return placed(tx, act, testbuy, attempt, order_number, paid)


def settle_refused(
    db: Database, act: Act, reference: str, attempt_id: int, why: EarlyEnd
) -> Moved | None:
    """Record a definite no of the platform and end the test buy early."""
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        if testbuy.stage is not Stage.ASSIGNED:
            return None
        settle_attempt(tx, act, attempt_id, AttemptState.REFUSED, why)
        return give_up(tx, act, testbuy, why, f"The marketplace refused the order: {words(why)}.")


def settle_unknown(db: Database, act: Act, reference: str, attempt_id: int) -> None:
    """Record that nobody knows yet whether the order was placed; in the end a person is asked."""
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        attempt = attempt_by_id(tx, attempt_id)
        if testbuy.stage is not Stage.ASSIGNED or attempt.state not in OPEN_ATTEMPT:
            return  # a person has said meanwhile what became of it
        change_one(
            tx,
            OrderAttempt,
            attempt_id,
            state=AttemptState.UNKNOWN,
            asked=attempt.asked + 1,
        )
        exhausted = attempt.asked + 1 >= policies.read(tx).order_asks
        waiting = ORDER_ANSWER if exhausted else None
        facts = {"attempt": attempt.number}
        note(tx, act, testbuy, "order outcome unknown", facts, waiting=waiting)
        if not exhausted:
            look_again(tx, act, testbuy, "ask about the order")


def put_off(db: Database, act: Act, reference: str, cause: str) -> None:
    """The outside is away and surely did nothing: try again after a while."""
    with db.write() as tx:
        look_again(tx, act, find(tx, act, reference), cause)


def answer_unknown(
    db: Database,
    act: Act,
    reference: str,
    *,
    version: int,
    order_number: str | None,
    paid_minor: int | None,
) -> Moved:
    """An analyst says what became of an order whose outcome is unknown: its number, or none is.

    “None is” ends the attempt; the next one has a new key.
    """
    if act.role is not Role.ANALYST:
        raise Refused(f"Only an analyst answers for an unknown order; you act as {act.role}.")
    with db.write() as tx:
        testbuy = find(tx, act, reference, version)
        attempt = testbuys.last_attempt(tx, testbuy.id)
        if attempt is None or attempt.state is not AttemptState.UNKNOWN:
            raise Refused("No order of this test buy has an unknown outcome.", stage=testbuy.stage)
        if order_number:
            minor = testbuy.price_minor if paid_minor is None else paid_minor
            paid = Money(minor, testbuy.currency)
            ensure_within_limit(testbuy, paid)
            # The programme placed it; the analyst only tells so.
            programme = Act(Role.PROGRAMME, act.now, act.seed)
            note(tx, act, testbuy, "order found", {"attempt": attempt.number}, wake=False)
            return placed(tx, programme, testbuy, attempt, order_number, paid)
        settle_attempt(tx, act, attempt.id, AttemptState.DEAD, None)
        facts = {"attempt": attempt.number}
        note(tx, act, testbuy, "order surely not placed", facts, waiting=ORDER)
        return Moved(reference, testbuy.stage, testbuy.version)
