"""The simulated marketplace: `python -m simulator.marketplace --world FILE --ledger FILE`.

Owns listings, shops, sales and orders, as `docs/connectors.md` describes them. An order is placed
and paid in one step, so its first state is `paid`. Sellers act by the world's behaviours.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.ledger import Entry
from simulator.server import No, Parts, Start, key_of, now, serve
from simulator.storefront import listing_page, listing_picture, shop_page, wants_page
from simulator.world import REFUSALS, Behaviour, Listing, Shop

TICK_S = 0.05


@dataclass
class _Order:
    entry: Entry
    behaviour: Behaviour
    state: str
    changed_at: str
    tracking_number: str | None = None

    def told(self, carrier: str) -> dict[str, Any]:
        names = ("order_number", "key", "listing_id", "paid_minor", "currency", "placed_at")
        return {
            **{name: self.entry[name] for name in names},
            "state": self.state,
            "tracking_number": self.tracking_number,
            "carrier": carrier if self.tracking_number else None,
            "changed_at": self.changed_at,
        }

    def next_step(self) -> tuple[str, datetime] | None:
        """The state the order enters next by itself, and when."""
        does, behaviour = self.behaviour.does, self.behaviour
        first = datetime.fromisoformat(self.entry["placed_at"]) + timedelta(
            seconds=behaviour.after_s
        )
        second = first + timedelta(seconds=behaviour.then_s)
        if self.state == "paid":
            entered = {"cancels": "cancelled_by_seller", "refunds": "refunded"}.get(does, "shipped")
            return None if does == "never_ships" else (entered, first)
        if self.state == "shipped" and does == "ships":
            return "delivered", second
        if self.state == "shipped" and does == "refused_parcel":
            return "refunded", second + timedelta(seconds=behaviour.then_s)
        return None


class _Marketplace:
    """Handlers decide and append to the ledger without awaiting in between, so that two calls
    under one key can't both find it free."""

    def __init__(self, start: Start) -> None:
        self._start = start
        self._world = start.world
        self._orders: dict[str, _Order] = {}
        self._by_key: dict[str, Entry] = {}
        self._attempts: Counter[str] = Counter()
        self._gone = {each.listing_id for each in self._world.listings if each.gone}
        for entry in start.ledger.entries:
            self._apply(entry)

    def _record(self, entry: Entry) -> None:
        self._start.ledger.append(entry)
        self._apply(entry)

    def _apply(self, entry: Entry) -> None:
        if entry["did"] in ("order", "refusal"):
            self._by_key[entry["key"]] = entry
            if entry["attempt"]:
                self._attempts[entry["listing_id"]] += 1
            if entry.get("code") == "listing_gone":
                self._gone.add(entry["listing_id"])
        if entry["did"] == "order":
            behaviour = Behaviour(**entry["behaviour"])
            self._orders[entry["order_number"]] = _Order(entry, behaviour, "paid", entry["at"])
        if entry["did"] == "change":
            order = self._orders[entry["order_number"]]
            order.state, order.changed_at = entry["state"], entry["at"]
            order.tracking_number = entry.get("tracking_number") or order.tracking_number

    def _listing(self, listing_id: str) -> Listing:
        listing = self._world.listing(listing_id)
        if listing is None:
            raise No(404, "no_such_listing", "There is no such listing.")
        if listing_id in self._gone:
            raise No(410, "listing_gone", "The listing is no longer there.")
        return listing

    def _shop(self, request: Request) -> Shop:
        shop = self._world.shop(request.path_params["shop_id"])
        if shop is None:
            raise No(404, "no_such_shop", "There is no such shop.")
        return shop

    async def listing(self, request: Request) -> Response:
        listing = self._listing(request.path_params["listing_id"])
        shop = self._world.shop(listing.shop_id)
        if wants_page(request) and shop is not None:
            return listing_page(self._world.platform, listing, shop)
        names = ("listing_id", "shop_id", "title", "price_minor", "currency", "sales_count")
        told = {name: getattr(listing, name) for name in names}
        url = f"{self._start.url}/listings/{listing.listing_id}"
        told |= {"available": True, "url": url, "seen_at": now().isoformat()}
        return JSONResponse(told)

    async def picture(self, request: Request) -> Response:
        listing = self._listing(request.path_params["listing_id"])
        shop = self._world.shop(listing.shop_id)
        if shop is None:
            raise No(404, "no_such_shop", "There is no such shop.")
        return listing_picture(listing, shop)

    async def shop(self, request: Request) -> Response:
        shop = self._shop(request)
        if wants_page(request):
            listed = [each for each in self._world.listings if each.shop_id == shop.shop_id]
            return shop_page(self._world.platform, shop, listed)
        names = ("shop_id", "name", "registrant", "opened_on")
        told = {name: getattr(shop, name) for name in names}
        told |= {"url": f"{self._start.url}/shops/{shop.shop_id}", "open": True}
        return JSONResponse(told)

    async def sales(self, request: Request) -> JSONResponse:
        shop = self._shop(request)
        try:
            since = date.fromisoformat(request.query_params["since"])
            until = date.fromisoformat(request.query_params["until"])
        except (KeyError, ValueError) as error:
            raise No(400, "bad_request", "since and until are ISO dates.") from error
        if not shop.tells_sales:
            raise No(404, "sales_not_told", "Sales of this shop are not told.")
        inside = [
            each
            for each in shop.sales
            if since <= date.fromisoformat(each.since) and date.fromisoformat(each.until) <= until
        ]
        listed = (each for each in self._world.listings if each.shop_id == shop.shop_id)
        return JSONResponse(
            {
                "shop_id": shop.shop_id,
                "since": since.isoformat(),
                "until": until.isoformat(),
                "units": sum(each.units for each in inside),
                "amount_minor": sum(each.amount_minor for each in inside),
                "currency": next((each.currency for each in listed), "CNY"),
                "source": f"{self._world.platform} order records",
            }
        )

    async def place(self, request: Request) -> JSONResponse:
        key = key_of(request)
        try:
            wish = json.loads(await request.body())
            listing_id, currency = str(wish["listing_id"]), str(wish["currency"])
            limit_minor = int(wish["limit_minor"])
            canonical = json.dumps([listing_id, currency, limit_minor, dict(wish["ship_to"])])
        except (ValueError, KeyError, TypeError) as error:
            raise No(400, "bad_request", "The order is not as the contract wants it.") from error
        fingerprint = hashlib.sha256(canonical.encode()).hexdigest()
        known = self._by_key.get(key)
        if known is None:
            at = now().isoformat()
            asked = {"key": key, "listing_id": listing_id, "fingerprint": fingerprint, "at": at}
            self._record(self._decided(asked, limit_minor, currency))
        elif known["fingerprint"] != fingerprint:
            raise No(409, "key_reused", "This key belongs to another order.")
        return self._answer(key)

    def _decided(self, asked: Entry, limit_minor: int, currency: str) -> Entry:
        """The ledger entry for a first request under a key: an order or a refusal."""
        try:
            listing = self._listing(asked["listing_id"])
        except No as no:
            return _refusal(asked, no)
        if currency != listing.currency:
            no = No(409, "wrong_currency", f"The price is in {listing.currency}.")
            return _refusal(asked, no)
        if listing.price_minor > limit_minor:
            return _refusal(asked, No(409, "price_over_limit", "The price is above the limit."))
        met = self._attempts[listing.listing_id]
        behaviour = listing.attempts[min(met, len(listing.attempts) - 1)]
        if behaviour.does in REFUSALS:
            http_code, message = REFUSALS[behaviour.does]
            return _refusal(asked, No(http_code, behaviour.does, message), attempt=True)
        return {
            "did": "order",
            **asked,
            "order_number": self._number("M", 16),
            "paid_minor": listing.price_minor,
            "currency": listing.currency,
            "placed_at": asked["at"],
            "behaviour": asdict(behaviour),
            "attempt": True,
        }

    def _number(self, prefix: str, digits: int) -> str:
        chance = random.Random(f"{self._start.seed}/{prefix}/{len(self._start.ledger.entries)}")
        return prefix + "".join(chance.choices("0123456789", k=digits))

    def _answer(self, key: str) -> JSONResponse:
        entry = self._by_key[key]
        if entry["did"] == "refusal":
            raise No(entry["http_code"], entry["code"], entry["message"])
        return JSONResponse(self._orders[entry["order_number"]].told(self._world.carrier))

    async def by_key(self, request: Request) -> JSONResponse:
        key = request.path_params["key"]
        if key not in self._by_key:
            raise No(404, "no_such_order", "No order came under this key so far.")
        return self._answer(key)

    async def cancel(self, request: Request) -> JSONResponse:
        key_of(request)
        number = request.path_params["order_number"]
        order = self._orders.get(number)
        if order is None:
            raise No(404, "no_such_order", "There is no such order.")
        if order.state == "paid":
            self._record(_change(number, "cancelled_by_buyer"))
        elif order.state in ("shipped", "delivered"):
            raise No(409, "already_shipped", "The parcel is already on its way.")
        return JSONResponse(order.told(self._world.carrier))

    async def live(self) -> None:
        """Lets sellers act until cancelled."""
        async with httpx.AsyncClient(timeout=2, trust_env=False) as carrier:
            while True:
                for order in list(self._orders.values()):
                    step = order.next_step()
                    if step is not None and step[1] <= now():
                        # a carrier that is away gets the parcel on a later tick
                        with suppress(httpx.HTTPError):
                            await self._enter(order, step[0], carrier)
                await asyncio.sleep(TICK_S)

    async def _enter(self, order: _Order, state: str, carrier: httpx.AsyncClient) -> None:
        number = order.entry["order_number"]
        if state != "shipped":
            self._record(_change(number, state))
            return
        tracking_number = "KX" + "".join(
            random.Random(f"{self._start.seed}/{number}").choices("0123456789", k=12)
        )
        listing = self._world.listing(order.entry["listing_id"])
        shop = None if listing is None else self._world.shop(listing.shop_id)
        if self._start.carrier_url is not None and shop is not None:
            parcel = {
                "tracking_number": tracking_number,
                "sender": asdict(shop.sender),
                "fate": order.behaviour.does,
                "then_s": order.behaviour.then_s,
            }
            handed_in = await carrier.post(f"{self._start.carrier_url}/parcels", json=parcel)
            handed_in.raise_for_status()
        if order.state == "paid":
            self._record(_change(number, state, tracking_number=tracking_number))


def _refusal(asked: Entry, no: No, *, attempt: bool = False) -> Entry:
    said = {"http_code": no.http_code, "code": no.code, "message": no.message}
    return {"did": "refusal", **asked, **said, "attempt": attempt}


def _change(order_number: str, state: str, **more: str) -> Entry:
    return {
        "did": "change",
        "order_number": order_number,
        "state": state,
        "at": now().isoformat(),
        **more,
    }


def build(start: Start) -> Parts:
    """The routes of the contract and the sellers' life beside them."""
    marketplace = _Marketplace(start)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None, None]:
        sellers = asyncio.create_task(marketplace.live())
        yield
        sellers.cancel()

    return Parts(
        [
            Route("/listings/{listing_id}", marketplace.listing),
            Route("/listings/{listing_id}/picture.jpg", marketplace.picture),
            Route("/shops/{shop_id}", marketplace.shop),
            Route("/shops/{shop_id}/sales", marketplace.sales),
            Route("/orders", marketplace.place, methods=["POST"]),
            Route("/orders/by-key/{key:path}", marketplace.by_key),
            Route("/orders/{order_number}/cancel", marketplace.cancel, methods=["POST"]),
        ],
        lifespan,
    )


if __name__ == "__main__":
    serve("marketplace", build)
