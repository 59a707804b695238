"""The second factor: a device that shows codes (TOTP, RFC 6238), and recovery codes without it.

Owns enrolment, the checking of codes, and the reset by an administrator. A code counts once: its
time step is kept, and only a later one is taken. The shared secret is closed in the strongbox; it
is in no ledger, log or page but the one that shows it to its owner. Leaves who must have one to
`rules.access`, and what a log-in or signature asks for to `casework.people.access`.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pyotp.totp import TOTP

from casework.act import Act
from casework.errors import NotFound, Refused, Stale
from casework.people import log_ins, throttle
from casework.people.shutting_out import revoke_tokens, shut_out
from casework.people.strongbox import Strongbox
from rules.roles import Role
from storage import ledger
from storage.rows import add, add_if_absent, change, every, one, remove, table_of
from storage.session import Database, Transaction
from storage.tables import Person, RecoveryCode, SecondFactor

RECOVERY_CODES = 10
STEP_SECONDS = 30
_LATE_STEPS = 1
"""Steps a device's clock may be off, either way."""
_SECRET_CHARACTERS = 32
_ISSUER = "Test buys"
_factors, _codes = table_of(SecondFactor).c, table_of(RecoveryCode).c
WRONG = "This is not the code your device shows now. Wait for the next one, then type that."
USED = "This code was used already. Wait for the next one, then type that."


class Means(StrEnum):
    """What was given."""

    DEVICE = "device"
    RECOVERY = "recovery code"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a device is told: the secret in base32, and the address in the QR code."""

    key: str
    address: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person's second factor stands: since when, and recovery codes unused."""

    since: datetime | None
    recovery_left: int


def standing(db: Database, person_id: int) -> Standing:
    """Where it stands."""
    with db.read() as tx:
        row = one(tx, SecondFactor, person_id=person_id)
        left = every(tx, RecoveryCode, person_id=person_id, used_at=None)
    return Standing(row.confirmed_at if row else None, len(left))


def enrolled(tx: Transaction, person_id: int) -> bool:
    """Whether codes are asked for."""
    row = one(tx, SecondFactor, person_id=person_id)
    return row is not None and row.confirmed_at is not None


def begin(
    db: Database,
    box: Strongbox,
    person_id: int,
    log_in: str,
    code: str | None,
    now: datetime,
    seed: bytes,
) -> None:
    """Make a secret for a device; the log-in with the token `log_in` alone is shown it.

    Who has a device already gives one of its codes, or a recovery code; the old device counts until
    the new one is confirmed.
    """
    with db.read() as tx:
        has_one = enrolled(tx, person_id)
    if has_one:
        spend(db, box, person_id, code or "", now)
    secret = Act(Role.PROGRAMME, now, seed).token("second factor", _SECRET_CHARACTERS).upper()
    closed = box.close(secret.encode(), _about(person_id), seed)
    with db.write() as tx:
        add_if_absent(tx, SecondFactor, person_id=person_id, last_step=0)
        mine = {"pending": closed, "pending_of": log_ins.digest_of(log_in)}
        change(tx, SecondFactor, _factors.person_id == person_id, **mine)


def pending(db: Database, box: Strongbox, person_id: int, log_in: str) -> Enrolment | None:
    """What the device is to be told, until a code of it is confirmed; None in another log-in than
    the one that began it.
    """
    with db.read() as tx:
        row = one(tx, SecondFactor, person_id=person_id)
        person = one(tx, Person, id=person_id)
    if row is None or person is None or not _pending_here(row, log_in):
        return None
    assert row.pending is not None  # it is there with whose it is
    key = box.open(row.pending, _about(person_id)).decode()
    address = TOTP(key).provisioning_uri(name=person.email, issuer_name=_ISSUER)
    return Enrolment(key, address)


def confirm(
    db: Database, box: Strongbox, person_id: int, log_in: str, code: str, now: datetime, seed: bytes
) -> tuple[str, ...]:
    """Take a first code of the new device; gives recovery codes, which exist nowhere else.

    The log-in with the token `log_in` has given its second factor by it.
    """
    throttle.take(db, now, (throttle.CODE, str(person_id)))
    with db.write() as tx:
        row = one(tx, SecondFactor, person_id=person_id, lock=True)
        if row is None or not _pending_here(row, log_in):
            raise Stale("Nothing is being set up in this log-in. Begin again.")
        assert row.pending is not None  # it is there with whose it is
        key = box.open(row.pending, _about(person_id)).decode()
        step = _step_of(key, code, now)
        if step is None:
            raise Refused(WRONG)
        change(
            tx,
            SecondFactor,
            _factors.person_id == person_id,
            secret=row.pending,
            pending=None,
            pending_of=None,
            confirmed_at=now,
            last_step=step,
        )
        log_ins.end_all(tx, person_id, but=log_in)
        log_ins.given(tx, log_in, now)
        codes = _new_codes(tx, box, person_id, now, seed)
        _append(tx, "second factor set up", person_id, f"person:{person_id}", now)
    throttle.forget(db, throttle.CODE, str(person_id))
    return codes


def give(
    db: Database, box: Strongbox, person_id: int, log_in: str, code: str, now: datetime
) -> Means:
    """Give the second factor of a log-in that owes it."""
    means = spend(db, box, person_id, code, now)
    with db.write() as tx:
        log_ins.given(tx, log_in, now)
    return means


def spend(db: Database, box: Strongbox, person_id: int, code: str, now: datetime) -> Means:
    """Use up a code of the device, or a recovery code. Refused where it is wrong or was used."""
    throttle.take(db, now, (throttle.CODE, str(person_id)))
    with db.write() as tx:
        means = spend_in(tx, box, person_id, code, now)
    throttle.forget(db, throttle.CODE, str(person_id))
    return means


def spend_in(tx: Transaction, box: Strongbox, person_id: int, code: str, now: datetime) -> Means:
    """Use up a code in the caller's transaction, who counts the tries."""
    means = _spend(tx, box, person_id, code, now)
    if means is Means.RECOVERY:
        _append(tx, "recovery code used", person_id, f"person:{person_id}", now)
    return means


def owner(db: Database, email: str) -> int:
    """The number of the account with this address."""
    with db.read() as tx:
        person = one(tx, Person, email=email.strip().lower())
    if person is None:
        raise NotFound(f"There is no account for {email}.")
    return person.id


def reset(db: Database, act: Act, person_id: int) -> None:
    """Take away a person's second factor, for a lost device: their log-ins, links and invitations
    end, and so do tokens that seal verdicts, which were made by it.
    """
    if act.role is not Role.ADMINISTRATOR:
        raise Refused(f"Only an administrator takes a second factor away; you act as {act.role}.")
    if act.person == person_id:
        raise Refused("Ask another administrator to take away your own second factor.")
    with db.write() as tx:
        shut_out(tx, person_id)
        if not remove(tx, SecondFactor, _factors.person_id == person_id):
            raise Refused("There is no second factor to take away.")
        remove(tx, RecoveryCode, _codes.person_id == person_id)
        _append(tx, "second factor taken away", person_id, act.by, act.now)
        why = "second factor taken away"
        revoke_tokens(tx, person_id, act.by, why, act.now, sealing=True)


def _pending_here(row: SecondFactor, log_in: str) -> bool:
    return row.pending is not None and row.pending_of == log_ins.digest_of(log_in)


def _spend(tx: Transaction, box: Strongbox, person_id: int, code: str, now: datetime) -> Means:
    row = one(tx, SecondFactor, person_id=person_id, lock=True)
    if row is None or row.secret is None:
        raise Refused("You have no second factor yet. Set it up on the page of your account.")
    plain = "".join(code.split()).replace("-", "").lower()
    if len(plain) > 6:
        digest = box.digest(plain, f"recovery code of {person_id}")
        unused = (_codes.digest == digest, _codes.used_at.is_(None))
        if not change(tx, RecoveryCode, *unused, used_at=now):
            raise Refused("This is none of your unused recovery codes. Take another one.")
        return Means.RECOVERY
    step = _step_of(box.open(row.secret, _about(person_id)).decode(), plain, now)
    if step is None:
        raise Refused(WRONG)
    if step <= row.last_step:
        raise Refused(USED)
    change(tx, SecondFactor, _factors.person_id == person_id, last_step=step)
    return Means.DEVICE


def _step_of(key: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is, of those near now; the latest where several fit."""
    device, plain = TOTP(key), "".join(code.split())
    current = int(now.timestamp()) // STEP_SECONDS
    fitting = [
        step
        for step in range(current - _LATE_STEPS, current + _LATE_STEPS + 1)
        if hmac.compare_digest(device.generate_otp(step).encode(), plain.encode())
    ]
    return max(fitting, default=None)


def _new_codes(
    tx: Transaction, box: Strongbox, person_id: int, now: datetime, seed: bytes
) -> tuple[str, ...]:
    chance = Act(Role.PROGRAMME, now, seed)
    remove(tx, RecoveryCode, _codes.person_id == person_id)
    codes = [chance.token(f"recovery code {number}", 12) for number in range(RECOVERY_CODES)]
    for code in codes:
        digest = box.digest(code, f"recovery code of {person_id}")
        add(tx, RecoveryCode, digest=digest, person_id=person_id)
    return tuple("-".join((code[:4], code[4:8], code[8:])) for code in codes)


def _append(tx: Transaction, what: str, person_id: int, by: str, now: datetime) -> None:
    ledger.append(tx, ledger.PROGRAMME, {"what": what, "of": person_id, "by": by}, now)


def _about(person_id: int) -> str:
    return f"second factor of {person_id}"
