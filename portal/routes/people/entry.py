"""The way in and out: password, log-in link, invitation, code, log-out, and whether all is well."""

import secrets
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
)

from casework.errors import Refused, TooMany
from casework.people import access, invitations, second_factor
from casework.people.log_ins import NewLogIn
from portal.devices import device
from portal.fields import Fields, Invalid, fields
from portal.known import known, remember
from portal.pages import FOLDER, again, done, page
from portal.proving import CODE_FIELD, about_the_code, strongbox
from portal.visit import (
    DOOR_COOKIE,
    SESSION_COOKIE,
    database,
    inside,
    now,
    part,
    settings,
    visitor,
)
from rules.access import Owed

router = APIRouter()
_LONGEST_PASSWORD = 500


@router.get("/health", name="health")
def health(request: Request) -> JSONResponse:
    """Answers 200 while the database can be read."""
    with database(request).read():
        return JSONResponse({"well": True})


@router.get("/sw.js", name="service_worker")
def service_worker(_request: Request) -> FileResponse:
    """What opens a buyer's task without a connection; here, because its place bounds its reach."""
    script = FOLDER / "static" / "phone" / "sw.js"
    return FileResponse(script, media_type="text/javascript", headers={"cache-control": "no-cache"})


@router.get("/offline", name="offline")
def offline(request: Request) -> HTMLResponse:
    """What a phone keeps, to show it where a page can't be opened without a connection."""
    return page(request, "people/offline.html")


@router.get("/log-in", name="log_in_page")
def log_in_page(request: Request) -> HTMLResponse:
    """The log-in form."""
    told = settings(request)
    return at_the_door(
        request,
        "people/log_in.html",
        next=wanted(request),
        sign_on=told.oidc_name if told.oidc_issuer else "",
    )


@router.post("/log-in", name="log_in")
@again(log_in_page)
def log_in(request: Request) -> Response:
    """Begin a log-in by e-mail and password."""
    form = fields(request)
    email = form.text("email", limit=200)
    password = form.raw("password")
    if not password or len(password) > _LONGEST_PASSWORD:
        form.errors["password"] = "Type your password."  # noqa: S105 - a sentence
    form.check()
    try:
        begun = access.log_in(
            database(request),
            email,
            password,
            now(request),
            secrets.token_bytes(32),
            device(request),
            known=known(request, email),
        )
    except TooMany:
        raise
    except Refused as refusal:
        raise Invalid({"password": refusal.reasons[0]}) from refusal
    response = let_in(request, begun, wanted(request))
    remember(request, response, email)
    return response


@router.get("/link/{token}", name="link_page")
def link_page(request: Request) -> HTMLResponse:
    """What a link opens: one button. Looking at the page logs nobody in."""
    access.link_owner(database(request), part(request, "token"), now(request))
    return at_the_door(request, "people/link.html", token=part(request, "token"))


@router.post("/link/{token}", name="link_use")
def link_use(request: Request) -> Response:
    """Begin a log-in by a link."""
    begun = access.log_in_by_link(
        database(request),
        part(request, "token"),
        now(request),
        secrets.token_bytes(32),
        device(request),
    )
    return let_in(request, begun, "/")


@router.get("/invitation/{token}", name="invitation")
def invitation(request: Request) -> HTMLResponse:
    """What an invitation opens: whom it is for, and a password to choose."""
    token = part(request, "token")
    person = invitations.invited(database(request), token, now(request))
    return at_the_door(request, "people/invitation.html", person=person, token=token)


@router.post("/invitation/{token}", name="invitation_accept")
@again(invitation)
def invitation_accept(request: Request) -> Response:
    """Set the password and begin a log-in."""
    password = new_password(fields(request))
    try:
        begun = invitations.accept(
            database(request),
            part(request, "token"),
            password,
            now(request),
            secrets.token_bytes(32),
            device(request),
        )
    except Refused as refusal:
        raise _about_the_password(refusal) from refusal
    return let_in(request, begun, "/")


@router.get("/code", name="code")
def code(request: Request) -> Response:
    """What a log-in of somebody with a second factor asks for."""
    if visitor(request).owed is not Owed.CODE:
        return done(wanted(request))
    return page(request, "people/code.html", next=wanted(request))


@router.post("/code", name="code_give")
@again(code)
def code_give(request: Request) -> Response:
    """Give the code."""
    form = fields(request)
    said = form.text(CODE_FIELD, limit=40)
    form.check()
    with about_the_code():
        second_factor.give(
            database(request),
            strongbox(request),
            visitor(request).person_id,
            request.cookies[SESSION_COOKIE],
            said,
            now(request),
        )
    return done(wanted(request))


@router.post("/log-out", name="log_out")
def log_out(request: Request) -> Response:
    """End the log-in."""
    assert visitor(request)
    access.log_out(database(request), request.cookies[SESSION_COOKIE])
    return out("out")


def out(did: str) -> RedirectResponse:
    """Back to the door, without the cookie."""
    response = done("/log-in", did)
    response.delete_cookie(SESSION_COOKIE)
    return response


def new_password(form: Fields) -> str:
    """A password typed twice, in the fields `new_password` and `new_password_again`; checked with
    all that was noted before.
    """
    password = form.raw("new_password")
    if not password or len(password) > _LONGEST_PASSWORD:
        form.errors["new_password"] = "Choose a password."  # noqa: S105 - a sentence
    elif form.raw("new_password_again") != password:
        again_wrong = "The two are not the same. Type it once more."
        form.errors["new_password_again"] = again_wrong
    form.check()
    return password


def _about_the_password(refusal: Refused) -> Exception:
    """A complaint beside the field, unless it is not the password that is refused."""
    return (
        refusal if type(refusal) is not Refused else Invalid({"new_password": refusal.reasons[0]})
    )


def wanted(request: Request) -> str:
    """Where the person was going."""
    return inside(str(request.query_params.get("next") or request.state.form.get("next") or "/"))


def at_the_door(request: Request, template: str, **context: Any) -> HTMLResponse:
    """A page for who is not logged in; its forms carry the door's own token."""
    door = request.cookies.get(DOOR_COOKIE) or secrets.token_urlsafe(32)
    who = request.state.visitor
    response = page(request, template, door=who.csrf_token if who else door, **context)
    response.set_cookie(
        DOOR_COOKIE,
        door,
        httponly=True,
        samesite="strict",
        secure=settings(request).secure_cookies,
    )
    return response


def let_in(request: Request, begun: NewLogIn, address: str) -> RedirectResponse:
    """On to `address`, with the cookie of the log-in that has begun."""
    response = RedirectResponse(address, 303)
    response.set_cookie(
        SESSION_COOKIE,
        begun.token,
        httponly=True,
        samesite="lax",
        secure=settings(request).secure_cookies,
    )
    response.delete_cookie(DOOR_COOKIE)
    return response
