"""The authenticator's pages. Addresses and answers carry an examination's public id, no more."""

import secrets

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from casework.examinations import drafts, examining
from casework.examinations.findings import Mark, NewFinding
from casework.verdicts import pending
from casework.verdicts.judgement import Judgement
from casework.views import examinations as views
from portal.fields import Fields, fields
from portal.once import sent_once
from portal.packing import packed
from portal.pages import again, done, page
from portal.proving import proof_of
from portal.visit import act, addressed, database, now, part, visitor
from rules.audience import PARTS, Region
from rules.verdicts import Aspect, FindingCode, Severity, Testimony, Verdict

router = APIRouter(prefix="/examinations")
CONFIDENCES = ("low", "medium", "high")
_EDGES = ("left", "top", "right", "bottom")
_NOT_DRAFTED = frozenset({"seen", "draft_version"})


@router.get("", name="examinations")
def examinations(request: Request) -> HTMLResponse:
    """The queue of the brands granted."""
    _settle(request)
    return _queue(request)


@router.post("/next", name="examination_next")
@again(examinations)
def next_examination(request: Request) -> Response:
    """Claim the most urgent free examination and open it."""
    _settle(request)
    who = visitor(request)
    lines = views.queue(database(request), who.person_id, now(request))
    taken = examining.claim_next(database(request), act(request), lines.free)
    return done(f"/examinations/{taken}") if taken else done("/examinations", "none_free")


@router.get("/{public_id}", name="examination")
def examination(request: Request) -> HTMLResponse:
    """Suspect beside genuine, and the verdict's form."""
    _settle(request)
    who, db = visitor(request), database(request)
    view = views.examination(db, who.person_id, part(request, "public_id"), now(request))
    free = views.queue(db, who.person_id, now(request)).free
    following = next((each for each in free if each != view.line.public_id), None)
    answer = page(
        request,
        "verdicts/examination.html",
        view=view,
        aspects=list(Aspect),
        codes=list(FindingCode),
        severities=list(Severity),
        verdicts=list(Verdict),
        confidences=CONFIDENCES,
        undo_seconds=pending.undo_seconds(db),
        ahead=views.addresses(db, who.person_id, following) if following else (),
    )
    return packed(request, answer)


@router.post("/{public_id}/claim", name="examination_claim")
@again(examination)
def claim(request: Request) -> Response:
    """Take it for a quarter of an hour."""
    examining.claim(*addressed(request, "public_id"))
    return done(f"/examinations/{part(request, 'public_id')}", "claimed")


@router.post("/{public_id}/release", name="examination_release")
@again(examination)
def release(request: Request) -> Response:
    """Give it back."""
    examining.release(*addressed(request, "public_id"))
    return done("/examinations", "released")


@router.post("/{public_id}/seal", name="examination_seal")
@again(examination)
def seal(request: Request) -> Response:
    """Give the verdict; it is sealed once the time to undo it is over."""
    form = fields(request)
    judgement = _judgement(form)
    form.check()
    public_id = part(request, "public_id")

    def give() -> Response:
        given = pending.give(
            database(request),
            act(request),
            public_id,
            judgement,
            seen=form.raw("seen"),
            form=_typed(form),
            proof=proof,
        )
        did = "given" if given.takes_effect_at else "sealed"
        return done(f"/examinations/{given.examination}", did)

    # Tries of a code are counted whatever comes of the form, so that they stay outside of it.
    with proof_of(request) as proof:
        return sent_once(request, give, lambda db, then: pending.stands(db, public_id, then))


@router.post("/{public_id}/undo", name="examination_undo")
@again(examination)
def undo(request: Request) -> Response:
    """Take a verdict back before it is sealed."""
    pending.undo(*addressed(request, "public_id"))
    return done(f"/examinations/{part(request, 'public_id')}", "undone")


@router.post("/{public_id}/draft", name="examination_draft")
@again(examination)
def draft(request: Request) -> Response:
    """Keep what was typed; answers JSON: the draft's version, and whether it overtook another."""
    form = fields(request)
    version = form.maybe_number("draft_version") or 0
    form.check()
    public_id = part(request, "public_id")
    saved = drafts.save(database(request), act(request), public_id, _typed(form), version=version)
    until = saved.claimed_until.isoformat() if saved.claimed_until else None
    told = {"version": saved.version, "overtaken": saved.overtaken, "claimed_until": until}
    return JSONResponse(told)


@router.post("/{public_id}/ask", name="examination_ask")
@again(examination)
def ask(request: Request) -> Response:
    """Ask for one more photo."""
    form = fields(request)
    shot, note = form.text("shot", limit=8), form.text("note")
    form.check()
    examining.ask_photo(*addressed(request, "public_id"), shot=shot, note=note)
    return done("/examinations", "asked")


def _settle(request: Request) -> None:
    pending.settle(database(request), now(request), secrets.token_bytes(32))


def _queue(request: Request) -> HTMLResponse:
    view = views.queue(database(request), visitor(request).person_id, now(request))
    return page(request, "verdicts/examinations.html", view=view)


def _typed(form: Fields) -> dict[str, list[str]]:
    """What was typed: every field but those that the page itself fills in."""
    return {name: said for name, said in form.kept().items() if name not in _NOT_DRAFTED}


def _judgement(form: Fields) -> Judgement:
    return Judgement(
        verdict=form.word("verdict", Verdict),
        findings=tuple(_findings(form, _marks(form))),
        confidence=form.option("confidence", CONFIDENCES),
        method=form.text("method", limit=1000),
        reasons=form.text("reasons", limit=5000),
        limits=form.maybe("limits", limit=2000) or "",
        conflict_statement=form.text("conflict_statement", limit=1000),
        no_conflict=form.raw("no_conflict") == "yes",
        testimony=Testimony(
            form.text("qualification", limit=1000),
            form.text("authority", limit=1000),
            form.text("reference_samples", limit=2000),
            form.maybe("seals_seen", limit=1000) or "",
        ),
    )


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
