"""Reading and writing single rows with Core statements on the SQLModel tables.

A row read is a read-only named tuple with the columns of its table; it is typed as the table, so
that a checker knows the columns. Core, because the ORM costs four times as much a move (measured);
prepared, because Core still costs most of what is left (`storage.prepared`). Conditions of one
shape share a prepared statement; what has no shape is executed by SQLAlchemy as it is.
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from storage import prepared
from storage.session import Transaction
from storage.shapes import Shape, Shapeless, clause_of, order_of, shape_of

Row = TypeVar("Row", bound=SQLModel)

_MOST = 64
_ASKED = tuple(f"asked_{number}" for number in range(_MOST))
_ADDED = tuple(f"added_{number}" for number in range(_MOST))
"""What the parameters of a WHERE and of a sum are called; no column is."""


def table_of(table: type[SQLModel]) -> sa.Table:
    """The Core table under a SQLModel class."""
    return cast("sa.Table", table.__table__)  # pyright: ignore[reportAttributeAccessIssue]


def one(
    tx: Transaction, table: type[Row], *where: Any, lock: bool = False, **equal: Any
) -> Row | None:
    """The row of `table` whose columns are `equal` and for which `where` holds, or None.

    `lock` keeps others from changing it. Where a keyword says it, prefer that: building a
    comparison costs as much as reading the row (measured).
    """
    found = _read(tx, table, where, equal, (), None, lock)
    return cast("Row | None", prepared.at_most_one(found))


def every(
    tx: Transaction,
    table: type[Row],
    *where: Any,
    order_by: Any = None,
    limit: int | None = None,
    lock: bool = False,
    **equal: Any,
) -> Sequence[Row]:
    """All rows of `table` whose columns are `equal` and for which `where` holds.

    `lock` keeps others from changing them.
    """
    if order_by is None:
        order_by = ()
    elif not isinstance(order_by, tuple):
        order_by = (order_by,)
    return cast("Sequence[Row]", _read(tx, table, where, equal, order_by, limit, lock))


def add(tx: Transaction, table: type[SQLModel], **values: Any) -> int:
    """Insert a row; gives its number (0 where its key is not a number)."""
    row = _filled(table, values)
    # Rows told in the same words share a statement: the rest of their columns are the defaults.
    insert = prepared.compiled(
        tx, ("add", table, *values), lambda: _insert(table, row, tx.dialect.name), row
    )
    key = _key_of(table)  # pyright: ignore[reportArgumentType] - classes are hashable
    if key in row:
        insert.count(tx, row)
        return row[key] if isinstance(row[key], int) else 0
    if tx.dialect.name == "sqlite":
        return insert.new_number(tx, row)
    return insert.rows(tx, row)[0][0]


def add_if_absent(tx: Transaction, table: type[SQLModel], **values: Any) -> bool:
    """Insert a row unless one with the same unique key is there; says whether it was inserted."""
    row = _filled(table, values)
    insert = prepared.compiled(
        tx,
        ("add if absent", table, *values),
        lambda: _insert_if_absent(table, tx.dialect.name),
        row,
    )
    return insert.count(tx, row) == 1


def change(tx: Transaction, table: type[SQLModel], *where: Any, **values: Any) -> int:
    """Update the rows for which `where` holds; gives how many."""
    try:
        asked, given = _shapes(where, _ASKED)
        return _update(tx, table, asked, given, values)
    except Shapeless:
        return tx.execute(sa.update(table_of(table)).where(*where).values(**values)).rowcount


def change_one(tx: Transaction, table: type[SQLModel], number: int, **values: Any) -> int:
    """Update the row with this number; gives how many there are, 1 or 0."""
    by_number = Shape(table_of(table).c.id, operator.eq)
    try:
        return _update(tx, table, (by_number,), {_ASKED[0]: number}, values)
    except Shapeless:
        return change(tx, table, table_of(table).c.id == number, **values)


def change_seen(
    tx: Transaction, table: type[SQLModel], number: int, version: int, **values: Any
) -> bool:
    """Update the row with this number if it is at the `version` seen still, and raise that by one;
    says whether it was.
    """
    rows = table_of(table).c
    return (
        change(tx, table, rows.id == number, rows.version == version, version=version + 1, **values)
        == 1
    )


def remove(tx: Transaction, table: type[SQLModel], *where: Any) -> int:
    """Delete the rows for which `where` holds; gives how many."""
    try:
        asked, given = _shapes(where, _ASKED)
    except Shapeless:
        return tx.execute(sa.delete(table_of(table)).where(*where)).rowcount
    delete = prepared.compiled(
        tx,
        ("remove", table, asked),
        lambda: sa.delete(table_of(table)).where(*_clauses(asked, _ASKED)),
    )
    return delete.count(tx, given)


def _read(
    tx: Transaction,
    table: type[SQLModel],
    where: Sequence[Any],
    equal: dict[str, Any],
    order_by: Sequence[Any],
    limit: int | None,
    lock: bool,
) -> list[Any]:
    # SQL asks for NULL in other words.
    empty = tuple([name for name, value in equal.items() if value is None])
    equal = {name: value for name, value in equal.items() if value is not None} if empty else equal
    try:
        asked, given = _shapes(where, _ASKED) if where else ((), {})
        order = tuple([order_of(each) for each in order_by])
    except Shapeless:
        where = (*where, *_equalities(table, equal, equal.values()), *_nothing_in(table, empty))
        result = tx.execute(_select(table, where, order_by, limit, lock))
        named = prepared.named_row(tuple(table_of(table).columns.keys()))
        return [named(row) for row in result]

    def build() -> sa.Select[Any]:
        asks = _clauses(asked, _ASKED) + _equalities(table, equal, map(sa.bindparam, equal))
        asks += _nothing_in(table, empty)
        return _select(table, asks, [way(column) for column, way, _ in order], limit, lock)

    key = ("read", table, asked, *equal, empty, order, limit, lock)
    return prepared.compiled(tx, key, build).rows(tx, {**given, **equal} if given else equal)


def _update(
    tx: Transaction,
    table: type[SQLModel],
    asked: tuple[Shape, ...],
    given: dict[str, Any],
    values: dict[str, Any],
) -> int:
    # A column may be set to a sum of itself.
    sums = {name: v for name, v in values.items() if isinstance(v, sa.ClauseElement)}
    summed, added = _shapes(sums.values(), _ADDED)
    plain = {name: v for name, v in values.items() if name not in sums} if sums else values

    def build() -> sa.Update:
        update = sa.update(table_of(table)).where(*_clauses(asked, _ASKED))
        set_to = dict(zip(sums, _clauses(summed, _ADDED), strict=True))
        return update.values(set_to) if set_to else update

    # `sums` by name: which column is set to which sum is part of what is said.
    key = ("change", table, asked, tuple(values), tuple(sums), summed)
    update = prepared.compiled(tx, key, build, plain)
    return update.count(tx, {**plain, **given, **added})


def _equalities(
    table: type[SQLModel], names: Iterable[str], values: Iterable[Any]
) -> list[sa.ColumnElement[bool]]:
    columns = table_of(table).c
    return [columns[name] == value for name, value in zip(names, values, strict=True)]


def _nothing_in(table: type[SQLModel], names: Iterable[str]) -> list[sa.ColumnElement[bool]]:
    columns = table_of(table).c
    return [columns[name].is_(None) for name in names]


def _select(
    table: type[SQLModel],
    where: Iterable[Any],
    order_by: Iterable[Any],
    limit: int | None,
    lock: bool,
) -> sa.Select[Any]:
    query = sa.select(table_of(table)).where(*where).order_by(*order_by).limit(limit)
    # No key is ever changed: rows that refer to this one may be added meanwhile. SQLite, whose
    # writers take turns, is said nothing by it.
    return query.with_for_update(key_share=True) if lock else query


def _insert(table: type[SQLModel], row: Mapping[str, Any], dialect: str) -> sa.Insert:
    insert = sa.insert(table_of(table)).inline()
    key = _key_of(table)  # pyright: ignore[reportArgumentType] - classes are hashable
    if dialect == "sqlite" or key in row:
        return insert
    return insert.returning(table_of(table).c[key])


def _insert_if_absent(table: type[SQLModel], dialect: str) -> sa.Insert:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(table_of(table)).inline().on_conflict_do_nothing()


def _shapes(
    clauses: Iterable[Any], names: Sequence[str]
) -> tuple[tuple[Shape, ...], dict[str, Any]]:
    values: list[Any] = []
    shapes = tuple([shape_of(clause, values) for clause in clauses])
    return shapes, dict(zip(names, values, strict=False))


def _clauses(shapes: Iterable[Shape], names: Sequence[str]) -> list[sa.ColumnElement[Any]]:
    left = iter(names)
    return [clause_of(shape, left) for shape in shapes]


def _filled(table: type[SQLModel], values: dict[str, Any]) -> dict[str, Any]:
    constants, makers = _defaults(table)  # pyright: ignore[reportArgumentType] - hashable
    return {**constants, **{name: make() for name, make in makers.items()}, **values}


@cache
def _defaults(table: type[SQLModel]) -> tuple[dict[str, Any], dict[str, Callable[[], Any]]]:
    """What a row holds where nothing is said; Core statements don't ask the model by themselves."""
    constants: dict[str, Any] = {}
    makers: dict[str, Callable[[], Any]] = {}
    for name, field in table.model_fields.items():
        if field.is_required() or table_of(table).columns[name].primary_key:
            continue
        if field.default_factory is None:
            constants[name] = field.default
        else:
            makers[name] = cast("Callable[[], Any]", field.default_factory)
    return constants, makers


@cache
def _key_of(table: type[SQLModel]) -> str:
    return next(iter(table_of(table).primary_key)).name
