"""A time-stamp authority: what time it was when something existed (RFC 3161, section 3.4).

Owns the exchange over HTTP. Leaves the request and the reading of the answer to
`evidence.timestamps`: an answer is handed on as it came.
"""

from __future__ import annotations

from typing import Protocol

from connectors.client import Client
from connectors.errors import (
    ConnectorError,
    ErrorFamily,
    OutcomeUnknown,
    ProtocolError,
    RefusedThere,
    Unreachable,
)

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"


class TimestampingError(ConnectorError):
    """Anything the connector to the time-stamp authority raises."""


class AuthorityUnreachable(TimestampingError, Unreachable):  # noqa: N818 - says what happened
    """No answer; ask again later."""


class AuthorityOutcomeUnknown(TimestampingError, OutcomeUnknown):  # noqa: N818
    """Never raised: a stamp asked for twice harms nobody."""


class AuthorityRefused(TimestampingError, RefusedThere):  # noqa: N818 - says what happened
    """Never raised: an authority says no inside its answer."""


class AuthorityProtocolError(TimestampingError, ProtocolError):
    """What came back is no answer of a time-stamp authority."""


FAMILY = ErrorFamily(
    "time-stamp authority",
    AuthorityUnreachable,
    AuthorityOutcomeUnknown,
    AuthorityRefused,
    AuthorityProtocolError,
)


class Timestamping(Protocol):
    """What the tasks need of a time-stamp authority."""

    @property
    def address(self) -> str: ...

    def ask(self, query: bytes) -> bytes: ...


class HttpTimestamping(Client):
    """The `Timestamping` at `address`, over HTTP. Close it, or use it in a `with`."""

    family = FAMILY

    def ask(self, query: bytes) -> bytes:
        """The answer (DER) to a request (DER), unread. Raises `TimestampingError`."""
        return self._service.exchange(query, sent_as=QUERY, answered_as=REPLY)
