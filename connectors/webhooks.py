"""Sending a signed message to a webhook.

Owns the signature and the one call: HTTPS to a public address, pinned once its name is resolved, no
redirect followed, time and size bounded. Unencrypted calls go to networks that the operator allows
and nowhere else. Leaves what is sent, and when again, to casework.

The headers are those of the Standard Webhooks specification: `webhook-id`, `webhook-timestamp`
(seconds) and `webhook-signature`: `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol
from urllib.parse import urlsplit

import httpcore

from connectors.addresses import ForbiddenAddress, NoSuchHost, Reach
from connectors.wire import PinnedNetwork, TooMuch, Wire

GONE = 410
"""What a receiver answers that wants nothing more."""
SECRET_PREFIX = "whsec_"  # noqa: S105 - how a secret begins


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: `body` is the exact text that is signed, `at` when this attempt is made."""

    url: str
    secret: str
    id: str
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of it: the HTTP code (None where none came), and it or a word as `answer`."""

    code: int | None
    answer: str

    @property
    def taken(self) -> bool:
        """Whether the receiver has it for sure."""
        return self.code is not None and 200 <= self.code < 300


class Posting(Protocol):
    """Somebody who brings a message to its address; never raises for what the other side does."""

    def post(self, message: Message) -> Posted: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may take; an answer is read for its code alone."""

    seconds: float = 10.0
    connect_s: float = 3.0
    received: int = 64 * 1024


def headers(message: Message) -> dict[str, str]:
    """The three headers by which a receiver knows and checks a message."""
    key = base64.b64decode(message.secret.removeprefix(SECRET_PREFIX))
    stamp = str(int(message.at.timestamp()))
    signed = f"{message.id}.{stamp}.{message.body}".encode()
    signature = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return {
        "webhook-id": message.id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{signature}",
    }


class HttpPosting:
    """Sends over HTTP/1.1, each message on a connection of its own. Proxies are not used."""

    def __init__(
        self,
        *,
        allowed: Iterable[str] = (),
        limits: Limits | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._reach = Reach(allowed)
        self._limits = limits or Limits()
        self._trust = trust or ssl.create_default_context()

    def post(self, message: Message) -> Posted:
        """Bring it there, once."""
        try:
            code = self._send(message)
        except TooMuch as limit:
            return Posted(None, "too slow" if str(limit) == "time" else "too large an answer")
        except ForbiddenAddress:
            return Posted(None, "address not allowed")
        except NoSuchHost:
            return Posted(None, "no such host")
        except (httpcore.ConnectError, httpcore.ConnectTimeout):
            return Posted(None, "no connection")
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol, ValueError):
            return Posted(None, "broken answer")
        except (httpcore.NetworkError, httpcore.TimeoutException, OSError):
            return Posted(None, "connection lost")
        return Posted(code, f"HTTP {code}")

    def _send(self, message: Message) -> int:
        parts = urlsplit(message.url)
        if parts.scheme not in ("https", "http"):
            raise ForbiddenAddress(message.url)
        plain = parts.scheme == "http"
        wire = Wire(time.monotonic() + self._limits.seconds, self._limits.received)
        resolve = partial(self._reach.resolve, only_allowed=plain)
        sent = {
            "Host": parts.netloc,
            "User-Agent": "testbuy-webhooks/1",
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",
            "Connection": "close",
            **headers(message),
        }
        with (
            httpcore.ConnectionPool(
                ssl_context=self._trust,
                network_backend=PinnedNetwork(resolve, wire, self._limits.connect_s),
            ) as pool,
            pool.stream(
                "POST", message.url, headers=list(sent.items()), content=message.body.encode()
            ) as response,
        ):
            return response.status
