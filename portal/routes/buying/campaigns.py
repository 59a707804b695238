"""Campaigns: asked for by an analyst, approved by somebody else, withdrawn."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.buying import campaigns as casework
from casework.views import requests as views
from portal.fields import fields
from portal.pages import again, done, page
from portal.paging import posted, turn
from portal.visit import act, database

router = APIRouter(prefix="/campaigns")


@router.get("", name="campaigns")
def campaigns(request: Request) -> HTMLResponse:
    """A page of campaigns, and the form for a new one."""
    view = views.campaigns(database(request), turn(request), posted(request, "name"))
    return page(request, "buying/campaigns.html", view=view)


@router.post("", name="campaign_open")
@again(campaigns)
def campaign_open(request: Request) -> Response:
    """Ask for a campaign. It closes at the end of its last day (UTC)."""
    form = fields(request)
    currency = form.currency()
    name, purpose = form.text("name", limit=80), form.text("purpose")
    max_price, budget = form.money("max_price", currency), form.money("budget", currency)
    max_buys = form.number("max_buys", least=1)
    opens_at, closes_on = form.day_start("opens_on"), form.day_start("closes_on")
    form.check()
    casework.open_campaign(
        database(request),
        act(request),
        name=name,
        purpose=purpose,
        brands=form.ticked("brands"),
        categories=form.ticked("categories"),
        max_price_minor=max_price,
        currency=currency,
        max_buys=max_buys,
        budget_minor=budget,
        opens_at=opens_at,
        closes_at=closes_on + timedelta(days=1),
    )
    return done("/campaigns", "opened")


@router.post("/approve", name="campaign_approve")
@again(campaigns)
def campaign_approve(request: Request) -> Response:
    """Approve a campaign of somebody else's."""
    form = fields(request)
    name = form.text("name", limit=80)
    form.check()
    casework.approve(database(request), act(request), name)
    return done("/campaigns", "approved")


@router.post("/withdraw", name="campaign_withdraw")
@again(campaigns)
def campaign_withdraw(request: Request) -> Response:
    """Withdraw a campaign."""
    form = fields(request)
    name, reason = form.text("name", limit=80), form.text("reason")
    form.check()
    casework.withdraw(database(request), act(request), name, reason)
    return done("/campaigns", "withdrawn")
