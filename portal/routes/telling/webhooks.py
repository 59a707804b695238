"""Webhooks: which address is told of what, how that goes, and sending something again."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.telling import webhooks as kept
from portal.fields import fields
from portal.pages import again, done, page
from portal.visit import act, addressed, database, settings, visitor
from rules.roles import Role
from rules.webhooks import AUDIENCE, Event

router = APIRouter(prefix="/webhooks")


@router.get("", name="webhooks")
def webhooks(request: Request) -> HTMLResponse:
    """One's own webhooks, or for an administrator everybody's."""
    return _show(request)


@router.post("", name="webhook_make")
@again(webhooks)
def webhook_make(request: Request) -> Response:
    """Make a webhook; its secret is shown once."""
    form = fields(request)
    url, owner = form.text("url"), form.maybe("owner", limit=200)
    events = form.words("events", Event)
    if not events:
        form.errors["events"] = "Choose at least one."
    form.check()
    made = kept.subscribe(
        database(request),
        act(request),
        url=url,
        events=events,
        owner=owner,
        plain=bool(settings(request).webhook_networks),
    )
    return _show(request, made)


@router.post("/{webhook}/alter", name="webhook_alter")
@again(webhooks)
def webhook_alter(request: Request) -> Response:
    """Switch a webhook off or on."""
    form = fields(request)
    active = form.option("active", ("yes", "no")) == "yes"
    form.check()
    kept.alter(*addressed(request, "webhook"), active=active)
    return done("/webhooks", "saved")


@router.post("/{webhook}/remove", name="webhook_remove")
@again(webhooks)
def webhook_remove(request: Request) -> Response:
    """End a webhook."""
    kept.remove(*addressed(request, "webhook"))
    return done("/webhooks", "saved")


@router.post("/{webhook}/test", name="webhook_test")
@again(webhooks)
def webhook_test(request: Request) -> Response:
    """Send a message that tells of nothing."""
    kept.try_out(*addressed(request, "webhook"))
    return done("/webhooks", "message")


@router.post("/messages/{message}/again", name="webhook_again")
@again(webhooks)
def webhook_again(request: Request) -> Response:
    """Send a message again."""
    kept.send_again(*addressed(request, "message"))
    return done("/webhooks", "message")


def _show(request: Request, new: kept.Subscribed | None = None) -> HTMLResponse:
    who = visitor(request)
    administers = Role.ADMINISTRATOR in who.roles
    fitting = [
        event for event, roles in AUDIENCE.items() if administers or who.roles.intersection(roles)
    ]
    return page(
        request,
        "telling/webhooks.html",
        rows=kept.webhooks(database(request), None if administers else who.person_id),
        new=new,
        administers=administers,
        events=fitting,
        needs=AUDIENCE,
    )
