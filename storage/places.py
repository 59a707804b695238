"""What lies in a storage place: the exhibits whose last custody entry put them there."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from storage.rows import every, table_of
from storage.session import Transaction
from storage.tables import CustodyEntry, Exhibit

_entries = table_of(CustodyEntry)
_later = _entries.alias("later")
_last = ~sa.exists().where(
    _later.c.exhibit_id == _entries.c.exhibit_id, _later.c.seq > _entries.c.seq
)


def lying_in(tx: Transaction, place_id: int) -> Sequence[Exhibit]:
    """The exhibits that lie in a place now, in the order they were bagged."""
    return every(tx, Exhibit, in_place(place_id), order_by=table_of(Exhibit).c.id)


def in_place(place_id: int) -> sa.ColumnElement[bool]:
    """Of exhibits: that they lie in a place now."""
    there = _exhibits(_entries.c.place_id == place_id)
    return table_of(Exhibit).c.id.in_(there)


def how_many(tx: Transaction) -> dict[int, int]:
    """How many exhibits lie in each place, by its number; empty places apart."""
    place = _entries.c.place_id
    query = sa.select(place, sa.func.count()).where(place.is_not(None), _last).group_by(place)
    return {row[0]: row[1] for row in tx.execute(query)}


def _exhibits(where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(_entries.c.exhibit_id).where(where, _last)
