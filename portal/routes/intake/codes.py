"""Codes on the goods, written down by clerk, buyer and authenticator; and the leads they raise."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.intake import codes
from casework.intake.codes import NewCode
from casework.operators import leads as casework_leads
from casework.record import code_lines as views
from portal.fields import Fields, fields
from portal.pages import again, done, page
from portal.routes.buying.tasks import task
from portal.routes.custody.custody import exhibit
from portal.routes.verdicts.examinations import examination
from portal.visit import act, addressed, database, part
from rules.codes import CodeKind, LeadState, ScanResult

router = APIRouter()
DECISIONS = (LeadState.CONFIRMED.value, LeadState.DISMISSED.value)
_EXHIBIT = "/exhibits/{exhibit:path}"


@router.post(_EXHIBIT + "/code", name="exhibit_code")
@again(exhibit)
def exhibit_code(request: Request) -> Response:
    """Write down a code that stands on an exhibit."""
    form = fields(request)
    code = _code(form)
    form.check()
    codes.record(*addressed(request, "exhibit"), code)
    return _to_exhibit(request, "code")


@router.post(_EXHIBIT + "/code-correct", name="exhibit_code_correct")
@again(exhibit)
def exhibit_code_correct(request: Request) -> Response:
    """Correct a code; without a text: there is none."""
    form = fields(request)
    number, code = form.number("code_number"), _code(form, may_be_empty=True)
    reason = form.text("reason")
    form.check()
    codes.correct(database(request), act(request), number, code, reason=reason)
    return _to_exhibit(request, "code")


@router.post(_EXHIBIT + "/code-place", name="exhibit_code_place")
@again(exhibit)
def exhibit_code_place(request: Request) -> Response:
    """Say that this exhibit bears a code that was read before the bagging."""
    form = fields(request)
    number = form.number("code_number")
    form.check()
    codes.place(database(request), act(request), number, part(request, "exhibit"))
    return _to_exhibit(request, "code")


@router.post("/tasks/{reference}/codes", name="task_code_on_goods")
@again(task)
def task_code_on_goods(request: Request) -> Response:
    """The buyer writes down a code."""
    form = fields(request)
    code = _code(form)
    form.check()
    codes.record_on_task(*addressed(request), code)
    return done(f"/tasks/{part(request, 'reference')}", "code")


@router.post("/examinations/{public_id}/code", name="examination_code")
@again(examination)
def examination_code(request: Request) -> Response:
    """An authenticator states a code on what they examine."""
    form = fields(request)
    code = _code(form)
    form.check()
    codes.state(*addressed(request, "public_id"), code)
    return done(f"/examinations/{part(request, 'public_id')}", "code")


@router.get("/leads", name="leads")
def leads(request: Request) -> HTMLResponse:
    """What links exhibits of different shops."""
    return page(
        request, "intake/leads.html", lines=views.leads(database(request)), decisions=DECISIONS
    )


@router.post("/leads", name="lead_decide")
@again(leads)
def lead_decide(request: Request) -> Response:
    """Confirm a lead or dismiss it, with the reason."""
    form = fields(request)
    number, state = form.number("lead"), form.option("state", DECISIONS)
    reason = form.text("reason")
    form.check()
    casework_leads.decide(
        database(request), act(request), number, state=LeadState(state), reason=reason
    )
    return done("/leads", "lead")


def _code(form: Fields, *, may_be_empty: bool = False) -> NewCode:
    text = form.maybe("code") or "" if may_be_empty else form.text("code")
    scan_result = form.word("scan_result", ScanResult) if form.raw("scan_result") else None
    return NewCode(
        form.word("code_kind", CodeKind),
        text,
        form.maybe("code_photo", limit=40),
        scan_result,
        form.maybe_number("scans", least=1),
    )


def _to_exhibit(request: Request, did: str) -> Response:
    return done(f"/exhibits/{part(request, 'exhibit')}", did)
