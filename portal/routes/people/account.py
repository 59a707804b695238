"""Your account: second factor, password, and the log-ins that run."""

import secrets
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.people import invitations, log_ins, second_factor, shutting_out
from casework.views import account as views
from evidence.barcodes import qr_svg
from portal.fields import fields
from portal.pages import again, done, page
from portal.proving import CODE_FIELD, about_the_code, strongbox
from portal.routes.people.entry import new_password, out, wanted
from portal.visit import SESSION_COOKIE, database, now, number, visitor
from rules.passwords import SHORTEST

router = APIRouter(prefix="/account")


@router.get("", name="account")
def account(request: Request) -> HTMLResponse:
    """What the programme knows of the visitor, and what they may change."""
    view = views.account(database(request), visitor(request).person_id, now(request))
    return page(request, "people/account.html", view=view, shortest=SHORTEST)


@router.get("/second-factor", name="second_factor")
def second_factor_page(request: Request) -> HTMLResponse:
    """Setting the second factor up: a code to scan, and a code to type."""
    db, person_id = database(request), visitor(request).person_id
    here = request.cookies[SESSION_COOKIE]
    pending = second_factor.pending(db, strongbox(request), person_id, here)
    return page(
        request,
        "people/second_factor.html",
        next=wanted(request),
        standing=second_factor.standing(db, person_id),
        pending=pending,
        qr=qr_svg(pending.address) if pending else None,
    )


@router.post("/second-factor", name="second_factor_begin")
@again(second_factor_page)
def second_factor_begin(request: Request) -> Response:
    """Make the secret for a device."""
    form = fields(request)
    said = form.maybe(CODE_FIELD, limit=40)
    form.check()
    with about_the_code():
        second_factor.begin(
            database(request),
            strongbox(request),
            visitor(request).person_id,
            request.cookies[SESSION_COOKIE],
            said,
            now(request),
            secrets.token_bytes(32),
        )
    return done(_to_the_page(request))


@router.post("/second-factor/confirm", name="second_factor_confirm")
@again(second_factor_page)
def second_factor_confirm(request: Request) -> Response:
    """Take the device's first code; the recovery codes are shown now and never again."""
    form = fields(request)
    said = form.text(CODE_FIELD, limit=40)
    form.check()
    with about_the_code():
        codes = second_factor.confirm(
            database(request),
            strongbox(request),
            visitor(request).person_id,
            request.cookies[SESSION_COOKIE],
            said,
            now(request),
            secrets.token_bytes(32),
        )
    return page(request, "people/recovery_codes.html", codes=codes, next=wanted(request))


@router.post("/password", name="password_change")
@again(account)
def password_change(request: Request) -> Response:
    """Change one's password."""
    form = fields(request)
    old = form.raw("old_password")
    if not old:
        form.errors["old_password"] = "Type the password you have now."  # noqa: S105 - a sentence
    invitations.change_password(
        database(request),
        visitor(request).person_id,
        request.cookies[SESSION_COOKIE],
        old,
        new_password(form),
        now(request),
    )
    return done("/account", "password")


@router.post("/log-ins/end", name="log_ins_end")
def log_ins_end(request: Request) -> Response:
    """Log out everywhere, here too; where it is ticked, one's API tokens end with it."""
    tokens = fields(request).raw("tokens") == "revoke"
    shutting_out.everywhere(
        database(request), visitor(request).person_id, now(request), tokens=tokens
    )
    return out("everywhere")


@router.post("/log-ins/{number}/end", name="log_in_end")
@again(account)
def log_in_end(request: Request) -> Response:
    """End one of one's log-ins."""
    log_ins.end(database(request), visitor(request).person_id, number(request, "number"))
    return done("/account", "log_in_ended")


def _to_the_page(request: Request) -> str:
    return f"/account/second-factor?next={quote(wanted(request))}"
