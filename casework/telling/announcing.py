"""Word of what happens, owed to webhooks in the transaction of the change itself.

Owns who is owed what: an owner whose roles no longer allow an event, or whose brands no longer hold
an examination, is owed nothing of it. A payload carries references and states; of an examination
nothing but its id. Leaves bringing it there to `casework.telling.delivering`.
"""

import json
from collections.abc import Mapping

from casework.act import Act
from rules.roles import Role
from rules.webhooks import AUDIENCE, Event
from storage.grants import roles_of
from storage.rows import add_if_absent, every, one
from storage.session import Transaction
from storage.tables import BrandGrant, Person, Webhook, WebhookDelivery


def announce(
    tx: Transaction,
    act: Act,
    event: Event,
    data: Mapping[str, str | int],
    *,
    brand_id: int | None = None,
) -> None:
    """Owe word of an event to each active webhook that asked for it and may have it.

    `brand_id`: whose examination it is, for the events of examinations.
    """
    for webhook in every(tx, Webhook, active=True):
        if event in webhook.events and _may_have(tx, webhook, event, brand_id):
            owe(tx, act, webhook, event, data)


def owe(
    tx: Transaction, act: Act, webhook: Webhook, event: Event, data: Mapping[str, str | int]
) -> str:
    """Owe a webhook one message; gives its id, by which the receiver knows it again."""
    said = "".join(f":{each}" for each in data.values())
    public_id = "msg_" + act.token(f"delivery:{webhook.id}:{event}{said}")
    happened = act.now.isoformat().replace("+00:00", "Z")
    body = {"type": event.value, "timestamp": happened, "data": dict(data)}
    add_if_absent(
        tx,
        WebhookDelivery,
        public_id=public_id,
        webhook_id=webhook.id,
        event=event,
        body=json.dumps(body, separators=(",", ":")),
        created_at=act.now,
        due_at=act.now,
    )
    return public_id


def _may_have(tx: Transaction, webhook: Webhook, event: Event, brand_id: int | None) -> bool:
    owner = one(tx, Person, id=webhook.person_id, active=True)
    if owner is None:
        return False
    if roles_of(tx, owner.id).isdisjoint(AUDIENCE[event]):
        return False
    if AUDIENCE[event] != (Role.AUTHENTICATOR,):
        return True
    return one(tx, BrandGrant, person_id=owner.id, brand_id=brand_id) is not None
