"""Requests that no campaign covers, and disposals, for an approver to decide."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from casework.views import requests as views
from casework.views.retention import disposals_to_approve
from portal.pages import page
from portal.visit import database, now, visitor

router = APIRouter()


@router.get("/approvals", name="approvals")
def approvals(request: Request) -> HTMLResponse:
    """Every waiting request with the reasons why a person must decide."""
    db, person = database(request), visitor(request).person_id
    rows = views.waiting_requests(db, person, now(request))
    return page(request, "approvals.html", rows=rows, disposals=disposals_to_approve(db, person))
