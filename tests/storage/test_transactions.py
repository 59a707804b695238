"""Write transactions take turns: nothing is lost, and nobody hears that a database is locked."""

import sqlite3
import threading
import time
from contextlib import closing, suppress

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from evidence.ledger import verify
from storage import ledger, turns
from storage.rows import add, change, every, one, remove, table_of
from storage.session import DatabaseFull
from storage.tables import Counter
from tests.storage import racer

NAME = table_of(Counter).c.name


def value(db, name="race"):
    with db.read() as tx:
        return one(tx, Counter, name == NAME).value


def start(db):
    with db.write() as tx:
        add(tx, Counter, name="race", value=0)


def test_two_threads_that_read_then_write_lose_no_update(database):
    start(database)
    assert racer.in_threads(database, "add_up", 100) == []
    assert value(database) == 200


def test_two_processes_that_read_then_write_lose_no_update(database, race):
    start(database)
    race(database, "add_up", 100)
    assert value(database) == 200


def test_two_processes_may_open_a_new_file_at_once(sqlite_database, race):
    """SQLite lets nobody wait for the change to WAL: half a dozen files show it."""
    for number in range(100):
        race(sqlite_database, "open_new", number)


def test_two_processes_never_get_the_same_number(database, race):
    first, second = race(database, "number", 60)
    assert sorted(first + second) == list(range(1, 121))


def test_two_processes_that_append_to_one_subject_never_fork_its_chain(database, race):
    race(database, "append", 40)
    with database.read() as tx:
        found = verify(ledger.chain(tx, "TB-1"), "TB-1")
    assert found.ok and found.entries == 80


def test_a_number_given_out_in_a_transaction_that_failed_is_given_again(database):
    with pytest.raises(RuntimeError), database.write() as tx:
        assert racer.next_number(tx, "TB-2026") == 1
        raise RuntimeError
    with database.write() as tx:
        assert racer.next_number(tx, "TB-2026") == 1


def test_a_reader_sees_one_moment_and_waits_for_no_writer(database):
    start(database)
    with database.read() as reader:
        before = one(reader, Counter, NAME == "race").value
        with database.write() as tx:
            change(tx, Counter, NAME == "race", value=7)
        assert one(reader, Counter, NAME == "race").value == before
    assert value(database) == 7


def test_a_reader_can_not_leave_changes_behind(database):
    start(database)
    with database.read() as tx:
        remove(tx, Counter, NAME == "race")
    assert value(database) == 0


def test_a_writer_waits_for_another_process_instead_of_failing(sqlite_database):
    start(sqlite_database)
    path = sqlite_database.engine.url.database
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.5, other.rollback)
        release.start()
        with sqlite_database.write() as tx:
            change(tx, Counter, NAME == "race", value=1)
        release.join()
    assert value(sqlite_database) == 1


def test_what_a_commit_says_is_on_disk_is_on_disk(sqlite_database):
    with sqlite_database.read() as tx:
        found = {
            name: tx.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
        }
    full = 2
    assert found == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "recursive_triggers": 1,
    }


def test_rows_refer_to_rows_that_are_there(database):
    orphan = sa.text("INSERT INTO brand (rights_holder_id, name) VALUES (99, 'Nobody''s')")
    with pytest.raises(sa.exc.IntegrityError), database.write() as tx:
        tx.execute(orphan)


def test_a_full_disk_is_named_and_keeps_nothing(sqlite_database):
    """SQLite's own limit on its pages stands for the disk: the same error, at the same place."""
    start(sqlite_database)

    def no_more_room(connection, _record):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    sqlite_database.close()
    sa.event.listen(sqlite_database.engine, "connect", no_more_room)
    with pytest.raises(DatabaseFull, match="Make room"), sqlite_database.write() as tx:
        change(tx, Counter, NAME == "race", value=7)
        for number in range(2000):
            add(tx, Counter, name=f"filler {number}" + "x" * 500, value=number)
    assert value(sqlite_database) == 0


def shared_by(db, works):
    """Each of `works` as a short change of a thread of its own, all waiting for one turn."""
    raised = [None] * len(works)

    def run(place, work):
        try:
            with db.write(short=True) as tx:
                work(tx)
        except Exception as error:
            raised[place] = error

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    with db.write():
        for thread in threads:
            thread.start()
        while db._turns._waiting < len(works):
            time.sleep(0.001)
    for thread in threads:
        thread.join(timeout=60)
    return raised


def counted(name):
    return lambda tx: add(tx, Counter, name=name, value=1)


def failing(tx):
    add(tx, Counter, name="failed", value=1)
    raise RuntimeError


def names(db):
    with db.read() as tx:
        return {row.name for row in every(tx, Counter)}


def test_short_changes_that_wait_are_committed_once_and_one_that_fails_is_undone_alone(
    sqlite_database,
):
    commits = []
    event.listen(sqlite_database.engine, "commit", commits.append)
    works = [counted("1"), failing, counted("2"), counted("3"), failing]
    raised = shared_by(sqlite_database, works)
    assert [type(each) for each in raised if each] == [RuntimeError, RuntimeError]
    assert names(sqlite_database) == {"1", "2", "3"}
    assert len(commits) == 2  # the one they waited for, and theirs


def test_a_short_change_alone_that_fails_leaves_nothing_and_nobody_waiting(sqlite_database):
    with pytest.raises(RuntimeError), sqlite_database.write(short=True) as tx:
        failing(tx)
    with sqlite_database.write(short=True) as tx:
        counted("after")(tx)
    assert names(sqlite_database) == {"after"}


def test_where_the_shared_transaction_is_lost_each_of_it_hears_so(sqlite_database):
    """None may believe in a change that is not on disk."""

    def lose(tx):
        tx.connection.driver_connection.rollback()
        raise OSError

    raised = shared_by(sqlite_database, [counted("1"), lose, counted("2"), counted("3")])
    kept = {str(place) for place, error in zip((1, 0, 2, 3), raised, strict=True) if not error}
    assert names(sqlite_database) == kept
    assert isinstance(raised[1], OSError)


def test_a_commit_that_fails_is_told_to_all_that_shared_it(sqlite_database, monkeypatch):
    def fail(_):
        raise sa.exc.OperationalError("COMMIT", None, Exception("database or disk is full"))

    works = [counted("1"), counted("2")]
    with monkeypatch.context() as patched:
        patched.setattr(turns, "_commit", fail)
        raised = shared_by(sqlite_database, works)
    assert [type(each) for each in raised] == [DatabaseFull, DatabaseFull]
    assert names(sqlite_database) == set()
    assert shared_by(sqlite_database, works) == [None, None]


def test_two_processes_of_short_changes_lose_no_update(sqlite_database, race):
    start(sqlite_database)
    race(sqlite_database, "add_up_shortly", 100)
    assert value(sqlite_database) == 200


def test_a_batch_leaves_out_what_fails_and_commits_the_rest(database):
    with database.batch() as together:
        for work in (counted("1"), failing, counted("2")):
            with suppress(RuntimeError), together.write() as tx:
                work(tx)
    assert names(database) == {"1", "2"}
