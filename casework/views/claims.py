"""Civil claims as pages show them: the docket by court, and the rows of the export."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.outcomes.claims import filing_days, steps_of
from casework.suing.awarding import money_of
from rules.claims import ClaimMove, ClaimState
from rules.money import Money
from rules.resting import RestsOn
from storage import keyset
from storage.keyset import Paged, Turn
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    CauseOfAction,
    Claim,
    ClaimCause,
    ClaimHead,
    Judgment,
    JudgmentHead,
    LitigationCampaign,
    Operator,
    OutcomeReview,
)

_c = table_of(Claim).c
EXPORTED = 500
"""Claims that are read at one go for the export."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list of claims is narrowed to: the address's own words, "" for none."""

    court: str = ""
    state: str = ""
    words: str = ""
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A claim in a list. `awarded`: by its last judgment, None where there is none."""

    claim: Claim
    operator: Operator
    claimed: Money
    awarded: Money | None
    filed_on: date | None
    causes: tuple[str, ...]
    campaign: str | None
    under_review: bool


@dataclass(frozen=True, slots=True)
class Claims:
    """A page of claims; `courts` and `campaigns` are all there are, `operators` by reference."""

    found: Paged[ClaimLine]
    courts: tuple[str, ...]
    campaigns: tuple[str, ...]
    operators: tuple[tuple[str, str], ...]


def claims(db: Database, asked: Asked, turn: Turn) -> Claims:
    """A page of claims, the newest first."""
    with db.read() as tx:
        found = keyset.page(tx, Claim, *_where(tx, asked), newest=True, turn=turn)
        campaigns = table_of(LitigationCampaign).c
        operators = table_of(Operator).c
        return Claims(
            found.each(lambda rows: _lines(tx, rows)),
            tuple(sorted({each.court for each in every(tx, Claim)})),
            tuple(each.name for each in every(tx, LitigationCampaign, order_by=campaigns.id)),
            tuple(
                (each.reference, each.name)
                for each in every(tx, Operator, order_by=(operators.name, operators.id))
            ),
        )


def every_claim(db: Database, asked: Asked) -> Iterator[ClaimLine]:
    """All claims that fit, the oldest first, read in steps."""
    last = 0
    while True:
        with db.read() as tx:
            where = (*_where(tx, asked), _c.id > last)
            rows = every(tx, Claim, *where, order_by=_c.id, limit=EXPORTED)
            lines = _lines(tx, rows)
        yield from lines
        if len(rows) < EXPORTED:
            return
        last = rows[-1].id


def claims_of(tx: Transaction, whole: Sequence[int]) -> tuple[ClaimLine, ...]:
    """The claims on an operator and all that were merged into it, the newest first."""
    return tuple(_lines(tx, every(tx, Claim, _c.operator_id.in_(whole), order_by=_c.id.desc())))


def recovered(db: Database, claim_id: int) -> int:
    """What came in under a claim, in minor units of its currency."""
    with db.read() as tx:
        return money_of(tx, claim_id)[0]


def days_of(db: Database, claim_id: int) -> dict[ClaimMove, date]:
    """The last day of each kind of step of a claim that counts."""
    with db.read() as tx:
        return {row.move: row.happened_on for row in steps_of(tx, claim_id)}


def _where(tx: Transaction, asked: Asked) -> list[Any]:
    where: list[Any] = []
    if asked.court:
        where.append(_c.court == asked.court)
    if asked.state in tuple(ClaimState):
        where.append(_c.state == ClaimState(asked.state))
    if asked.campaign:
        found = one(tx, LitigationCampaign, name=asked.campaign)
        where.append(_c.campaign_id == (found.id if found else 0))
    if asked.words:
        owners = [each.id for each in every(tx, Operator, reference=asked.words.upper())]
        where.append(
            _c.docket_number.icontains(asked.words, autoescape=True)
            | (_c.reference == asked.words.upper())
            | _c.operator_id.in_(owners)
        )
    return where


def _lines(tx: Transaction, rows: Sequence[Claim]) -> list[ClaimLine]:
    ids = [row.id for row in rows]
    operators = {
        each.id: each
        for each in every(
            tx, Operator, table_of(Operator).c.id.in_({row.operator_id for row in rows})
        )
    }
    campaigns = {each.id: each.name for each in every(tx, LitigationCampaign)}
    causes = {each.id: each.name for each in every(tx, CauseOfAction)}
    named, claimed = defaultdict(list), defaultdict(int)
    for each in every(tx, ClaimCause, table_of(ClaimCause).c.claim_id.in_(ids)):
        named[each.claim_id].append(causes[each.cause_id])
    for each in every(tx, ClaimHead, table_of(ClaimHead).c.claim_id.in_(ids)):
        claimed[each.claim_id] += each.claimed_minor
    filed = filing_days(tx, ids)
    awarded = last_awards(tx, ids)
    reviews = table_of(OutcomeReview).c
    open_ones = every(
        tx, OutcomeReview, reviews.about.in_([row.reference for row in rows]),
        rests=RestsOn.CLAIM, decided_at=None,
    )  # fmt: skip
    reviewed = {each.about for each in open_ones}
    return [
        ClaimLine(
            row,
            operators[row.operator_id],
            Money(claimed[row.id], row.currency),
            Money(awarded[row.id][1], row.currency) if row.id in awarded else None,
            filed.get(row.id),
            tuple(named[row.id]),
            campaigns.get(row.campaign_id or 0),
            row.reference in reviewed,
        )
        for row in rows
    ]


def last_awards(tx: Transaction, ids: Sequence[int]) -> dict[int, tuple[Judgment, int]]:
    """The last standing judgment of each claim, and what it awarded, in the claim's minor units."""
    rows, heads = table_of(Judgment).c, table_of(JudgmentHead).c
    judgments = every(tx, Judgment, rows.claim_id.in_(ids), struck_at=None, order_by=rows.instance)
    last = {each.claim_id: each for each in judgments}
    sums: dict[int, int] = defaultdict(int)
    wanted = [each.id for each in last.values()]
    for each in every(tx, JudgmentHead, heads.judgment_id.in_(wanted)):
        sums[each.judgment_id] += each.awarded_minor
    return {claim_id: (each, sums[each.id]) for claim_id, each in last.items()}
