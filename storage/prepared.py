"""Core statements prepared once for a database, then run by the driver's own cursor.

SQLAlchemy spends about 0.1 ms on a statement each time it is executed, many times what SQLite
spends on it (measured). A statement is therefore compiled once: its text, the order of its
parameters, and what turns values into the driver's and back are kept with the `Database` it was
compiled for. They are those of SQLAlchemy's types, so that enums, JSON and times are checked and
read as anywhere else.

It runs on the transaction's own connection, and errors leave as SQLAlchemy's. What is left out:
SQLAlchemy's events and `echo` do not see these statements, and parameters that SQLAlchemy expands
on execution (`in_` of a list) are refused; `storage.rows` leaves those to SQLAlchemy.
"""

from collections import namedtuple
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import cache
from typing import Any, NoReturn

from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError, MultipleResultsFound

KEPT = "testbuy_prepared"
"""The execution option of an engine under which its prepared statements are kept: a dict."""

Processor = Callable[[Any], Any]
NOTHING: Mapping[str, Any] = {}


class Compiled:
    """A statement compiled for one database."""

    def __init__(
        self, statement: Any, dialect: Dialect, columns: Iterable[str] | None = None
    ) -> None:
        """`columns`: those an INSERT or UPDATE sets by parameters of the same names."""
        names = list(columns) if columns is not None else None
        compiled = statement.compile(dialect=dialect, column_keys=names)
        if compiled.post_compile_params or compiled.literal_execute_params:
            raise ValueError(f"parameters of this statement are expanded on execution: {compiled}")
        self._sql = str(compiled)
        self._given: list[tuple[int | str, str, Processor | None]] = []
        # SQLite counts its parameters, psycopg names them: a copy of either is filled each time.
        self._template: Any = [None] * len(compiled.positiontup) if compiled.positional else {}
        for place, name in enumerate(compiled.positiontup or compiled.binds):
            bind = compiled.binds[name]
            process = bind.type.dialect_impl(dialect).bind_processor(dialect)
            where = place if compiled.positional else compiled.escaped_bind_names.get(name, name)
            if bind.required:
                self._given.append((where, name, process))
            else:
                value = bind.effective_value
                self._template[where] = process(value) if process else value
        shown = getattr(statement, "exported_columns", ())
        self._types = [column.type for column in shown]
        self._named: Callable[[Iterable[Any]], Any] = named_row(
            tuple(shown.keys() if shown else ())
        )
        self._back: list[tuple[int, Processor]] | None = None

    def rows(self, tx: Connection, values: Mapping[str, Any]) -> list[Any]:
        """Run it; all rows, as read-only named tuples."""
        cursor = tx.connection.cursor()
        try:
            cursor.execute(self._sql, self._parameters(tx, values))
            found = cursor.fetchall()
        except tx.dialect.loaded_dbapi.Error as error:
            self._fail(tx, values, error)
        if not found:
            return []
        back = self._back
        if back is None:
            back = self._back = self._processors(tx.dialect, cursor.description)
        named, rows = self._named, []
        for each in found:
            row = list(each)
            for place, process in back:
                row[place] = process(row[place])
            rows.append(named(row))
        return rows

    def count(self, tx: Connection, values: Mapping[str, Any]) -> int:
        """Run it; how many rows it changed."""
        cursor = tx.connection.cursor()
        try:
            cursor.execute(self._sql, self._parameters(tx, values))
        except tx.dialect.loaded_dbapi.Error as error:
            self._fail(tx, values, error)
        return cursor.rowcount

    def new_number(self, tx: Connection, values: Mapping[str, Any]) -> int:
        """Run an INSERT; the number SQLite gave the row (PostgreSQL: say RETURNING, use `rows`)."""
        cursor = tx.connection.cursor()
        try:
            cursor.execute(self._sql, self._parameters(tx, values))
        except tx.dialect.loaded_dbapi.Error as error:
            self._fail(tx, values, error)
        return getattr(cursor, "lastrowid", 0)

    def _parameters(self, tx: Connection, values: Mapping[str, Any]) -> Any:
        parameters = self._template.copy()
        try:
            for where, name, process in self._given:
                value = values[name]
                parameters[where] = process(value) if process else value
        except Exception as error:
            self._fail(tx, values, error)
        return parameters

    def _processors(self, dialect: Dialect, description: Any) -> list[tuple[int, Processor]]:
        found = (
            kind.dialect_impl(dialect).result_processor(dialect, column[1])
            for kind, column in zip(self._types, description, strict=True)
        )
        return [(place, process) for place, process in enumerate(found) if process]

    def _fail(self, tx: Connection, values: Mapping[str, Any], error: Exception) -> NoReturn:
        """Raise what SQLAlchemy would: callers tell a full disk or a broken rule by its classes."""
        driver = tx.dialect.loaded_dbapi.Error
        lost = isinstance(error, driver) and tx.dialect.is_disconnect(error, tx.connection, None)
        hidden = tx.engine.hide_parameters
        raised = DBAPIError.instance(
            self._sql, dict(values), error, driver, hidden, lost, tx.dialect
        )
        if lost:
            tx.invalidate(error)
        raise raised from error


class Prepared:
    """A statement declared in a query module; its parameters are `bindparam`s, given by name."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement

    def rows(self, tx: Connection, values: Mapping[str, Any] = NOTHING) -> list[Any]:
        """All rows, as read-only named tuples."""
        return compiled(tx, self, self._declared).rows(tx, values)

    def row(self, tx: Connection, values: Mapping[str, Any] = NOTHING) -> Any | None:
        """The one row, or None; raises MultipleResultsFound."""
        return at_most_one(self.rows(tx, values))

    def run(self, tx: Connection, values: Mapping[str, Any] = NOTHING) -> int:
        """Run what gives no rows; how many it changed."""
        return compiled(tx, self, self._declared).count(tx, values)

    def change(self, tx: Connection, seen: Mapping[str, Any], new: Mapping[str, Any]) -> int:
        """Run an UPDATE whose WHERE asks for `seen`, setting the columns `new`; how many rows."""
        columns = tuple(new)
        return compiled(tx, (self, columns), self._declared, columns).count(tx, {**seen, **new})

    def _declared(self) -> Any:
        return self._statement


def compiled(
    tx: Connection,
    key: Hashable,
    statement: Callable[[], Any],
    columns: Iterable[str] | None = None,
) -> Compiled:
    """What is kept for this database under `key`, compiled from `statement` at the first call."""
    kept: dict[Hashable, Compiled] = tx.get_execution_options().get(KEPT, {})
    found = kept.get(key)
    if found is None:
        found = kept[key] = Compiled(statement(), tx.dialect, columns)
    return found


def at_most_one(rows: list[Any]) -> Any | None:
    """The row of a list of at most one; raises MultipleResultsFound."""
    if len(rows) > 1:
        raise MultipleResultsFound("Multiple rows were found when one or none was required")
    return rows[0] if rows else None


@cache
def named_row(names: tuple[str, ...]) -> Callable[[Iterable[Any]], Any]:
    """What makes a read-only named tuple of a row's values; an unnamed column is `_0`, `_1`, …"""
    return namedtuple("Row", names, rename=True)._make
