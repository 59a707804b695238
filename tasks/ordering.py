"""The marketplace's part: is the listing still there, the order, what the shop sold."""

from collections.abc import Callable
from datetime import timedelta

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from casework.act import Hold
from casework.buying import buying, ending, ordering
from casework.buying.ordering import OrderIntent
from casework.errors import Refused
from casework.flags import flagging
from casework.referring import referring
from connectors.errors import ConnectorError, OutcomeUnknown, ProtocolError, Unreachable
from connectors.marketplace import ListingGone, MarketplaceRefused, Order, ShipTo
from rules.lifecycle import EarlyEnd
from rules.money import Money
from storage import watching
from tasks.office import Office, office
from tasks.slots import slot

REFUSALS: dict[str, EarlyEnd | None] = {
    "listing_gone": EarlyEnd.LISTING_GONE,
    "out_of_stock": EarlyEnd.LISTING_GONE,
    "no_such_listing": EarlyEnd.LISTING_GONE,
    "payment_refused": EarlyEnd.PAYMENT_REFUSED,
    "price_over_limit": None,
    "wrong_currency": None,
}
"""A platform's words of refusing an order, and how the test buy ends by them (None: as an analyst
decides). They are stored under the order's key; every other word is of the request alone."""

SALES_WINDOW = timedelta(days=365)


def check_listing(hold: Hold) -> None:
    """End an authorised test buy whose listing is gone, before a buyer is bothered with it."""
    desk = office()
    listing_id = ordering.listing_to_check(desk.db, hold.reference)
    if listing_id is None or desk.marketplace is None:
        return
    if is_gone(listing_id):
        why, text = EarlyEnd.LISTING_GONE, "The listing was gone before the order."
        act = desk.act(hold)
        ending.abandon(desk.db, act, hold.reference, version=None, why=why, note=text)


def place_order(hold: Hold) -> None:
    """Place the order that is due through the marketplace's interface, once and never twice."""
    desk = office()
    if desk.marketplace is None:
        ordering.by_hand_instead(desk.db, desk.act(hold), hold.reference)
        return
    intent = ordering.intend_order(desk.db, desk.act(hold), hold.reference)
    if intent is None:
        return
    act, reference = desk.act(hold), hold.reference
    try:
        order = order_from_marketplace(intent)
    except MarketplaceRefused as refusal:
        code = refusal.code
        if code in REFUSALS or intent.fresh:
            why = REFUSALS.get(code)
            ordering.settle_refused(desk.db, act, reference, intent.attempt_id, code, why)
        else:
            # It was not the order that was refused but our asking about it.
            ordering.settle_unknown(desk.db, act, reference, intent.attempt_id)
    except (OutcomeUnknown, ProtocolError):
        ordering.settle_unknown(desk.db, act, reference, intent.attempt_id)
    except Unreachable:
        ordering.put_off(desk.db, act, reference, "marketplace away")
    else:
        paid = Money(order.paid_minor, order.currency)
        ordering.settle_placed(desk.db, act, reference, intent.attempt_id, order.order_number, paid)


def cancel_order(hold: Hold) -> None:
    """Cancel the order that a person has given up; only then is it dead.

    Asked as often as need be: the platform answers for an order already cancelled as it is.
    """
    desk = office()
    intent = ordering.order_to_cancel(desk.db, hold.reference)
    if intent is None or desk.marketplace is None:
        return
    act, reference = desk.act(hold), hold.reference
    try:
        cancelled_at_marketplace(intent.order_number)
    except MarketplaceRefused as refusal:
        ordering.settle_not_cancelled(desk.db, act, reference, intent.attempt_id, refusal.code)
    except (OutcomeUnknown, ProtocolError, Unreachable):
        ordering.put_off(desk.db, act, reference, "marketplace away")
    else:
        text = f"Cancelled at the marketplace: {intent.how.replace('_', ' ')}."
        ending.order_failed(
            desk.db,
            act,
            reference,
            version=None,
            how=intent.how,
            note=text,
            attempt_id=intent.attempt_id,
        )


def gather_sales(hold: Hold) -> None:
    """Keep what the platform tells of the sales of the operator's shops, for the gauge."""
    desk = office()
    if desk.marketplace is None:
        return
    for shop in referring.shops_to_ask(desk.db, hold.reference):
        sales_of_shop(shop.platform_shop_id, shop.id)


def follow_orders(keep: Callable[[], None]) -> int:
    """Ask the marketplace about every open order; gives how many were asked about.

    `keep` is called before each question: this may take long, and holds on to the duty.
    """
    desk = office()
    if desk.marketplace is None:
        return 0
    with desk.db.read() as tx:
        orders = watching.open_orders(tx)
    for open_order in orders:
        keep()
        try:
            order = desk.marketplace.order_by_key(open_order.key)
        except ConnectorError as error:
            get_run_logger().warning("%s: %s", open_order.reference, error)
            continue
        if order is not None:
            try:
                _follow(desk, open_order, order)
            except Refused as refused:
                # It has moved on since the list was read.
                get_run_logger().info("%s: %s", open_order.reference, refused)
    return len(orders)


@task(name="look at the listing", cache_policy=NO_CACHE)
def is_gone(listing_id: str) -> bool:
    """Whether the platform says that the listing is gone; a platform that is away says nothing."""
    marketplace = office().marketplace
    assert marketplace is not None  # the caller has looked
    try:
        return not marketplace.listing(listing_id).available
    except ListingGone:
        return True
    except ConnectorError:
        return False


@task(
    name="place the order",
    cache_policy=NO_CACHE,
    retries=2,
    retry_delay_seconds=[1, 4],
    retry_condition_fn=lambda _task, _run, state: isinstance(
        state.result(raise_on_failure=False), Unreachable
    ),
)
def order_from_marketplace(intent: OrderIntent) -> Order:
    """The order under the intent's key; tried again only where surely nothing was done.

    An intent that is not fresh may have been carried out: its key is asked about first.
    """
    marketplace = office().marketplace
    assert marketplace is not None  # the caller has looked
    with slot("marketplace"):
        if not intent.fresh and (order := marketplace.order_by_key(intent.key)):
            return order
        return marketplace.place_order(
            intent.key,
            intent.listing_id,
            intent.limit.minor,
            intent.limit.currency,
            ShipTo(name=intent.recipient, address=intent.address, country=intent.country),
        )


@task(name="cancel the order", cache_policy=NO_CACHE)
def cancelled_at_marketplace(order_number: str) -> None:
    """Cancel an order; raises MarketplaceRefused where it has shipped."""
    marketplace = office().marketplace
    assert marketplace is not None  # the caller has looked
    with slot("marketplace"):
        marketplace.cancel(order_number)


@task(name="ask for the shop's sales", cache_policy=NO_CACHE)
def sales_of_shop(platform_shop_id: str, shop_id: int) -> None:
    """Record the platform's own figure of a shop's sales in the last year, where it tells one."""
    desk = office()
    assert desk.marketplace is not None  # the caller has looked
    act = desk.act()
    until = act.now.date()
    try:
        sales = desk.marketplace.sales(platform_shop_id, until - SALES_WINDOW, until)
    except ConnectorError as error:
        get_run_logger().warning("sales of shop %s: %s", shop_id, error)
        return
    if sales is not None:
        flagging.record_sales(
            desk.db,
            act,
            shop_id=shop_id,
            period_start=sales.since,
            period_end=sales.until,
            units=sales.units,
            amount_minor=sales.amount_minor,
            currency=sales.currency,
            source=sales.source,
            wake=False,
        )


def _follow(desk: Office, asked: watching.OpenOrder, order: Order) -> None:
    act, reference, attempt_id = desk.act(), asked.reference, asked.attempt_id
    match order.state:
        case "cancelled_by_seller" | "cancelled_by_buyer":
            how = EarlyEnd.SELLER_CANCELLED
        case "refunded":
            how = EarlyEnd.REFUNDED
        case _:
            if order.tracking_number:
                buying.note_shipped(
                    desk.db,
                    act,
                    reference,
                    attempt_id=attempt_id,
                    carrier=order.carrier or "unknown",
                    tracking_number=order.tracking_number,
                )
            return
    said = f"The marketplace says: {order.state.replace('_', ' ')}."
    ending.order_failed(
        desk.db, act, reference, version=None, how=how, note=said, attempt_id=attempt_id
    )
