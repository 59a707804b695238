"""The seals beside what is sealed: each checked now, in place where scripts run, else as a page."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from casework.auditing import sealchecks
from casework.auditing.sealchecks import Checked
from portal.pages import page
from portal.visit import database, part, settings, vault, visitor

router = APIRouter()


@router.get("/testbuys/{reference}/seals/{what}/{which}", name="testbuy_seal")
def testbuy_seal(request: Request) -> HTMLResponse:
    """What a check of one sealed thing of a test buy finds now."""
    reference = part(request, "reference")
    checked = sealchecks.check(
        database(request), vault(request), reference, part(request, "what"), part(request, "which")
    )
    return _answer(request, checked, reference, f"/testbuys/{reference}")


@router.get("/referrals/{reference}/seal", name="package_seal")
def package_seal(request: Request) -> HTMLResponse:
    """What a check of the package that was sent finds now."""
    reference = part(request, "reference")
    folder = settings(request).home / "bundles"
    checked = sealchecks.check_package(database(request), folder, reference)
    return _answer(request, checked, reference, f"/referrals/{reference}")


@router.get("/examinations/{public_id}/verdict/seal", name="examination_verdict_seal")
def examination_verdict_seal(request: Request) -> HTMLResponse:
    """What a check of the examiner's own verdict finds now."""
    public_id = part(request, "public_id")
    checked = sealchecks.check_own_verdict(
        database(request), vault(request), visitor(request).person_id, public_id
    )
    return _answer(request, checked, public_id, f"/examinations/{public_id}")


def _answer(request: Request, checked: Checked, subject: str, back: str) -> HTMLResponse:
    """The words alone where a script puts them beside the seal (`?in=place`)."""
    in_place = request.query_params.get("in") == "place"
    template = "auditing/seal_found.html" if in_place else "auditing/seal.html"
    return page(request, template, checked=checked, subject=subject, back=back)
