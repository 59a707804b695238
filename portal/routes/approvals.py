"""Requests that no campaign covers, and disposals, for an approver to decide."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from casework.views import requests as views
from casework.views.retention import disposals_to_approve
from portal.pages import page
from portal.visit import database, now, visitor
from rules.roles import Role

router = APIRouter()


@router.get("/approvals", name="approvals")
def approvals(request: Request) -> HTMLResponse:
    """Waiting requests with the reasons why a person must decide, for approvers; and disposals."""
    db, person = database(request), visitor(request).person_id
    decides = Role.APPROVER in visitor(request).roles
    rows = views.waiting_requests(db, person, now(request)) if decides else ()
    return page(request, "approvals.html", rows=rows, disposals=disposals_to_approve(db, person))
