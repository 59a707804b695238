"""The auditor's pages: where a person's word took a rule's place, and verifying a test buy now."""

from collections.abc import Iterator

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.auditing import verifying
from casework.errors import NotFound
from casework.views import overrides as views
from portal.numbers import number_of
from portal.pages import page
from portal.spreadsheets import sheet
from portal.visit import database, part, vault

router = APIRouter()


@router.get("/overrides", name="overrides")
def overrides(request: Request) -> HTMLResponse:
    """The newest of every kind, or one kind page by page."""
    kind = request.query_params.get("kind", "")
    if kind not in views.KINDS:
        return page(
            request, "auditing/overrides.html", several=views.overview(database(request)), one=None
        )
    one = views.listed(database(request), kind, number_of(request.query_params.get("older")))
    return page(request, "auditing/overrides.html", several=(), one=one)


@router.get("/overrides/{kind}.csv", name="overrides_csv")
def overrides_csv(request: Request) -> Response:
    """All lines of one kind, as a table to keep."""
    kind = part(request, "kind")
    if kind not in views.KINDS:
        raise NotFound("There is no such list.")
    return sheet(f"overrides-{kind}.csv", ("at", "by", "subject", "told"), _lines(request, kind))


def _lines(request: Request, kind: str) -> Iterator[tuple[str, ...]]:
    older: int | None = None
    while True:
        found = views.listed(database(request), kind, older, 1000)
        for line in found.lines:
            yield line.at.isoformat(), line.by, line.subject, line.told
        if found.older is None:
            return
        older = found.older


@router.get("/testbuys/{reference}/verify", name="testbuy_verify")
def testbuy_verify(request: Request) -> HTMLResponse:
    """What `testbuy verify TB-…` finds, looked at now."""
    reference = part(request, "reference")
    found = tuple(verifying.check_testbuy(database(request), vault(request), reference))
    return page(request, "auditing/verify.html", reference=reference, found=found)
