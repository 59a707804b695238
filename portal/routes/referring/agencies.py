"""Agencies, and the certificates that their inner bags are encrypted to."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.programme import programme
from casework.referring.agencies import Stated, add_certificate, set_agency, set_delivery
from casework.views import agencies as views
from portal.fields import Fields, fields
from portal.pages import again, done, page
from portal.visit import act, database, now, number
from rules.delivery import Delivery

router = APIRouter(prefix="/agencies")
_NEEDS_EXHIBIT = {"not said": None, "photographs": False, "physical": True}
EXAMINATIONS = tuple(_NEEDS_EXHIBIT)
"""Whether an examination of photographs suffices an agency, as its form says it."""


@router.get("", name="agencies")
def agencies(request: Request) -> HTMLResponse:
    """All agencies with their certificates, the one that counts first."""
    return page(
        request, "referring/agencies.html", rows=views.agencies(database(request), now(request))
    )


@router.post("/new", name="agency_add")
@again(agencies)
def agency_add(request: Request) -> Response:
    """Add an agency that takes a country's referrals."""
    form = fields(request)
    name, country = form.text("name", limit=200), _country(form)
    form.check()
    programme.add_agency(database(request), act(request), name=name, jurisdiction=country)
    return done("/agencies", "saved")


@router.post("/{agency_id}", name="agency_set")
@again(agencies)
def agency_set(request: Request) -> Response:
    """Change what is on record of an agency."""
    form = fields(request)
    name, country = form.text("name", limit=200), _country(form)
    contact, needs = form.maybe("contact", limit=300) or "", form.maybe("needs", limit=1000) or ""
    suffices = form.option("examination", EXAMINATIONS)
    reason = form.text("reason", limit=300)
    form.check()
    stated = Stated(name, country, contact, needs, _NEEDS_EXHIBIT[suffices])
    at, seen = number(request, "agency_id"), form.raw("seen")
    set_agency(database(request), act(request), at, stated, seen=seen, reason=reason)
    return done("/agencies", "saved")


@router.post("/{agency_id}/delivery", name="agency_delivery")
@again(agencies)
def agency_delivery(request: Request) -> Response:
    """Say how referrals go to an agency."""
    form = fields(request)
    way = form.option("delivery", tuple(Delivery))
    reason = form.text("reason", limit=300)
    form.check()
    at, seen = number(request, "agency_id"), form.raw("seen")
    set_delivery(database(request), act(request), at, Delivery(way), seen=seen, reason=reason)
    return done("/agencies", "saved")


@router.post("", name="agency_certificate")
@again(agencies)
def agency_certificate(request: Request) -> Response:
    """Keep an agency's certificate in the place of the one before."""
    form = fields(request)
    agency, (_, data) = form.text("agency", limit=200), form.upload("certificate")
    form.check()
    add_certificate(database(request), act(request), agency=agency, data=data)
    return done("/agencies", "certificate")


def _country(form: Fields) -> str:
    """A country's two letters, in capitals."""
    country = form.text("country", limit=2)
    if "country" not in form.errors and not (
        len(country) == 2 and country.isascii() and country.isalpha()
    ):
        form.errors["country"] = "Write the country's two letters, such as CN."
    return country.upper()
