"""A signed message over real sockets: what is sent, and where nothing is ever sent."""

import socket
import threading
import time
from datetime import UTC, datetime

import pytest

from connectors.webhooks import HttpPosting, Limits, Message, headers
from tests.receiver import Receiver

LOOPBACK = ("127.0.0.0/8",)
QUICK = Limits(seconds=1.0, connect_s=0.3, received=20_000)
# The example that the Standard Webhooks specification gives.
SECRET, ID, BODY = (
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "msg_p5jXN8AQM9LWM0D4loKWxJek",
    '{"test": 2432232314}',
)
AT = datetime.fromtimestamp(1614265330, UTC)


def message(url: str) -> Message:
    return Message(url, SECRET, ID, BODY, AT)


def test_the_signature_is_that_of_the_specifications_example():
    assert headers(message("https://x.example")) == {
        "webhook-id": ID,
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_message_comes_whole_with_its_headers():
    with Receiver() as receiver:
        posted = HttpPosting(allowed=LOOPBACK).post(message(receiver.url))
    assert (posted.taken, posted.answer) == (True, "HTTP 200")
    (came,) = receiver.came
    assert came.body == BODY
    assert came.headers["content-type"] == "application/json"
    assert came.headers.items() >= headers(message(receiver.url)).items()


def test_a_redirect_is_not_followed():
    with Receiver() as other, Receiver(answers=[302], location=other.url) as receiver:
        posted = HttpPosting(allowed=LOOPBACK).post(message(receiver.url))
    assert (posted.taken, posted.answer) == (False, "HTTP 302")
    assert other.came == []


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "10.0.0.1", "192.168.1.1", "169.254.169.254", "[::1]", "[fd00::1]",
     "[::ffff:127.0.0.1]", "0.0.0.0", "100.64.0.1"],
)  # fmt: skip
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_nothing_is_sent_into_a_private_network(scheme, host):
    posted = HttpPosting(limits=QUICK).post(message(f"{scheme}://{host}/hook"))
    assert posted.answer == "address not allowed"


def test_nothing_is_sent_unencrypted_beyond_what_is_allowed(monkeypatch):
    """A public address by http is as far away as a private one."""
    asked = answering(monkeypatch, ["93.184.216.34"])
    posted = HttpPosting(allowed=LOOPBACK, limits=QUICK).post(message("http://holder.example/"))
    assert posted.answer == "address not allowed"
    assert len(asked) == 1


def test_a_name_that_turns_private_between_two_looks_is_looked_at_once(monkeypatch):
    """The connection goes to the address that was found public, wherever the name leads by then."""
    connected = []

    def connecting(address, *_, **__):
        connected.append(address)
        raise ConnectionRefusedError

    with Receiver() as receiver:
        port = int(receiver.url.split(":")[2].split("/")[0])
        asked = answering(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
        monkeypatch.setattr(socket, "create_connection", connecting)
        url = f"https://holder.example:{port}/hook"
        posted = HttpPosting(limits=QUICK).post(message(url))
    assert posted.answer == "no connection"
    assert (len(asked), receiver.came) == (1, [])
    assert connected == [("93.184.216.34", port)]


def test_a_name_with_one_private_address_is_refused(monkeypatch):
    answering(monkeypatch, ["93.184.216.34", "10.0.0.8"])
    posted = HttpPosting(limits=QUICK).post(message("https://holder.example/"))
    assert posted.answer == "address not allowed"


@pytest.mark.parametrize(
    ("drip", "answer"), [(b"HTTP/1.1 200 OK\r\nX: ", "too slow"), (b"x" * 30_000, "too large")]
)
def test_an_answer_takes_neither_long_nor_much(drip, answer):
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve():
        peer, _ = listener.accept()
        with peer:
            peer.recv(65536)
            peer.sendall(b"HTTP/1.1 200 OK\r\nX: " if answer == "too large" else b"")
            while not stop.wait(0.05):
                try:
                    peer.sendall(drip)
                    peer.sendall(b"y" if answer == "too slow" else b"")
                except OSError:
                    return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    began = time.monotonic()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    posted = HttpPosting(allowed=LOOPBACK, limits=QUICK).post(message(url))
    stop.set()
    listener.close()
    thread.join(5)
    assert not posted.taken
    assert time.monotonic() - began < 15


def answering(monkeypatch, *turns):
    """Let names lead to the addresses of `turns`, one turn a look; gives the looks."""
    asked, left = [], list(turns)

    def look(host, port, *_, **__):
        asked.append(host)
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    monkeypatch.setattr(socket, "getaddrinfo", look)
    return asked
