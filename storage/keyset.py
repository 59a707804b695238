"""Rows of a table a page at a time, by the row that a page ends with.

Owns the keyset of every list but the board's (`storage.walks`, which passes over what several
filters leave out). A place is told by a row's number alone: what else orders the rows is read from
it, so that no name stands in an address. Leaves what is told of a row to the views.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlmodel import SQLModel

from storage.rows import every, one, table_of
from storage.session import Transaction

ROWS = 50
Row = TypeVar("Row", bound=SQLModel)
T = TypeVar("T")
U = TypeVar("U")


class Turn(NamedTuple):
    """Which page of a list is meant: what comes behind the row `older`, or before the row `newer`.

    `at`: the page that the row stands on; the first, where it is there. None of them: the first.
    """

    older: int | None = None
    newer: int | None = None
    at: int | None = None


FIRST = Turn()


@dataclass(frozen=True, slots=True)
class Paged(Generic[T]):
    """A page; `older` and `newer` are the numbers by which the pages beside it are asked for."""

    rows: tuple[T, ...]
    older: int | None
    newer: int | None

    def each(self, told: Callable[[Sequence[T]], Sequence[U]]) -> "Paged[U]":
        """The same page of what is told of its rows, all of them at once."""
        return Paged(tuple(told(self.rows)), self.older, self.newer)


def page(
    tx: Transaction,
    table: type[Row],
    *where: Any,
    by: Sequence[Any] = (),
    newest: bool = False,
    turn: Turn = FIRST,
    limit: int = ROWS,
) -> Paged[Row]:
    """`limit` rows for which `where` holds, in the order of the columns `by` and their numbers.

    `newest`: the other way round. A turn at a row that is not there gives the first page.
    """
    walk = _Walk(tx, table, where, by, newest=newest, limit=limit)
    if turn.newer is not None and (ahead := walk.rows(turn.newer, back=True)):
        shown = ahead[:limit][::-1]
        more = len(ahead) > limit
        return Paged(tuple(shown), _number(shown[-1]), _number(shown[0]) if more else None)
    if turn.older is not None and (rest := walk.rows(turn.older)):
        return _told(rest, limit, is_first=False)
    first = _told(walk.rows(None), limit, is_first=True)
    if turn.at is None or turn.at in map(_number, first.rows):
        return first
    here = walk.rows(turn.at, itself=True)
    return _told(here, limit, is_first=False) if here else first


def count(tx: Transaction, table: type[SQLModel], *where: Any) -> int:
    """How many rows there are for which `where` holds."""
    query = sa.select(sa.func.count()).select_from(table_of(table)).where(*where)
    return tx.execute(query).scalar_one()


@dataclass(frozen=True, slots=True)
class _Walk(Generic[Row]):
    tx: Transaction
    table: type[Row]
    where: Sequence[Any]
    by: Sequence[Any]
    newest: bool
    limit: int

    def rows(self, place: int | None, *, back: bool = False, itself: bool = False) -> Sequence[Row]:
        """One more than a page, behind the row `place`; none where it is not there."""
        columns = [*self.by, table_of(self.table).c.id]
        downwards = self.newest != back
        beyond: tuple[Any, ...] = ()
        if place is not None:
            row = one(self.tx, self.table, id=place)
            if row is None:
                return ()
            there = sa.tuple_(*(sa.literal(getattr(row, c.name), c.type) for c in columns))
            here = sa.tuple_(*columns)
            ways = {
                (False, False): here > there,
                (False, True): here >= there,
                (True, False): here < there,
                (True, True): here <= there,
            }
            beyond = (ways[downwards, itself],)
        order = tuple(column.desc() if downwards else column for column in columns)
        return every(
            self.tx, self.table, *self.where, *beyond, order_by=order, limit=self.limit + 1
        )


def _told(rows: Sequence[Row], limit: int, *, is_first: bool) -> Paged[Row]:
    shown = tuple(rows[:limit])
    older = _number(shown[-1]) if len(rows) > limit else None
    return Paged(shown, older, None if is_first or not shown else _number(shown[0]))


def _number(row: Any) -> int:
    return row.id
