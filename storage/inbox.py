"""What waits for a person, as one select a kind of thing: their number, and the lines themselves.

Owns that a number and its lines come from the same select, so that they can't disagree; a select
counts no further than `MOST`, so that no number costs more where more wait. The selects are
`storage.inbox_selects`'; whose they are, and what people call them, is `casework.views.inbox`'.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from rules.lifecycle import Stage
from rules.roles import Role
from storage.inbox_decisions import addressed, notice_columns
from storage.inbox_selects import SELECTS
from storage.inbox_testbuys import Asker
from storage.prepared import compiled
from storage.rows import change, table_of
from storage.session import Transaction
from storage.tables import Notice, Person
from storage.wakeups import UNENDED_AFTER, UNSENT_AFTER

MOST = 100
"""How many of a kind are counted and shown."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that waits. `subject` is its name, `place` what its address is made of.

    `since` it waits, and is due at `due_at`, where it has a deadline; `stage`, `role` and
    `reminded_at` are those of a test buy; `text` is a notice's, or the shop of a test buy;
    `reasons` are why that one waits.
    """

    number: int
    subject: str
    place: str
    detail: str | None
    since: datetime
    due_at: datetime | None
    stage: Stage | None
    role: Role | None
    reminded_at: datetime | None
    text: str | None
    reasons: list[str] | None


@dataclass(frozen=True, slots=True)
class Past:
    """A notice that was put away, when and by whom."""

    row: Row
    read_at: datetime
    read_by: str | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks, in which roles, and when."""

    person_id: int
    roles: frozenset[Role]
    now: datetime

    @property
    def said(self) -> dict[str, object]:
        """The parameters of every select."""
        return {
            "me": self.person_id,
            "now": self.now,
            "unsent": self.now - UNSENT_AFTER,
            "unended": self.now - UNENDED_AFTER,
        }


def counts(tx: Transaction, reader: Reader, kinds: Sequence[str]) -> dict[str, int]:
    """How many of each kind wait; `MOST` + 1 where more do."""
    # One statement saves PostgreSQL's round trips; SQLite, which has none, takes seven times as
    # long for one of twenty-two kinds as for twenty-two of one (1.0 and 0.15 ms, measured).
    at_once = 1 if tx.dialect.name == "sqlite" else max(len(kinds), 1)
    found: dict[str, int] = {}
    for start in range(0, len(kinds), at_once):
        found |= _counted(tx, reader, tuple(kinds[start : start + at_once]))
    return found


def _counted(tx: Transaction, reader: Reader, asked: tuple[str, ...]) -> dict[str, int]:

    def build() -> sa.Select:
        asker = Asker(reader.roles)
        return sa.select(
            *(
                sa.select(sa.func.count())
                .select_from(
                    SELECTS[kind](asker)
                    .with_only_columns(sa.literal_column("1").label("one"))
                    .order_by(None)
                    .limit(MOST + 1)
                    .subquery()
                )
                .scalar_subquery()
                .label(kind)
                for kind in asked
            )
        )

    key = ("inbox counts", asked, reader.roles)
    (row,) = compiled(tx, key, build).rows(tx, reader.said)
    return dict(zip(asked, row, strict=True))


def lines(tx: Transaction, reader: Reader, kind: str) -> list[Row]:
    """What of one kind waits, the most urgent first, `MOST` at most."""

    def build() -> sa.Select:
        return SELECTS[kind](Asker(reader.roles)).limit(MOST)

    found = compiled(tx, ("inbox lines", kind, reader.roles), build).rows(tx, reader.said)
    return [Row(*each) for each in found]


def put_away(tx: Transaction, reader: Reader, number: int) -> bool:
    """Mark a notice to the reader as read; False where there is none. It is read once."""
    rows = table_of(Notice).c
    to_me = sa.select(rows.id).where(rows.id == number, addressed(Asker(reader.roles)))
    if tx.execute(to_me, reader.said).first() is None:
        return False
    read = {"read_at": reader.now, "read_by": reader.person_id}
    change(tx, Notice, rows.id == number, rows.read_at.is_(None), **read)
    return True


def past(tx: Transaction, reader: Reader, older_than: int | None, limit: int) -> list[Past]:
    """Notices to the reader that were put away, the newest first."""
    rows, people = table_of(Notice).c, table_of(Person)
    query = (
        notice_columns()
        .add_columns(rows.read_at, people.c.name)
        .outerjoin(people, people.c.id == rows.read_by)
        .where(rows.read_at.is_not(None), addressed(Asker(reader.roles)))
        .order_by(rows.id.desc())
        .limit(limit)
    )
    if older_than is not None:
        query = query.where(rows.id < older_than)
    return [Past(Row(*each[:-2]), each[-2], each[-1]) for each in tx.execute(query, reader.said)]
