"""What casework wrote, noted at the driver and written again by bare sqlite3, nothing read."""

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from bench.clock import Clock

Write = tuple[str, Any]
"""A statement that changes rows, and its parameters."""


class NotingConnection(sqlite3.Connection):
    """A connection that notes what is written through it, whoever says so; one list a commit."""

    def __init__(self, transactions: list[list[Write]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._transactions = transactions
        self._writes: list[Write] = []

    def cursor(self, factory: Any = None) -> Any:
        """A cursor that notes; no other kind is asked for."""
        assert factory is None
        return super().cursor(partial(NotingCursor, self._writes))

    def commit(self) -> None:
        """Commit, and begin another list."""
        super().commit()
        if self._writes:
            self._transactions.append(list(self._writes))
            self._writes.clear()


class NotingCursor(sqlite3.Cursor):
    """A cursor of such a connection."""

    def __init__(self, writes: list[Write], *args: Any) -> None:
        super().__init__(*args)
        self._writes = writes

    def execute(self, statement: str, parameters: Any = ()) -> "NotingCursor":
        """Note the statement, then execute it."""
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            self._writes.append((statement, tuple(parameters)))
        super().execute(statement, parameters)
        return self


def replay(file: Path, transactions: list[list[Write]]) -> Clock:
    """Make the same writes in the same transactions, on a copy of the database they began with."""
    clock = Clock()
    with closing(sqlite3.connect(file, isolation_level=None)) as bare:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=OFF"):
            bare.execute(f"PRAGMA {pragma}")
        # The ledger's entries follow each other; without those of the waivers none would fit.
        bare.execute("DROP TRIGGER keeps_ledger_insert")
        with clock.running():
            for statements in transactions:
                bare.execute("BEGIN IMMEDIATE")
                for statement, parameters in statements:
                    bare.execute(statement, parameters)
                bare.execute("COMMIT")
    return clock
