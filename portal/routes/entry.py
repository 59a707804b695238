"""The way in and out: password, log-in link, log-out, and whether the portal is well."""

import secrets

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from casework import access
from casework.access import NewLogIn
from casework.errors import Refused
from portal.fields import Invalid, fields
from portal.pages import again, done, page
from portal.throttle import WINDOW, Throttle
from portal.visit import (
    DOOR_COOKIE,
    SESSION_COOKIE,
    database,
    now,
    ours,
    part,
    settings,
    visitor,
)

router = APIRouter()


@router.get("/health", name="health")
def health(request: Request) -> JSONResponse:
    """Answers 200 while the database can be read."""
    with database(request).read():
        return JSONResponse({"well": True})


@router.get("/log-in", name="log_in_page")
def log_in_page(request: Request) -> HTMLResponse:
    """The log-in form."""
    wanted = request.query_params.get("next") or request.state.form.get("next") or "/"
    return _at_the_door(request, "log_in.html", wanted=ours(str(wanted)))


@router.post("/log-in", name="log_in")
@again(log_in_page)
def log_in(request: Request) -> Response:
    """Begin a log-in by e-mail and password."""
    form = fields(request)
    email = form.text("email", limit=200)
    password = form.raw("password")
    if not password or len(password) > 500:
        form.errors["password"] = "Type your password."  # noqa: S105 - a sentence
    form.check()
    throttle: Throttle = request.app.state.throttle
    address = request.client.host if request.client else ""
    if not throttle.allows(email, address, now(request)):
        minutes = int(WINDOW.total_seconds() // 60)
        raise Refused(
            f"Too many tries. Wait {minutes} minutes, or ask an administrator for a log-in link."
        )
    try:
        begun = access.log_in(
            database(request), email, password, now(request), secrets.token_bytes(32)
        )
    except Refused as refusal:
        throttle.failed(email, address, now(request))
        raise Invalid({"password": refusal.reasons[0]}) from refusal
    return _let_in(request, begun, ours(form.raw("next")))


@router.get("/link/{token}", name="link_page")
def link_page(request: Request) -> HTMLResponse:
    """What a link opens: one button. Looking at the page logs nobody in."""
    access.link_owner(database(request), part(request, "token"), now(request))
    return _at_the_door(request, "link.html", token=part(request, "token"))


@router.post("/link/{token}", name="link_use")
def link_use(request: Request) -> Response:
    """Begin a log-in by a link."""
    begun = access.log_in_by_link(
        database(request), part(request, "token"), now(request), secrets.token_bytes(32)
    )
    return _let_in(request, begun, "/")


@router.post("/log-out", name="log_out")
def log_out(request: Request) -> Response:
    """End the log-in."""
    assert visitor(request)
    access.log_out(database(request), request.cookies[SESSION_COOKIE])
    response = done("/log-in", "out")
    response.delete_cookie(SESSION_COOKIE)
    return response


def _at_the_door(
    request: Request,
    template: str,
    *,
    wanted: str = "/",
    token: str = "",
) -> HTMLResponse:
    door = request.cookies.get(DOOR_COOKIE) or secrets.token_urlsafe(32)
    who = request.state.visitor
    response = page(
        request, template, door=who.csrf_token if who else door, next=wanted, token=token
    )
    response.set_cookie(
        DOOR_COOKIE,
        door,
        httponly=True,
        samesite="strict",
        secure=settings(request).secure_cookies,
    )
    return response


def _let_in(request: Request, begun: NewLogIn, address: str) -> RedirectResponse:
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
