"""What the three servers have in common: their arguments, their start, and how they say no.

Owns the process: loopback only, one JSON line `{"listening": URL}` on stdout once connections are
taken, `GET /health`, `GET /ledger`, `POST /misbehave`. Leaves to others: what is sold, carried or
taken in.
"""

from __future__ import annotations

import argparse
import hmac
import json
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from simulator.ledger import Ledger
from simulator.misbehaviour import Misbehaviour, TellingProtocol
from simulator.world import World, load

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class Start:
    """What a server was started with."""

    world: World
    ledger: Ledger
    seed: int
    url: str
    carrier_url: str | None


@dataclass(frozen=True, slots=True)
class Parts:
    """What a server is made of."""

    routes: Sequence[BaseRoute]
    lifespan: Lifespan | None = None


class No(Exception):  # noqa: N818 - says what happened
    """A definite no, told to the caller as the contract wants it."""

    def __init__(self, http_code: int, code: str, message: str) -> None:
        super().__init__(message)
        self.http_code = http_code
        self.code = code
        self.message = message


def now() -> datetime:
    return datetime.now(UTC)


def key_of(request: Request) -> str:
    """The caller's idempotency key; `No` without one."""
    key = request.headers.get("idempotency-key")
    if not key:
        raise No(400, "bad_request", "The Idempotency-Key header is missing.")
    return key


def serve(name: str, build: Callable[[Start], Parts]) -> None:
    """Runs the server until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog=f"python -m simulator.{name}")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--world", type=Path, required=True, help="the JSON world file")
    parser.add_argument("--ledger", type=Path, required=True, help="JSON lines, kept over restarts")
    parser.add_argument("--token", help="ask callers for this bearer token")
    parser.add_argument("--carrier-url", help="where the marketplace hands parcels in")
    given = parser.parse_args()

    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", given.port))
    listener.listen(128)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    ledger = Ledger(given.ledger)
    start = Start(load(given.world), ledger, given.seed, url, given.carrier_url)
    parts = build(start)

    async def health(_: Request) -> JSONResponse:
        return JSONResponse({"server": name, "entries": len(ledger.entries)})

    async def show_ledger(_: Request) -> JSONResponse:
        return JSONResponse(ledger.entries)

    routes = [Route("/health", health), Route("/ledger", show_ledger), *parts.routes]
    handlers: dict[Any, Any] = {No: _told, HTTPException: _told_by_framework}
    app = Starlette(routes=routes, exception_handlers=handlers, lifespan=parts.lifespan)
    guarded: ASGIApp = app if given.token is None else _Guard(app, given.token)
    config = uvicorn.Config(
        Misbehaviour(guarded),
        http=TellingProtocol,
        ws="none",
        proxy_headers=False,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=1,
    )
    sys.stdout.write(json.dumps({"listening": url}) + "\n")
    sys.stdout.flush()
    uvicorn.Server(config).run(sockets=[listener])


async def _told(_: Request, no: No) -> JSONResponse:
    return JSONResponse({"error": {"code": no.code, "message": no.message}}, no.http_code)


async def _told_by_framework(_: Request, error: HTTPException) -> JSONResponse:
    told = {"error": {"code": "bad_request", "message": error.detail}}
    return JSONResponse(told, error.status_code)


class _Guard:
    """Lets in callers with the token; health and ledger are for anybody on loopback."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in ("/health", "/ledger"):
            given = dict(scope["headers"]).get(b"authorization", b"")
            if not hmac.compare_digest(given, self._expected):
                told = {"error": {"code": "not_authorised", "message": "The token is not known."}}
                await JSONResponse(told, 401)(scope, receive, send)
                return
        await self._app(scope, receive, send)
