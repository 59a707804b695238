"""Whether a browser is known to an account: a password was right in it before.

Owns the cookie that says so. It lets nobody in: it only has the tries of this browser counted by
themselves, so that strangers who guess can't keep its owner out (OWASP calls it a device cookie).
Whoever lacks the key that closes second factors makes none, and one is good for one account alone.
"""

import hmac
import secrets

from fastapi import Request
from fastapi.responses import Response

from portal.proving import strongbox
from portal.visit import settings

KNOWN_COOKIE = "testbuy_known"
_LASTS_S = 180 * 24 * 3600


def known(request: Request, email: str) -> str:
    """What the browser is called among those known to the account, "" where it is not."""
    name, _, proof = request.cookies.get(KNOWN_COOKIE, "").partition(".")
    right = hmac.compare_digest(proof.encode(), _proof(request, name, email).encode())
    return name if name and right else ""


def remember(request: Request, response: Response, email: str) -> None:
    """Make the browser known to the account, whose password was just right."""
    name = known(request, email) or secrets.token_urlsafe(16)
    response.set_cookie(
        KNOWN_COOKIE,
        f"{name}.{_proof(request, name, email)}",
        max_age=_LASTS_S,
        path="/log-in",
        httponly=True,
        samesite="lax",
        secure=settings(request).secure_cookies,
    )


def _proof(request: Request, name: str, email: str) -> str:
    about = f"browser of {email.strip().lower()}"
    return strongbox(request).digest(name, about).partition(":")[2]
