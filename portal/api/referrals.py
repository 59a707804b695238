"""How a referral stands."""

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import Field

from casework.views.referrals import referral
from portal.api.models import ReferralReference, Told, problems
from portal.visit import database, now
from rules.referral import ReferralState

router = APIRouter(prefix="/api/v1/referrals", tags=["Referrals"])


class ReferralTold(Told):
    """A referral of an operator to an agency. `version` rises with each change."""

    reference: str = Field(examples=["RF-2026-000003"])
    state: ReferralState
    version: int
    operator: str = Field(examples=["OP-0001"])
    agency: str
    testbuys: list[str]
    drafted_at: datetime
    approved_at: datetime | None
    sent_at: datetime | None
    agency_number: str | None
    answer: str | None
    bundle_digest: str | None
    under_review: bool = Field(description="A verdict that it rests on was superseded.")


@router.get(
    "/{reference}", name="api_referral", response_model=ReferralTold, responses=problems(404)
)
def read_referral(request: Request, reference: ReferralReference) -> ReferralTold:
    """Read one referral."""
    view = referral(database(request), reference, now(request))
    row = view.referral
    return ReferralTold(
        reference=row.reference,
        state=row.state,
        version=row.version,
        operator=view.operator.reference,
        agency=view.agency.name,
        testbuys=[each.reference for each in view.testbuys],
        drafted_at=row.drafted_at,
        approved_at=row.approved_at,
        sent_at=row.sent_at,
        agency_number=row.agency_number,
        answer=row.answer,
        bundle_digest=row.bundle_digest,
        under_review=view.under_review,
    )
