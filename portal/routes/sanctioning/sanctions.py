"""Sanctions of shops: proposed, decided, told to the seller, appealed, and ended."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.buying import follow_ups
from casework.record import seals
from casework.sanctioning import objecting, sanctioning
from casework.views import sanctions as views
from portal.fields import fields
from portal.pages import again, done, page
from portal.paging import turn
from portal.spreadsheets import sheet
from portal.visit import act, addressed, database, now, number, part, settings, vault
from rules.sanctions import SanctionKind
from storage.tables import Route

router = APIRouter()
_HERE = "/sanctions/{reference}"


@router.get("/sanctions", name="sanctions")
def sanctions(request: Request) -> HTMLResponse:
    """A page of sanctions, the newest first."""
    return page(
        request,
        "sanctioning/sanctions.html",
        view=views.sanctions(database(request), turn(request)),
    )


@router.get("/sanctions.csv", name="sanctions_csv")
def sanctions_csv(request: Request) -> Response:
    """All of them as a table; times in UTC."""
    head = (
        "sanction", "platform", "shop", "shop_name", "operator", "kind", "ground", "state",
        "test_buys", "proposed_at", "decided_at", "notified_at", "last_day_to_object",
        "in_force_at", "ended_at", "under_review",
    )  # fmt: skip
    lines = views.every_sanction(database(request))
    return sheet("sanctions.csv", head, map(_as_row, lines))


@router.get("/shops/{shop_id}/sanction", name="sanction_new")
def sanction_new(request: Request) -> HTMLResponse:
    """What a sanction of the shop could rest on, and the form that proposes one."""
    view = views.new_sanction(database(request), number(request, "shop_id"))
    return page(request, "sanctioning/sanction_new.html", view=view)


@router.post("/shops/{shop_id}/sanction", name="sanction_propose")
@again(sanction_new)
def sanction_propose(request: Request) -> Response:
    """Propose a sanction of the shop."""
    form = fields(request)
    kind, resting = form.word("kind", SanctionKind), form.ticked("testbuys")
    clause, reasons = form.text("clause", limit=300), form.text("reasons", limit=3000)
    objections_to = form.text("objections_to", limit=300)
    brushing = form.maybe("brushing", limit=20)
    if bool(resting) == bool(brushing):
        form.errors["testbuys"] = "Choose test buys, or a case of brushing; one of the two."
    form.check()
    reference = sanctioning.propose(
        database(request),
        act(request),
        number(request, "shop_id"),
        kind=kind,
        resting=resting,
        clause=clause,
        reasons=reasons,
        objections_to=objections_to,
        brushing=brushing,
    )
    return done(f"/sanctions/{reference}", "sanction")


@router.get(_HERE, name="sanction")
def sanction(request: Request) -> HTMLResponse:
    """One sanction: what it rests on, what was done, and what can be done next."""
    view = views.sanction(database(request), part(request, "reference"), now(request))
    return page(request, "sanctioning/sanction.html", view=view)


@router.post(_HERE + "/decide", name="sanction_decide")
@again(sanction)
def sanction_decide(request: Request) -> Response:
    """Decide that there is to be this sanction."""
    sanctioning.decide(*addressed(request), **_said(request))
    return _back(request, "sanction_decided")


@router.post(_HERE + "/decline", name="sanction_decline")
@again(sanction)
def sanction_decline(request: Request) -> Response:
    """Decide that there is to be none."""
    sanctioning.decline(*addressed(request), **_said(request))
    return _back(request, "declined")


@router.post(_HERE + "/withdraw", name="sanction_withdraw")
@again(sanction)
def sanction_withdraw(request: Request) -> Response:
    """Take a proposal back."""
    sanctioning.withdraw(*addressed(request), **_said(request))
    return _back(request, "withdrawn")


@router.post(_HERE + "/lift", name="sanction_lift")
@again(sanction)
def sanction_lift(request: Request) -> Response:
    """End a sanction that was wrong."""
    sanctioning.lift(*addressed(request), **_said(request))
    return _back(request, "sanction_lifted")


@router.post(_HERE + "/reopen", name="sanction_reopen")
@again(sanction)
def sanction_reopen(request: Request) -> Response:
    """End a sanction that was right."""
    sanctioning.reopen(*addressed(request), **_said(request))
    return _back(request, "sanction_reopened")


@router.post(_HERE + "/enforce", name="sanction_enforce")
@again(sanction)
def sanction_enforce(request: Request) -> Response:
    """Record that the platform has carried it out."""
    form = fields(request)
    version = form.number("version")
    form.check()
    sanctioning.enforce(*addressed(request), version=version)
    return _back(request, "sanction_in_force")


@router.get(_HERE + "/notice.pdf", name="sanction_notice")
def sanction_notice(request: Request) -> Response:
    """The seller's notice: as it was given, or as it would be."""
    # Typesetting is loaded only where somebody wants a paper.
    from casework.sanctioning.telling_sellers import notice_pdf

    reference = part(request, "reference")
    language = "zh" if request.query_params.get("language") == "zh" else "en"
    pdf = notice_pdf(
        database(request), vault(request), reference, now(request), language,
        seals.of(settings(request)),
    )  # fmt: skip
    headers = {"content-disposition": f'inline; filename="{reference}.{language}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


@router.post(_HERE + "/notice", name="sanction_notify")
@again(sanction)
def sanction_notify(request: Request) -> Response:
    """Record that the seller was given the notice, and until when they may object."""
    from casework.sanctioning.telling_sellers import notify

    form = fields(request)
    version, given_by = form.number("version"), form.text("given_by", limit=200)
    until = form.day("objection_until")
    form.check()
    db, by, reference = addressed(request)
    notify(
        db, vault(request), by, reference, version=version, given_by=given_by,
        objection_until=until, seals=seals.of(settings(request)),
    )  # fmt: skip
    return _back(request, "sanction_told")


@router.post(_HERE + "/appeal", name="sanction_appeal")
@again(sanction)
def sanction_appeal(request: Request) -> Response:
    """Record a seller's appeal: the document as it came, or what they wrote."""
    form = fields(request)
    version, received_on = form.number("version"), form.day("received_on")
    document = form.maybe_upload("document")
    words = form.maybe("words", limit=20_000)
    if (document is None) == (words is None):
        form.errors["words"] = "Add the seller's document, or what they wrote; one of the two."
    form.check()
    db, by, reference = addressed(request)
    objecting.record_appeal(
        db, vault(request), by, reference, version=version, received_on=received_on,
        document=document or (words or "").encode(),
    )  # fmt: skip
    return _back(request, "sanction_appeal")


@router.get(_HERE + "/appeals/{number}", name="sanction_appeal_document")
def sanction_appeal_document(request: Request) -> Response:
    """A seller's appeal as it came."""
    data, name, kind = objecting.appeal_document(
        database(request), vault(request), part(request, "reference"), number(request, "number")
    )
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=kind, headers=headers)


@router.post(_HERE + "/uphold", name="sanction_uphold")
@again(sanction)
def sanction_uphold(request: Request) -> Response:
    """Decide an appeal: the sanction stands."""
    objecting.decide_appeal(*addressed(request), lifted=False, **_said(request))
    return _back(request, "sanction_upheld")


@router.post(_HERE + "/grant", name="sanction_grant")
@again(sanction)
def sanction_grant(request: Request) -> Response:
    """Decide an appeal: the sanction is lifted."""
    objecting.decide_appeal(*addressed(request), lifted=True, **_said(request))
    return _back(request, "sanction_lifted")


@router.post(_HERE + "/follow-up", name="sanction_follow_up")
@again(sanction)
def sanction_follow_up(request: Request) -> Response:
    """Launch a test buy that follows the sanction."""
    form = fields(request)
    version, flag_id = form.number("version"), form.number("flag", least=1)
    purpose, campaign = form.text("purpose"), form.maybe("campaign")
    route = form.word("route", Route)
    form.check()
    moved = follow_ups.launch(
        *addressed(request), version=version, flag_id=flag_id, purpose=purpose, campaign=campaign,
        route=route,
    )  # fmt: skip
    return done(f"/testbuys/{moved.reference}", "requested")


def _as_row(line: views.SanctionLine) -> tuple[object, ...]:
    row, shop = line.sanction, line.shop
    return (
        row.reference, shop.platform, shop.platform_shop_id, shop.name, line.operator or "",
        row.kind, row.ground, row.state, line.testbuys, _at(row.proposed_at), _at(row.decided_at),
        _at(row.notified_at), line.last_day or "", _at(row.in_force_at), _at(row.ended_at),
        "yes" if line.under_review else "no",
    )  # fmt: skip


def _at(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _said(request: Request) -> dict[str, Any]:
    form = fields(request)
    said = {"version": form.number("version"), "reasons": form.text("reasons", limit=3000)}
    form.check()
    return said


def _back(request: Request, did: str) -> Response:
    return done(f"/sanctions/{part(request, 'reference')}", did)
