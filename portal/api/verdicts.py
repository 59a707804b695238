"""Verdicts, and asking for another photo, for a rights holder's own system."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field, StringConstraints, model_validator

from casework.act import Act
from casework.examinations import examining
from casework.examinations import findings as found
from casework.verdicts import judging
from portal.api.keys import Key, answer_once
from portal.api.models import CHANGES, Asked, Line, MaybeText, PublicId, Text, Told, problems
from rules.audience import PARTS, Region
from rules.verdicts import Aspect, FindingCode, Severity, Testimony, Verdict
from storage.session import Database
from storage.tables import ExaminationState

router = APIRouter(prefix="/api/v1/examinations/{public_id}", tags=["Examinations"])
Edge = Annotated[int, Field(ge=0, le=PARTS, strict=True)]
Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]


class Mark(Asked):
    """A place on a photo that a finding is about; edges in parts of 10,000 of the picture."""

    photo: Line
    left: Edge
    top: Edge
    right: Edge
    bottom: Edge

    @model_validator(mode="after")
    def _covers_some(self) -> "Mark":
        if self.left >= self.right or self.top >= self.bottom:
            raise ValueError("right must lie beyond left, and bottom below top")
        return self


class NewFinding(Asked):
    """Something seen, coded, and where."""

    aspect: Aspect
    code: FindingCode
    severity: Severity
    note: MaybeText = ""
    marks: list[Mark] = Field(default=[], max_length=found.MOST_MARKS)


class NewVerdict(Asked):
    """A verdict with what was found, how, and by whose authority. Once sealed it is not edited."""

    shown_digest: Digest = Field(
        description="Of what its examiner saw: `shown_digest` as the examination was read then."
    )
    verdict: Verdict
    findings: list[NewFinding] = Field(default=[], max_length=60)
    confidence: Literal["low", "medium", "high"]
    method: Text
    reasons: Text
    limits: MaybeText = ""
    no_conflict: bool = Field(strict=True, description="No conflict of interest.")
    conflict_statement: Text
    qualification: Text
    authority: Text
    reference_samples: Text
    seals_seen: MaybeText = Field(default="", description="Of a physical examination.")


class AskedPhoto(Asked):
    """Another photo, and what it should show."""

    shot: Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{2}$")] = Field(examples=["I04"])
    note: Line


class Sealed(Told):
    """The sealed verdict's digest, over what was sealed and everything shown that it rests on."""

    examination: str
    digest: str


class Withdrawn(Told):
    """The examination is over; another follows with the photo, under another id."""

    examination: str
    state: ExaminationState


@router.post(
    "/verdict",
    name="api_examination_verdict",
    status_code=201,
    response_model=Sealed,
    responses=problems(*CHANGES),
)
def seal_verdict(request: Request, public_id: PublicId, body: NewVerdict, key: Key) -> Response:
    """Seal a verdict over exactly what its examiner saw. Claim the examination first.

    409 where `shown_digest` is not what the examination shows any more: a photo was masked or the
    library changed meanwhile. Read it again, and let the examiner look again.
    """
    given = [
        found.NewFinding(
            each.aspect,
            each.code,
            each.severity,
            each.note,
            tuple(
                found.Mark(mark.photo, Region(mark.left, mark.top, mark.right, mark.bottom))
                for mark in each.marks
            ),
        )
        for each in body.findings
    ]

    def do(db: Database, who: Act) -> Sealed:
        sealed = judging.seal(
            db,
            who,
            public_id,
            verdict=body.verdict,
            findings=given,
            confidence=body.confidence,
            method=body.method,
            reasons=body.reasons,
            limits=body.limits,
            conflict_statement=body.conflict_statement,
            no_conflict=body.no_conflict,
            testimony=Testimony(
                body.qualification, body.authority, body.reference_samples, body.seals_seen
            ),
            seen=body.shown_digest,
        )
        return Sealed.model_validate(sealed)

    return answer_once(request, key, body, do, code=201)


@router.post(
    "/ask",
    name="api_examination_ask",
    response_model=Withdrawn,
    responses=problems(*CHANGES),
)
def ask_photo(request: Request, public_id: PublicId, body: AskedPhoto, key: Key) -> Response:
    """Ask for one more photo. This examination ends; another follows with the photo."""

    def do(db: Database, who: Act) -> Withdrawn:
        examining.ask_photo(db, who, public_id, shot=body.shot, note=body.note)
        return Withdrawn(examination=public_id, state=ExaminationState.WITHDRAWN)

    return answer_once(request, key, body, do)
