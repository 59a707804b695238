"""The commitment to a test buy's buyer: ask that it be opened, agree, read what opens it, erase."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.privacy import opening
from casework.views import identity as views
from portal.fields import fields
from portal.pages import again, done, page
from portal.visit import act, addressed, database, part

router = APIRouter(prefix="/testbuys/{reference}/identity")


@router.get("", name="identity")
def identity(request: Request) -> HTMLResponse:
    """The commitment, and every request to open it."""
    view = views.identity(database(request), part(request, "reference"))
    return page(request, "privacy/identity.html", view=view)


@router.post("", name="identity_ask")
@again(identity)
def identity_ask(request: Request) -> Response:
    """A liaison asks that the identity be opened."""
    form = fields(request)
    reason = form.text("reason", limit=2000)
    form.check()
    opening.ask(*addressed(request), reason=reason)
    return _back(request, "opening_asked")


@router.post("/agree", name="identity_agree")
@again(identity)
def identity_agree(request: Request) -> Response:
    """A supervisor or approver agrees to what a liaison asked for."""
    form = fields(request)
    wanted = form.number("request")
    form.check()
    opening.approve(database(request), act(request), wanted)
    return _back(request, "opening_agreed")


@router.post("/opening", name="identity_opening")
@again(identity)
def identity_opening(request: Request) -> Response:
    """The bytes that open the commitment, for the two who opened it; each reading is recorded."""
    form = fields(request)
    wanted = form.number("request")
    form.check()
    reference = part(request, "reference")
    data = opening.opened(database(request), act(request), wanted, of=reference)
    name = f"{reference}-opening.txt"
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "cache-control": "private, no-store",
    }
    return Response(data, media_type="text/plain; charset=utf-8", headers=headers)


@router.post("/erase", name="identity_erase")
@again(identity)
def identity_erase(request: Request) -> Response:
    """Erase what opens the commitment, for good; the reference is typed to confirm it."""
    form = fields(request)
    reference = part(request, "reference")
    if form.text("confirm", limit=40) != reference:
        form.errors.setdefault("confirm", f"Type {reference} to erase it for good.")
    form.check()
    opening.erase(database(request), act(request), reference)
    return _back(request, "opening_erased")


def _back(request: Request, did: str) -> Response:
    return done(f"/testbuys/{part(request, 'reference')}/identity", did)
