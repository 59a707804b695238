"""The turns of a process's writers on SQLite: one transaction at a time, short changes together.

A commit waits for the disk, and all other writers with it. Short changes that wait for a turn at
the same moment therefore share one transaction: each is a savepoint, so that one that fails takes
nothing of the others with it, and none returns before the commit of all is on disk. Whoever goes
last commits. SQLite's own lock is unfair, so that threads of a process wait for their turn here.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from storage.prepared import Prepared

MOST, LONGEST_SECONDS = 32, 0.05
"""Changes that share a transaction, and how long it takes in more: other processes wait for it."""

_LOST_SECONDS = 1.0
_BEGIN = Prepared(sa.text("BEGIN IMMEDIATE"))
_SAVE, _KEEP = Prepared(sa.text("SAVEPOINT change")), Prepared(sa.text("RELEASE change"))
_UNDO = Prepared(sa.text("ROLLBACK TO change"))


class _Shared:
    """A transaction that is open for short changes; `over` once it is committed or has failed."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.until = time.monotonic() + LONGEST_SECONDS
        self.changes = 0
        self.over = threading.Event()
        self.error: Exception | None = None


class Turns:
    """The writers of one database in this process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = threading.Lock()
        self._counting = threading.Lock()
        self._waiting = 0
        self._open: _Shared | None = None

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """A transaction of one change: committed at the end, rolled back on any exception."""
        with self._turn:
            self._end()
            with self._engine.connect() as connection:
                connection.begin()
                _BEGIN.run(connection)
                try:
                    yield connection
                except BaseException:
                    connection.rollback()
                    raise
                connection.commit()

    @contextmanager
    def shared(self) -> Iterator[Connection]:
        """A short change in a transaction with others; raises what kept that from its commit."""
        self._take_turn()
        try:
            mine = self._open = self._open or self._begin()
            try:
                with savepoint(mine.connection):
                    yield mine.connection
            except BaseException as error:
                # A full disk may end the whole transaction: what others wrote is lost by it, too.
                mine.error = None if in_transaction(mine.connection) else _told(error)
                raise
            mine.changes += 1
        finally:
            self._pass_on()
            self._turn.release()
        while not mine.over.wait(_LOST_SECONDS):
            # Whoever was to go next was interrupted while waiting.
            with self._turn:
                if self._open is mine:
                    self._end()
        if mine.error:
            raise mine.error

    def _take_turn(self) -> None:
        self._count(1)
        try:
            self._turn.acquire()
        finally:
            self._count(-1)

    def _count(self, by: int) -> None:
        with self._counting:
            self._waiting += by

    def _begin(self) -> _Shared:
        connection = self._engine.connect()
        try:
            connection.begin()
            _BEGIN.run(connection)
        except BaseException:
            connection.close()
            raise
        return _Shared(connection)

    def _pass_on(self) -> None:
        """Leave the transaction to the next short change that waits, or end it."""
        mine = self._open
        if mine is None:
            return
        room = mine.changes < MOST and time.monotonic() < mine.until
        if mine.error or not (self._waiting and room):
            self._end()

    def _end(self) -> None:
        """Commit what is open for all that took part in it."""
        ending, self._open = self._open, None
        if ending is None:
            return
        try:
            if ending.error is None:
                _commit(ending.connection)
        except BaseException as error:
            ending.error = _told(error)
            if not isinstance(error, Exception):
                raise
        finally:
            try:
                ending.connection.close()
            finally:
                ending.over.set()


def _told(error: BaseException) -> Exception:
    """What those hear who shared a transaction; an interruption is its own thread's alone."""
    if isinstance(error, Exception):
        return error
    return RuntimeError("The commit was interrupted; nothing of it was kept.")


def _commit(connection: Connection) -> None:
    connection.commit()


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """A change inside an open transaction of SQLite: kept, or undone alone on any exception."""
    _SAVE.run(connection)
    try:
        yield
    except BaseException:
        if in_transaction(connection):
            _UNDO.run(connection)
            _KEEP.run(connection)
        raise
    _KEEP.run(connection)


def in_transaction(connection: Connection) -> bool:
    """Whether SQLite still has the transaction: some errors end it by themselves."""
    raw = connection.connection.driver_connection
    return raw is not None and raw.in_transaction
