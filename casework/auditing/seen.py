"""Who looked at what: recorded before the first byte leaves, and read by the auditor.

Owns the rows, which only grow. Leaves which routes are recorded to `portal.looks`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rules.roles import Role
from storage import looks
from storage.looks import LookChoice
from storage.persons import names
from storage.rows import add
from storage.session import Database
from storage.tables import Look

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A look as the auditor reads it."""

    id: int
    name: str
    role: Role | None
    route: str
    subject: str
    looked_at: datetime


@dataclass(frozen=True, slots=True)
class Looks:
    """A page of looks, the latest first; `older` and `newer` lead on, where there is more."""

    lines: Sequence[Line]
    older: int | None
    newer: int | None
    people: Sequence[tuple[int, str]]


def record(
    db: Database, person_id: int, role: Role | None, route: str, subject: str, now: datetime
) -> None:
    """Somebody is shown something."""
    with db.write(short=True) as tx:
        add(tx, Look, person_id=person_id, role=role, route=route, subject=subject, looked_at=now)


def read(db: Database, choice: LookChoice) -> Looks:
    """The looks of `choice`. A test buy's reference chooses those at its photos, examinations and
    exhibits, too.
    """
    with db.read() as tx:
        rows = looks.page(tx, choice, PAGE + 1)
        more, rows = len(rows) > PAGE, rows[:PAGE] if choice.newer is None else rows[-PAGE:]
        known = names(tx, {row.person_id for row in rows})
        people = looks.people(tx)
    older = newer = None
    if rows:
        older = rows[-1].id if more or choice.newer is not None else None
        newer = rows[0].id if choice.older is not None or (choice.newer and more) else None
    lines = [
        Line(row.id, known[row.person_id], row.role, row.route, row.subject, row.looked_at)
        for row in rows
    ]
    return Looks(lines, older, newer, people)
