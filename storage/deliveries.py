"""The rows of webhook deliveries: claiming one that is due, and settling what became of it."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from storage.prepared import Prepared
from storage.rows import change, change_one, table_of
from storage.session import Transaction
from storage.tables import Person, Webhook, WebhookDelivery

_deliveries, _webhooks = table_of(WebhookDelivery), table_of(Webhook)
_persons = table_of(Person)


class Owed(NamedTuple):
    """A claimed delivery, with where it goes; `attempt` counts this one."""

    id: int
    public_id: str
    body: str
    attempt: int
    webhook_id: int
    url: str
    secret: str


def _due(*columns: Any) -> Any:
    d, w = _deliveries.c, _webhooks.c
    now = sa.bindparam("now", type_=d.due_at.type)
    return (
        sa.select(*columns)
        .join_from(_deliveries, _webhooks, d.webhook_id == w.id)
        .join(_persons, _persons.c.id == w.person_id)
        .where(
            d.settled_at.is_(None),
            d.due_at <= now,
            sa.or_(d.claimed_until.is_(None), d.claimed_until <= now),
            w.active,
            _persons.c.active,
        )
        .limit(1)
    )


def _next() -> Any:
    d, w = _deliveries.c, _webhooks.c
    other = _deliveries.alias("other")
    now = sa.bindparam("now", type_=d.due_at.type)
    busy = sa.exists().where(
        other.c.webhook_id == w.id, other.c.settled_at.is_(None), other.c.claimed_until > now
    )
    # One at a time to each webhook, so that a slow one keeps nobody else waiting.
    query = _due(d.id, d.public_id, d.body, d.attempt, w.id.label("webhook_id"), w.url, w.secret)
    return (
        query.where(~busy)
        .order_by(d.due_at, d.id)
        .with_for_update(of=_deliveries, skip_locked=True)
    )


_any_due, _claimable = Prepared(_due(_deliveries.c.id)), Prepared(_next())


def nothing_due(tx: Transaction, now: datetime) -> bool:
    """Whether no delivery is due: one look at an index, so that idling is cheap."""
    return not _any_due.rows(tx, {"now": now})


def claim(tx: Transaction, now: datetime, lease: timedelta) -> Owed | None:
    """Claim the delivery that is due longest and count its attempt, so that nobody else sends it.

    None where none is due, or where each webhook is being told something already.
    """
    found = _claimable.rows(tx, {"now": now})
    if not found:
        return None
    owed = Owed(*found[0])
    owed = owed._replace(attempt=owed.attempt + 1)
    change_one(
        tx,
        WebhookDelivery,
        owed.id,
        attempt=owed.attempt,
        tried_at=now,
        claimed_until=now + lease,
    )
    return owed


def settle(tx: Transaction, owed: Owed, **columns: Any) -> bool:
    """Write what became of an attempt; False where a later attempt was made meanwhile."""
    d = _deliveries.c
    mine = d.id == owed.id, d.attempt == owed.attempt, d.settled_at.is_(None)
    return change(tx, WebhookDelivery, *mine, claimed_until=None, **columns) == 1
