"""The API's own description: the OpenAPI document, and a page of it for people."""

import re
from typing import Any

from fastapi import APIRouter, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.routing import APIRoute

from portal.api.models import Problem
from portal.api.reading import operations
from portal.pages import page
from portal.scopes import SCOPES
from portal.visit import API
from rules.scopes import ROLES

router = APIRouter(prefix="/api/v1")

ABOUT = """\
For other people's systems: flags in, test buys launched and read, examinations and verdicts for a \
rights holder, who held an exhibit, how a referral stands, and webhooks out.

**Tokens.** Every request carries `Authorization: Bearer tb_…`. A token acts as its owner, in a \
role that the route's scope names, and never does more than the owner may: roles and brands are \
read anew on each request. A browser's log-in does not count here.

**Idempotency keys.** Every POST carries an `Idempotency-Key` that you draw for it. After a fault, \
or where no answer came, send the same request with the same key: it is done once, and the first \
answer is given again, with `Idempotent-Replayed: true`. Another body under the same key answers \
422. A refusal changed nothing and keeps no key.

**Problems** are problem details (RFC 9457) with `reasons` for people and a `request_id`.

**Versions.** Bodies carry `version` or `shown_digest`; what is decided on something that has \
changed meanwhile answers 409.
"""
TAGS = {
    "Flags": "What a detection suspects.",
    "Test buys": "Launching them, and reading how they stand. Never who buys.",
    "Examinations": "For a rights holder: own brands only, by an opaque id.",
    "Exhibits": "Who held an exhibit, at any moment.",
    "Referrals": "How a referral to an agency stands.",
    "Webhooks": "Word of what happens, sent to an address of yours and signed.",
}
PROBLEMS = {
    "no_token": "No live token came with the request.",
    "out_of_scope": "The token lacks the route's scope.",
    "not_permitted": "The token's owner lacks the role.",
    "not_found": "There is no such thing, or not for this token's owner.",
    "bad_request": "The request is of a kind that the address does not take.",
    "refused": "A rule said no; the reasons say which.",
    "stale": "Somebody else was faster: read it again, then decide.",
    "invalid": "A field can't be taken as it is.",
    "key_reused": "The Idempotency-Key belongs to another request.",
    "too_large": "The request has more than a megabyte.",
    "vault_full": "The evidence disk is full.",
    "database_full": "The database has no room.",
    "unexpected": "Something broke. Send the request again with the same key.",
}


@router.get("/openapi.json", name="api_document", include_in_schema=False)
def document(request: Request) -> JSONResponse:
    """The OpenAPI document."""
    return JSONResponse(described(request))


@router.get("/docs", name="api_docs", include_in_schema=False)
def docs(request: Request) -> HTMLResponse:
    """The same for people."""
    return page(
        request,
        "api.html",
        document=described(request),
        problems=PROBLEMS,
        scopes=ROLES,
        about=[_pieces(part) for part in ABOUT.strip().split("\n\n")],
        operations=operations(described(request)),
    )


def described(request: Request) -> dict[str, Any]:
    """The document, made once for an application."""
    state = request.app.state
    if not hasattr(state, "api_document"):
        state.api_document = _describe(request)
    return state.api_document


def _describe(request: Request) -> dict[str, Any]:
    routes = [
        route
        for route in request.app.routes
        if isinstance(route, APIRoute) and route.path.startswith(API)
    ]
    document = get_openapi(
        title="Test buys",
        version="1",
        summary="The API of a test-buy programme",
        description=ABOUT,
        routes=routes,
        tags=[{"name": name, "description": words} for name, words in TAGS.items()],
    )
    schemas = document["components"]["schemas"]
    schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    document["components"]["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of this portal; its page is /tokens.",
        }
    }
    for route in routes:
        if (scope := SCOPES.get(route.name)) is None:
            continue
        for method in sorted(route.methods or ()):
            operation = document["paths"][route.path_format][method.lower()]
            operation["security"] = [{"token": []}]
            operation["x-scope"] = scope.value
            operation["operationId"] = route.endpoint.__name__
            said = route.endpoint.__name__.replace("_", " ").replace("testbuy", "test buy")
            operation["summary"] = said.capitalize()
            operation["description"] += f"\n\nScope: `{scope}`."
    return document


def _pieces(text: str) -> list[dict[str, Any]]:
    """A paragraph in its pieces: plain, **strong** and `code`, the only marks it has."""
    found = (each for each in re.split(r"(\*\*[^*]+\*\*|`[^`]+`)", text) if each)
    return [
        {"text": each.strip("*`"), "strong": each[:2] == "**", "code": each[:1] == "`"}
        for each in found
    ]
