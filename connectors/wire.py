"""A connection to the very address that was found to be within reach, with limits on what passes.

Owns pinning: a name is resolved once, looked at, and the connection goes to that address, whatever
the name says a moment later. Leaves which addresses are within reach to `connectors.addresses`.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore


class TooMuch(Exception):  # noqa: N818 - says what happened
    """A limit was met; the argument is WARC's word for it."""


class Wire:
    """What went over one connection, and the limits on it: a deadline (monotonic) and bytes."""

    def __init__(self, deadline: float, most: int) -> None:
        self.sent, self.received = bytearray(), bytearray()
        self.ip = ""
        self._deadline, self._most = deadline, most

    def left(self) -> float:
        """Seconds that are left; raises TooMuch where there are none."""
        seconds = self._deadline - time.monotonic()
        if seconds <= 0:
            raise TooMuch("time")
        return seconds

    def keep(self, data: bytes) -> bytes:
        """Keep what came; raises TooMuch where it is as much as may come."""
        self.received += data[: self._most - len(self.received)]
        if len(self.received) >= self._most:
            raise TooMuch("length")
        return data


class Stream(httpcore.NetworkStream):
    """A connection that keeps what passes; above TLS, so that it is the plain text."""

    def __init__(self, under: httpcore.NetworkStream, wire: Wire) -> None:
        self._under, self._wire = under, wire

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = self._wire.left()
        try:
            return self._wire.keep(self._under.read(max_bytes, left))
        except httpcore.ReadTimeout:
            raise TooMuch("time") from None

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._under.write(buffer, self._wire.left())
        self._wire.sent += buffer

    def close(self) -> None:
        self._under.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._wire.left()
        return Stream(self._under.start_tls(ssl_context, server_hostname, left), self._wire)

    def get_extra_info(self, info: str) -> Any:
        return self._under.get_extra_info(info)


class PinnedNetwork(httpcore.NetworkBackend):
    """Connects to the very address that `resolve` gave for a host and port, not to a name again."""

    def __init__(self, resolve: Callable[[str, int], str], wire: Wire, connect_s: float) -> None:
        self._resolve, self._wire, self._connect_s = resolve, wire, connect_s
        self._under = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        self._wire.ip = self._resolve(host, port)
        seconds = min(self._connect_s, self._wire.left())
        options = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
        under = self._under.connect_tcp(self._wire.ip, port, seconds, None, options)
        return Stream(under, self._wire)
