"""The signs and components side by side, in development only."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from portal.icons import drawings
from portal.pages import page
from portal.visit import now
from rules.lifecycle import EarlyEnd, Stage

router = APIRouter()


@router.get("/styleguide", name="styleguide")
def styleguide(request: Request) -> HTMLResponse:
    """Every component, with made-up content."""
    moment = now(request)
    return page(
        request,
        "styleguide.html",
        stages=list(Stage),
        icons=sorted(drawings()),
        early_ends=list(EarlyEnd),
        late=moment - timedelta(days=3),
        soon=moment + timedelta(hours=5),
        since=moment - timedelta(days=6),
    )
