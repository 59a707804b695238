"""Wake-ups whose flow runs do not come, as the engineer and the auditor see them, and what people
had tried again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.views.overridden import Override, page, testbuy_names, typed
from rules.lifecycle import Stage
from storage import wakeups
from storage.persons import names
from storage.rows import every, table_of
from storage.session import Database, Transaction
from storage.tables import WakeupAgain

MOST = 100


@dataclass(frozen=True, slots=True)
class Again:
    """Who had a wake-up tried again, when, and why."""

    by: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Waking:
    """A wake-up: why it was owed, how often Prefect was asked in vain (`failures`), and the run."""

    id: str
    reference: str
    stage: Stage
    waiting_name: str
    cause: str
    attempt: int
    failures: int
    created_at: datetime
    due_at: datetime
    dispatched_at: datetime | None
    flow_run_id: str | None
    again: tuple[Again, ...]
    """What people did about it, the newest first."""


def unfinished(db: Database, now: datetime) -> Sequence[Waking]:
    """Those that are stuck or were tried more than once, the oldest first, `MOST` at most."""
    with db.read() as tx:
        found = wakeups.unfinished(tx, now, MOST)
        rows = table_of(WakeupAgain).c
        tried = every(
            tx, WakeupAgain, rows.wakeup_id.in_([row.id for row in found]), order_by=rows.id.desc()
        )
        people = names(tx, [each.asked_by for each in tried])
    return [
        Waking(
            row.id,
            row.reference,
            row.stage,
            row.waiting_name,
            row.cause,
            row.attempt,
            row.failures,
            row.created_at,
            row.due_at,
            row.dispatched_at,
            row.flow_run_id,
            tuple(
                Again(people[each.asked_by], each.asked_at, each.why)
                for each in tried
                if each.wakeup_id == row.id
            ),
        )
        for row in found
    ]


def woken(tx: Transaction, older: int | None, limit: int) -> list[Override]:
    """What engineers had tried again, as lines of overrides, the newest first."""
    rows = page(tx, WakeupAgain, older, limit)
    people = names(tx, [row.asked_by for row in rows])
    buys = testbuy_names(tx, [row.testbuy_id for row in rows])
    return [
        Override(row.id, row.asked_at, people[row.asked_by], buys[row.testbuy_id], typed(row.why))
        for row in rows
    ]
