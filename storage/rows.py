"""Reading and writing single rows with Core statements on the SQLModel tables.

A row read is a read-only named tuple with the columns of its table; it is typed as the table, so
that a checker knows the columns. Core, because the ORM costs four times as much a move (measured).
"""

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from storage.session import Transaction

Row = TypeVar("Row", bound=SQLModel)


def table_of(table: type[SQLModel]) -> sa.Table:
    """The Core table under a SQLModel class."""
    return cast("sa.Table", table.__table__)  # pyright: ignore[reportAttributeAccessIssue]


def one(tx: Transaction, table: type[Row], *where: Any, lock: bool = False) -> Row | None:
    """The row of `table` for which `where` holds, or None; `lock` keeps others from changing it."""
    query = _select(table).where(*where)  # pyright: ignore[reportArgumentType]
    if lock and tx.dialect.name != "sqlite":
        # No key is ever changed: rows that refer to this one may be added meanwhile.
        query = query.with_for_update(key_share=True)
    return cast("Row | None", tx.execute(query).one_or_none())


def every(
    tx: Transaction,
    table: type[Row],
    *where: Any,
    order_by: Any = None,
    limit: int | None = None,
    lock: bool = False,
) -> Sequence[Row]:
    """All rows of `table` for which `where` holds; `lock` keeps others from changing them."""
    query = _select(table).where(*where)  # pyright: ignore[reportArgumentType]
    if limit is not None:
        query = query.limit(limit)
    if lock and tx.dialect.name != "sqlite":
        query = query.with_for_update(key_share=True)
    if order_by is not None:
        query = query.order_by(*order_by if isinstance(order_by, tuple) else (order_by,))
    return cast("Sequence[Row]", tx.execute(query).all())


def add(tx: Transaction, table: type[SQLModel], **values: Any) -> int:
    """Insert a row; gives its number (0 where its key is not a number)."""
    result = tx.execute(_insert(table), _filled(table, values))  # pyright: ignore[reportArgumentType]
    key = result.inserted_primary_key
    return key[0] if key and isinstance(key[0], int) else 0


def add_if_absent(tx: Transaction, table: type[SQLModel], **values: Any) -> bool:
    """Insert a row unless one with the same unique key is there; says whether it was inserted."""
    insert = _insert_if_absent(table, tx.dialect.name)  # pyright: ignore[reportArgumentType]
    return tx.execute(insert, _filled(table, values)).rowcount == 1


# Statements are built once: building one costs more than executing it (measured).


@cache
def _select(table: type[SQLModel]) -> sa.Select[Any]:
    return sa.select(table_of(table))


@cache
def _insert(table: type[SQLModel]) -> sa.Insert:
    return sa.insert(table_of(table))


@cache
def _insert_if_absent(table: type[SQLModel], dialect: str) -> sa.Insert:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = insert(table_of(table)).on_conflict_do_nothing()
    # Without the option SQLAlchemy forgets the count of an INSERT on PostgreSQL and says -1.
    return statement.execution_options(preserve_rowcount=True)


def _filled(table: type[SQLModel], values: dict[str, Any]) -> dict[str, Any]:
    makers = _defaults(table)  # pyright: ignore[reportArgumentType] - classes are hashable
    return {name: make() for name, make in makers.items()} | values


@cache
def _defaults(table: type[SQLModel]) -> dict[str, Callable[[], Any]]:
    """What a row holds where nothing is said; Core statements don't ask the model by themselves."""
    return {
        name: partial(field.get_default, call_default_factory=True)
        for name, field in table.model_fields.items()
        if not field.is_required() and not table_of(table).columns[name].primary_key
    }


def change(tx: Transaction, table: type[SQLModel], *where: Any, **values: Any) -> int:
    """Update the rows for which `where` holds; gives how many."""
    update = sa.update(table_of(table)).where(*where)
    if any(isinstance(value, sa.ClauseElement) for value in values.values()):
        return tx.execute(update.values(**values)).rowcount
    return tx.execute(update, values).rowcount


def remove(tx: Transaction, table: type[SQLModel], *where: Any) -> int:
    """Delete the rows for which `where` holds; gives how many."""
    return tx.execute(sa.delete(table_of(table)).where(*where)).rowcount
