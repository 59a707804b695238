"""Webhooks: who is told of what, at which address.

Owns subscribing, changing, removing, trying one out, and sending something again. Each webhook has
an owner, whose roles and brands bound what it is told. Leaves the rules to `rules.webhooks`.
"""

import base64
import hashlib
import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from casework.act import Act
from casework.errors import NotFound, Refused, ensure
from casework.telling.announcing import owe
from rules.roles import Role
from rules.webhooks import Event, may_be_called, may_have
from storage import ledger
from storage.grants import roles_of
from storage.rows import add, change, change_one, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Person, Webhook, WebhookDelivery

MOST = 20
"""Webhooks of one owner."""
_SHOWN = 10
_webhooks, _deliveries = table_of(Webhook).c, table_of(WebhookDelivery).c


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A webhook that was just made; its secret is shown now."""

    public_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class WebhookLine:
    """A webhook with its owner and its last deliveries, the newest first."""

    webhook: Webhook
    owner: str
    email: str
    deliveries: Sequence[WebhookDelivery]


def subscribe(
    db: Database,
    act: Act,
    *,
    url: str,
    events: Collection[Event],
    owner: str | None = None,
    plain: bool = False,
) -> Subscribed:
    """Tell `url` of `events` from now on, in place of who acts or of the account `owner` (e-mail).

    `plain`: unencrypted and private addresses may be named, as in development.
    """
    ensure(may_be_called(url, plain=plain))
    with db.write() as tx:
        person = _owner(tx, act, owner)
        ensure(may_have(events, roles_of(tx, person.id)))
        if len(every(tx, Webhook, person_id=person.id, removed_at=None)) >= MOST:
            raise Refused(f"There are {MOST} webhooks of this owner already. Remove one first.")
        public_id = act.token(f"webhook:{person.id}:{url}")
        drawn = hmac.digest(act.seed, f"webhook secret:{public_id}".encode(), hashlib.sha256)
        secret = "whsec_" + base64.b64encode(drawn).decode()
        add(
            tx,
            Webhook,
            public_id=public_id,
            person_id=person.id,
            url=url,
            secret=secret,
            events=sorted(events),
            created_at=act.now,
        )
        _note(tx, act, "webhook made", public_id)
    return Subscribed(public_id, secret)


def alter(
    db: Database,
    act: Act,
    public_id: str,
    *,
    url: str | None = None,
    events: Collection[Event] | None = None,
    active: bool | None = None,
    plain: bool = False,
) -> None:
    """Change what is given of a webhook. Switched off, it is owed nothing new."""
    if url is not None:
        ensure(may_be_called(url, plain=plain))
    with db.write() as tx:
        webhook = _mine(tx, act, public_id)
        changes: dict[str, Any] = {}
        if url is not None:
            changes["url"] = url
        if events is not None:
            ensure(may_have(events, roles_of(tx, webhook.person_id)))
            changes["events"] = sorted(events)
        if active is not None:
            changes |= {"active": active, "off_because": None}
        if changes:
            change_one(tx, Webhook, webhook.id, **changes)
            _note(tx, act, f"webhook changed: {', '.join(sorted(changes))}", public_id)


def remove(db: Database, act: Act, public_id: str) -> None:
    """End a webhook; what it is still owed is not sent any more."""
    with db.write() as tx:
        webhook = _mine(tx, act, public_id)
        change_one(tx, Webhook, webhook.id, active=False, removed_at=act.now)
        owed = _deliveries.webhook_id == webhook.id, _deliveries.settled_at.is_(None)
        change(tx, WebhookDelivery, *owed, settled_at=act.now, answer="webhook removed")
        _note(tx, act, "webhook removed", public_id)


def try_out(db: Database, act: Act, public_id: str) -> str:
    """Owe a webhook a message that tells of nothing; gives its id."""
    with db.write() as tx:
        webhook = _mine(tx, act, public_id)
        if not webhook.active:
            raise Refused("The webhook is switched off. Switch it on first.")
        return owe(tx, act, webhook, Event.TEST, {"webhook": public_id})


def send_again(db: Database, act: Act, delivery: str) -> None:
    """Owe a message anew, under its own id, with all its attempts before it."""
    with db.write() as tx:
        row = one(tx, WebhookDelivery, public_id=delivery)
        webhook = one(tx, Webhook, id=row.webhook_id) if row else None
        if row is None or webhook is None:
            raise NotFound("There is no such message for you.")
        _mine(tx, act, webhook.public_id)
        if row.settled_at is None:
            raise Refused("The message is on its way already.")
        change_one(
            tx,
            WebhookDelivery,
            row.id,
            attempt=0,
            due_at=act.now,
            delivered_at=None,
            settled_at=None,
        )


def webhooks(db: Database, person_id: int | None = None) -> Sequence[WebhookLine]:
    """Every webhook that is not removed, or those of one person, the newest first."""
    with db.read() as tx:
        mine = () if person_id is None else (_webhooks.person_id == person_id,)
        rows = every(
            tx, Webhook, *mine, _webhooks.removed_at.is_(None), order_by=_webhooks.id.desc()
        )
        return [_line(tx, row) for row in rows]


def webhook(db: Database, person_id: int, public_id: str) -> WebhookLine:
    """One webhook of a person; raises NotFound."""
    with db.read() as tx:
        row = one(tx, Webhook, public_id=public_id, person_id=person_id)
        if row is None or row.removed_at is not None:
            raise _nothing()
        return _line(tx, row)


def _line(tx: Transaction, row: Webhook) -> WebhookLine:
    owner = one(tx, Person, id=row.person_id)
    assert owner is not None  # a foreign key holds it
    last = every(
        tx, WebhookDelivery, webhook_id=row.id, order_by=_deliveries.id.desc(), limit=_SHOWN
    )
    return WebhookLine(row, owner.name, owner.email, last)


def _mine(tx: Transaction, act: Act, public_id: str) -> Webhook:
    row = one(tx, Webhook, public_id=public_id, lock=True)
    if row is None or row.removed_at is not None:
        raise _nothing()
    if act.role is not Role.ADMINISTRATOR and row.person_id != act.person:
        raise _nothing()
    return row


def _owner(tx: Transaction, act: Act, email: str | None) -> Person:
    if email is None:
        person = one(tx, Person, id=act.person, active=True)
    else:
        person = one(tx, Person, email=email.strip().lower(), active=True)
    if person is None:
        raise NotFound("There is no open account with this e-mail address. Look under People.")
    if person.id != act.person and act.role is not Role.ADMINISTRATOR:
        raise Refused("Only an administrator makes a webhook for somebody else.")
    return person


def _note(tx: Transaction, act: Act, what: str, public_id: str) -> None:
    facts = {"what": what, "webhook": public_id, "by": act.by}
    ledger.append(tx, ledger.PROGRAMME, facts, act.now)


def _nothing() -> NotFound:
    return NotFound("There is no such webhook for you.")
