"""A server that misbehaves on demand, on the real socket: resets, hangs, cut and false answers.

Owns `POST /misbehave` and what it arms. `{"next": KIND, "path": PREFIX, "method": "POST",
"times": 1}` makes the next matching calls go wrong; `method` and `times` may be left out.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from asyncio import Transport
from dataclasses import dataclass, field
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# nothing is done, whatever the caller sees
BEFORE = ("reset_before_commit", "hang_before_commit", "unavailable_503", "busy_429")
# the call is carried out first
AFTER = (
    "reset_after_commit",
    "hang_after_commit",
    "error_500_after_commit",
    "truncated_json",
    "cut_answer",
    "html",
    "wrong_types",
    "another_answer",
    "duplicate_answer",
    "slow_drip",
)
# the connection dies, and the call is carried out half a second later
LATE = ("reset_then_commit",)
KINDS = BEFORE + AFTER + LATE

LATE_S = 0.5
DRIP_S = 0.1

_open: dict[tuple[str, int], Transport] = {}


class TellingProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which also says which transport a client is on: ASGI hides it."""

    def connection_made(self, transport: Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        super().connection_made(transport)
        self._peer = transport.get_extra_info("peername")[:2]
        _open[self._peer] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        _open.pop(self._peer, None)
        super().connection_lost(exc)


@dataclass
class _Armed:
    kind: str
    path: str
    method: str | None
    times: int

    def meets(self, scope: Scope) -> bool:
        return scope["path"].startswith(self.path) and self.method in (None, scope["method"])


@dataclass
class _Answer:
    code: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.code, self.headers = message["status"], list(message["headers"])
        else:
            self.body += message.get("body", b"")

    def wire(self) -> bytes:
        head = b"".join(name + b": " + value + b"\r\n" for name, value in self.headers)
        return f"HTTP/1.1 {self.code} X\r\n".encode() + head + b"\r\n" + self.body

    def replace(self, code: int, content_type: bytes, body: bytes) -> None:
        self.code, self.body = code, body
        length = str(len(body)).encode()
        self.headers = [(b"content-type", content_type), (b"content-length", length)]


class Misbehaviour:
    """ASGI middleware around a well-behaved `app`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._armed: list[_Armed] = []
        self._late: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"] == "/misbehave":
            await (await self._arm(Request(scope, receive)))(scope, receive, send)
            return
        armed = next((each for each in self._armed if each.meets(scope)), None)
        if armed is None:
            await self._app(scope, receive, send)
            return
        armed.times -= 1
        if armed.times == 0:
            self._armed.remove(armed)
        await self._misbehave(armed.kind, scope, receive)
        # uvicorn writes an answer of its own unless it sees the client gone
        while (await receive())["type"] != "http.disconnect":
            pass

    async def _arm(self, request: Request) -> JSONResponse:
        wish: dict[str, Any] = await request.json()
        if wish.get("next") not in KINDS:
            return JSONResponse({"error": f"next is one of {', '.join(KINDS)}"}, 400)
        self._armed.append(
            _Armed(wish["next"], wish.get("path", "/"), wish.get("method"), wish.get("times", 1))
        )
        return JSONResponse({"armed": len(self._armed)})

    async def _misbehave(self, kind: str, scope: Scope, receive: Receive) -> None:
        transport = _open[tuple(scope["client"])]
        sent = await Request(scope, receive).body()

        async def replay() -> Message:
            return {"type": "http.request", "body": sent, "more_body": False}

        answer = _Answer()
        if kind in AFTER:
            await self._app(scope, replay, answer.take)
        if kind in LATE:
            self._later(scope, replay, answer)
        if kind.startswith("reset"):
            _reset(transport)
        elif kind.startswith("hang"):
            return
        elif kind == "slow_drip":
            await _drip(transport, answer.wire())
        else:
            _falsify(kind, answer)
            wire = answer.wire()
            if kind == "cut_answer":
                wire = wire[: -len(answer.body) // 2]
            transport.write(wire * 2 if kind == "duplicate_answer" else wire)
        transport.close()

    def _later(self, scope: Scope, replay: Receive, answer: _Answer) -> None:
        async def carry_out() -> None:
            await asyncio.sleep(LATE_S)
            await self._app(scope, replay, answer.take)

        task = asyncio.create_task(carry_out())
        self._late.add(task)
        task.add_done_callback(self._late.discard)


def _falsify(kind: str, answer: _Answer) -> None:
    json_type = b"application/json"
    if kind == "unavailable_503":
        answer.replace(503, b"text/plain", b"back soon")
    elif kind == "busy_429":
        answer.replace(429, b"text/plain", b"too many requests")
    elif kind == "error_500_after_commit":
        answer.replace(500, b"text/html", b"<h1>Internal Server Error</h1>")
    elif kind == "html":
        answer.replace(200, b"text/html", b"<h1>Please log in</h1>")
    elif kind == "truncated_json":
        answer.replace(answer.code, json_type, answer.body[: len(answer.body) // 2])
    elif kind == "wrong_types":
        answer.replace(answer.code, json_type, b'[{"order_number": 7, "state": null}]')
    elif kind == "another_answer":
        # well formed, but about something else than was asked for
        flipped = answer.body.replace(b'_number":"', b'_number":"X').replace(b'_id":"', b'_id":"X')
        answer.replace(answer.code, json_type, flipped.replace(b'"key":"', b'"key":"X'))


def _reset(transport: Transport) -> None:
    peer = cast("socket.socket", transport.get_extra_info("socket"))
    # linger of 0 seconds: the kernel sends RST instead of FIN
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def _drip(transport: Transport, wire: bytes) -> None:
    for at in range(len(wire)):
        if transport.is_closing():
            return
        transport.write(wire[at : at + 1])
        await asyncio.sleep(DRIP_S)
