"""The marketplace's client against the simulated marketplace, well-behaved and not."""

import json
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date
from itertools import count

import pytest

from connectors.errors import OutcomeUnknown, Unreachable
from connectors.http import Timeouts
from connectors.marketplace import (
    HttpMarketplace,
    ListingGone,
    MarketplaceOutcomeUnknown,
    MarketplaceProtocolError,
    MarketplaceRefused,
    MarketplaceUnreachable,
    ShipTo,
)

HOME = ShipTo("Chen Mei", "Room 3, 12 Jiabin Road\nShenzhen", "CN", "+86 755 0000 0009")
QUICK = Timeouts(connect_s=5, read_s=1.5, total_s=3)
_numbers = count()


@pytest.fixture
def key():
    return f"test:{next(_numbers)}"


@pytest.fixture
def market(servers):
    with HttpMarketplace(servers.marketplace.url, timeouts=QUICK) as client:
        yield client


def order(market, key, listing_id="L-ships", limit_minor=50_000):
    return market.place_order(key, listing_id, limit_minor, "CNY", HOME)


def lines(servers, key):
    return [each for each in servers.marketplace.ledger("order") if each["key"] == key]


def eventually(read, wanted, seconds=60.0):
    until = time.monotonic() + seconds
    while (found := read()) != wanted and time.monotonic() < until:
        time.sleep(0.05)
    return found


def test_reads_listing_shop_and_sales(market):
    listing = market.listing("L-ships")
    assert (listing.price_minor, listing.currency, listing.available) == (45_000, "CNY", True)
    assert listing.seen_at.tzinfo is UTC
    shop = market.shop(listing.shop_id)
    assert (shop.registrant, shop.opened_on) == ("Wang", date(2015, 3, 1))
    whole_year = market.sales("S-1", date(2016, 1, 1), date(2016, 12, 31))
    assert (whole_year.units, whole_year.amount_minor) == (40, 3_200_000)
    assert market.sales("S-1", date(2016, 6, 2), date(2016, 12, 31)).units == 0


def test_sales_nobody_tells_are_none_and_not_zero(market):
    assert market.sales("S-2", date(2016, 1, 1), date(2016, 12, 31)) is None


def test_a_gone_listing_is_told_apart_from_one_that_never_was(market):
    with pytest.raises(ListingGone):
        market.listing("L-away")
    with pytest.raises(MarketplaceRefused) as refusal:
        market.listing("L-none")
    assert refusal.value.code == "no_such_listing"
    assert not isinstance(refusal.value, ListingGone)


def test_an_order_ships_and_arrives(market, servers, key):
    placed = order(market, key)
    assert (placed.state, placed.paid_minor, placed.tracking_number) == ("paid", 45_000, None)
    assert eventually(lambda: market.order_by_key(key).state, "delivered") == "delivered"
    delivered = market.order_by_key(key)
    assert delivered.order_number == placed.order_number
    assert delivered.carrier == "Simulated Express"
    assert delivered.tracking_number.startswith("KX")
    assert delivered.changed_at > placed.placed_at


@pytest.mark.parametrize(
    ("listing_id", "state"),
    [("L-cancels", "cancelled_by_seller"), ("L-refunds", "refunded"), ("L-refused", "refunded")],
)
def test_sellers_and_platform_end_orders(market, key, listing_id, state):
    order(market, key, listing_id)
    assert eventually(lambda: market.order_by_key(key).state, state) == state


def test_refusals_are_definite_and_remembered_under_their_key(market, servers, key):
    for _ in range(2):
        with pytest.raises(MarketplaceRefused) as refusal:
            order(market, key, "L-payment")
        assert refusal.value.code == "payment_refused"
    with pytest.raises(MarketplaceRefused) as remembered:
        market.order_by_key(key)
    assert remembered.value.code == "payment_refused"
    assert len([e for e in servers.marketplace.ledger("refusal") if e["key"] == key]) == 1


def test_price_over_limit_and_other_currency_buy_nothing(market, servers, key):
    with pytest.raises(MarketplaceRefused) as over:
        order(market, key, limit_minor=44_999)
    assert over.value.code == "price_over_limit"
    with pytest.raises(MarketplaceRefused) as other:
        market.place_order(f"{key}/usd", "L-ships", 50_000, "USD", HOME)
    assert other.value.code == "wrong_currency"
    assert not lines(servers, key)


def test_a_listing_that_goes_while_ordering_stays_gone(market, key):
    assert market.listing("L-gone").available
    with pytest.raises(ListingGone):
        order(market, key, "L-gone")
    with pytest.raises(ListingGone):
        market.listing("L-gone")


def test_cancelling_holds_until_it_ships_and_can_be_repeated(market, key):
    placed = order(market, key, "L-never")
    for _ in range(2):
        assert market.cancel(placed.order_number).state == "cancelled_by_buyer"
    shipped = order(market, f"{key}/2", "L-lost")
    assert eventually(lambda: market.order_by_key(f"{key}/2").state, "shipped") == "shipped"
    with pytest.raises(MarketplaceRefused) as refusal:
        market.cancel(shipped.order_number)
    assert refusal.value.code == "already_shipped"


def test_one_key_buys_once_however_many_ask_at_once(servers, key):
    gate = threading.Barrier(8)

    def ask(_: int) -> str:
        with HttpMarketplace(servers.marketplace.url) as client:
            gate.wait()
            return order(client, key).order_number

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1
    assert len(lines(servers, key)) == 1


def test_a_key_is_for_one_order_only(market, key):
    order(market, key)
    with pytest.raises(MarketplaceRefused) as refusal:
        order(market, key, limit_minor=50_001)
    assert refusal.value.code == "key_reused"


@pytest.mark.parametrize(
    "kind",
    [
        "reset_after_commit",
        "hang_after_commit",
        "error_500_after_commit",
        "truncated_json",
        "cut_answer",
        "html",
        "wrong_types",
        "another_answer",
        "slow_drip",
    ],
)
def test_an_order_without_usable_answer_is_unknown_and_found_by_its_key(market, servers, key, kind):
    servers.marketplace.misbehave(kind, "/orders")
    with pytest.raises(MarketplaceOutcomeUnknown):
        order(market, key)
    found = market.order_by_key(key)
    assert found is not None
    assert order(market, key).order_number == found.order_number
    assert len(lines(servers, key)) == 1


@pytest.mark.parametrize("kind", ["reset_before_commit", "hang_before_commit", "unavailable_503"])
def test_an_order_that_never_happened_is_just_as_unknown_and_not_sent_again(
    market, servers, key, kind
):
    servers.marketplace.misbehave(kind, "/orders")
    with pytest.raises(MarketplaceOutcomeUnknown):
        order(market, key)
    assert market.order_by_key(key) is None
    assert not lines(servers, key)


def test_a_late_order_and_its_repetition_under_the_same_key_are_one(market, servers, key):
    servers.marketplace.misbehave("reset_then_commit", "/orders")
    with pytest.raises(OutcomeUnknown):
        order(market, key)
    assert market.order_by_key(key) is None
    repeated = order(market, key)
    time.sleep(0.8)
    assert market.order_by_key(key).order_number == repeated.order_number
    assert len(lines(servers, key)) == 1


def test_a_doubled_answer_is_read_once(market, servers, key):
    servers.marketplace.misbehave("duplicate_answer", "/orders")
    assert order(market, key).key == key
    assert market.order_by_key(key).key == key


def test_a_cancellation_without_answer_is_unknown(market, servers, key):
    placed = order(market, key, "L-never")
    servers.marketplace.misbehave("reset_after_commit", "/orders/")
    with pytest.raises(MarketplaceOutcomeUnknown):
        market.cancel(placed.order_number)
    assert market.order_by_key(key).state == "cancelled_by_buyer"


def test_a_busy_platform_did_nothing_and_is_asked_again(market, servers, key):
    servers.marketplace.misbehave("busy_429", "/orders")
    assert order(market, key).key == key
    servers.marketplace.misbehave("busy_429", "/orders", times=3)
    with pytest.raises(MarketplaceUnreachable):
        order(market, f"{key}/2")


@pytest.mark.parametrize("kind", ["html", "truncated_json", "wrong_types", "another_answer"])
def test_a_read_that_breaks_the_contract_is_a_protocol_error(market, servers, kind):
    servers.marketplace.misbehave(kind, "/listings")
    with pytest.raises(MarketplaceProtocolError):
        market.listing("L-ships")


def test_an_order_of_another_key_is_not_taken_for_the_one_asked_for(market, servers, key):
    order(market, key)
    servers.marketplace.misbehave("another_answer", "/orders/by-key")
    with pytest.raises(MarketplaceProtocolError):
        market.order_by_key(key)


@pytest.mark.parametrize(
    "kind",
    [
        "reset_before_commit",
        "hang_after_commit",
        "unavailable_503",
        "error_500_after_commit",
        "cut_answer",
    ],
)
def test_a_read_is_tried_again_and_gives_up_after_three(market, servers, kind):
    servers.marketplace.misbehave(kind, "/listings", times=2)
    assert market.listing("L-ships").listing_id == "L-ships"
    servers.marketplace.misbehave(kind, "/listings", times=3)
    with pytest.raises(MarketplaceUnreachable):
        market.listing("L-ships")
    assert market.listing("L-ships").listing_id == "L-ships"


def test_an_answer_dripping_in_can_not_hold_a_call_open(market, servers, key):
    servers.marketplace.misbehave("slow_drip", "/orders")
    began = time.monotonic()
    with pytest.raises(MarketplaceOutcomeUnknown):
        order(market, key)
    assert time.monotonic() - began < QUICK.total_s + 12


def test_nobody_listening_is_surely_not_done():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with HttpMarketplace(address, timeouts=QUICK) as market:
            with pytest.raises(Unreachable):
                market.place_order("k", "L-ships", 1, "CNY", HOME)
            with pytest.raises(MarketplaceUnreachable):
                market.order_by_key("k")


def test_the_ledger_survives_a_kill_and_a_torn_line(start_server, tmp_path):
    with start_server("marketplace", tmp_path) as server:
        with HttpMarketplace(server.url) as market:
            first = order(market, "k-1", "L-never")
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
    with (tmp_path / "marketplace.jsonl").open("a") as ledger:
        ledger.write('{"did": "order", "key": "k-2", "li')
    with start_server("marketplace", tmp_path) as server, HttpMarketplace(server.url) as market:
        assert market.order_by_key("k-1") == first
        assert order(market, "k-1", "L-never") == first
        assert market.order_by_key("k-2") is None
        order(market, "k-2", "L-never")
        kept = (tmp_path / "marketplace.jsonl").read_text().splitlines()
        assert [json.loads(line)["key"] for line in kept] == ["k-1", "k-2"]


def test_a_wrong_token_is_refused_and_a_right_one_let_in(start_server, tmp_path):
    with start_server("marketplace", tmp_path, "--token", "right") as server:
        with HttpMarketplace(server.url, token="right") as market:
            assert market.listing("L-ships")
        market = HttpMarketplace(server.url, token="wrong")
        with market, pytest.raises(MarketplaceRefused) as refusal:
            market.listing("L-ships")
        assert refusal.value.code == "not_authorised"


@pytest.mark.parametrize("address", ["", "market.example", "ftp://market.example", "http://"])
def test_an_address_that_is_none_is_refused_at_once(address):
    with pytest.raises(ValueError, match="address"):
        HttpMarketplace(address)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "bad_request"),
        ("..", "bad_request"),
        ("x" * 70_000, "bad_request"),
        ("\ud800", "bad_request"),
        ("L-ships?x=1#y", "no_such_listing"),
        ("名", "no_such_listing"),
    ],
)
def test_a_name_never_reaches_another_address(market, name, code):
    with pytest.raises(MarketplaceRefused) as refusal:
        market.listing(name)
    assert refusal.value.code == code
