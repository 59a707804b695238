"""Proposals, operators merged and split, and who is behind one."""

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.operators import merging, persons
from casework.operators.persons import NewHandle, NewPerson
from casework.views import linking as views
from portal.fields import Fields, fields
from portal.pages import again, done, page
from portal.paging import turn
from portal.routes.operators.operators import operator
from portal.visit import act, addressed, database, part
from rules.identifiers import KINDS
from rules.linkage import PersonRole, ProposalState

router = APIRouter()
ANSWERS = (ProposalState.ACCEPTED, ProposalState.REJECTED)


@router.get("/proposals", name="proposals")
def proposals(request: Request) -> HTMLResponse:
    """Pairs of shops that share something, for an analyst to answer; and what each kind carries."""
    view = views.proposals(database(request), turn(request))
    return page(request, "operators/proposals.html", view=view, answers=ANSWERS, kinds=KINDS)


@router.post("/proposals", name="proposal_answer")
@again(proposals)
def proposal_answer(request: Request) -> Response:
    """Accept a proposal or reject it, with the reason."""
    form = fields(request)
    proposal, version = form.number("proposal", least=1), form.number("version", least=1)
    state, reason = form.option("state", ANSWERS), form.text("reason")
    form.check()
    merging.answer(
        database(request), act(request), proposal, state=ProposalState(state), version=version,
        reason=reason,
    )  # fmt: skip
    return done("/proposals", "answered")


_OPERATOR = "/operators/{operator}"


@router.post(_OPERATOR + "/merge", name="operator_merge")
@again(operator)
def operator_merge(request: Request) -> Response:
    """Merge another operator into this one."""
    form = fields(request)
    other, reason = form.text("other", limit=20), form.text("reason")
    form.check()
    merging.merge(*addressed(request, "operator"), other, reason=reason)
    return _to_operator(request, "merged")


@router.post(_OPERATOR + "/split", name="operator_split")
@again(operator)
def operator_split(request: Request) -> Response:
    """Split shops off to another operator or a new one."""
    form = fields(request)
    shops = _shops(form)
    to, name = form.maybe("to", limit=20), form.maybe("name", limit=120)
    reason = form.text("reason")
    if bool(to) == bool(name):
        form.errors["to"] = "Choose an operator, or name a new one; not both."
    form.check()
    merging.split(*addressed(request, "operator"), shops, to=to, name=name, reason=reason)
    return _to_operator(request, "split")


@router.post(_OPERATOR + "/undo", name="operator_undo")
@again(operator)
def operator_undo(request: Request) -> Response:
    """Give back what a change moved."""
    form = fields(request)
    change, reason = form.number("change", least=1), form.text("reason")
    form.check()
    merging.undo(database(request), act(request), change, reason=reason)
    return _to_operator(request, "change_undone")


@router.post(_OPERATOR + "/persons", name="operator_person")
@again(operator)
def operator_person(request: Request) -> Response:
    """Record somebody behind the operator."""
    form = fields(request)
    name, role = form.text("name", limit=120), form.word("role", PersonRole)
    source = form.text("source", limit=300)
    since, until = _maybe(form, "since"), _maybe(form, "until")
    form.check()
    new = NewPerson(name, role, source, since, until)
    persons.add_person(*addressed(request, "operator"), new)
    return _to_operator(request, "saved")


@router.post(_OPERATOR + "/persons/end", name="operator_person_end")
@again(operator)
def operator_person_end(request: Request) -> Response:
    """Note the last day of a role."""
    form = fields(request)
    row, until = form.number("row", least=1), form.day("until")
    form.check()
    persons.end_role(database(request), act(request), row, until=until)
    return _to_operator(request, "saved")


@router.post(_OPERATOR + "/persons/take-out", name="operator_person_out")
@again(operator)
def operator_person_out(request: Request) -> Response:
    """Take somebody out who was recorded wrongly."""
    form = fields(request)
    row, reason = form.number("row", least=1), form.text("reason")
    form.check()
    persons.take_out_person(database(request), act(request), row, reason=reason)
    return _to_operator(request, "taken_out")


@router.post(_OPERATOR + "/handles", name="operator_handle")
@again(operator)
def operator_handle(request: Request) -> Response:
    """Record what the operator is called elsewhere."""
    form = fields(request)
    platform, handle = form.text("platform", limit=80), form.text("handle", limit=120)
    source, seen_on = form.text("source", limit=300), form.day("seen_on")
    form.check()
    new = NewHandle(platform, handle, source, seen_on)
    persons.add_handle(*addressed(request, "operator"), new)
    return _to_operator(request, "saved")


@router.post(_OPERATOR + "/handles/take-out", name="operator_handle_out")
@again(operator)
def operator_handle_out(request: Request) -> Response:
    """Take a handle out that was recorded wrongly."""
    form = fields(request)
    row, reason = form.number("row", least=1), form.text("reason")
    form.check()
    persons.take_out_handle(database(request), act(request), row, reason=reason)
    return _to_operator(request, "taken_out")


def _to_operator(request: Request, did: str) -> Response:
    return done(f"/operators/{part(request, 'operator')}", did)


def _maybe(form: Fields, name: str) -> date | None:
    return form.day(name) if form.raw(name) else None


def _shops(form: Fields) -> tuple[int, ...]:
    chosen = form.numbers("shops")
    if not chosen:
        form.errors["shops"] = "Tick at least one shop."
    return chosen
