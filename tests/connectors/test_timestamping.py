"""An authority that answers never, drop by drop, twice, or with something else: soon over."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from connectors.http import Timeouts
from connectors.timestamping import (
    AuthorityProtocolError,
    AuthorityUnreachable,
    HttpTimestamping,
)

QUICK = Timeouts(connect_s=0.3, read_s=0.3, total_s=0.3)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\n"


@contextmanager
def authority(answer) -> Iterator[tuple[str, list[bytes]]]:
    """A real socket; `answer(connection)` says what is sent. Gives its address and what came."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection, suppress(OSError):
                        asked.append(connection.recv(65536))
                        answer(connection)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/", asked
        server.shutdown(socket.SHUT_RDWR)


def never(connection: socket.socket) -> None:
    connection.recv(1)  # until the other side gives up


def drip(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Content-Length: 4000\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.02)


def endless(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"\r\n")
    while True:
        connection.sendall(b"x" * 65536)


def short(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Content-Length: 4000\r\n\r\nx")


def garbage(connection: socket.socket) -> None:
    connection.sendall(b"\x00\xff garbage\r\n\r\n")


def page(connection: socket.socket) -> None:
    connection.sendall(HEAD.replace(b"timestamp-reply", b"html") + b"Content-Length: 1\r\n\r\nx")


def elsewhere(connection: socket.socket) -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"
    connection.sendall(moved)


def twice(connection: socket.socket) -> None:
    one = HEAD.replace(b"application", b"Application") + b"Content-Length: 3\r\n\r\n"
    connection.sendall(one + b"one" + one + b"two")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (never, AuthorityUnreachable),
        (drip, AuthorityUnreachable),
        (short, AuthorityUnreachable),
        (garbage, AuthorityUnreachable),
        (endless, AuthorityProtocolError),
        (page, AuthorityProtocolError),
        (elsewhere, AuthorityProtocolError),
    ],
)
def test_an_authority_that_gives_no_answer_is_soon_given_up(answer, error):
    began = time.monotonic()
    with authority(answer) as (address, asked), HttpTimestamping(address, timeouts=QUICK) as there:
        with pytest.raises(error):
            there.ask(b"query")
        assert 1 <= len(asked) <= 3
    assert time.monotonic() - began < 5


def test_of_two_answers_the_first_counts_and_the_second_is_never_read():
    with authority(twice) as (address, asked), HttpTimestamping(address, timeouts=QUICK) as there:
        assert there.ask(b"query") == b"one"
        assert there.ask(b"query") == b"one"
    assert len(asked) == 2
