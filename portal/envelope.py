"""What goes around every answer: a request id, the security headers, the body limit, the last net.

Owns the headers and the counting of bytes a request sends. A fault nobody expected ends here: it is
logged with its request id, and the person gets a page without a stack trace.
"""

import logging
import secrets
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("portal")

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "geolocation=(), microphone=(), payment=()",
}
_DRAINED = 4


class TooLarge(Exception):  # noqa: N818 - the answer is a page
    """The request sends more than its route takes; `limit` in bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes")
        self.limit = limit


class Envelope:
    """Wraps the whole application. `on_fault` makes the answer to an unexpected exception;
    `on_answer` records what an answer shows, told its code before the first byte leaves.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        body_limit: int,
        secure: bool,
        on_fault: Callable[[Request], Response],
        on_answer: Callable[[Request, int], None],
    ) -> None:
        self.app = app
        self.body_limit = body_limit
        self.headers = dict(_HEADERS)
        if secure:
            self.headers["strict-transport-security"] = "max-age=31536000"
        self.on_fault = on_fault
        self.on_answer = on_answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        started = False

        async def sealed_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                if "noted" in state:
                    # What can't be recorded is not shown: this fails before anything has left.
                    await run_in_threadpool(self.on_answer, Request(scope), message["status"])
                    del state["noted"]
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers[name] = value
                headers["x-request-id"] = request_id
                headers.setdefault("cache-control", "no-store")
            await send(message)

        try:
            await self.app(scope, self._counted(scope, receive), sealed_send)
        except Exception:
            log.exception("request %s failed: %s %s", request_id, scope["method"], scope["path"])
            if started:
                raise
            await self.on_fault(Request(scope))(scope, receive, sealed_send)

    def _counted(self, scope: Scope, receive: Receive) -> Receive:
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            limit = scope["state"].get("body_limit", self.body_limit)
            seen += len(message.get("body", b""))
            if max(seen, _declared(scope)) > limit:
                await _drain(message, receive, (limit * _DRAINED) - seen)
                raise TooLarge(limit)
            return message

        return counted


def _declared(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "0")
    return int(length) if length.isdigit() else 0


async def _drain(message: Message, receive: Receive, most: int) -> None:
    # A client that is still sending would see a broken connection instead of the answer.
    while message.get("more_body") and most > 0:
        message = await receive()
        most -= len(message.get("body", b""))
