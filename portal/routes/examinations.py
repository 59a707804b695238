"""The authenticator's pages. Addresses and answers carry an examination's public id, no more."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework import examining, judging
from casework.findings import Mark, NewFinding
from casework.views import examinations as views
from portal.fields import Fields, fields
from portal.pages import again, done, page
from portal.proving import prove
from portal.visit import act, database, now, part, visitor
from rules.audience import PARTS, Region
from rules.verdicts import Aspect, FindingCode, Severity, Testimony, Verdict

router = APIRouter(prefix="/examinations")
CONFIDENCES = ("low", "medium", "high")
_EDGES = ("left", "top", "right", "bottom")


@router.get("", name="examinations")
def examinations(request: Request) -> HTMLResponse:
    """The queue of the brands granted."""
    who = visitor(request)
    queue = views.queue(database(request), who.person_id, now(request))
    return page(request, "examinations.html", view=queue)


@router.get("/{public_id}", name="examination")
def examination(request: Request) -> HTMLResponse:
    """The photos, and the verdict's form."""
    who = visitor(request)
    view = views.examination(
        database(request), who.person_id, part(request, "public_id"), now(request)
    )
    return page(
        request,
        "examination.html",
        view=view,
        aspects=list(Aspect),
        codes=list(FindingCode),
        severities=list(Severity),
        verdicts=list(Verdict),
        confidences=CONFIDENCES,
    )


@router.post("/{public_id}/claim", name="examination_claim")
@again(examination)
def claim(request: Request) -> Response:
    """Take it for a quarter of an hour."""
    examining.claim(database(request), act(request), part(request, "public_id"))
    return done(f"/examinations/{part(request, 'public_id')}", "claimed")


@router.post("/{public_id}/release", name="examination_release")
@again(examination)
def release(request: Request) -> Response:
    """Give it back."""
    examining.release(database(request), act(request), part(request, "public_id"))
    return done("/examinations", "released")


@router.post("/{public_id}/seal", name="examination_seal")
@again(examination)
def seal(request: Request) -> Response:
    """Seal the verdict."""
    form = fields(request)
    verdict = form.word("verdict", Verdict)
    findings = _findings(form, _marks(form))
    confidence = form.option("confidence", CONFIDENCES)
    method, reasons = form.text("method", limit=1000), form.text("reasons", limit=5000)
    limits = form.maybe("limits", limit=2000)
    conflict_statement = form.text("conflict_statement", limit=1000)
    testimony = Testimony(
        form.text("qualification", limit=1000),
        form.text("authority", limit=1000),
        form.text("reference_samples", limit=2000),
        form.maybe("seals_seen", limit=1000) or "",
    )
    form.check()
    prove(request, f"verdict on {part(request, 'public_id')}")
    judging.seal(
        database(request),
        act(request),
        part(request, "public_id"),
        verdict=verdict,
        findings=findings,
        confidence=confidence,
        method=method,
        reasons=reasons,
        limits=limits or "",
        conflict_statement=conflict_statement,
        no_conflict=form.raw("no_conflict") == "yes",
        testimony=testimony,
    )
    return done(f"/examinations/{part(request, 'public_id')}", "sealed")


@router.post("/{public_id}/ask", name="examination_ask")
@again(examination)
def ask(request: Request) -> Response:
    """Ask for one more photo."""
    form = fields(request)
    shot, note = form.text("shot", limit=8), form.text("note")
    form.check()
    examining.ask_photo(
        database(request), act(request), part(request, "public_id"), shot=shot, note=note
    )
    return done("/examinations", "asked")


def _findings(form: Fields, marks: dict[str, list[Mark]]) -> list[NewFinding]:
    """Ticked as `finding=<aspect>:<code>`, with `severity:<aspect>:<code>` and `note:…` beside."""
    findings: list[NewFinding] = []
    for name in dict.fromkeys(form.ticked("finding")):
        aspect, _, code = name.partition(":")
        try:
            findings.append(
                NewFinding(
                    Aspect(aspect),
                    FindingCode(code),
                    Severity(form.raw(f"severity:{name}") or Severity.MAJOR),
                    form.maybe(f"note:{name}", limit=1000) or "",
                    tuple(marks.pop(name, ())),
                )
            )
        except ValueError:
            form.errors["finding"] = "A finding is not one of the list. Open the page again."
    if marks:
        form.errors["mark"] = "A mark is about a finding that is not ticked: tick it, too."
    return findings


def _marks(form: Fields) -> dict[str, list[Mark]]:
    """Rows of `mark_finding`, `mark_photo` and edges in percent; without edges the whole photo."""
    marks: dict[str, list[Mark]] = {}
    names = ("mark_finding", "mark_photo", *(f"mark_{edge}" for edge in _EDGES))
    for finding, photo, *edges in zip(*(form.ticked(name) for name in names), strict=False):
        if not finding and not photo:
            continue
        try:
            told = edges if any(edges) else ("0", "0", "100", "100")
            left, top, right, bottom = (round(float(edge) * PARTS / 100) for edge in told)
            mark = Mark(photo, Region(left, top, right, bottom))
        except (ValueError, OverflowError):
            form.errors["mark"] = (
                "Give each mark four numbers from 0 to 100, right beyond left and bottom below "
                "top, or none for the whole photo."
            )
            continue
        if not finding or not photo:
            form.errors["mark"] = "Choose both the photo and the finding of each mark."
        marks.setdefault(finding, []).append(mark)
    return marks
