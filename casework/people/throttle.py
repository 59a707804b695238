"""How often something may be tried, counted in the database for all portal processes together.

Owns the counting. A try is counted before it is judged, so that many at once are no more than one
after the other; a right one gives its count back. Keys are kept as digests: who logs in from where
is nobody's to read here. A window begins with its first try, so that at most twice the number fall
into any span of its length. A limit that `grows` doubles its window each time it was reached, up to
LONGEST, until it was left alone for a window's length.

Passwords are counted by account and address, by address, and by account from wherever (ADR 13). A
browser in which the account was logged in before has a count of its own, so that nobody locks a
colleague out by guessing.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from casework.errors import TooMany
from storage.rows import add_if_absent, change, one, remove, table_of
from storage.session import Database
from storage.tables import Tries

WINDOW = timedelta(minutes=15)
LONGEST = timedelta(hours=4)
_DOUBLINGS = 4
_tries = table_of(Tries).c


@dataclass(frozen=True, slots=True)
class Limit:
    """`most` tries within WINDOW; `advice` says what helps meanwhile."""

    kind: str
    most: int
    advice: str
    grows: bool = False


_MINUTES = int(WINDOW.total_seconds() // 60)
_LINK = f"Wait {_MINUTES} minutes, or ask an administrator for a log-in link."
_LATER = "Try again later, or ask an administrator for a log-in link."
LOG_IN = Limit("log-in", 5, _LATER, grows=True)
"""Wrong passwords for one e-mail from one address, or from one browser that is known to it."""
LOG_IN_ACCOUNT = Limit("log-in to", 20, _LATER, grows=True)
"""Wrong passwords for one e-mail from all browsers that are not known to it."""
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
            if add_if_absent(tx, Tries, key=key, since=now, count=0, reached=0):
                remove(tx, Tries, _tries.since <= now - 2 * LONGEST)
            row = one(tx, Tries, key=key, lock=True)
            assert row is not None  # just added, or there before
            since, count, reached, lasts = _window(limit, row, now)
            if count >= limit.most:
                raise TooMany(f"Too many tries. {limit.advice}", wait=since + lasts - now)
            change(tx, Tries, _tries.key == key, since=since, count=count + 1, reached=reached)


def _window(limit: Limit, row: Tries, now: datetime) -> tuple[datetime, int, int, timedelta]:
    """Since when it runs, the tries in it, how often in a row it was full, how long it lasts."""
    lasts = min(WINDOW * 2**row.reached, LONGEST)
    if now - row.since < lasts:
        return row.since, row.count, row.reached, lasts
    full = limit.grows and row.count >= limit.most and now - row.since < 2 * lasts
    reached = min(row.reached + 1, _DOUBLINGS) if full else 0
    return now, 0, reached, min(WINDOW * 2**reached, LONGEST)


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


def of_log_in(email: str, address: str, known: str) -> tuple[tuple[Limit, str], ...]:
    """What a try to log in counts for. `known` names a browser that is known to the account."""
    if known:
        return ((LOG_IN, f"{email}\0\0{known}"),)
    place = range_of(address)
    return ((LOG_IN, f"{email}\0{place}"), (LOG_IN_ADDRESS, place), (LOG_IN_ACCOUNT, email))


def range_of(address: str) -> str:
    """Which addresses count as one: one of IPv4 is itself, one of IPv6 its first 64 bits.

    Whoever has one address of such a net has all of them (RFC 6177).
    """
    try:
        said = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(said, IPv6Address):
        if said.ipv4_mapped is not None:
            return str(said.ipv4_mapped)
        return str(ip_network((said, 64), strict=False))
    return str(said)


def _key(limit: Limit, whom: str) -> str:
    return hashlib.sha256(f"{limit.kind}\0{whom}".encode()).hexdigest()
