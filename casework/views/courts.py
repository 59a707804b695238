"""What courts made of claims, and how far campaigns of suits have come."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from casework.outcomes.claims import filing_days
from casework.views.claims import last_awards
from rules.awards import Ratios, ratios
from rules.claims import JUDGED_ONCE, ClaimState
from rules.money import Money
from rules.suits import Progress, progress
from storage.rows import every, table_of
from storage.session import Database, Transaction
from storage.tables import (
    CauseOfAction,
    Claim,
    ClaimHead,
    GoodwillProof,
    LitigationCampaign,
)


@dataclass(frozen=True, slots=True)
class CourtLine:
    """A court's claims in one currency; `ratios` None where no judgment on money is on record.

    `not_final` of the judgments counted are appealed or may still be.
    """

    court: str
    city: str
    currency: str
    claims: int
    ratios: Ratios | None
    not_final: int


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """A litigation campaign on a day, and how many suits were filed in its window, by court."""

    campaign: LitigationCampaign
    progress: Progress
    claims: int
    courts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ClaimWords:
    """The causes of action and the proofs of lost goodwill on record."""

    causes: Sequence[CauseOfAction]
    proofs: Sequence[GoodwillProof]


def courts(db: Database) -> tuple[CourtLine, ...]:
    """Claim to award by court and currency: by the last judgment of each claim."""
    with db.read() as tx:
        rows = every(tx, Claim, order_by=table_of(Claim).c.id)
        claimed: dict[int, int] = defaultdict(int)
        for each in every(tx, ClaimHead):
            claimed[each.claim_id] += each.claimed_minor
        awards = last_awards(tx, [row.id for row in rows])
    grouped: dict[tuple[str, str, str], list[Claim]] = defaultdict(list)
    for row in rows:
        if row.state is not ClaimState.WITHDRAWN or row.id in awards:
            grouped[row.court, row.city, row.currency].append(row)
    found = []
    for (court, city, currency), own in sorted(grouped.items()):
        judged = [row for row in own if row.id in awards and claimed[row.id]]
        pairs = [
            (Money(claimed[row.id], currency), Money(awards[row.id][1], currency)) for row in judged
        ]
        open_ones = (*JUDGED_ONCE, ClaimState.APPEALED)
        not_final = sum(row.state in open_ones for row in judged)
        found.append(CourtLine(court, city, currency, len(own), ratios(pairs), not_final))
    return tuple(found)


def campaigns(db: Database, today: date) -> tuple[CampaignLine, ...]:
    """Every litigation campaign, the newest first, as of `today`."""
    with db.read() as tx:
        rows = table_of(LitigationCampaign).c
        found = every(tx, LitigationCampaign, order_by=rows.id.desc())
        return tuple(_campaign(tx, row, today) for row in found)


def claim_words(db: Database) -> ClaimWords:
    """The words counsel keeps for claims."""
    with db.read() as tx:
        return ClaimWords(
            every(tx, CauseOfAction, order_by=table_of(CauseOfAction).c.id),
            every(tx, GoodwillProof, order_by=table_of(GoodwillProof).c.id),
        )


def _campaign(tx: Transaction, row: LitigationCampaign, today: date) -> CampaignLine:
    own = {each.id: each for each in every(tx, Claim, campaign_id=row.id)}
    filed = filing_days(tx, list(own))
    days = list(filed.values())
    at = Counter(
        own[number].court for number, day in filed.items() if row.opens_on <= day <= row.closes_on
    )
    return CampaignLine(
        row,
        progress(row.target, row.opens_on, row.closes_on, days, today),
        len(own),
        tuple(at.most_common()),
    )
