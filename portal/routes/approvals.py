"""Requests that no campaign covers, for an approver to decide."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from casework.views import requests as views
from portal.pages import page
from portal.visit import database, now, visitor

router = APIRouter()


@router.get("/approvals", name="approvals")
def approvals(request: Request) -> HTMLResponse:
    """Every waiting request with the reasons why a person must decide."""
    rows = views.waiting_requests(database(request), visitor(request).person_id, now(request))
    return page(request, "approvals.html", rows=rows)
