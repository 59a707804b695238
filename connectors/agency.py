"""A police or enforcement agency that takes referrals over an interface.

Owns the wire contract of `docs/connectors.md`, section "Agency". Leaves to others: what goes into
the summary and the bundle, who approved it, and the intent row before `submit`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from connectors.answers import Answer
from connectors.client import Client
from connectors.errors import (
    ConnectorError,
    ErrorFamily,
    OutcomeUnknown,
    ProtocolError,
    RefusedThere,
    Unreachable,
)
from connectors.http import checked_key

SUBMISSION_STATES = frozenset({"received", "acknowledged", "accepted", "declined"})


class AgencyError(ConnectorError):
    """Anything the agency's connector raises."""


class AgencyUnreachable(AgencyError, Unreachable):  # noqa: N818 - says what happened
    """No answer, and surely nothing was handed over."""


class AgencyOutcomeUnknown(AgencyError, OutcomeUnknown):  # noqa: N818 - says what happened
    """The referral may or may not have arrived: ask `by_key`."""


class AgencyRefused(AgencyError, RefusedThere):  # noqa: N818 - says what happened
    """The agency's interface turned the package away, such as `digest_mismatch`.

    Not the agency's decision on a referral: that is the state `declined` with its reason.
    """


class AgencyProtocolError(AgencyError, ProtocolError):
    """An answer to a read that breaks the contract."""


class PackageUnreadable(AgencyError):  # noqa: N818 - says what happened
    """The bundle could not be read on this side; nothing was sent."""


FAMILY = ErrorFamily(
    "agency", AgencyUnreachable, AgencyOutcomeUnknown, AgencyRefused, AgencyProtocolError
)


@dataclass(frozen=True, slots=True)
class ReferralPackage:
    """What is handed over.

    `summary` must be plain JSON and should hold `operator` (a name); `bundle_digest` is
    `sha256:<64 hex>` of the file at `bundle_path`, which the agency checks on arrival.
    """

    reference: str
    summary: Mapping[str, Any]
    bundle_digest: str
    bundle_path: Path


@dataclass(frozen=True, slots=True)
class Submission:
    """A referral at the agency, under the agency's own `number`; `state` of `SUBMISSION_STATES`.

    `reason_code`: the agency's word for why it declined, of whatever list it keeps.
    """

    number: str
    key: str
    reference: str
    state: str
    reason: str | None
    reason_code: str | None
    received_at: datetime
    changed_at: datetime


class Agency(Protocol):
    """What the tasks need of an agency."""

    def submit(self, key: str, package: ReferralPackage) -> Submission: ...

    def by_key(self, key: str) -> Submission | None: ...


class HttpAgency(Client):
    """The `Agency` at `address`, over HTTP. Close it, or use it in a `with`."""

    family = FAMILY

    def submit(self, key: str, package: ReferralPackage) -> Submission:
        """Hands the package over, once per `key`: the same key gives the first submission again.

        Raises `AgencyOutcomeUnknown` when it may or may not have arrived, `PackageUnreadable`.
        """
        form = {
            "reference": package.reference,
            "summary": json.dumps(package.summary, ensure_ascii=False, allow_nan=False),
            "bundle_digest": package.bundle_digest,
        }

        def parse(answer: Answer) -> Submission:
            answer.same("reference", package.reference)
            return _submission(answer, key)

        try:
            bundle = package.bundle_path.open("rb")
        except OSError as error:
            raise PackageUnreadable(
                f"The bundle of {package.reference} can't be read; nothing was sent."
            ) from error
        with bundle:
            named = (f"{package.reference}.zip", bundle, "application/zip")
            body = {"data": form, "files": {"bundle": named}}
            return self._service.write("/referrals", parse, key=key, uploads=True, body=body)

    def by_key(self, key: str) -> Submission | None:
        """The submission made under `key`; None while the agency holds none.

        After an unknown outcome None means *not yet*; the sound way on is `submit` under the same
        key. A package turned away leaves nothing under its key.
        """

        def parse(answer: Answer) -> Submission:
            return _submission(answer, key)

        try:
            return self._service.read(
                self._service.path("referrals", "by-key", checked_key(key)), parse
            )
        except AgencyRefused as refusal:
            if refusal.code == "no_such_referral":
                return None
            raise


def _submission(answer: Answer, key: str) -> Submission:
    return Submission(
        number=answer.text("number"),
        key=answer.same("key", key),
        reference=answer.text("reference"),
        state=answer.choice("state", SUBMISSION_STATES),
        reason=answer.optional_text("reason"),
        reason_code=answer.optional_text("reason_code"),
        received_at=answer.moment("received_at"),
        changed_at=answer.moment("changed_at"),
    )
