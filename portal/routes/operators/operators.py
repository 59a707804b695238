"""Operators and shops: linking them, keeping sales records, drafting a referral by hand."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.flags import flagging
from casework.referring import referring
from casework.views import operators as views
from casework.views.operator import operator_page
from portal.fields import fields
from portal.graphs import draw
from portal.pages import again, done, page
from portal.paging import turn
from portal.visit import act, database, now, number, part
from rules.linkage import PersonRole

router = APIRouter()


@router.get("/operators", name="operators")
def operators(request: Request) -> HTMLResponse:
    """Operators with their shops, then shops nobody has linked."""
    about = number(request, "shop_id") if "shop_id" in request.path_params else None
    view = views.operators(
        database(request),
        turn(request, at=views.operator_of(database(request), about)),
        turn(request, "shops_", at=about),
    )
    return page(request, "operators/operators.html", view=view)


@router.get("/operators/{operator}", name="operator")
def operator(request: Request) -> HTMLResponse:
    """One operator: shops, gauge, test buys, referrals."""
    view = operator_page(database(request), part(request, "operator"), now(request))
    return page(
        request,
        "operators/operator.html",
        view=view,
        drawing_of=draw,
        person_roles=tuple(PersonRole),
    )


@router.post("/shops/{shop_id}/link", name="shop_link")
@again(operators)
def shop_link(request: Request) -> Response:
    """Link a shop to an operator, with what the link rests on."""
    form = fields(request)
    operator = form.maybe("operator", limit=20)
    new_name = form.maybe("new_operator_name", limit=120)
    basis, seen = form.text("basis"), form.text("seen", limit=80)
    if bool(operator) == bool(new_name):
        form.errors["operator"] = "Choose an operator, or name a new one; not both."
    form.check()
    flagging.link_shop(
        database(request),
        act(request),
        shop_id=number(request, "shop_id"),
        operator=operator,
        new_operator_name=new_name,
        basis=basis,
        seen=seen,
    )
    return done("/operators", "linked")


@router.post("/shops/{shop_id}/sales", name="shop_sales")
@again(operators)
def shop_sales(request: Request) -> Response:
    """Keep what a source says a shop sold."""
    form = fields(request)
    currency = form.currency()
    amount = form.money("amount", currency)
    period_start, period_end = form.day("period_start"), form.day("period_end")
    units, source = form.maybe_number("units"), form.text("source", limit=200)
    if not form.errors and period_end < period_start:
        form.errors["period_end"] = "The period ends before it begins."
    form.check()
    flagging.record_sales(
        database(request),
        act(request),
        shop_id=number(request, "shop_id"),
        period_start=period_start,
        period_end=period_end,
        units=units,
        amount_minor=amount,
        currency=currency,
        source=source,
    )
    return done("/operators", "sales")


@router.post("/operators/{operator}/referral", name="referral_draft")
@again(operators)
def referral_draft(request: Request) -> Response:
    """Draft a referral of an operator by hand."""
    form = fields(request)
    agency = form.text("agency", limit=200)
    form.check()
    reference = referring.draft(
        database(request), act(request), operator=part(request, "operator"), agency=agency
    )
    return done(f"/referrals/{reference}", "drafted")
