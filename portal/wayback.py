"""The page that an address belongs to: where a form's answer leads back, and what a bookmark opens.

A form that is refused is answered at the form's own address, which nothing opens by GET. Owns which
page that is: the one the form is shown again on, else the same address, else the nearest above it.
"""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from portal.visit import API, wants_json

SAID = "did"
"""What a page says after a form was taken is not said again when it is opened anew."""


def page_address(request: Request) -> str:
    """Where the page that answers `request` is opened by GET, with what its address chooses."""
    if request.method not in ("GET", "HEAD"):
        return _page_of_form(request, request.scope.get("route"), request.path_params)
    chosen = [pair for pair in parse_qsl(request.url.query) if pair[0] != SAID]
    return request.url.path + (f"?{urlencode(chosen)}" if chosen else "")


def led_back(request: Request) -> RedirectResponse | None:
    """Who opens the address that a form is sent to (a bookmark, "back") is led to its page; None
    where no form is sent to it.
    """
    path = request.url.path
    if request.method != "GET" or wants_json(request) or path.startswith(API):
        return None
    for route in _routes(request):
        found = route.path_regex.fullmatch(path)
        if found and "POST" in (route.methods or ()):
            address = _page_of_form(request, route, found.groupdict())
            return RedirectResponse(address, 303) if address != path else None
    return None


def _page_of_form(request: Request, form: object, parts: dict[str, str]) -> str:
    show = getattr(getattr(form, "endpoint", None), "show_again", None)
    for route in _routes(request):
        if show is not None and route.endpoint is show and "GET" in (route.methods or ()):
            return str(route.url_path_for(route.name, **_needed(route, parts)))
    path = request.url.path.rstrip("/")
    while path:
        if any(
            "GET" in (each.methods or ()) and each.path_regex.fullmatch(path)
            for each in _routes(request)
        ):
            return path
        path = path.rpartition("/")[0]
    return "/"


def _needed(route: APIRoute, parts: dict[str, str]) -> dict[str, str]:
    return {name: parts[name] for name in route.param_convertors}


def _routes(request: Request) -> Iterator[APIRoute]:
    return (each for each in request.app.routes if isinstance(each, APIRoute))
