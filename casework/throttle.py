"""How often something may be tried, counted in the database for all portal processes together.

Owns the counting. A try is counted before it is judged, so that many at once are no more than one
after the other; a right one gives its count back. Keys are kept as digests: who logs in from where
is nobody's to read here. A window begins with its first try, so that at most twice the number fall
into any span of its length.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from casework.errors import TooMany
from storage.rows import add_if_absent, change, one, remove, table_of
from storage.session import Database
from storage.tables import Tries

WINDOW = timedelta(minutes=15)
_tries = table_of(Tries).c


@dataclass(frozen=True, slots=True)
class Limit:
    """`most` tries within WINDOW; `advice` says what helps meanwhile."""

    kind: str
    most: int
    advice: str


_MINUTES = int(WINDOW.total_seconds() // 60)
_LINK = f"Wait {_MINUTES} minutes, or ask an administrator for a log-in link."
LOG_IN = Limit("log-in", 5, _LINK)
"""Wrong passwords for one e-mail from one address."""
LOG_IN_ADDRESS = Limit("log-in from", 50, _LINK)
"""Wrong passwords from one address."""
CODE = Limit("code", 5, f"Wait {_MINUTES} minutes, then use the code your device shows then.")
"""Wrong codes of one person, in all places where a code is asked for."""
PASSWORD = Limit("password", 5, f"Wait {_MINUTES} minutes, then try again.")
"""Wrong passwords of one person who is logged in."""


def take(db: Database, now: datetime, *wanted: tuple[Limit, str]) -> None:
    """Count one try for each limit and whom it is about. Raises TooMany, with nothing counted."""
    with db.write() as tx:
        for limit, whom in wanted:
            key = _key(limit, whom)
            if add_if_absent(tx, Tries, key=key, since=now, count=0):
                remove(tx, Tries, _tries.since <= now - WINDOW)
            row = one(tx, Tries, key=key, lock=True)
            assert row is not None  # just added, or there before
            since, count = (row.since, row.count) if now - row.since < WINDOW else (now, 0)
            if count >= limit.most:
                wait = since + WINDOW - now
                raise TooMany(f"Too many tries. {limit.advice}", wait=wait)
            change(tx, Tries, _tries.key == key, since=since, count=count + 1)


def give_back(db: Database, *wanted: tuple[Limit, str]) -> None:
    """Take back the count of a try that was right."""
    with db.write() as tx:
        for limit, whom in wanted:
            key = _key(limit, whom)
            change(tx, Tries, _tries.key == key, _tries.count > 0, count=_tries.count - 1)


def forget(db: Database, limit: Limit, whom: str) -> None:
    """Forget all tries: whoever could do it is who they say."""
    with db.write() as tx:
        remove(tx, Tries, _tries.key == _key(limit, whom))


def _key(limit: Limit, whom: str) -> str:
    return hashlib.sha256(f"{limit.kind}\0{whom}".encode()).hexdigest()
