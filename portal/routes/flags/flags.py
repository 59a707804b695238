"""Flags: bringing them in, telling them apart, and launching a test buy from one."""

import re
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from casework.buying import requesting
from casework.flags import dismissing, flagging
from casework.flags.feed import read_feed
from casework.views import requests as views
from portal.fields import fields
from portal.numbers import number_of
from portal.pages import again, done, page
from portal.visit import act, database, inside, now, number, visitor
from storage.flagged import Became, FlagChoice
from storage.tables import RequestedVia, Route

router = APIRouter(prefix="/flags")
_FILTERS = ("became", "brand", "shop", "number")
_ANY = "any"
_TESTBUY = re.compile(r"TB-\d{4}-\d{6,9}")


@router.get("", name="flags")
def flags(request: Request) -> HTMLResponse:
    """A page of flags, those that wait first of all, each with its launch form."""
    asked = request.query_params
    chosen = {name: text for name in _FILTERS if (text := asked.get(name, "").strip())}
    if chosen.get("became") not in {*Became, _ANY}:
        chosen.pop("became", None)
    if number_of(chosen.get("shop")) is None:
        chosen.pop("shop", None)
    became = chosen.get("became") or (_ANY if "number" in chosen else Became.WAITS)
    choice = FlagChoice(
        became=None if became == _ANY else Became(became),
        brand=chosen.get("brand"),
        shop=number_of(chosen.get("shop")),
        number=chosen.get("number"),
    )

    def address(**changed: object) -> str:
        """This page's filters, some of them set anew or, where empty, taken away."""
        kept = {**chosen, **{name: str(new or "") for name, new in changed.items()}}
        return "/flags?" + urlencode({name: value for name, value in kept.items() if value})

    return page(
        request,
        "flags/flags.html",
        view=views.flags(
            database(request),
            now(request),
            visitor(request).person_id,
            choice,
            older_than=number_of(asked.get("older")),
            newer_than=number_of(asked.get("newer")),
        ),
        chosen=chosen,
        became=became,
        address=address,
        launched=testbuy[0] if (testbuy := _TESTBUY.fullmatch(asked.get("launched", ""))) else None,
    )


@router.post("/{flag_id}/launch", name="launch")
@again(flags)
def launch(request: Request) -> Response:
    """Request a test buy from a flag; `then` comes back to the list, where the next one waits."""
    form = fields(request)
    then = inside(form.raw("then"))
    purpose = form.text("purpose")
    campaign = form.maybe("campaign")
    route = form.word("route", Route)
    form.check()
    moved = requesting.request(
        database(request),
        act(request),
        flag_id=number(request, "flag_id"),
        purpose=purpose,
        campaign=campaign,
        via=RequestedVia.PORTAL,
        route=route,
    )
    if then.partition("?")[0] == "/flags":
        sign = "&" if "?" in then else "?"
        return RedirectResponse(f"{then}{sign}launched={moved.reference}", 303)
    return done(f"/testbuys/{moved.reference}", "requested")


@router.post("/{flag_id}/dismiss", name="flag_dismiss")
@again(flags)
def dismiss(request: Request) -> Response:
    """Set a flag aside, with the reason."""
    form = fields(request)
    reason = form.text("reason")
    form.check()
    dismissing.dismiss(database(request), act(request), number(request, "flag_id"), reason)
    return done("/flags", "saved")


@router.get("/import", name="import_page")
def import_page(request: Request) -> HTMLResponse:
    """The upload form."""
    return page(request, "flags/import.html", read=None, imported=None)


@router.post("/import", name="import_flags")
@again(import_page)
def import_flags(request: Request) -> Response:
    """Import the good rows and report the others by line."""
    form = fields(request)
    name, data = form.upload("feed")
    form.check()
    read = read_feed(name, data)
    imported = flagging.import_flags(database(request), act(request), read.rows)
    return page(request, "flags/import.html", read=read, imported=imported)
