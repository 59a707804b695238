"""The database and the one way to open a transaction on it.

Owns engines, pragmas and BEGIN IMMEDIATE. A write transaction on SQLite begins with BEGIN IMMEDIATE
(a read-then-write under plain BEGIN dies of "database is locked") and waits its turn in this
process first, because SQLite's own lock is unfair. On PostgreSQL rows that a rule reads to decide
are locked in the order flag, listing, shop, operator, test buys by their numbers, campaign,
referral, buyers.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from tenacity import retry, retry_if_exception_message, stop_after_delay, wait_random

from storage import prepared
from storage.prepared import Prepared

Transaction = Connection
"""An open transaction; query modules take it first."""

DatabaseTrouble = DBAPIError
"""What reading raises where the database is away, damaged or of another kind; `orig` says why."""

AddressTrouble = ArgumentError
"""What opening a database raises for an address that names no database we know."""

SQLITE_BUSY_SECONDS = 30
SQLITE_STATEMENTS = 512
"""Statements the driver keeps parsed for a connection; the programme has some two hundred."""

_BEGIN, _BEGIN_IMMEDIATE = Prepared(sa.text("BEGIN")), Prepared(sa.text("BEGIN IMMEDIATE"))
_LONGEST_LOOK = 0.12
"""Seconds, a little more than SQLite's busy handler sleeps at most between two looks."""


_NO_ROOM = ("database or disk is full", "No space left on device")
"""What SQLite and PostgreSQL say of a full disk."""


class DatabaseFull(Exception):  # noqa: N818 - says what is the matter
    """The disk under the database is full; nothing of the transaction was kept."""

    def __init__(self) -> None:
        super().__init__("The disk of the database is full. Make room, then do it again.")


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
        self._turn = threading.Lock()
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
    def write(self) -> Iterator[Transaction]:
        """A transaction that may write: committed at the end, rolled back on any exception.

        Raises DatabaseFull where there is no room for it.
        """
        try:
            with self._writing() as transaction:
                yield transaction
        except OperationalError as error:
            if any(sign in str(error.orig) for sign in _NO_ROOM):
                raise DatabaseFull from error
            raise

    @contextmanager
    def _writing(self) -> Iterator[Transaction]:
        if not self.is_sqlite:
            with self.engine.begin() as transaction:
                yield transaction
            return
        with self._turn, self.engine.connect() as connection:
            connection.begin()
            _BEGIN_IMMEDIATE.run(connection)
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

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
    def write(self) -> Iterator[Transaction]:
        """The transaction that is open."""
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
