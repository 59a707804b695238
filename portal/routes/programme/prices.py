"""Prices of genuine articles: what is on record, and adding one."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.gauge import pricing
from portal.fields import fields
from portal.pages import again, done, page
from portal.paging import turn
from portal.visit import act, database
from rules.money import Money

router = APIRouter(prefix="/prices")


@router.get("", name="prices")
def prices(request: Request) -> HTMLResponse:
    """A page of the prices on record."""
    db = database(request)
    view = pricing.prices_page(db, turn(request))
    return page(request, "programme/prices.html", view=view, brands=pricing.brands(db))


@router.post("", name="price_add")
@again(prices)
def price_add(request: Request) -> Response:
    """Add a price with its source."""
    form = fields(request)
    brand, product = form.text("brand", limit=120), form.text("product", limit=200)
    currency = form.currency()
    amount, valid_from = form.money("amount", currency), form.day("valid_from")
    source = form.text("source", limit=300)
    form.check()
    pricing.add_price(
        database(request),
        act(request),
        brand=brand,
        product=product,
        amount=Money(amount, currency),
        source=source,
        verified=form.raw("verified") == "yes",
        valid_from=valid_from,
    )
    return done("/prices", "price")
