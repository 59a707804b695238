"""The keys that sign and how the anchors stand: read only."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from casework.views.keys import keys_page
from portal.pages import page
from portal.visit import database, now, settings

router = APIRouter()


@router.get("/keys", name="keys")
def keys(request: Request) -> HTMLResponse:
    """Certificates that sign or have signed, what is wrong with the one that signs, the anchors."""
    view = keys_page(database(request), settings(request), now(request))
    return page(request, "auditing/keys.html", view=view)
