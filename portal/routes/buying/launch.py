"""Launching many: a list is looked at first, and what is launched is what the look told."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.buying import launching
from casework.buying.launching import Fate, Plan, Wish
from casework.views import requests as views
from portal.fields import Fields, fields
from portal.pages import again, page
from portal.visit import act, database, now
from storage.tables import Route

router = APIRouter(prefix="/launch")
_LETTERS = {"a": Fate.AUTHORISED, "w": Fate.WAITS, "r": Fate.REFUSED}
_LETTER_OF = {fate: letter for letter, fate in _LETTERS.items()}


@router.get("", name="launch_page")
def launch_page(request: Request) -> HTMLResponse:
    """The list to paste or to upload, and what all its lines share."""
    return _page(request, None)


@router.post("", name="launch_look")
@again(launch_page)
def launch_look(request: Request) -> Response:
    """What launching the list would come to, line by line; nothing is written."""
    form = fields(request)
    wish = _wish(form)
    uploaded = form.maybe_upload("file")
    form.check()
    text = uploaded.decode("utf-8-sig", "replace") if uploaded else form.raw("list")
    numbers = launching.numbers_in(text)
    plan = launching.plan(database(request), act(request), numbers, wish)
    return _page(request, plan, wish=wish)


@router.post("/many", name="launch_many")
@again(launch_page)
def launch_many(request: Request) -> Response:
    """Launch what was told; the answer tells each line, also what has changed since."""
    form = fields(request)
    wish = _wish(form)
    digest, told = form.text("digest"), form.text("told", limit=launching.MOST)
    form.check()
    plan = launching.launch_planned(
        database(request),
        act(request),
        form.raw("list").splitlines(),
        wish,
        told=[_LETTERS.get(letter, Fate.REFUSED) for letter in told],
        digest=digest,
    )
    return _page(request, plan, wish=wish, launched=True)


def _wish(form: Fields) -> Wish:
    return Wish(form.text("purpose"), form.maybe("campaign"), form.word("route", Route))


def _page(
    request: Request, plan: Plan | None, *, wish: Wish | None = None, launched: bool = False
) -> HTMLResponse:
    return page(
        request,
        "buying/launch.html",
        plan=plan,
        wish=wish,
        launched=launched,
        fates=tuple(Fate),
        told="".join(_LETTER_OF[line.fate] for line in plan.lines) if plan else "",
        campaigns=views.campaign_names(database(request), now(request)),
        most=launching.MOST,
    )
