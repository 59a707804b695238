"""How long exhibits are kept, what stops their disposal, disposals, and assets."""

import csv
import io

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework import assets as moves
from casework import disposing, holds, retaining
from casework.signing import Signature
from casework.views import retention as views
from portal import sides
from portal.fields import Fields, fields
from portal.pages import again, done, page
from portal.routes.approvals import approvals
from portal.routes.custody import exhibit
from portal.visit import act, database, now, number, part, vault
from rules.disposal import Way
from rules.money import exponent
from storage.tables import ProceedingKind

router = APIRouter()
_EXHIBIT = "/exhibits/{exhibit:path}"
_KINDS = tuple(kind for kind in ProceedingKind if kind is not ProceedingKind.REFERRAL)


@router.get("/retention", name="retention")
def retention(request: Request) -> HTMLResponse:
    """Exhibits due, periods, proceedings."""
    view = views.retention_page(database(request), now(request))
    return page(request, "retention.html", view=view, kinds=_KINDS)


@router.post("/proceedings", name="proceeding_open")
@again(retention)
def proceeding_open(request: Request) -> Response:
    """Record a claim against an operator."""
    form = fields(request)
    operator, name = form.text("operator", limit=20), form.text("name", limit=200)
    kind = form.word("kind", ProceedingKind)
    form.check()
    retaining.open_proceeding(database(request), act(request), operator, kind=kind, name=name)
    return done("/retention", "saved")


@router.post("/proceedings/end", name="proceeding_end")
@again(retention)
def proceeding_end(request: Request) -> Response:
    """Record that proceedings have ended: by `number`, or by the `referral` that led to them."""
    form = fields(request)
    given, referral = form.maybe_number("number", least=1), form.maybe("referral", limit=40)
    ended_on, how = form.day("ended_on"), form.text("how")
    form.check()
    said = {"ended_on": ended_on, "how": how}
    if given is None:
        retaining.end_referral(database(request), act(request), referral or "", **said)
    else:
        retaining.end_proceeding(database(request), act(request), given, **said)
    return done("/retention", "saved")


@router.get("/holds", name="holds")
def legal_holds(request: Request) -> HTMLResponse:
    """Every hold that stands."""
    return page(request, "holds.html", rows=views.holds_standing(database(request)))


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
    disposing.ask(
        database(request), act(request), part(request, "exhibit"), way=way, recipient=recipient,
        reason=reason,
    )  # fmt: skip
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
        database(request), act(request), part(request, "exhibit"), seal_number=seal_number,
        condition=condition, place=place,
    )  # fmt: skip
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
    """Every asset, the newest first."""
    return page(request, "assets.html", rows=views.assets(database(request)))


@router.get("/assets.csv", name="assets_csv")
def assets_csv(request: Request) -> Response:
    """The same as a table; amounts in the currency's own unit, times in UTC."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(
        ["asset", "exhibit", "description", "test_buy", "order_cost", "currency", "held_by",
         "since", "state", "given_to"]
    )  # fmt: skip
    for row in views.assets(database(request)):
        asset = row.asset
        cost = ""
        if asset.cost_minor is not None and asset.currency:
            places = exponent(asset.currency)
            cost = f"{asset.cost_minor / 10**places:.{places}f}"
        table.writerow(
            [asset.number, row.exhibit.reference, _plain(row.exhibit.description), row.testbuy,
             cost, asset.currency or "", _plain(asset.keeper), asset.made_at.isoformat(),
             row.state, _plain(asset.gone_to or "")]
        )  # fmt: skip
    headers = {"content-disposition": 'attachment; filename="assets.csv"'}
    # A byte-order mark, so that a spreadsheet reads Chinese names as what they are.
    return Response("\ufeff" + out.getvalue(), media_type="text/csv", headers=headers)


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


def _plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


def _signed(form: Fields) -> Signature | None:
    return sides.signature(form) if form.raw("name") else None
