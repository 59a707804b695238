"""How a copy of a photo is answered: by its digest, kept privately in the browser that asked.

The address may name the copy's digest (`?v=`, its first 16 characters): such an answer never
changes and is not asked for again while the log-in may last. Without it the browser asks each time
whether its copy is still the one. Answers differ by cookie, so that who logs in next on the same
device finds none of them.
"""

from fastapi import Request
from fastapi.responses import Response

from portal.visit import vault

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
