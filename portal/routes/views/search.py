"""One search for everybody: each role finds what it may open."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from casework.views.hits import Reach
from casework.views.searching import search
from portal.pages import page
from portal.permissions import permits
from portal.visit import database, visitor
from rules.roles import Role

router = APIRouter()


@router.get("/search", name="search")
def find(request: Request) -> Response:
    """Straight to the one thing a number names, else what was found, by kind."""
    who = visitor(request)
    reach = Reach(
        person=who.person_id,
        testbuys=permits("testbuy", who.roles),
        exhibits=permits("exhibit", who.roles),
        flags=permits("flags", who.roles),
        operators=permits("operators", who.roles),
        referrals=permits("referral", who.roles),
        raids=permits("raid", who.roles),
        # An auditor reads who has which account; looking people up is an administrator's alone.
        people=Role.ADMINISTRATOR in who.roles,
        tasks=Role.BUYER in who.roles,
        examinations=Role.AUTHENTICATOR in who.roles,
        kits=permits("kits", who.roles),
        desk=permits("desk", who.roles),
        claims=permits("claim", who.roles),
    )
    found = search(database(request), request.query_params.get("q", ""), reach)
    if found.straight:
        return RedirectResponse(found.straight, 303)
    return _page(request, found, reach)


def _page(request: Request, found: object, reach: Reach) -> HTMLResponse:
    return page(request, "views/search.html", found=found, reach=reach)
