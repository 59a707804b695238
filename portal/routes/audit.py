"""The auditor's pages: where a person's word took a rule's place, and verifying a test buy now."""

import csv
import io

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.auditing import verifying
from casework.errors import NotFound
from casework.views import overrides as views
from portal.numbers import number_of
from portal.pages import page
from portal.spreadsheets import plain
from portal.visit import database, part, vault

router = APIRouter()


@router.get("/overrides", name="overrides")
def overrides(request: Request) -> HTMLResponse:
    """The newest of every kind, or one kind page by page."""
    kind = request.query_params.get("kind", "")
    if kind not in views.KINDS:
        return page(request, "overrides.html", several=views.overview(database(request)), one=None)
    one = views.listed(database(request), kind, number_of(request.query_params.get("older")))
    return page(request, "overrides.html", several=(), one=one)


@router.get("/overrides/{kind}.csv", name="overrides_csv")
def overrides_csv(request: Request) -> Response:
    """All lines of one kind, as a table to keep."""
    kind = part(request, "kind")
    if kind not in views.KINDS:
        raise NotFound("There is no such list.")
    told = io.StringIO()
    table = csv.writer(told)
    table.writerow(("at", "by", "subject", "told"))
    older: int | None = None
    while True:
        found = views.listed(database(request), kind, older, 1000)
        for line in found.lines:
            cells = (line.at.isoformat(), line.by, line.subject, line.told)
            table.writerow([plain(cell) for cell in cells])
        if found.older is None:
            break
        older = found.older
    headers = {"content-disposition": f'attachment; filename="overrides-{kind}.csv"'}
    return Response(told.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/testbuys/{reference}/verify", name="testbuy_verify")
def testbuy_verify(request: Request) -> HTMLResponse:
    """What `testbuy verify TB-…` finds, looked at now."""
    reference = part(request, "reference")
    found = tuple(verifying.check_testbuy(database(request), vault(request), reference))
    return page(request, "verify.html", reference=reference, found=found)
