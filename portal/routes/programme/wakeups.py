"""Flow runs that are owed and do not come, and why none may begin: for the engineer."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.clock import starting, waking
from casework.views import wakeups as views
from connectors.prefect_clock import PrefectClock
from portal.fields import fields
from portal.pages import again, done, page
from portal.visit import act, database, now, settings

router = APIRouter(prefix="/wakeups")

PATIENCE_S = 3.0
"""So long Prefect may take for each answer while somebody waits for the page."""


@router.get("", name="wakeups")
def wakeups(request: Request) -> HTMLResponse:
    """Those that are stuck or were tried more than once, and what Prefect's schedules start."""
    rows = views.unfinished(database(request), now(request))
    return page(request, "programme/wakeups.html", rows=rows, starting=_starting(request))


def _starting(request: Request) -> starting.Starting | None:
    """None where there is no control room behind this portal."""
    told = settings(request)
    if not told.prefect_api_url:
        return None
    with PrefectClock(told.prefect_api_url, auth=told.prefect_auth, timeout=PATIENCE_S) as clock:
        return starting.look(clock, now(request))


@router.post("", name="wakeup_again")
@again(wakeups)
def wakeup_again(request: Request) -> Response:
    """Have one tried again at once."""
    form = fields(request)
    wakeup, why = form.text("wakeup", limit=80), form.text("why")
    form.check()
    waking.try_again(database(request), act(request), wakeup, why=why)
    return done("/wakeups", "woken")
