"""The four ways an outside call ends without a value, shared by every connector's own family.

A caller that only needs to know "may I try again?" catches these; a caller that needs to know whose
system it was catches the family (`MarketplaceError`, `CarrierError`, `AgencyError`).
"""

from __future__ import annotations

from dataclasses import dataclass


class ConnectorError(Exception):
    """Base of everything a connector raises; its text is a plain sentence."""


class Unreachable(ConnectorError):  # noqa: N818 - says what happened
    """No answer could be had and surely nothing was done there: try again later."""


class OutcomeUnknown(ConnectorError):  # noqa: N818 - says what happened
    """A write was sent and no usable answer came back: it may or may not have happened.

    Ask by key. Never send it again under another key.
    """


class RefusedThere(ConnectorError):  # noqa: N818 - says what happened
    """The other side said a definite no: `code` a word of the contract, `message` for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[type[RefusedThere], tuple[str, str]]:
        # the default rebuilds with the one argument given to Exception, which loses the code
        return type(self), (self.code, self.message)


class ProtocolError(ConnectorError):
    """The answer to a read breaks the contract: not JSON, cut short, of a wrong type."""


@dataclass(frozen=True, slots=True)
class ErrorFamily:
    """One connector's own classes for the four endings, and the name used in their sentences."""

    name: str
    unreachable: type[Unreachable]
    unknown: type[OutcomeUnknown]
    refused: type[RefusedThere]
    protocol: type[ProtocolError]
