"""Visits over real sockets: to the simulated marketplace, and to servers that mean harm."""

import contextlib
import socket
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from connectors.addresses import ForbiddenAddress, Reach
from connectors.browsing import HttpBrowsing, Limits
from evidence import webarchive

LOOPBACK = ("127.0.0.0/8",)
PATIENT = Limits(seconds=60, connect_s=20, received=200_000)
QUICK = replace(PATIENT, seconds=1.0)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


def clock():
    return datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def browsing(allowed=LOOPBACK, **others):
    return HttpBrowsing(clock, allowed=allowed, limits=others.pop("limits", PATIENT), **others)


@contextlib.contextmanager
def serving(answer):
    """A server on loopback that gives each connection to `answer(socket, request)`."""
    listener = socket.create_server(("127.0.0.1", 0))
    asked = []

    def serve():
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with peer, contextlib.suppress(OSError):
                asked.append(peer.recv(65536))
                answer(peer, asked[-1])

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def test_the_simulated_shop_is_kept_bit_for_bit(servers):
    url = f"{servers.marketplace.url}/listings/L-ships"
    seen = browsing().visit(url)
    assert (seen.http_code, seen.problem, seen.media_type) == (200, None, "text/html")
    assert b"<h1>Watch</h1>" in seen.body and b"450.00 CNY" in seen.body
    (exchange,) = seen.exchanges
    assert exchange.request.startswith(b"GET /listings/L-ships HTTP/1.1\r\n")
    assert exchange.response.startswith(b"HTTP/1.1 200 ") and exchange.response.endswith(seen.body)
    assert exchange.ip == "127.0.0.1"
    kept = webarchive.read(webarchive.write(seen.exchanges, clock()))
    assert kept[0].block == exchange.response


def test_the_interface_still_speaks_json(servers):
    told = httpx.get(f"{servers.marketplace.url}/listings/L-ships", trust_env=False)
    assert told.json()["listing_id"] == "L-ships"


def test_a_seller_page_names_its_shop(servers):
    seen = browsing().visit(f"{servers.marketplace.url}/shops/S-1")
    assert b"Crystal Corner" in seen.body


@pytest.mark.parametrize(("path", "code"), [("/listings/L-none", 404), ("/listings/L-away", 410)])
def test_a_page_that_is_gone_is_kept_with_its_code(servers, path, code):
    seen = browsing().visit(servers.marketplace.url + path)
    assert (seen.http_code, seen.problem, len(seen.exchanges)) == (code, None, 1)


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    seen = browsing().visit(url)
    assert (seen.problem, seen.http_code, seen.exchanges) == ("away", None, ())
    assert browsing().visit("http://no-such-host.invalid/").problem == "away"


def test_a_slow_drip_ends_in_time_and_what_came_is_kept(servers):
    servers.marketplace.misbehave("slow_drip", "/listings/L-ships")
    began = time.monotonic()
    seen = browsing(limits=QUICK).visit(f"{servers.marketplace.url}/listings/L-ships")
    assert time.monotonic() - began < 15
    assert seen.problem == "too slow"
    assert seen.exchanges[0].truncated == "time" and seen.exchanges[0].response.startswith(b"HTTP")


@pytest.mark.parametrize("head", [HEAD + b"\r\n", b"HTTP/1.1 200 OK\r\nX: "])
def test_an_endless_answer_is_cut(head):
    """Endless in its body, or in its header before a body ever begins."""

    def pour(peer, _):
        peer.sendall(head)
        while True:
            peer.sendall(b"x" * 65536)

    with serving(pour) as (url, _):
        seen = browsing().visit(url)
    assert seen.problem in ("too large", "broken answer")
    assert len(seen.exchanges[0].response) <= PATIENT.received
    if head.startswith(HEAD):
        assert (seen.problem, seen.exchanges[0].truncated) == ("too large", "length")
        assert len(seen.exchanges[0].response) == PATIENT.received


def test_a_redirect_loop_ends():
    def again(peer, _):
        peer.sendall(b"HTTP/1.1 302 Found\r\nLocation: /round\r\nContent-Length: 0\r\n\r\n")

    with serving(again) as (url, asked):
        seen = browsing().visit(url)
    assert seen.problem == "too many redirects"
    assert len(asked) == len(seen.exchanges) == PATIENT.redirects + 1


@pytest.mark.parametrize(
    "target", [b"http://127.0.0.2:%d/", b"http://[::1]/", b"http://169.254.169.254/latest/"]
)
def test_a_redirect_to_a_private_address_is_not_followed(target):
    """Only 127.0.0.1 is allowed: what lies beside it stays out of a page's reach."""

    def lead_astray(peer, request):
        port = peer.getsockname()[1]
        onwards = target % port if b"%d" in target else target
        peer.sendall(b"HTTP/1.1 302 F\r\nLocation: " + onwards + b"\r\nContent-Length: 0\r\n\r\n")

    with serving(lead_astray) as (url, asked):
        seen = browsing(allowed=("127.0.0.1/32",)).visit(url)
    assert seen.problem == "address not allowed"
    assert len(asked) == 1 and len(seen.exchanges) == 1


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://shop.example/", "javascript:1", ""])
def test_only_the_web_is_visited(url):
    assert browsing().visit(url).problem == "not a web address"


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.1.1", "::1", "::ffff:10.0.0.1", "0.0.0.0"],
)
def test_private_addresses_are_out_of_reach(host):
    with pytest.raises(ForbiddenAddress):
        Reach().resolve(host, 80)


def test_loopback_is_out_of_reach_unless_allowed(servers):
    seen = browsing(allowed=()).visit(f"{servers.marketplace.url}/listings/L-ships")
    assert (seen.problem, seen.exchanges) == ("address not allowed", ())


def test_a_broken_answer_is_kept_as_it_came():
    with serving(lambda peer, _: peer.sendall(b"SSH-2.0-OpenSSH\r\n")) as (url, _):
        seen = browsing().visit(url)
    assert seen.problem == "broken answer"
    assert seen.exchanges[0].response == b"SSH-2.0-OpenSSH\r\n"


def test_a_cut_connection_is_told():
    def cut(peer, _):
        peer.sendall(HEAD + b"Content-Length: 100\r\n\r\nhalf")

    with serving(cut) as (url, _):
        seen = browsing().visit(url)
    assert seen.problem == "broken answer" and seen.exchanges[0].truncated == "disconnect"
    assert seen.exchanges[0].response.endswith(b"half")


def test_without_a_browser_there_is_no_picture_and_a_missing_one_is_told(servers, tmp_path):
    url = f"{servers.marketplace.url}/listings/L-ships"
    assert browsing().picture(url) == (None, None)
    picture, why = browsing(browser=str(tmp_path / "none")).picture(url)
    assert picture is None and why is not None and "no browser at" in why


def test_a_browser_takes_the_whole_page(servers, chromium):
    from PIL import Image

    picture, why = HttpBrowsing(clock, allowed=LOOPBACK, browser=chromium).picture(
        f"{servers.marketplace.url}/listings/L-ships"
    )
    assert picture is not None, why
    import io

    assert Image.open(io.BytesIO(picture)).size[0] == 1280
