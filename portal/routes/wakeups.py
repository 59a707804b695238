"""Flow runs that are owed and do not come: for the engineer."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.clock import waking
from casework.views import wakeups as views
from portal.fields import fields
from portal.pages import again, done, page
from portal.visit import act, database, now

router = APIRouter(prefix="/wakeups")


@router.get("", name="wakeups")
def wakeups(request: Request) -> HTMLResponse:
    """Those that are stuck or were tried more than once."""
    return page(request, "wakeups.html", rows=views.unfinished(database(request), now(request)))


@router.post("", name="wakeup_again")
@again(wakeups)
def wakeup_again(request: Request) -> Response:
    """Have one tried again at once."""
    form = fields(request)
    wakeup, why = form.text("wakeup", limit=80), form.text("why")
    form.check()
    waking.try_again(database(request), act(request), wakeup, why=why)
    return done("/wakeups", "woken")
