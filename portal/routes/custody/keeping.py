"""How long exhibits are kept, what stops their disposal, disposals, and assets."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.custody import holds
from casework.custody.signing import Signature
from casework.keeping import assets as moves
from casework.keeping import disposing, retaining
from casework.operators import proceedings
from casework.outcomes.outcome import OUTCOMES
from casework.views import retention as views
from portal import sides
from portal.fields import Fields, fields
from portal.pages import again, done, page
from portal.paging import turn
from portal.routes.buying.approvals import approvals
from portal.routes.custody.custody import exhibit
from portal.spreadsheets import sheet
from portal.visit import act, addressed, database, now, number, part, vault
from rules.disposal import Way
from rules.money import exponent
from rules.retention import ANY, EndedBy, Period

router = APIRouter()
_MONTHS = 1200
_EXHIBIT = "/exhibits/{exhibit:path}"


@router.get("/retention", name="retention")
def retention(request: Request) -> HTMLResponse:
    """Exhibits due, periods, proceedings."""
    view = views.retention_page(database(request), now(request))
    ways = {"outcomes": (ANY, *OUTCOMES), "ended_by": tuple(EndedBy)}
    return page(request, "custody/retention.html", view=view, **ways)


@router.post("/retention/periods", name="period_set")
@again(retention)
def period_set(request: Request) -> Response:
    """Set how long exhibits of an outcome are kept, and their evidence."""
    form = fields(request)
    outcome, country = form.option("outcome", (ANY, *OUTCOMES)), form.maybe("country", limit=2)
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        form.errors["country"] = "Write the country's two letters, such as CN."
    months = form.number("months", most=_MONTHS)
    evidence = form.number("evidence_months", most=_MONTHS)
    if evidence < months:
        form.errors.setdefault(
            "evidence_months", "Evidence is kept at least as long as its exhibit."
        )
    since = form.day("valid_from")
    until = form.day("valid_until") if form.raw("valid_until") else None
    source, reason = form.text("source", limit=300), form.text("reason", limit=300)
    form.check()
    period = Period(country or ANY, outcome, months, evidence, since, until, source, verified=False)
    seen = form.raw("seen")
    retaining.set_period(database(request), act(request), period, reason, seen=seen)
    return done("/retention", "saved")


@router.post("/retention/periods/{period_id}/verify", name="period_verify")
@again(retention)
def period_verify(request: Request) -> Response:
    """Counsel has checked it."""
    seen = fields(request).raw("seen")
    retaining.verify_period(
        database(request), act(request), number(request, "period_id"), seen=seen
    )
    return done("/retention", "saved")


@router.post("/proceedings/end", name="proceeding_end")
@again(retention)
def proceeding_end(request: Request) -> Response:
    """Record that proceedings have ended: by `number`, or by the `referral` that led to them."""
    form = fields(request)
    given, referral = form.maybe_number("number", least=1), form.maybe("referral", limit=40)
    ended_on, how = form.day("ended_on"), form.word("how", EndedBy)
    words = form.maybe("said")
    form.check()
    said = {"ended_on": ended_on, "how": how, "said": words or ""}
    if given is None:
        proceedings.end_referral(database(request), act(request), referral or "", **said)
    else:
        proceedings.end_proceeding(database(request), act(request), given, **said)
    return done("/retention", "saved")


@router.get("/holds", name="holds")
def legal_holds(request: Request) -> HTMLResponse:
    """Every hold that stands."""
    return page(request, "custody/holds.html", rows=views.holds_standing(database(request)))


@router.post("/holds", name="hold_place")
@again(legal_holds)
def hold_place(request: Request) -> Response:
    """Place a hold."""
    form = fields(request)
    subject, reason = form.text("subject", limit=40), form.text("reason")
    form.check()
    holds.place(database(request), act(request), subject, reason=reason)
    return done("/holds", "hold")


@router.post("/holds/{hold_id}/lift", name="hold_lift")
@again(legal_holds)
def hold_lift(request: Request) -> Response:
    """Lift a hold."""
    form = fields(request)
    reason = form.text("reason")
    form.check()
    holds.lift(database(request), act(request), number(request, "hold_id"), reason=reason)
    return done("/holds", "lifted")


@router.post(_EXHIBIT + "/dispose", name="disposal_ask")
@again(exhibit)
def disposal_ask(request: Request) -> Response:
    """Ask that an exhibit be disposed of."""
    form = fields(request)
    way, recipient = form.word("way", Way), form.maybe("recipient", limit=120) or ""
    reason = form.text("reason")
    form.check()
    disposing.ask(*addressed(request, "exhibit"), way=way, recipient=recipient, reason=reason)
    return done(f"/exhibits/{part(request, 'exhibit')}", "disposal_asked")


@router.post(_EXHIBIT + "/carry-out", name="disposal_carry_out")
@again(exhibit)
def disposal_carry_out(request: Request) -> Response:
    """Carry an approved disposal out."""
    form = fields(request)
    said = disposing.CarriedOut(
        seal_number=form.text("seal_number", limit=80),
        condition=form.text("condition", limit=200),
        place=form.text("place", limit=250),
        certificate=form.maybe_upload("certificate"),
        signature=_signed(form),
        keeper=form.maybe("keeper", limit=120) or "",
    )
    form.check()
    disposing.carry_out(
        database(request), vault(request), act(request), part(request, "exhibit"), said
    )
    return done(f"/exhibits/{part(request, 'exhibit')}", "disposed")


@router.post(_EXHIBIT + "/asset-back", name="asset_back")
@again(exhibit)
def asset_back(request: Request) -> Response:
    """Take a recalled asset back into evidence."""
    form = fields(request)
    seal_number, condition = form.text("seal_number", limit=80), form.text("condition", limit=200)
    place = form.text("place", limit=250)
    form.check()
    moves.take_back(
        *addressed(request, "exhibit"), seal_number=seal_number, condition=condition, place=place
    )
    return done(f"/exhibits/{part(request, 'exhibit')}", "taken_in")


@router.post("/disposals/{disposal_id}/approve", name="disposal_approve")
@again(approvals)
def disposal_approve(request: Request) -> Response:
    """Approve a disposal."""
    disposing.approve(database(request), act(request), number(request, "disposal_id"))
    return done("/approvals", "approved")


@router.post("/disposals/{disposal_id}/end", name="disposal_end")
@again(approvals)
def disposal_end(request: Request) -> Response:
    """Decline a disposal."""
    form = fields(request)
    reason = form.text("reason")
    form.check()
    disposing.end(database(request), act(request), number(request, "disposal_id"), reason=reason)
    return done("/approvals", "declined")


@router.post(_EXHIBIT + "/dispose-not", name="disposal_withdraw")
@again(exhibit)
def disposal_withdraw(request: Request) -> Response:
    """Withdraw one's own request."""
    form = fields(request)
    given, reason = form.number("number", least=1), form.text("reason")
    form.check()
    disposing.end(database(request), act(request), given, reason=reason)
    return done(f"/exhibits/{part(request, 'exhibit')}", "withdrawn")


@router.get("/assets", name="assets")
def assets(request: Request) -> HTMLResponse:
    """A page of assets, the newest first."""
    about = part(request, "asset") if "asset" in request.path_params else None
    view = views.assets(database(request), turn(request), about)
    return page(request, "custody/assets.html", view=view, held=views.held(database(request)))


@router.get("/assets.csv", name="assets_csv")
def assets_csv(request: Request) -> Response:
    """The same as a table; amounts in the currency's own unit, times in UTC."""
    columns = (
        "asset", "exhibit", "description", "test_buy", "order_cost", "currency", "held_by",
        "since", "state", "given_to",
    )  # fmt: skip
    return sheet("assets.csv", columns, map(_told, views.every_asset(database(request))))


@router.post("/assets/{asset}/give", name="asset_give")
@again(assets)
def asset_give(request: Request) -> Response:
    """Give an asset away; who gets it signs."""
    form = fields(request)
    signature, place = sides.signature(form), form.text("place", limit=250)
    form.check()
    moves.give_away(
        database(request), vault(request), act(request), part(request, "asset"),
        signature=signature, place=place,
    )  # fmt: skip
    return done("/assets", "given_away")


def _told(row: views.AssetLine) -> tuple[object, ...]:
    asset, cost = row.asset, ""
    if asset.cost_minor is not None and asset.currency:
        places = exponent(asset.currency)
        cost = f"{asset.cost_minor / 10**places:.{places}f}"
    return (
        asset.number, row.exhibit.reference, row.exhibit.description, row.testbuy, cost,
        asset.currency or "", asset.keeper, asset.made_at.isoformat(), row.state,
        asset.gone_to or "",
    )  # fmt: skip


def _signed(form: Fields) -> Signature | None:
    return sides.signature(form) if form.raw("name") else None
