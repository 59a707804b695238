"""Agencies, and the certificates that their inner bags are encrypted to."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.agencies import add_certificate
from casework.views import agencies as views
from portal.fields import fields
from portal.pages import again, done, page
from portal.visit import act, database

router = APIRouter(prefix="/agencies")


@router.get("", name="agencies")
def agencies(request: Request) -> HTMLResponse:
    """All agencies with their certificates, the one that counts first."""
    return page(request, "agencies.html", rows=views.agencies(database(request)))


@router.post("", name="agency_certificate")
@again(agencies)
def agency_certificate(request: Request) -> Response:
    """Keep an agency's certificate in the place of the one before."""
    form = fields(request)
    agency, (_, data) = form.text("agency", limit=200), form.upload("certificate")
    form.check()
    add_certificate(database(request), act(request), agency=agency, data=data)
    return done("/agencies", "certificate")
