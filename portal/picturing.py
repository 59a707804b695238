"""How a copy of a photo is answered: by its digest, kept privately in the browser that asked.

Small copies, for lists, are drawn when they are first asked for and held in memory, never on disk:
nothing is left of them where a photo is masked anew or its copy taken away.

The address may name the copy's digest (`?v=`, its first 16 characters): such an answer never
changes and is not asked for again while the log-in may last. Without it the browser asks each time
whether its copy is still the one. Answers differ by cookie, so that who logs in next on the same
device finds none of them.
"""

from functools import lru_cache

from fastapi import Request
from fastapi.responses import Response

from evidence.small import SMALL_EDGE, small
from evidence.vault import Vault
from portal.visit import vault

_HELD = 1024
"""Small copies held, of some 15 kB each."""
_LASTS = 12 * 3600
"""Seconds; no log-in lasts longer."""


def picture(request: Request, digest: str, headers: dict[str, str] | None = None) -> Response:
    """The copy with this digest, or 304 where the browser has it."""
    tag = f'"{digest.removeprefix("sha256:")}"'
    fixed = request.query_params.get("v", "") == tag[1:17]
    keep = f"private, max-age={_LASTS}, immutable" if fixed else "private, no-cache"
    told = {"cache-control": keep, "etag": tag, "vary": "Cookie", **(headers or {})}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=told)
    return Response(vault(request).read(digest), media_type="image/jpeg", headers=told)


class SmallCopies:
    """The small copies of what lies in a vault, by the digest of the copy each is drawn from."""

    def __init__(self, vault: Vault) -> None:
        self.of = lru_cache(maxsize=_HELD)(lambda digest: small(vault.read(digest)))


def small_picture(request: Request, digest: str, headers: dict[str, str]) -> Response:
    """The small copy of the copy with this digest, or 304 where the browser has it."""
    tag = f'"{digest.removeprefix("sha256:")}-{SMALL_EDGE}"'
    told = {"cache-control": "private, no-cache", "etag": tag, "vary": "Cookie", **headers}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=told)
    copies: SmallCopies = request.app.state.small_copies
    return Response(copies.of(digest), media_type="image/jpeg", headers=told)
