"""What waits for a person: notices, tasks, test buys. The board is `casework.views.testbuys`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.errors import NotFound
from rules.roles import Role
from storage import pages
from storage.pages import BoardRow, Choice
from storage.rows import change, every, one, table_of
from storage.session import Database
from storage.tables import Notice

ROWS = 50
_NOTICES = 50


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice; `reference` is None where the reader may not know the test buy."""

    id: int
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Home:
    """What waits for a person, most urgent first."""

    notices: tuple[NoticeLine, ...]
    tasks: list[BoardRow]
    waiting: list[BoardRow]


def home(db: Database, person_id: int, roles: frozenset[Role]) -> Home:
    """The inbox of a person who holds `roles`."""
    # Buyers and authenticators don't see other people's test buys: theirs are listed apart.
    desk = roles - {Role.BUYER, Role.AUTHENTICATOR}
    with db.read() as tx:
        tasks = (
            pages.board(tx, Choice(buyer=person_id, roles=frozenset({Role.BUYER})), ROWS)
            if Role.BUYER in roles
            else []
        )
        waiting = pages.board(tx, Choice(roles=desk), ROWS) if desk else []
        notices = every(
            tx,
            Notice,
            _addressed(person_id, roles),
            table_of(Notice).c.read_at.is_(None),
            order_by=table_of(Notice).c.id.desc(),
            limit=_NOTICES,
        )
    return Home(
        tuple(NoticeLine(each.id, _text(each, desk), each.created_at) for each in notices),
        _urgent_first(tasks),
        _urgent_first(waiting),
    )


def put_away(
    db: Database, person_id: int, roles: frozenset[Role], notice_id: int, now: datetime
) -> None:
    """Mark a notice as read."""
    notices = table_of(Notice).c
    with db.write() as tx:
        if one(tx, Notice, notices.id == notice_id, _addressed(person_id, roles)) is None:
            raise NotFound("There is no such notice for you.")
        change(tx, Notice, notices.id == notice_id, notices.read_at.is_(None), read_at=now)


def _addressed(person_id: int, roles: frozenset[Role]) -> Any:
    notices = table_of(Notice).c
    return (notices.to_person == person_id) | (
        notices.to_person.is_(None) & notices.to_role.in_(roles)
    )


def _text(notice: Notice, desk: frozenset[Role]) -> str:
    if notice.to_role is Role.AUTHENTICATOR and not desk and notice.testbuy_id is not None:
        # The notice names its test buy, which an authenticator must not learn.
        return "An examination has waited for its verdict beyond its time. Open your queue."
    return notice.text


def _urgent_first(rows: Sequence[BoardRow]) -> list[BoardRow]:
    return sorted(rows, key=lambda row: (row.due_at is None, row.due_at or row.waiting_since))
