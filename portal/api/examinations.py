"""Examinations and verdicts, for a rights holder's own system.

An examination is its opaque id: nothing here carries the test buy's reference, its shop, operator,
flag or price, or the exhibit's number, as on the authenticator's pages.
"""

from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from casework.act import Act
from casework.examinations import examining
from casework.views import examinations as views
from portal.api.keys import Key, answer_once
from portal.api.models import CHANGES, PublicId, Told, problems
from portal.api.shown import PhotoTold, ReferenceTold, photos_told, references_told
from portal.visit import database, now, visitor
from rules.verdicts import Verdict
from storage.session import Database
from storage.tables import ExaminationState

router = APIRouter(prefix="/api/v1/examinations", tags=["Examinations"])


class ExaminationLine(Told):
    """An examination in the queue. `claim`: `yours`, `taken` by somebody else,
    `free`, or `sealing`: your verdict can still be undone."""

    examination: str = Field(examples=["k7q42mzyxwvu5432tsrqpo"])
    brand: str
    category: str
    kind: str
    basis: str = Field(description="`photographs` or `physical`.")
    opened_at: datetime
    claim: Literal["yours", "taken", "free", "sealing"]
    claimed_until: datetime | None


class Queue(Told):
    """Open examinations of the owner's brands, oldest first, 200 at most; and those they sealed."""

    open: list[ExaminationLine]
    sealed: list[ExaminationLine]


class ShotTold(Told):
    """A shot that may be asked for."""

    shot: str = Field(examples=["I04"])
    title: str


class VerdictTold(Told):
    """The verdict as it was sealed."""

    verdict: Verdict
    confidence: str
    digest: str
    sealed_at: datetime
    superseded: bool


class ExaminationTold(ExaminationLine):
    """One examination. `sealed` only where the token's owner sealed it.

    `shown_digest` names all that is shown now: each photo's copy, masked or not, and each entry of
    the reference library beside them, in the order of `photos` and `references`. A verdict gives
    it back as its examiner saw it, and is sealed as resting on exactly that.
    """

    state: ExaminationState
    shown_digest: str
    photos: list[PhotoTold]
    references: list[ReferenceTold]
    to_ask_for: list[ShotTold]
    sealed: VerdictTold | None


class Claimed(Told):
    """How the examination stands for the token's owner now."""

    examination: str
    claim: Literal["yours", "taken", "free", "sealing"]
    claimed_until: datetime | None


@router.get("", name="api_examinations", response_model=Queue, responses=problems())
def list_examinations(request: Request) -> Queue:
    """The queue of the owner's brands."""
    queue = views.queue(database(request), visitor(request).person_id, now(request))
    return Queue(
        open=[ExaminationLine(**_line(each)) for each in queue.open],
        sealed=[ExaminationLine(**_line(each)) for each in queue.sealed],
    )


@router.get(
    "/{public_id}",
    name="api_examination",
    response_model=ExaminationTold,
    responses=problems(404),
)
def read_examination(request: Request, public_id: PublicId) -> ExaminationTold:
    """Read one examination: photos and references by link, what may be asked for, one's verdict."""
    view = views.examination(database(request), visitor(request).person_id, public_id, now(request))
    verdict = view.sealed
    return ExaminationTold.model_validate(
        {
            **_line(view.line),
            "state": view.state,
            "shown_digest": view.seen,
            "photos": photos_told(public_id, view.photos),
            "references": references_told(public_id, view.genuine),
            "to_ask_for": [ShotTold(shot=each.code, title=each.title) for each in view.to_ask_for],
            "sealed": VerdictTold(
                verdict=verdict.value,
                confidence=verdict.confidence,
                digest=verdict.digest,
                sealed_at=verdict.sealed_at,
                superseded=verdict.superseded_at is not None,
            )
            if verdict
            else None,
        }
    )


@router.post(
    "/{public_id}/claim",
    name="api_examination_claim",
    response_model=Claimed,
    responses=problems(*CHANGES),
)
def claim_examination(request: Request, public_id: PublicId, key: Key) -> Response:
    """Take it for a quarter of an hour, so that nobody else works on it. Again: longer."""

    def do(db: Database, who: Act) -> Claimed:
        examining.claim(db, who, public_id)
        return _claimed(request, db, public_id)

    return answer_once(request, key, None, do)


@router.post(
    "/{public_id}/release",
    name="api_examination_release",
    response_model=Claimed,
    responses=problems(*CHANGES),
)
def release_examination(request: Request, public_id: PublicId, key: Key) -> Response:
    """Give it back to the queue."""

    def do(db: Database, who: Act) -> Claimed:
        examining.release(db, who, public_id)
        return _claimed(request, db, public_id)

    return answer_once(request, key, None, do)


def _claimed(request: Request, db: Database, public_id: str) -> Claimed:
    line = views.examination(db, visitor(request).person_id, public_id, now(request)).line
    return Claimed.model_validate(
        {
            "examination": public_id,
            "claim": line.claim or "free",
            "claimed_until": line.claimed_until,
        }
    )


def _line(line: views.QueueLine) -> dict[str, Any]:
    return {
        "examination": line.public_id,
        "brand": line.brand,
        "category": line.category,
        "kind": line.kind,
        "basis": line.basis,
        "opened_at": line.opened_at,
        "claim": line.claim or "free",
        "claimed_until": line.claimed_until,
    }
