"""Webhooks, and what is owed to each: the outbox of the API."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from rules.webhooks import Event
from storage.tables.columns import Table, identity, instant, json_list, refers_to, word


class Webhook(Table, table=True):
    """An address that is told of events. `secret` signs what is sent, and is needed in full.

    `off_because`: why the programme itself switched it off. Removed ones stay for what they got.
    """

    id: int = identity()
    public_id: str = Field(unique=True)
    person_id: int = refers_to("person.id")
    url: str
    secret: str
    events: list[str] = json_list()
    active: bool = Field(default=True, index=True)
    created_at: datetime = instant()
    off_because: str | None = None
    removed_at: datetime | None = instant(optional=True)


class WebhookDelivery(Table, table=True):
    """A message owed to a webhook; committed with the change that it tells of.

    `body` is the exact text that is signed and sent. `attempt` is counted before the call.
    """

    __table_args__ = (
        # Settled ones are kept and never looked for again: they need no place in it.
        sa.Index(
            "ix_webhook_delivery_owed",
            "due_at",
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        ),
        sa.CheckConstraint("delivered_at IS NULL OR settled_at IS NOT NULL", name="is_settled"),
    )
    id: int = identity()
    public_id: str = Field(unique=True)
    webhook_id: int = refers_to("webhook.id")
    event: Event = word(Event)
    body: str
    created_at: datetime = instant()
    due_at: datetime = instant()
    attempt: int = 0
    claimed_until: datetime | None = instant(optional=True)
    tried_at: datetime | None = instant(optional=True)
    answer: str | None = None
    delivered_at: datetime | None = instant(optional=True)
    settled_at: datetime | None = instant(optional=True)
