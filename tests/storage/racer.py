"""One side of a race, as a process that runs many.

For each line "<database URL> <what> <how often>" it says "ready", begins at the next line, and
says what it got as a line of JSON.
"""

import json
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import IntegrityError

from storage import ledger, migrations, wakeups
from storage.rows import change, one, table_of
from storage.session import Database
from storage.tables import Counter
from storage.testbuys import next_number

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def add_up(db, times):
    """Read a number, add one, write it back."""
    name = table_of(Counter).c.name
    for _ in range(times):
        with db.write() as tx:
            row = one(tx, Counter, name == "race", lock=True)
            change(tx, Counter, name == "race", value=row.value + 1)


def add_up_shortly(db, times):
    """The same by two threads on each side, as short changes."""

    def add_up():
        for _ in range(times // 2):
            with db.write(short=True) as tx:
                row = one(tx, Counter, name="race")
                change(tx, Counter, table_of(Counter).c.name == "race", value=row.value + 1)

    threads = [threading.Thread(target=add_up) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)


def number(db, times):
    for _ in range(times):
        with db.write() as tx:
            yield next_number(tx, "TB-2026")


def append(db, times):
    """Append until it succeeds, so that only a fork of the chain can go wrong."""
    for event in range(times):
        while True:
            try:
                with db.write() as tx:
                    yield ledger.append(tx, "TB-1", {"event": event}, NOW).seq
                break
            except IntegrityError:
                yield "again"


def claim(db, _times):
    """Claim three at a time until nothing is left."""
    while True:
        with db.write() as tx:
            claimed = wakeups.claim_due(tx, NOW, timedelta(seconds=30), limit=3)
        if not claimed:
            return
        yield from (wakeup.id for wakeup in claimed)


def upgrade(db, _times):
    migrations.upgrade(db)


def open_new(db, number):
    """Open a new file, the `number`th, together with the other side."""
    with closing(Database(f"{db.url}.{number}")) as new, new.write() as tx:
        tx.exec_driver_sql("CREATE TABLE IF NOT EXISTS opened (at TEXT)")


WHAT = {
    function.__name__: function
    for function in (add_up, add_up_shortly, number, append, claim, open_new, upgrade)
}


def in_threads(db, what, times):
    """The same race between two threads of this process; gives the errors they met."""
    errors = []

    def run():
        try:
            list(WHAT[what](db, times) or ())
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return errors


def say(words):
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    for line in sys.stdin:
        url, what, times = line.split()
        race = Database(url)
        say("ready")
        sys.stdin.readline()
        say(json.dumps(list(WHAT[what](race, int(times)) or ())))
        race.close()
