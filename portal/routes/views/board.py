"""The board: every test buy as a table, with its filters, order and page in the address."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from casework.views import referrals
from casework.views import testbuys as views
from casework.views.testbuys import Asked
from portal.numbers import number_of
from portal.pages import page
from portal.paging import key_of, written_key
from portal.visit import database, now, visitor
from rules.lifecycle import Stage
from storage.walks import Order

router = APIRouter(prefix="/board")
FILTERS = (
    "late", "stage", "brand", "waiting", "since", "until", "owner", "shop", "operator", "campaign",
)  # fmt: skip
"""The filters in the order of the sentence; `order` and the page's key stand behind them."""


@router.get("", name="board")
def board(request: Request) -> Response:
    """A page of test buys. A filter that means nothing is left out of the address."""
    written = request.query_params
    chosen = _understood(written)
    known = {*FILTERS, "order", "older", "newer"}
    if any(not value for name, value in written.items() if name in known):
        # A form sends its empty fields too: the address is one that can be passed on.
        return RedirectResponse(address_of(chosen), 303)
    asked = asked_of(chosen)
    view = views.board(
        database(request),
        asked,
        visitor(request).person_id,
        now(request),
        after=key_of(written.get("older")),
        before=key_of(written.get("newer")),
    )

    def address(**changed: object) -> str:
        """This page's filters, some of them set anew or, where empty, taken away."""
        return address_of({**chosen, **{name: str(new or "") for name, new in changed.items()}})

    return page(
        request,
        "views/board.html",
        view=view,
        waits=views.WAITS,
        to_review=referrals.to_review(database(request)),
        chosen=chosen,
        order=views.order_of(asked),
        key=written_key,
        as_day=date.fromisoformat,
        address=address,
        arrivals=arrivals_address(chosen, view.top) if view.top is not None else None,
    )


@router.get("/arrivals", name="board_arrivals")
def board_arrivals(request: Request) -> HTMLResponse:
    """How many test buys came to a filtered board since: a line of a page, empty where none."""
    chosen = _understood(request.query_params)
    than = key_of(request.query_params.get("than"))
    count = (
        views.arrivals(
            database(request), asked_of(chosen), visitor(request).person_id, now(request), than.id
        )
        if than
        else 0
    )
    more = count >= views.ARRIVALS
    return page(
        request, "views/board/arrivals.html", count=count, more=more, address=address_of(chosen)
    )


def asked_of(chosen: Mapping[str, str]) -> Asked:
    """What the understood filters of an address ask for."""
    return Asked(
        stage=Stage(chosen["stage"]) if "stage" in chosen else None,
        brand=chosen.get("brand"),
        waiting=chosen.get("waiting"),
        late="late" in chosen,
        since=date.fromisoformat(chosen["since"]) if "since" in chosen else None,
        until=date.fromisoformat(chosen["until"]) if "until" in chosen else None,
        owner=chosen.get("owner"),
        shop=int(chosen["shop"]) if "shop" in chosen else None,
        operator=chosen.get("operator"),
        campaign=chosen.get("campaign"),
        order=Order(chosen["order"]) if "order" in chosen else Order.NEWEST,
    )


def address_of(chosen: Mapping[str, str]) -> str:
    """The board's address with these filters; empty ones are left out."""
    kept = {name: value for name, value in chosen.items() if value}
    return f"/board?{urlencode(kept)}" if kept else "/board"


def arrivals_address(chosen: Mapping[str, str], than: int) -> str:
    """Where a page asks what came since."""
    return "/board/arrivals?" + urlencode({**chosen, "than": than})


def _understood(written: Mapping[str, str]) -> dict[str, str]:
    """The filters of an address that mean something, in the order of the sentence."""
    means = {
        "late": lambda text: text == "yes",
        "stage": lambda text: text in set(Stage),
        "waiting": lambda text: text in views.WAITS,
        "since": _is_day,
        "until": _is_day,
        "owner": lambda text: text == "mine" or number_of(text) is not None,
        "shop": lambda text: number_of(text) is not None,
        "order": lambda text: text == Order.LONGEST,
    }
    return {
        name: text
        for name in (*FILTERS, "order")
        if (text := written.get(name, "").strip()) and "\x00" not in text
        if name not in means or means[name](text)
    }


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).year < date.max.year
    except ValueError:
        return False
