"""One call over HTTP, and the sorting of whatever comes back.

Owns: timeouts, the whole-call deadline, retries, the limit on an answer's size, and the decision
between value, `Unreachable`, `OutcomeUnknown`, `RefusedThere` and `ProtocolError`. Leaves to each
connector: addresses, fields and what they mean.

What is tried again, and nothing else: a read that got no answer or a 5xx; a write carrying its key
whose connection was never made. A write that may have been received is never sent again here.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from time import sleep as wall_sleep
from typing import Any, Self, TypeVar
from urllib.parse import quote

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from connectors.answers import Answer, parse_json, text_is_storable
from connectors.errors import ErrorFamily, OutcomeUnknown, ProtocolError, Unreachable

T = TypeVar("T")

ANSWER_LIMIT = 4 * 1024 * 1024
ATTEMPTS = 3
NAME_LIMIT = 500
# the contract's word for "nothing was done, come back later"
TOO_MANY = 429

# httpx raises these before a byte of the request has left this machine
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `total_s` bounds a whole call, so that an answer dripping in can't hold it open."""

    connect_s: float = 3.0
    read_s: float = 10.0
    total_s: float = 20.0
    upload_s: float = 600.0


@dataclass(frozen=True, slots=True)
class _Raw:
    code: int
    content_type: str
    body: bytes


class _Deadline:
    """Cuts the connection when time is up; httpx only bounds each single read."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def watch(self, event: str, info: Mapping[str, Any]) -> None:
        """httpcore's trace hook: remembers the socket, after TLS the wrapped one."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            with self._lock:
                self._socket = info["return_value"].get_extra_info("socket")
                if self.passed:
                    self._shut()

    def _cut(self) -> None:
        with self._lock:
            self.passed = True
            self._shut()

    def _shut(self) -> None:
        if self._socket is not None:
            # the plain socket's shutdown: SSLSocket's own would pull the session from under the
            # thread that is reading
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class Service:
    """One outside system at `base_url`; `token` goes as a bearer token when given.

    Each call has a connection of its own, so that a kept one that the other side has just dropped
    can't turn a write into an unknown outcome. Environment proxies are not used.
    """

    def __init__(
        self,
        base_url: str,
        family: ErrorFamily,
        *,
        token: str | None,
        timeouts: Timeouts,
        sleep: Callable[[float], None] = wall_sleep,
    ) -> None:
        try:
            url = httpx.URL(base_url)
        except httpx.InvalidURL as error:
            raise ValueError(f"the {family.name}'s address is not an address") from error
        if url.scheme not in ("http", "https") or not url.host:
            raise ValueError(f"the {family.name}'s address must start with http:// or https://")
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        self._address = base_url
        self._family = family
        self._timeouts = timeouts
        self._sleep = sleep
        self._client = httpx.Client(
            base_url=base_url,
            headers=headers,
            timeout=httpx.Timeout(timeouts.read_s, connect=timeouts.connect_s),
            limits=httpx.Limits(max_keepalive_connections=0),
            follow_redirects=False,
            trust_env=False,
        )

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def path(self, *names: str) -> str:
        """`/a/b/c` with each name as one segment; refused where a name can't be one."""
        for name in names:
            if name in ("", ".", "..") or len(name) > NAME_LIMIT or not text_is_storable(name):
                raise self._family.refused(
                    "bad_request", f"The {self._family.name} can't know a name like {name[:40]!r}."
                )
        return "".join(f"/{quote(name, safe='')}" for name in names)

    def read(
        self, path: str, parse: Callable[[Answer], T], params: Mapping[str, str] | None = None
    ) -> T:
        """GET, tried up to three times. Raises the family's unreachable, refused or protocol."""

        def once() -> T:
            try:
                raw = self._send("GET", path, self._timeouts.total_s, params=params)
                if raw.code >= 500 or raw.code == TOO_MANY:
                    raise self._unreachable()
                return self._value(raw, parse)
            except (httpx.HTTPError, OSError) as error:
                raise self._unreachable() from error
            except ProtocolError as error:
                name = self._family.name
                raise self._family.protocol(f"The {name} broke its contract: {error}.") from error

        return self._retrying()(once)

    def write(
        self,
        path: str,
        parse: Callable[[Answer], T],
        *,
        key: str,
        uploads: bool = False,
        body: Mapping[str, Any],
    ) -> T:
        """POST under `key`; `body` is httpx's own `json`, or `data` and `files`.

        Raises the family's unreachable (surely not done), refused (surely not done) or unknown;
        never protocol: an answer that can't be read says nothing about what was done.
        """
        headers = {"Idempotency-Key": checked_key(key)}
        total_s = self._timeouts.upload_s if uploads else self._timeouts.total_s

        def once() -> T:
            try:
                raw = self._send("POST", path, total_s, headers=headers, **body)
                if raw.code == TOO_MANY:
                    raise self._unreachable()
                if raw.code >= 500:
                    raise self._unknown()
                return self._value(raw, parse)
            except NEVER_SENT as error:
                raise self._unreachable() from error
            except (httpx.HTTPError, OSError, ProtocolError) as error:
                raise self._unknown() from error

        return self._retrying()(once)

    def exchange(self, body: bytes, *, sent_as: str, answered_as: str) -> bytes:
        """POST `body` to the address itself and give the bytes of the answer, of one type each.

        For questions that change nothing there, so that it is tried up to three times like a read.
        Raises the family's unreachable or protocol.
        """

        def once() -> bytes:
            headers = {"Content-Type": sent_as, "Accept": answered_as}
            url = self._address
            try:
                raw = self._send("POST", url, self._timeouts.total_s, headers=headers, content=body)
                if raw.code >= 500 or raw.code == TOO_MANY:
                    raise self._unreachable()
            except (httpx.HTTPError, OSError) as error:
                raise self._unreachable() from error
            except ProtocolError as error:
                name = self._family.name
                raise self._family.protocol(f"The {name} broke its contract: {error}.") from error
            if raw.code == 200 and raw.content_type.split(";")[0].strip().lower() == answered_as:
                return raw.body
            said = f"HTTP {raw.code}, {raw.content_type[:60]!r}"
            raise self._family.protocol(f"The {self._family.name} broke its contract: {said}.")

        return self._retrying()(once)

    def _retrying(self) -> Retrying:
        return Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_exponential(multiplier=0.2, max=2),
            retry=retry_if_exception_type(Unreachable),
            sleep=self._sleep,
            reraise=True,
        )

    def _unreachable(self) -> Unreachable:
        name = self._family.name
        return self._family.unreachable(f"The {name} can't be reached; nothing was done there.")

    def _unknown(self) -> OutcomeUnknown:
        return self._family.unknown(
            f"The {self._family.name} gave no usable answer; ask by key whether it was done."
        )

    def _value(self, raw: _Raw, parse: Callable[[Answer], T]) -> T:
        if not 200 <= raw.code < 300 and not 400 <= raw.code < 500:
            raise ProtocolError(f"the answer has the HTTP code {raw.code}")
        if raw.content_type.split(";")[0].strip().lower() != "application/json":
            raise ProtocolError("the answer is not JSON")
        answer = Answer(parse_json(raw.body))
        if raw.code >= 400:
            refusal = answer.part("error")
            raise self._family.refused(refusal.text("code"), refusal.text("message"))
        return parse(answer)

    def _send(self, method: str, path: str, total_s: float, **arguments: Any) -> _Raw:
        with _Deadline(total_s) as deadline:
            with self._client.stream(
                method, path, extensions={"trace": deadline.watch}, **arguments
            ) as response:
                if response.headers.get("content-encoding", "identity") != "identity":
                    raise ProtocolError("the answer is compressed, which was not asked for")
                body = bytearray()
                for piece in response.iter_raw():
                    body += piece
                    if len(body) > ANSWER_LIMIT:
                        raise ProtocolError("the answer is too large")
            if deadline.passed:
                # a cut connection looks like a complete answer where no length was announced
                raise httpx.ReadTimeout("the answer took too long")
            content_type = response.headers.get("content-type", "")
            return _Raw(response.status_code, content_type, bytes(body))


def checked_key(key: str) -> str:
    """`key` as it may stand in a header: 1 to 200 visible ASCII characters, else `ValueError`."""
    if not 1 <= len(key) <= 200 or not all("!" <= letter <= "~" for letter in key):
        raise ValueError("a key is 1 to 200 visible ASCII characters")
    return key
