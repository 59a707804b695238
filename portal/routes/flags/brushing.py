"""Cases of made-up orders: opened, estimated, settled."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.gauge import brushing as moves
from casework.views import brushing as views
from portal.fields import fields
from portal.pages import again, done, page
from portal.paging import turn
from portal.routes.flags.flags import flags
from portal.routes.operators.operators import operators
from portal.spreadsheets import sheet
from portal.visit import act, database, number, part

router = APIRouter()
_HERE = "/brushing/{reference}"


@router.get("/brushing", name="brushing_cases")
def brushing_cases(request: Request) -> HTMLResponse:
    """A page of cases, the newest first."""
    return page(request, "flags/brushing.html", view=views.cases(database(request), turn(request)))


@router.get("/brushing.csv", name="brushing_csv")
def brushing_csv(request: Request) -> Response:
    """Each estimate of each case as a row; amounts in minor units, times in UTC."""
    head = (
        "case", "platform", "shop", "shop_name", "state", "opened_at", "settled_at",
        "period_start", "period_end", "orders_low", "orders_high", "amount_low_minor",
        "amount_high_minor", "currency", "source",
    )  # fmt: skip
    return sheet("brushing.csv", head, map(_as_row, views.every_estimate(database(request))))


@router.get(_HERE, name="brushing")
def brushing(request: Request) -> HTMLResponse:
    """One case, and what sources say of how many orders were made up."""
    view = views.case(database(request), part(request, "reference"))
    return page(request, "flags/brushing_case.html", view=view)


@router.post("/shops/{shop_id}/brushing", name="brushing_open")
@again(operators)
def brushing_open(request: Request) -> Response:
    """Open a case against a shop by hand."""
    form = fields(request)
    reasons = form.text("reasons", limit=2000)
    form.check()
    shop = number(request, "shop_id")
    reference = moves.open_case(database(request), act(request), shop, reasons=reasons)
    return done(f"/brushing/{reference}", "brushing")


@router.post("/flags/{flag_id}/brushing", name="brushing_from_flag")
@again(flags)
def brushing_from_flag(request: Request) -> Response:
    """Open a case from a flag about brushing."""
    form = fields(request)
    reasons, shop = form.text("reasons", limit=2000), form.number("shop", least=1)
    form.check()
    reference = moves.open_case(
        database(request), act(request), shop, reasons=reasons, flag_id=number(request, "flag_id")
    )
    return done(f"/brushing/{reference}", "brushing")


@router.post(_HERE + "/estimate", name="brushing_estimate")
@again(brushing)
def brushing_estimate(request: Request) -> Response:
    """Keep what a source says of how many orders were made up."""
    form = fields(request)
    period_start, period_end = form.day("period_start"), form.day("period_end")
    orders_low, orders_high = form.number("orders_low"), form.number("orders_high")
    source = form.text("source", limit=200)
    valued = any(form.raw(name) for name in ("amount_low", "amount_high"))
    currency = form.currency() if valued else None
    low = form.money("amount_low", currency) if currency else None
    high = form.money("amount_high", currency) if currency else None
    form.check()
    said = moves.Said(
        period_start, period_end, orders_low, orders_high, source, low, high, currency
    )
    reference = part(request, "reference")
    moves.estimate(database(request), act(request), reference, said)
    return done(f"/brushing/{reference}", "saved")


@router.post(_HERE + "/settle", name="brushing_settle")
@again(brushing)
def brushing_settle(request: Request) -> Response:
    """Say whether orders were made up."""
    form = fields(request)
    version, reasons = form.number("version"), form.text("reasons", limit=2000)
    answer = form.option("answer", ("established", "unfounded"))
    form.check()
    reference = part(request, "reference")
    moves.settle(
        database(request), act(request), reference, version=version,
        established=answer == "established", reasons=reasons,
    )  # fmt: skip
    return done(f"/brushing/{reference}", "saved")


def _as_row(told: views.EstimateLine) -> tuple[object, ...]:
    row, shop, said = told.line.case, told.line.shop, told.estimate
    estimate: tuple[object, ...] = (None,) * 8
    if said is not None:
        estimate = (
            said.period_start, said.period_end, said.orders_low, said.orders_high,
            said.amount_low_minor, said.amount_high_minor, said.currency, said.source,
        )  # fmt: skip
    settled_at = row.settled_at.isoformat() if row.settled_at else None
    return (
        row.reference, shop.platform, shop.platform_shop_id, shop.name, row.state,
        row.opened_at.isoformat(), settled_at, *estimate,
    )  # fmt: skip
