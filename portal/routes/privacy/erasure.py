"""Erasing what tells who or where somebody is, by row and kind: no value and no text is shown."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from casework.errors import NotFound
from casework.privacy import erasing, standing
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
    return page(request, "privacy/erasure.html", view=None)


@router.get("/erasure/{about}", name="erasure_of")
def erasure_of(request: Request) -> HTMLResponse:
    """What can be erased about an operator, a raid, a claim or a shop."""
    view = views.erasure_page(database(request), part(request, "about"))
    return page(request, "privacy/erasure.html", view=view)


@router.get("/erasure/{about}/{what}/{row}", name="erasure_value")
def erasure_value(request: Request) -> HTMLResponse:
    """Where one value stands in texts that people wrote, and what may be done there."""
    view = views.erasure_value(database(request), part(request, "about"), *_value(request))
    return page(request, "privacy/erasure_value.html", view=view)


@router.post("/erasure/{about}/{what}/{row}", name="erase")
@again(erasure_value)
def erase(request: Request) -> Response:
    """Erase one value for good, and cover it in the texts that were ticked."""
    form = fields(request)
    reason = form.text("reason")
    form.check()
    what, number = _value(request)
    erasing.erase(
        database(request), act(request), what, number, reason=reason, also=form.ticked("cover")
    )
    return done(_at(request), "value_erased")


@router.post("/erasure/{about}/{what}/{row}/texts/{mention}", name="erasure_cover")
@again(erasure_value)
def erasure_cover(request: Request) -> Response:
    """Cover a whole text in which an erased value stands."""
    form = fields(request)
    reason = form.text("reason")
    form.check()
    standing.blank(database(request), act(request), number(request, "mention"), reason=reason)
    return done(_at(request), "text_covered")


def _value(request: Request) -> tuple[Erasable, int]:
    if part(request, "what") not in list(Erasable):
        raise NotFound("There is no such entry.")
    return Erasable(part(request, "what")), number(request, "row")


def _at(request: Request) -> str:
    about, what, row = (part(request, each) for each in ("about", "what", "row"))
    return f"/erasure/{about}/{what}/{row}"
