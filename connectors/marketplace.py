"""A marketplace with an interface: its listings and shops, and buying there.

Owns the wire contract of `docs/connectors.md`, section "Marketplace". Leaves to others: intent rows
before `place_order`, and what an order's state means for a test buy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from connectors.answers import Answer
from connectors.client import Client
from connectors.errors import (
    ConnectorError,
    ErrorFamily,
    OutcomeUnknown,
    ProtocolError,
    RefusedThere,
    Unreachable,
)
from connectors.http import checked_key

ORDER_STATES = frozenset(
    {
        "placed",
        "paid",
        "shipped",
        "delivered",
        "cancelled_by_seller",
        "cancelled_by_buyer",
        "refunded",
    }
)


class MarketplaceError(ConnectorError):
    """Anything the marketplace's connector raises."""


class MarketplaceUnreachable(MarketplaceError, Unreachable):  # noqa: N818 - says what happened
    """No answer, and surely nothing was done."""


class MarketplaceOutcomeUnknown(MarketplaceError, OutcomeUnknown):  # noqa: N818 - says what happened
    """An order or a cancellation may or may not have happened: ask `order_by_key`."""


class MarketplaceRefused(MarketplaceError, RefusedThere):  # noqa: N818 - says what happened
    """A definite no: `code` is one of the contract's words, such as `payment_refused`."""


class ListingGone(MarketplaceRefused):
    """The listing is no longer there, code `listing_gone`."""


class MarketplaceProtocolError(MarketplaceError, ProtocolError):
    """An answer to a read that breaks the contract."""


FAMILY = ErrorFamily(
    "marketplace",
    MarketplaceUnreachable,
    MarketplaceOutcomeUnknown,
    MarketplaceRefused,
    MarketplaceProtocolError,
)


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing as the platform showed it at `seen_at`, by the platform's clock."""

    listing_id: str
    shop_id: str
    title: str
    price_minor: int
    currency: str
    available: bool
    sales_count: int | None
    url: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop; `registrant` is who registered it, which need not be who runs it."""

    shop_id: str
    name: str
    registrant: str | None
    opened_on: date | None
    url: str
    open: bool


@dataclass(frozen=True, slots=True)
class SalesRecord:
    """What the platform says a shop sold from `since` to `until`, both days included."""

    shop_id: str
    since: date
    until: date
    units: int
    amount_minor: int
    currency: str
    source: str


@dataclass(frozen=True, slots=True)
class ShipTo:
    """Where a parcel goes: `address` in lines, `country` as ISO 3166 alpha-2."""

    name: str
    address: str
    country: str
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """An order at the platform; `key` is the caller's own, `state` one of `ORDER_STATES`."""

    order_number: str
    key: str
    listing_id: str
    state: str
    paid_minor: int
    currency: str
    tracking_number: str | None
    carrier: str | None
    placed_at: datetime
    changed_at: datetime


class Marketplace(Protocol):
    """What the tasks need of a marketplace; every method may raise `MarketplaceError`."""

    def listing(self, listing_id: str) -> Listing: ...

    def shop(self, shop_id: str) -> Shop: ...

    def sales(self, shop_id: str, since: date, until: date) -> SalesRecord | None: ...

    def place_order(
        self, key: str, listing_id: str, limit_minor: int, currency: str, ship_to: ShipTo
    ) -> Order: ...

    def order_by_key(self, key: str) -> Order | None: ...

    def cancel(self, order_number: str) -> Order: ...


class HttpMarketplace(Client):
    """The `Marketplace` at `address`, over HTTP. Close it, or use it in a `with`."""

    family = FAMILY

    def listing(self, listing_id: str) -> Listing:
        """The listing now. Raises `ListingGone`."""

        def parse(answer: Answer) -> Listing:
            return Listing(
                listing_id=answer.same("listing_id", listing_id),
                shop_id=answer.text("shop_id"),
                title=answer.text("title"),
                price_minor=answer.whole("price_minor"),
                currency=answer.currency(),
                available=answer.flag("available"),
                sales_count=answer.optional_whole("sales_count"),
                url=answer.text("url"),
                seen_at=answer.moment("seen_at"),
            )

        try:
            return self._service.read(self._service.path("listings", listing_id), parse)
        except MarketplaceRefused as refusal:
            raise _gone_or_same(refusal) from None

    def shop(self, shop_id: str) -> Shop:
        """The shop now. Raises `MarketplaceRefused` with code `no_such_shop`."""

        def parse(answer: Answer) -> Shop:
            opened_on = answer.optional_text("opened_on")
            return Shop(
                shop_id=answer.same("shop_id", shop_id),
                name=answer.text("name"),
                registrant=answer.optional_text("registrant"),
                opened_on=None if opened_on is None else answer.day("opened_on"),
                url=answer.text("url"),
                open=answer.flag("open"),
            )

        return self._service.read(self._service.path("shops", shop_id), parse)

    def sales(self, shop_id: str, since: date, until: date) -> SalesRecord | None:
        """What the shop sold from `since` to `until`, both included; None where nobody is told.

        None means *unknown*, never zero.
        """

        def parse(answer: Answer) -> SalesRecord:
            answer.same("since", since.isoformat())
            answer.same("until", until.isoformat())
            return SalesRecord(
                shop_id=answer.same("shop_id", shop_id),
                since=since,
                until=until,
                units=answer.whole("units"),
                amount_minor=answer.whole("amount_minor"),
                currency=answer.currency(),
                source=answer.text("source"),
            )

        period = {"since": since.isoformat(), "until": until.isoformat()}
        try:
            return self._service.read(self._service.path("shops", shop_id, "sales"), parse, period)
        except MarketplaceRefused as refusal:
            if refusal.code == "sales_not_told":
                return None
            raise

    def place_order(
        self, key: str, listing_id: str, limit_minor: int, currency: str, ship_to: ShipTo
    ) -> Order:
        """Buys one unit for at most `limit_minor`, delivery included, and pays.

        The platform does this once per `key`: the same key gives the first order, or the first
        refusal, again. Raises `MarketplaceOutcomeUnknown` when the order may or may not exist.
        """
        request = {
            "listing_id": listing_id,
            "limit_minor": limit_minor,
            "currency": currency,
            "ship_to": {
                "name": ship_to.name,
                "address": ship_to.address,
                "country": ship_to.country,
                "phone": ship_to.phone,
            },
        }

        def parse(answer: Answer) -> Order:
            answer.same("listing_id", listing_id)
            answer.same("key", key)
            return _order(answer)

        try:
            return self._service.write("/orders", parse, key=key, body={"json": request})
        except MarketplaceRefused as refusal:
            raise _gone_or_same(refusal) from None

    def order_by_key(self, key: str) -> Order | None:
        """The order placed under `key`; None while the platform has not seen the key.

        After an unknown outcome None means *not yet*: the request may still be on its way. The
        one sound way on is `place_order` under the same key. A key whose request was refused
        raises that refusal again.
        """

        def parse(answer: Answer) -> Order:
            answer.same("key", key)
            return _order(answer)

        try:
            return self._service.read(
                self._service.path("orders", "by-key", checked_key(key)), parse
            )
        except MarketplaceRefused as refusal:
            if refusal.code == "no_such_order":
                return None
            raise _gone_or_same(refusal) from None

    def cancel(self, order_number: str) -> Order:
        """Cancels an order that has not shipped; one already cancelled is given as it is.

        Raises `MarketplaceRefused` with code `already_shipped`.
        """

        def parse(answer: Answer) -> Order:
            answer.same("order_number", order_number)
            return _order(answer)

        return self._service.write(
            self._service.path("orders", order_number, "cancel"),
            parse,
            key=f"cancel:{order_number}",
            body={},
        )


def _order(answer: Answer) -> Order:
    return Order(
        order_number=answer.text("order_number"),
        key=answer.text("key"),
        listing_id=answer.text("listing_id"),
        state=answer.choice("state", ORDER_STATES),
        paid_minor=answer.whole("paid_minor"),
        currency=answer.currency(),
        tracking_number=answer.optional_text("tracking_number"),
        carrier=answer.optional_text("carrier"),
        placed_at=answer.moment("placed_at"),
        changed_at=answer.moment("changed_at"),
    )


def _gone_or_same(refusal: MarketplaceRefused) -> MarketplaceRefused:
    if refusal.code == "listing_gone":
        return ListingGone(refusal.code, refusal.message)
    return refusal
