"""The database and the one way to open a transaction on it.

Owns engines, pragmas and how a transaction begins. A write transaction on SQLite begins with BEGIN
IMMEDIATE (a read-then-write under plain BEGIN dies of "database is locked") and waits its turn in
this process first (`storage.turns`). On PostgreSQL rows that a rule reads to decide
are locked in the order flag, listing, shop, operator, test buys by their numbers, campaign,
referral, buyers.
"""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, OperationalError
from tenacity import retry, retry_if_exception_message, stop_after_delay, wait_random

from storage import prepared
from storage.broken import unique_key
from storage.prepared import Prepared
from storage.turns import Turns, savepoint

Transaction = Connection
"""An open transaction; query modules take it first."""

DatabaseTrouble = DBAPIError
"""What reading raises where the database is away, damaged or of another kind; `orig` says why."""

AddressTrouble = ArgumentError
"""What opening a database raises for an address that names no database we know."""

SQLITE_BUSY_SECONDS = 30
SQLITE_STATEMENTS = 512
"""Statements the driver keeps parsed for a connection; the programme has some two hundred."""

_BEGIN = Prepared(sa.text("BEGIN"))
_LONGEST_LOOK = 0.12
"""Seconds, a little more than SQLite's busy handler sleeps at most between two looks."""


_NO_ROOM = ("database or disk is full", "No space left on device")
"""What SQLite and PostgreSQL say of a full disk."""


class DatabaseFull(Exception):  # noqa: N818 - says what is the matter
    """The disk under the database is full; nothing of the transaction was kept."""

    def __init__(self) -> None:
        super().__init__("The disk of the database is full. Make room, then do it again.")


class Taken(IntegrityError):  # noqa: N818 - says what is the matter
    """A row with this unique key is there already; nothing of the transaction was kept.

    Two were told the same thing at once, and each had found that it was free. `table` and `columns`
    say which key it is.
    """

    def __init__(self, error: IntegrityError, table: str, columns: tuple[str, ...]) -> None:
        super().__init__(error.statement, error.params, error.orig or error)
        self.table, self.columns = table, columns


class Database:
    """A database by its URL; SQLite (WAL, synchronous FULL) or PostgreSQL (psycopg)."""

    def __init__(self, url: str) -> None:
        self.url = url
        sqlite = url.startswith("sqlite")
        self.engine: Engine = sa.create_engine(
            url,
            pool_pre_ping=not sqlite,
            execution_options={prepared.KEPT: {}},
            connect_args={"cached_statements": SQLITE_STATEMENTS} if sqlite else {},
        )
        self._turns = Turns(self.engine)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _prepare_sqlite)

    @classmethod
    def in_folder(cls, home: Path) -> "Database":
        """The SQLite database of a home folder."""
        return cls(f"sqlite:///{home / 'testbuy.db'}")

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def write(self, *, short: bool = False) -> Iterator[Transaction]:
        """A transaction that may write: committed at the end, rolled back on any exception.

        `short`: a few rows, and nothing waited for; on SQLite such changes of several threads are
        committed together (`storage.turns`). Raises DatabaseFull where there is no room for it,
        and Taken where a unique key is taken.
        """
        try:
            with self._writing(short) as transaction:
                yield transaction
        except IntegrityError as error:
            if isinstance(error, Taken) or (key := unique_key(error.orig)) is None:
                raise
            raise Taken(error, *key) from error
        except OperationalError as error:
            if any(sign in str(error.orig) for sign in _NO_ROOM):
                raise DatabaseFull from error
            raise

    def _writing(self, short: bool) -> AbstractContextManager[Transaction]:
        if not self.is_sqlite:
            return self.engine.begin()
        return self._turns.shared() if short else self._turns.alone()

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """One consistent view; never waits for a writer."""
        with self.engine.connect() as connection:
            if self.is_sqlite:
                connection.begin()
                _BEGIN.run(connection)
            else:
                connection.execution_options(isolation_level="REPEATABLE READ")
                connection.begin()
            yield connection
            connection.rollback()

    @contextmanager
    def together(self) -> Iterator["Joined"]:
        """One write transaction for several changes that open one each.

        What they write is committed at the end, together with what is written on `tx`.
        """
        with self.write() as tx:
            joined = Joined(self, tx)
            yield joined
            if joined.failed:
                raise RuntimeError("a change failed, and the rest was to be kept without it")

    @contextmanager
    def batch(self) -> Iterator["Database"]:
        """A database whose changes are committed together at the end; one that fails is left out.

        Only SQLite gains by it: elsewhere each is committed by itself, and holds no other's rows.
        """
        if not self.is_sqlite:
            yield self
            return
        with self.write() as tx:
            yield Batch(self, tx)

    def give_way(self) -> None:
        """Let other processes write, for whoever is about to write again at once.

        A process that waits for SQLite's lock looks every tenth of a second whether it is free: a
        shorter gap between two transactions is one it may never see.
        """
        if self.is_sqlite:
            time.sleep(_LONGEST_LOOK)

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


class Joined(Database):
    """The database as seen from inside an open transaction: to write or read is to take part in it.

    A change that raised has failed as a whole, so that `Database.together` commits nothing after
    it, whoever caught the exception.
    """

    def __init__(self, db: Database, tx: Transaction) -> None:
        self.url, self.engine, self.tx = db.url, db.engine, tx
        self.failed = False

    @contextmanager
    def write(self, *, short: bool = False) -> Iterator[Transaction]:
        """The transaction that is open."""
        del short
        try:
            yield self.tx
        except BaseException:
            self.failed = True
            raise

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """The transaction that is open, with all it has written."""
        yield self.tx

    def give_way(self) -> None:
        """Nobody else can write before the transaction ends."""


class Batch(Joined):
    """Such a database on SQLite whose changes are savepoints: a failed one is undone alone."""

    @contextmanager
    def write(self, *, short: bool = False) -> Iterator[Transaction]:
        """The transaction that is open."""
        del short
        with savepoint(self.tx):
            yield self.tx


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # sqlite3's own transaction handling would leave reads outside; we say BEGIN ourselves.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_SECONDS * 1000}")
    _enter_wal(connection)
    for pragma in (
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "wal_autocheckpoint=4000",
    ):
        connection.execute(f"PRAGMA {pragma}")


# Two processes that open a new file at once: SQLite tells the second "locked" without waiting.
@retry(
    retry=retry_if_exception_message(match="database is locked"),
    stop=stop_after_delay(SQLITE_BUSY_SECONDS),
    wait=wait_random(0.01, 0.1),
    reraise=True,
)
def _enter_wal(connection: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
