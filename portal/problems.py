"""Faults as the API tells them: problem details (RFC 9457), each with its reasons.

Owns what a fault says and the document's members. Leaves which refusal is which fault to
`portal.faults`.
"""

from dataclasses import dataclass

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from portal.visit import API

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Fault:
    """What the page or the JSON answer says."""

    code: int
    error: str
    title: str
    reasons: tuple[str, ...]
    kept: str
    advice: str


def speaks(request: Request) -> bool:
    """Whether the request is one of the API, which answers in problem details always."""
    return request.url.path.startswith(API)


def problem(request_id: str, fault: Fault) -> JSONResponse:
    """The document; `type` leads to where the API's own page explains it."""
    body = {
        "type": f"{API}docs#{fault.error}",
        "title": fault.title,
        "status": fault.code,
        "detail": " ".join((*fault.reasons, fault.kept)),
        "reasons": fault.reasons,
        "request_id": request_id,
    }
    return JSONResponse(body, fault.code, media_type=MEDIA_TYPE)


def taken(request: Request) -> str:
    """The kinds of request that an address takes, over all routes that are there."""
    routes = [each for each in request.app.routes if isinstance(each, APIRoute)]
    fitting = (each for each in routes if each.path_regex.match(request.url.path))
    return ", ".join(sorted({kind for each in fitting for kind in each.methods or ()}))


def invalid(error: RequestValidationError) -> Fault:
    """What of a request could not be taken, field by field."""
    return Fault(
        422,
        "invalid",
        "Something in the request needs another look",
        tuple(_said(each) for each in error.errors()[:20]),
        "Nothing was changed.",
        "Mend the fields named and send the request again.",
    )


def _said(error: dict[str, object]) -> str:
    where = error["loc"]
    assert isinstance(where, tuple)  # pydantic's way to name a field
    # What was sent may be anything, so that it is not repeated.
    return f"{'.'.join(str(part) for part in where)[:200]}: {error['msg']}."[:400]
