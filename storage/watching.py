"""What is under way outside and has to be asked about: orders, parcels, referrals."""

from dataclasses import dataclass

import sqlalchemy as sa

from rules.lifecycle import Stage
from rules.referral import ReferralState
from storage.rows import table_of
from storage.session import Transaction
from storage.tables import Agency, AttemptState, OrderAttempt, Parcel, Referral, Route, TestBuy

_testbuys = table_of(TestBuy)
_attempts = table_of(OrderAttempt)
_parcels = table_of(Parcel)
_referrals = table_of(Referral)


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order placed through an interface that has no parcel yet."""

    reference: str
    attempt_id: int
    key: str


@dataclass(frozen=True, slots=True)
class OpenParcel:
    """A parcel under way; `state` as the carrier last told it."""

    reference: str
    parcel_id: int
    tracking_number: str
    state: str


@dataclass(frozen=True, slots=True)
class OpenReferral:
    """A referral that its agency has not decided on."""

    reference: str
    key: str
    agency: str


def open_orders(tx: Transaction) -> list[OpenOrder]:
    """Orders to ask the marketplace about."""
    query = (
        sa.select(_testbuys.c.reference, _attempts.c.id, _attempts.c.key)
        .join(_attempts, _attempts.c.testbuy_id == _testbuys.c.id)
        .outerjoin(_parcels, _parcels.c.order_attempt_id == _attempts.c.id)
        .where(
            _testbuys.c.stage == Stage.ORDERED,
            _attempts.c.state == AttemptState.PLACED,
            _attempts.c.route == Route.INTERFACE,
            _parcels.c.id.is_(None),
        )
    )
    return [OpenOrder(*row) for row in tx.execute(query)]


def open_parcels(tx: Transaction) -> list[OpenParcel]:
    """Parcels to ask the carrier about."""
    query = (
        sa.select(
            _testbuys.c.reference, _parcels.c.id, _parcels.c.tracking_number, _parcels.c.state
        )
        .join(_attempts, _attempts.c.testbuy_id == _testbuys.c.id)
        .join(_parcels, _parcels.c.order_attempt_id == _attempts.c.id)
        .where(
            _testbuys.c.stage == Stage.ORDERED,
            _attempts.c.state == AttemptState.PLACED,
            _parcels.c.state.in_(["announced", "in_transit"]),
        )
    )
    return [OpenParcel(*row) for row in tx.execute(query)]


def open_referrals(tx: Transaction) -> list[OpenReferral]:
    """Referrals to ask the agency about."""
    agencies = table_of(Agency)
    query = (
        sa.select(_referrals.c.reference, _referrals.c.key, agencies.c.name)
        .join(agencies, agencies.c.id == _referrals.c.agency_id)
        .where(_referrals.c.state.in_([ReferralState.SENT, ReferralState.ACKNOWLEDGED]))
    )
    return [OpenReferral(*row) for row in tx.execute(query)]
