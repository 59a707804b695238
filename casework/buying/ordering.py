"""Orders through a marketplace's interface: intended, placed once, never repeated blindly.

The attempt's row with its key is committed before the call; what the call brought is settled
afterwards. An unknown outcome stays unknown until the platform tells, by key, or a person does.
"""

from dataclasses import dataclass

from casework.act import Act
from casework.buying import assigning
from casework.buying.attempts import (
    OPEN_ATTEMPT,
    attempt_by_id,
    open_attempt,
    placed,
    settle_attempt,
)
from casework.buying.ending import fail, give_up, words
from casework.buying.limits import ensure_within_limit
from casework.errors import Refused
from casework.move import Moved, find, look_again, note
from rules.lifecycle import EarlyEnd, Stage
from rules.money import Money
from rules.roles import Role
from rules.waiting import DECISION, ORDER, ORDER_ANSWER, PARCEL
from storage import policies, testbuys
from storage.rows import change_one, one
from storage.session import Database, Transaction
from storage.tables import (
    AttemptState,
    Listing,
    OrderAttempt,
    Persona,
    Route,
    TestBuy,
)

ANSWERED_FOR = (*OPEN_ATTEMPT, AttemptState.REFUSED, AttemptState.CANCELLING)
"""States of an order on which an analyst may have the last word."""


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


@dataclass(frozen=True, slots=True)
class CancelIntent:
    """An order that was given up and must be cancelled at its platform; `how` it is said to end."""

    attempt_id: int
    order_number: str
    how: EarlyEnd


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
        if attempt and attempt.state is AttemptState.REFUSED:
            return None  # an analyst decides whether there is another
        fresh = attempt is None or attempt.state is AttemptState.DEAD
        if fresh and assigning.clashes(tx, testbuy):
            return None  # who linked the shops has woken it for another persona
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
    db: Database,
    act: Act,
    reference: str,
    attempt_id: int,
    code: str,
    why: EarlyEnd | None,
) -> None:
    """Record a definite no of the platform, by its word; `why` ends the test buy early.

    A refusal that ends nothing (the price rose, the token is not good) is put before an analyst.
    """
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        attempt = attempt_by_id(tx, attempt_id)
        if testbuy.stage is not Stage.ASSIGNED or attempt.state not in OPEN_ATTEMPT:
            return
        settle_attempt(tx, act, attempt_id, AttemptState.REFUSED, code)
        if why is not None:
            said = f"The marketplace refused the order: {words(why)}."
            give_up(tx, act, testbuy, why, said)
            return
        facts = {"attempt": attempt.number, "code": code}
        note(tx, act, testbuy, "order refused", facts, waiting=DECISION)


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


def order_to_cancel(db: Database, reference: str) -> CancelIntent | None:
    """The order to cancel through the interface; None where none is."""
    with db.read() as tx:
        testbuy = testbuys.by_reference(tx, reference)
        attempt = testbuy and testbuys.last_attempt(tx, testbuy.id)
        if testbuy is None or attempt is None or testbuy.stage is not Stage.ORDERED:
            return None
        if attempt.state is not AttemptState.CANCELLING:
            return None
        assert attempt.order_number and attempt.outcome  # given up once it was placed, with a word
        return CancelIntent(attempt.id, attempt.order_number, EarlyEnd(attempt.outcome))


def settle_not_cancelled(
    db: Database, act: Act, reference: str, attempt_id: int, reason: str
) -> None:
    """Record that the platform does not cancel the order: its parcel is waited for again."""
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        if attempt_by_id(tx, attempt_id).state is not AttemptState.CANCELLING:
            return
        settle_attempt(tx, act, attempt_id, AttemptState.PLACED, None)
        note(tx, act, testbuy, "order not cancelled", {"code": reason}, waiting=PARCEL)


def put_off(db: Database, act: Act, reference: str, cause: str) -> None:
    """The outside is away and surely did nothing: try again after a while."""
    with db.write() as tx:
        look_again(tx, act, find(tx, act, reference), cause)


def by_hand_instead(db: Database, act: Act, reference: str) -> None:
    """The buyer orders by hand what no marketplace with an interface is configured for."""
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        attempt = testbuys.last_attempt(tx, testbuy.id)
        if testbuy.stage is not Stage.ASSIGNED or testbuy.route is not Route.INTERFACE:
            return
        if attempt is None or attempt.state is AttemptState.DEAD:
            change_one(tx, TestBuy, testbuy.id, route=Route.BY_HAND)
            note(tx, act, testbuy, "no marketplace: ordered by hand", wake=False)


def answer_for_order(
    db: Database,
    act: Act,
    reference: str,
    *,
    version: int,
    order_number: str | None,
    paid_minor: int | None,
) -> Moved:
    """An analyst who found out says what became of an order: its number, or there surely is none.

    For an order whose outcome is unknown, one that was refused, and one whose platform is silent
    on its cancelling. “There is none” ends the attempt; the next one has a new key.
    """
    if act.role is not Role.ANALYST:
        raise Refused(f"Only an analyst answers for an order; you act as {act.role}.")
    with db.write() as tx:
        testbuy = find(tx, act, reference, version)
        attempt = testbuys.last_attempt(tx, testbuy.id)
        if attempt is None or attempt.state not in ANSWERED_FOR:
            raise Refused("No order of this test buy has an unknown outcome.", stage=testbuy.stage)
        if testbuy.lease_until and testbuy.lease_until > act.now:
            raise Refused("A flow run is asking about this order just now. Try again in a minute.")
        if testbuy.stage is Stage.ORDERED:
            return _answer_for_cancelling(tx, act, testbuy, attempt, stands=bool(order_number))
        if testbuy.stage is not Stage.ASSIGNED:
            raise Refused(f"{reference} is {testbuy.stage}; its order is settled.")
        if order_number:
            if attempt.state is AttemptState.REFUSED:
                raise Refused("The marketplace refused this order, so that it has no number.")
            minor = testbuy.price_minor if paid_minor is None else paid_minor
            paid = Money(minor, testbuy.currency)
            ensure_within_limit(testbuy, paid)
            # The programme placed it; the analyst only tells so.
            programme = Act(Role.PROGRAMME, act.now, act.seed)
            note(tx, act, testbuy, "order found", {"attempt": attempt.number}, wake=False)
            return placed(tx, programme, testbuy, attempt, order_number, paid)
        settle_attempt(tx, act, attempt.id, AttemptState.DEAD, attempt.outcome)
        facts = {"attempt": attempt.number}
        return note(tx, act, testbuy, "order surely not placed", facts, waiting=ORDER)


def _answer_for_cancelling(
    tx: Transaction, act: Act, testbuy: TestBuy, attempt: OrderAttempt, *, stands: bool
) -> Moved:
    assert attempt.outcome  # given up with a word
    if not stands:
        how = EarlyEnd(attempt.outcome)
        return fail(tx, act, testbuy, attempt, how, f"Surely cancelled: {words(how)}.")
    settle_attempt(tx, act, attempt.id, AttemptState.PLACED, None)
    return note(tx, act, testbuy, "order stands", {"attempt": attempt.number}, waiting=PARCEL)
