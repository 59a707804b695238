"""What casework wrote, noted at the driver and written again by bare sqlite3, nothing read."""

import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bench.clock import Clock
from storage.session import Database

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


def noted(db: Database) -> list[list[Write]]:
    """The transactions that will be written through `db` from now on; it is not opened yet."""
    transactions: list[list[Write]] = []

    def connecting(_: Any, __: Any, ___: Any, parameters: dict[str, Any]) -> None:
        parameters["factory"] = partial(NotingConnection, transactions)

    event.listen(db.engine, "do_connect", connecting)
    return transactions


class Bare:
    """A copy of the database casework began with, and what writing to it took."""

    def __init__(self, file: Path) -> None:
        self.clock = Clock()
        self._connection = sqlite3.connect(file, isolation_level=None)
        # The log is copied back as seldom as casework's, or the reference would pay for that alone.
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=OFF",
            "wal_autocheckpoint=4000",
        ):
            self._connection.execute(f"PRAGMA {pragma}")
        # The ledger's entries follow each other; without those of the waivers none would fit.
        self._connection.execute("DROP TRIGGER keeps_ledger_insert")

    def write(self, transactions: list[list[Write]]) -> None:
        """Make the same writes in the same transactions."""
        execute = self._connection.execute
        with self.clock.running():
            for statements in transactions:
                execute("BEGIN IMMEDIATE")
                for statement, parameters in statements:
                    execute(statement, parameters)
                execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
