"""Requests that no campaign covers, one by one or many at once; and disposals."""

import re

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.buying import approving
from casework.views import requests as views
from casework.views.retention import disposals_to_approve
from portal.fields import fields
from portal.pages import again, page
from portal.visit import act, database, now, visitor
from rules.roles import Role

router = APIRouter(prefix="/approvals")
_CHOSEN = re.compile(r"(TB-[0-9]{4}-[0-9]{6,9}):([0-9]{1,9})")


@router.get("", name="approvals")
def approvals(request: Request) -> HTMLResponse:
    """Waiting requests by the reasons why a person must decide, for approvers; and disposals."""
    return _page(request, ())


@router.post("", name="approvals_decide")
@again(approvals)
def approvals_decide(request: Request) -> Response:
    """Approve or decline every request that was selected; the answer tells each by itself."""
    form = fields(request)
    decision = form.option("decision", ("approve", "decline"))
    reason = form.text("reason") if decision == "decline" else None
    found = [_CHOSEN.fullmatch(each) for each in form.ticked("chosen")]
    if None in found:
        form.errors["chosen"] = "Load the page again, then select."
    form.check()
    decided = approving.decide_each(
        database(request),
        act(request),
        [(each[1], int(each[2])) for each in found if each],
        decline_because=reason,
    )
    return _page(request, decided)


def _page(request: Request, decided: tuple[approving.Decided, ...]) -> HTMLResponse:
    db, person = database(request), visitor(request).person_id
    decides = Role.APPROVER in visitor(request).roles
    rows = views.waiting_requests(db, person, now(request)) if decides else ()
    return page(
        request,
        "buying/approvals.html",
        groups=views.by_reason(rows),
        waiting=len(rows),
        disposals=disposals_to_approve(db, person),
        decided=decided,
    )
