"""Webhooks of a token's owner: an address, the events it is told of, and what it was told."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import ConfigDict, Field

from casework.act import Act
from casework.telling import webhooks as kept
from portal.api.keys import Key, answer_once
from portal.api.models import CHANGES, Asked, Line, PublicId, Told, problems
from portal.visit import act, database, settings, visitor
from rules.webhooks import MOST_URL, Event
from storage.session import Database
from storage.tables import WebhookDelivery

router = APIRouter(prefix="/api/v1/webhooks", tags=["Webhooks"])
Url = Annotated[
    Line, Field(max_length=MOST_URL, description="Starts with https://; no private address.")
]
Events = Annotated[list[Event], Field(min_length=1, max_length=len(Event))]


class NewWebhook(Asked):
    """An address, and what it is told of."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {"url": "https://holder.example/testbuys", "events": ["examination.opened"]}
            ]
        },
    )
    url: Url
    events: Events


class WebhookChange(Asked):
    """What is to be changed; what is left out stays. Switched off, it is told nothing new."""

    url: Url | None = None
    events: Events | None = None
    active: bool | None = Field(default=None, strict=True)


class Delivery(Told):
    """A message. `answer`: what came of the last attempt; `settled_at` alone: given up."""

    message: str = Field(examples=["msg_k7q42mzyxwvu5432tsrqpo"])
    event: Event
    created_at: datetime
    attempts: int
    answer: str | None = Field(examples=["HTTP 200"])
    delivered_at: datetime | None
    settled_at: datetime | None


class WebhookTold(Told):
    """A webhook. `off_because`: why the programme switched it off by itself."""

    webhook: str
    url: str
    events: list[Event]
    active: bool
    off_because: str | None
    created_at: datetime


class WebhookWhole(WebhookTold):
    """A webhook with its last ten messages, the newest first."""

    deliveries: list[Delivery]


class WebhookMade(WebhookTold):
    """The new webhook with its secret, which is shown now and not again."""

    secret: str = Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])


class Webhooks(Told):
    """The webhooks of the token's owner."""

    webhooks: list[WebhookTold]


class Sent(Told):
    """A message that was put on its way."""

    message: str


@router.get("", name="api_webhooks", response_model=Webhooks, responses=problems())
def list_webhooks(request: Request) -> Webhooks:
    """The owner's webhooks, the newest first."""
    lines = kept.webhooks(database(request), visitor(request).person_id)
    return Webhooks(webhooks=[WebhookTold(**_told(line)) for line in lines])


@router.post(
    "",
    name="api_webhook_make",
    status_code=201,
    response_model=WebhookMade,
    responses=problems(409, 413, 507),
)
def make_webhook(request: Request, body: NewWebhook, key: Key) -> Response:
    """Tell an address of events from now on.

    Messages are signed as the Standard Webhooks specification says: `webhook-id`,
    `webhook-timestamp` and `webhook-signature`, HMAC-SHA256 with the secret. A message comes at
    least once and may come late or out of order: tell repeats by `webhook-id`, and read what it
    names to see how it stands. What is not answered with a 2xx within ten seconds is tried again
    for a day. Redirects are not followed.
    """

    def do(db: Database, who: Act) -> WebhookMade:
        made = kept.subscribe(db, who, url=body.url, events=body.events, plain=_plain(request))
        line = kept.webhook(db, visitor(request).person_id, made.public_id)
        return WebhookMade(**_told(line), secret=made.secret)

    return answer_once(request, key, body, do, code=201)


@router.get("/{webhook}", name="api_webhook", response_model=WebhookWhole, responses=problems(404))
def read_webhook(request: Request, webhook: PublicId) -> WebhookWhole:
    """One webhook with what it was told."""
    return _whole(request, database(request), webhook)


@router.patch(
    "/{webhook}",
    name="api_webhook_alter",
    response_model=WebhookWhole,
    responses=problems(*CHANGES),
)
def alter_webhook(request: Request, webhook: PublicId, body: WebhookChange) -> WebhookWhole:
    """Change a webhook's address or events, or switch it off and on. The same twice is one."""
    db = database(request)
    kept.alter(
        db,
        act(request),
        webhook,
        url=body.url,
        events=body.events,
        active=body.active,
        plain=_plain(request),
    )
    return _whole(request, db, webhook)


@router.delete(
    "/{webhook}",
    name="api_webhook_remove",
    status_code=204,
    response_class=Response,
    responses=problems(404, 507),
)
def remove_webhook(request: Request, webhook: PublicId) -> Response:
    """End a webhook. What it is still owed is not sent any more."""
    kept.remove(database(request), act(request), webhook)
    return Response(status_code=204)


@router.post(
    "/{webhook}/test",
    name="api_webhook_test",
    response_model=Sent,
    responses=problems(*CHANGES),
)
def try_webhook(request: Request, webhook: PublicId, key: Key) -> Response:
    """Send a `webhook.test` that tells of nothing."""

    def do(db: Database, who: Act) -> Sent:
        return Sent(message=kept.try_out(db, who, webhook))

    return answer_once(request, key, None, do)


def _plain(request: Request) -> bool:
    return bool(settings(request).webhook_networks)


def _whole(request: Request, db: Database, public_id: str) -> WebhookWhole:
    line = kept.webhook(db, visitor(request).person_id, public_id)
    return WebhookWhole(**_told(line), deliveries=[_delivery(each) for each in line.deliveries])


def _told(line: kept.WebhookLine) -> dict[str, Any]:
    row = line.webhook
    return {
        "webhook": row.public_id,
        "url": row.url,
        "events": row.events,
        "active": row.active,
        "off_because": row.off_because,
        "created_at": row.created_at,
    }


def _delivery(row: WebhookDelivery) -> Delivery:
    return Delivery(
        message=row.public_id,
        event=row.event,
        created_at=row.created_at,
        attempts=row.attempt,
        answer=row.answer,
        delivered_at=row.delivered_at,
        settled_at=row.settled_at,
    )
