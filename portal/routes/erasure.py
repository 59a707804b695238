"""Erasing what tells who or where somebody is, by row and kind: no value is shown here."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from casework.errors import NotFound
from casework.privacy import erasing
from casework.views import erasure as views
from portal.fields import fields
from portal.pages import again, done, page
from portal.visit import act, database, number, part
from rules.erasure import Erasable

router = APIRouter()


@router.get("/erasure", name="erasure")
def erasure(request: Request) -> Response:
    """Asks whose data it is about; where `about` tells, leads there."""
    about = request.query_params.get("about", "").strip()[:40]
    if about:
        view = views.erasure_page(database(request), about)
        return RedirectResponse(f"/erasure/{view.about}", 303)
    return page(request, "erasure.html", view=None)


@router.get("/erasure/{about}", name="erasure_of")
def erasure_of(request: Request) -> HTMLResponse:
    """What can be erased about an operator, a raid, a claim or a shop."""
    view = views.erasure_page(database(request), part(request, "about"))
    return page(request, "erasure.html", view=view)


@router.post("/erasure/{about}/{what}/{row}", name="erase")
@again(erasure_of)
def erase(request: Request) -> Response:
    """Erase one value for good."""
    form = fields(request)
    reason = form.text("reason")
    form.check()
    if part(request, "what") not in list(Erasable):
        raise NotFound("There is no such entry.")
    what = Erasable(part(request, "what"))
    erasing.erase(database(request), act(request), what, number(request, "row"), reason=reason)
    return done(f"/erasure/{part(request, 'about')}", "value_erased")
