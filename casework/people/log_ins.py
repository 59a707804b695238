"""Running log-ins: how one begins, what is known of it, and how it ends.

Owns the rows and their tokens, of which only digests are stored. A log-in is over after IDLE unused
or after ABSOLUTE. Leaves who may begin one to `casework.people.access`, and what ends together with
a person's log-ins to `casework.people.shutting_out`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, ip_address

from casework.act import Act
from casework.errors import NotFound, Refused
from evidence.digests import sha256_of
from rules.access import Began
from rules.roles import Role
from storage.rows import add, change, change_one, every, one, remove, table_of
from storage.session import Database, Transaction
from storage.tables import LogIn

IDLE = timedelta(minutes=30)
"""A log-in that was not used for so long is over."""
ABSOLUTE = timedelta(hours=12)
"""A log-in is over after so long, used or not."""
TOKEN_CHARACTERS = 52
_SEEN_EVERY = timedelta(minutes=1)
_log_ins = table_of(LogIn).c


@dataclass(frozen=True, slots=True)
class Device:
    """What a log-in came from: browser and system in words, and the address it called from."""

    browser: str = ""
    system: str = ""
    address: str = ""

    @property
    def coarse(self) -> str:
        """The address without its last part (IPv4) or its last 80 bits, as it is kept."""
        try:
            address = ip_address(self.address)
        except ValueError:
            return ""
        if isinstance(address, IPv4Address):
            return f"{self.address.rpartition('.')[0]}.*"
        return ":".join(address.exploded.split(":")[:3]) + ":*"


UNKNOWN = Device()


@dataclass(frozen=True, slots=True)
class NewLogIn:
    """A log-in that has just begun; `token` exists nowhere else."""

    token: str
    expires_at: datetime


def begin(
    tx: Transaction,
    person_id: int,
    began: Began,
    device: Device,
    now: datetime,
    seed: bytes,
    *,
    second_factor: bool = False,
) -> NewLogIn:
    """Begin a log-in; `second_factor` where what began it holds two factors."""
    chance = Act(Role.PROGRAMME, now, seed)
    token = chance.token("log-in", TOKEN_CHARACTERS)
    remove(tx, LogIn, _log_ins.expires_at <= now)
    add(
        tx,
        LogIn,
        token_digest=digest_of(token),
        person_id=person_id,
        csrf_token=chance.token("csrf", TOKEN_CHARACTERS),
        began=began,
        second_factor_at=now if second_factor else None,
        browser=device.browser[:40],
        system=device.system[:40],
        address=device.coarse,
        created_at=now,
        seen_at=now,
        expires_at=now + ABSOLUTE,
    )
    return NewLogIn(token, now + ABSOLUTE)


def find(tx: Transaction, token: str, now: datetime) -> LogIn | None:
    """The running log-in of a token."""
    row = one(tx, LogIn, token_digest=digest_of(token))
    return row if row is not None and _runs(row, now) else None


def seen(db: Database, row: LogIn, now: datetime) -> None:
    """Note that it is used, to the minute."""
    if now - row.seen_at >= _SEEN_EVERY:
        with db.write(short=True) as tx:
            change_one(tx, LogIn, row.id, seen_at=now)


def given(tx: Transaction, token: str, now: datetime) -> None:
    """The second factor was given in this log-in."""
    if not change(tx, LogIn, _log_ins.token_digest == digest_of(token), second_factor_at=now):
        raise Refused("This log-in is over. Log in again.")


def running(db: Database, person_id: int, now: datetime) -> Sequence[LogIn]:
    """A person's running log-ins, the last used first."""
    with db.read() as tx:
        rows = every(tx, LogIn, person_id=person_id)
    return sorted((row for row in rows if _runs(row, now)), key=lambda row: row.seen_at)[::-1]


def running_of(tx: Transaction, people: Sequence[int], now: datetime) -> Sequence[LogIn]:
    """The running log-ins of some persons."""
    return [row for row in every(tx, LogIn, _log_ins.person_id.in_(people)) if _runs(row, now)]


def end(db: Database, person_id: int, number: int) -> None:
    """End one of one's own log-ins."""
    with db.write() as tx:
        if not remove(tx, LogIn, _log_ins.id == number, _log_ins.person_id == person_id):
            raise NotFound("This log-in is over already, or is not yours.")


def end_token(tx: Transaction, token: str) -> None:
    """End the log-in of a token, where there is one."""
    remove(tx, LogIn, _log_ins.token_digest == digest_of(token))


def end_all(tx: Transaction, person_id: int, *, but: str | None = None) -> int:
    """End every log-in of a person, but the one with the token `but`; gives how many."""
    if but is None:
        return remove(tx, LogIn, _log_ins.person_id == person_id)
    kept = _log_ins.token_digest != digest_of(but)
    return remove(tx, LogIn, _log_ins.person_id == person_id, kept)


def digest_of(token: str) -> str:
    """How a token is stored."""
    return sha256_of(token.encode())


def _runs(row: LogIn, now: datetime) -> bool:
    return now < row.expires_at and now - row.seen_at < IDLE
