"""Visiting a web page as evidence: every byte sent and received is kept, within limits.

Owns the visit: redirects, the limits of time and size, and the sorting of what went wrong into a
word. A page that can't be had is an answer, not an error: what came of it is kept all the same.
Leaves the WARC to `evidence.webarchive`, the picture to `connectors.picturing`, which addresses may
be reached to `connectors.addresses`, and what a failure means to casework.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import urljoin, urlsplit

import httpcore

from connectors.addresses import ForbiddenAddress, NoSuchHost, Reach
from connectors.picturing import Picturing
from connectors.wire import PinnedNetwork, TooMuch, Wire
from evidence.webarchive import Exchange

REDIRECTS = frozenset({301, 302, 303, 307, 308})
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one visit may take, over all its redirects."""

    seconds: float = 6.0
    connect_s: float = 3.0
    received: int = 8 * 1024 * 1024
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of a visit. `problem` is a word, None where a whole answer came.

    `http_code`, `media_type` and `body` are the last answer's, as far as it came.
    """

    url: str
    exchanges: tuple[Exchange, ...]
    http_code: int | None
    media_type: str
    body: bytes
    problem: str | None


class Browsing(Protocol):
    """Somebody who looks at a page for the record."""

    def visit(self, url: str) -> Visit: ...

    def picture(self, url: str) -> tuple[bytes | None, str | None]: ...


class HttpBrowsing:
    """Visits over HTTP/1.1, each hop on a connection of its own. Proxies are not used."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        allowed: Iterable[str] = (),
        limits: Limits | None = None,
        browser: str = "",
    ) -> None:
        self._clock = clock
        self._limits = limits or Limits()
        self._reach = Reach(allowed)
        self._picturing = Picturing(browser, self._reach.allowed) if browser else None

    def visit(self, url: str) -> Visit:
        """Get `url`, following redirects, and keep all that went over the wire."""
        deadline = time.monotonic() + self._limits.seconds
        left = self._limits.received
        exchanges: list[Exchange] = []
        code: int | None = None
        for _ in range(self._limits.redirects + 1):
            if urlsplit(url).scheme not in ("http", "https"):
                return Visit(url, tuple(exchanges), None, "", b"", "not a web address")
            hop = _Hop(url, self._reach, self._limits, deadline, left)
            at = self._clock()
            hop.run()
            code = hop.code
            left -= len(hop.wire.received)
            if hop.wire.sent:
                exchanges.append(
                    Exchange(
                        url, hop.wire.ip, at, bytes(hop.wire.sent), bytes(hop.wire.received),
                        hop.truncated,
                    )
                )  # fmt: skip
            onwards = hop.headers.get("location") if hop.code in REDIRECTS else None
            if hop.problem or not onwards:
                media_type = hop.headers.get("content-type", "").partition(";")[0].strip().lower()
                return Visit(
                    url, tuple(exchanges), hop.code, media_type[:80], bytes(hop.body), hop.problem
                )
            url = urljoin(url, onwards)
        return Visit(url, tuple(exchanges), code, "", b"", "too many redirects")

    def picture(self, url: str) -> tuple[bytes | None, str | None]:
        """A picture of the whole page as PNG, or None and why there is none."""
        return self._picturing.take(url) if self._picturing else (None, None)


class _Hop:
    """One request and what came of it."""

    def __init__(self, url: str, reach: Reach, limits: Limits, deadline: float, left: int) -> None:
        self.wire = Wire(deadline, left)
        self.code: int | None = None
        self.headers: dict[str, str] = {}
        self.body = bytearray()
        self.problem: str | None = None
        self.truncated: str | None = None
        self._url = url
        self._network = PinnedNetwork(reach.resolve, self.wire, limits.connect_s)

    def run(self) -> None:
        try:
            self._get()
        except TooMuch as limit:
            self.truncated = str(limit)
            self.problem = "too slow" if self.truncated == "time" else "too large"
        except ForbiddenAddress:
            self.problem = "address not allowed"
        except NoSuchHost:
            self.problem = "away"
        except (httpcore.ConnectError, httpcore.ConnectTimeout):
            self.problem = "away"
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol, ValueError):
            self._cut("broken answer")
        except (httpcore.NetworkError, httpcore.TimeoutException, OSError):
            self._cut("connection lost")

    def _cut(self, problem: str) -> None:
        self.problem = problem
        self.truncated = "disconnect" if self.wire.received else None

    def _get(self) -> None:
        context = ssl.create_default_context()
        headers = [
            ("Host", urlsplit(self._url).netloc.rpartition("@")[2]),
            ("User-Agent", AGENT),
            ("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"),
            ("Accept-Language", "zh-CN,zh;q=0.9,en;q=0.7"),
            ("Accept-Encoding", "identity"),
            ("Connection", "close"),
        ]
        with (
            httpcore.ConnectionPool(ssl_context=context, network_backend=self._network) as pool,
            pool.stream("GET", self._url, headers=headers) as response,
        ):
            self.code = response.status
            self.headers = {
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in response.headers
            }
            for piece in response.iter_stream():
                self.body += piece
