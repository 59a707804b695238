"""Queries over who looked at what: a page at a time by keyset."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.rows import table_of
from storage.session import Transaction
from storage.tables import Examination, Exhibit, Look, Person, Photo, TestBuy

_looks, _people = table_of(Look).c, table_of(Person).c
_photos, _examinations = table_of(Photo).c, table_of(Examination).c
_testbuys, _exhibits = table_of(TestBuy).c, table_of(Exhibit).c


@dataclass(frozen=True, slots=True)
class LookChoice:
    """Which looks a page shows; None leaves a side open. `subject` as it is recorded, or a test
    buy's reference. `older`, `newer`: beyond the look with this number.
    """

    person: int | None = None
    subject: str | None = None
    route: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    older: int | None = None
    newer: int | None = None


def page(tx: Transaction, choice: LookChoice, limit: int) -> Sequence[Look]:
    """The looks of `choice`, the latest first; of those newer than `newer` the nearest."""
    query = sa.select(table_of(Look)).where(*_conditions(choice)).limit(limit)
    if choice.newer is None:
        return tx.execute(query.order_by(_looks.id.desc())).all()  # pyright: ignore[reportReturnType]
    return list(reversed(tx.execute(query.order_by(_looks.id)).all()))  # pyright: ignore[reportReturnType]


def people(tx: Transaction) -> Sequence[tuple[int, str]]:
    """Number and name of everybody with an account, by name."""
    query = sa.select(_people.id, _people.name).order_by(_people.name)
    return [(row.id, row.name) for row in tx.execute(query)]


def _conditions(choice: LookChoice) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if choice.person is not None:
        conditions.append(_looks.person_id == choice.person)
    if choice.route is not None:
        conditions.append(_looks.route == choice.route)
    if choice.since is not None:
        conditions.append(_looks.looked_at >= choice.since)
    if choice.until is not None:
        conditions.append(_looks.looked_at < choice.until)
    if choice.older is not None:
        conditions.append(_looks.id < choice.older)
    if choice.newer is not None:
        conditions.append(_looks.id > choice.newer)
    if choice.subject is not None:
        conditions.append(_about(choice.subject))
    return conditions


def _about(subject: str) -> sa.ColumnElement[bool]:
    testbuy = sa.select(_testbuys.id).where(_testbuys.reference == subject).scalar_subquery()
    return sa.or_(
        _looks.subject == subject,
        _looks.subject.in_(sa.select(_photos.public_id).where(_photos.testbuy_id == testbuy)),
        _looks.subject.in_(
            sa.select(_examinations.public_id).where(_examinations.testbuy_id == testbuy)
        ),
        _looks.subject.in_(sa.select(_exhibits.reference).where(_exhibits.testbuy_id == testbuy)),
    )
