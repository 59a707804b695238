"""Single sign-on: out to the organisation's provider, and back."""

import secrets

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from casework.errors import NotFound, Refused
from casework.people import signing_on
from connectors.sign_on import Provider
from portal.devices import device
from portal.routes.people.entry import let_in, wanted
from portal.visit import database, now, settings

router = APIRouter(prefix="/sign-on")
SIGN_ON_COOKIE = "testbuy_sign_on"


@router.get("", name="sign_on")
def sign_on(request: Request) -> Response:
    """Out to the provider. A link, not a form: the policy of our pages lets no form lead away."""
    begun = signing_on.begin(
        database(request),
        _provider(request),
        _back(request),
        wanted(request),
        now(request),
        secrets.token_bytes(32),
    )
    response = RedirectResponse(begun.address, 303)
    # Lax: the browser comes back by a link from the provider's site.
    response.set_cookie(
        SIGN_ON_COOKIE,
        begun.browser,
        max_age=int(signing_on.VALID.total_seconds()),
        path="/sign-on",
        httponly=True,
        samesite="lax",
        secure=settings(request).secure_cookies,
    )
    return response


@router.get("/back", name="sign_on_back")
def sign_on_back(request: Request) -> Response:
    """Back from the provider, with a code or its refusal."""
    asked = request.query_params
    if asked.get("error"):
        raise Refused("Your organisation did not let you in. Try again, or log in another way.")
    begun, address = signing_on.finish(
        database(request),
        _provider(request),
        state=asked.get("state", ""),
        browser=request.cookies.get(SIGN_ON_COOKIE, ""),
        code=asked.get("code", ""),
        redirect=_back(request),
        two_factors=settings(request).oidc_two_factors,
        now=now(request),
        seed=secrets.token_bytes(32),
        device=device(request),
    )
    response = let_in(request, begun, address)
    response.delete_cookie(SIGN_ON_COOKIE, path="/sign-on")
    return response


def _provider(request: Request) -> Provider:
    told, state = settings(request), request.app.state
    if not told.oidc_issuer:
        raise NotFound("Single sign-on is not set up here.")
    if not hasattr(state, "provider"):
        state.provider = Provider(
            told.oidc_issuer, told.oidc_client_id, told.oidc_client_secret, told.oidc_email_claim
        )
    return state.provider


def _back(request: Request) -> str:
    base = settings(request).public_url.rstrip("/") or str(request.base_url).rstrip("/")
    return f"{base}/sign-on/back"
