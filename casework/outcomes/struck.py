"""What may be struck of a claim (payments, allocations, judgments, steps), read and never changed.

Leaves striking them to `casework.suing.striking`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from casework.errors import NotFound
from rules.claims import ClaimMove
from rules.pleading import Struck
from storage.rows import every, one, table_of
from storage.session import Transaction
from storage.tables import (
    ClaimAllocation,
    ClaimPayment,
    ClaimStep,
    ClaimStrike,
    Judgment,
    JudgmentHead,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A payment, allocation, judgment or step: its day, its money in the claim's minor units.

    `instance`: a judgment's. `move`: a step's. `docket_number`: a docketing's.
    """

    what: Struck
    id: int
    on: date
    amount_minor: int
    instance: int | None
    recorded_by: int
    struck_at: datetime | None
    move: ClaimMove | None = None
    docket_number: str | None = None


def strikes_of(tx: Transaction, claim_id: int) -> Iterator[tuple[ClaimStrike, Entry]]:
    """Everything that counsel asked to have struck, the oldest first, with what it is about."""
    rows = table_of(ClaimStrike).c
    for each in every(tx, ClaimStrike, claim_id=claim_id, order_by=rows.id):
        yield each, entry_of(tx, claim_id, each.what, number_of(each))


def awarded_by(tx: Transaction, judgment_id: int) -> int:
    """What a judgment awarded under all heads, in minor units of its claim's currency."""
    return sum(each.awarded_minor for each in every(tx, JudgmentHead, judgment_id=judgment_id))


def entry_of(tx: Transaction, claim_id: int, what: Struck, number: int) -> Entry:
    """A row of this claim; NotFound where it has none such."""
    said: dict[str, Any] = {"id": number, "claim_id": claim_id}
    if what is Struck.PAYMENT and (paid := one(tx, ClaimPayment, **said)):
        about = (paid.received_on, paid.amount_minor, None)
        return Entry(what, paid.id, *about, paid.recorded_by, paid.struck_at)
    if what is Struck.ALLOCATION and (went := one(tx, ClaimAllocation, **said)):
        about = (went.allocated_on, went.amount_minor, None)
        return Entry(what, went.id, *about, went.recorded_by, went.struck_at)
    if what is Struck.JUDGMENT and (judged := one(tx, Judgment, **said)):
        about = (judged.judged_on, awarded_by(tx, judged.id), judged.instance)
        return Entry(what, judged.id, *about, judged.recorded_by, judged.struck_at)
    if what is Struck.STEP and (step := one(tx, ClaimStep, **said)):
        gone = one(tx, ClaimStrike, step_id=step.id, agreed=True)
        struck_at = gone.decided_at if gone else None
        about = (step.happened_on, 0, None)
        of = (step.move, step.docket_number)
        return Entry(what, step.id, *about, step.recorded_by, struck_at, *of)
    raise NotFound("There is no such entry on the claim.")


def number_of(asked: ClaimStrike) -> int:
    number = asked.payment_id or asked.allocation_id or asked.judgment_id or asked.step_id
    assert number is not None  # checks of the table hold one of them
    return number
