"""A parcel carrier: where a parcel is, and who sent it.

Owns the wire contract of `docs/connectors.md`, section "Carrier". Leaves to others: what a parcel's
state means for an order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

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

PARCEL_STATES = frozenset({"announced", "in_transit", "delivered", "lost", "refused", "returned"})


class CarrierError(ConnectorError):
    """Anything the carrier's connector raises."""


class CarrierUnreachable(CarrierError, Unreachable):  # noqa: N818 - says what happened
    """No answer; ask again later."""


class CarrierOutcomeUnknown(CarrierError, OutcomeUnknown):  # noqa: N818 - says what happened
    """Never raised while the carrier is only read."""


class CarrierRefused(CarrierError, RefusedThere):  # noqa: N818 - says what happened
    """A definite no, such as `not_authorised`."""


class ParcelUnknown(CarrierRefused):
    """The carrier does not know the tracking number (yet), code `no_such_parcel`."""


class CarrierProtocolError(CarrierError, ProtocolError):
    """An answer that breaks the contract."""


FAMILY = ErrorFamily(
    "carrier", CarrierUnreachable, CarrierOutcomeUnknown, CarrierRefused, CarrierProtocolError
)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who handed the parcel in, as written on the label; each a lead, none a proof."""

    name: str | None
    address: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class TrackingEvent:
    """One scan of a parcel."""

    state: str
    place: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Tracking:
    """A parcel now; `state` is one of `PARCEL_STATES`, `events` oldest first."""

    tracking_number: str
    state: str
    changed_at: datetime
    sender: Sender
    events: tuple[TrackingEvent, ...]


class Carrier(Protocol):
    """What the tasks need of a carrier."""

    def track(self, tracking_number: str) -> Tracking: ...


class HttpCarrier(Client):
    """The `Carrier` at `address`, over HTTP. Close it, or use it in a `with`."""

    family = FAMILY

    def track(self, tracking_number: str) -> Tracking:
        """The parcel now. Raises `ParcelUnknown`, `CarrierUnreachable`, `CarrierProtocolError`."""

        def parse(answer: Answer) -> Tracking:
            sender = answer.part("sender")
            return Tracking(
                tracking_number=answer.same("tracking_number", tracking_number),
                state=answer.choice("state", PARCEL_STATES),
                changed_at=answer.moment("changed_at"),
                sender=Sender(
                    name=sender.optional_text("name"),
                    address=sender.optional_text("address"),
                    phone=sender.optional_text("phone"),
                ),
                events=tuple(
                    TrackingEvent(
                        state=event.choice("state", PARCEL_STATES),
                        place=event.optional_text("place"),
                        at=event.moment("at"),
                    )
                    for event in answer.each("events")
                ),
            )

        try:
            return self._service.read(self._service.path("parcels", tracking_number), parse)
        except CarrierRefused as refusal:
            if refusal.code == "no_such_parcel":
                raise ParcelUnknown(refusal.code, refusal.message) from None
            raise
