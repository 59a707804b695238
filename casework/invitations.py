"""Invitations: an address that expires, under which a person sets a password, once.

Owns them, and the changing of a password. Leaves sending the address to whoever can: `invite` gives
all that a letter needs.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from casework import log_ins, passwords, proving
from casework.act import Act
from casework.campaigns import PROGRAMME_LEDGER
from casework.errors import NotFound, Refused
from casework.log_ins import UNKNOWN, Device, NewLogIn
from rules.access import Began
from rules.roles import Role
from storage import ledger
from storage.rows import add, change, change_one, one, remove, table_of
from storage.session import Database, Transaction
from storage.tables import Invitation, Person

VALID = timedelta(hours=72)
_UNKNOWN = (
    "This invitation is unknown, was used or has expired. Ask an administrator for a new one."
)
_invitations = table_of(Invitation).c


@dataclass(frozen=True, slots=True)
class Invited:
    """What a letter to the person needs. Whoever has the address can set their password."""

    name: str
    email: str
    address: str
    expires_at: datetime


def invite(db: Database, act: Act, person_id: int, base: str) -> Invited:
    """A new invitation, in place of earlier ones of the person. `base`: the portal's address."""
    if act.role not in (Role.ADMINISTRATOR, Role.PROGRAMME):
        raise Refused(f"Only an administrator invites; you act as {act.role}.")
    token = act.token(f"invitation:{person_id}", log_ins.TOKEN_CHARACTERS)
    expires_at = act.now + VALID
    with db.write() as tx:
        person = one(tx, Person, id=person_id)
        if person is None:
            raise NotFound("There is no account with this number.")
        if not person.active:
            raise Refused("The account is closed; open it first.")
        remove(tx, Invitation, _invitations.person_id == person_id)
        digest = log_ins.digest_of(token)
        add(tx, Invitation, token_digest=digest, person_id=person_id, expires_at=expires_at)
        facts = {"what": "invited", "of": person_id, "by": act.by}
        ledger.append(tx, PROGRAMME_LEDGER, facts, act.now)
    return Invited(person.name, person.email, f"{base.rstrip('/')}/invitation/{token}", expires_at)


def invited(db: Database, token: str, now: datetime) -> Person:
    """Whom an invitation is for; looking does not use it up. NotFound where it no longer counts."""
    with db.read() as tx:
        return _invited(tx, token, now)


def accept(
    db: Database, token: str, password: str, now: datetime, seed: bytes, device: Device = UNKNOWN
) -> NewLogIn:
    """Set the password and begin a log-in; every earlier log-in of the person ends."""
    person = invited(db, token, now)
    hashed = passwords.hashed(password, person.name, person.email)
    with db.write() as tx:
        person = _invited(tx, token, now)
        mine = (
            _invitations.token_digest == log_ins.digest_of(token),
            _invitations.used_at.is_(None),
        )
        if not change(tx, Invitation, *mine, used_at=now):
            raise NotFound(_UNKNOWN)
        _set(tx, person.id, hashed, now)
        log_ins.end_all(tx, person.id)
        return log_ins.begin(tx, person.id, Began.INVITATION, device, now, seed)


def change_password(
    db: Database, person_id: int, log_in: str, old: str, new: str, now: datetime
) -> None:
    """Change one's own password; every log-in but the one with the token `log_in` ends."""
    with db.read() as tx:
        person = one(tx, Person, id=person_id, active=True)
    if person is None:
        raise NotFound("There is no open account with this number.")
    if person.password_hash is None:
        raise Refused("You have no password. Ask an administrator for an invitation to set one.")
    proving.check_password(db, person_id, old, now)
    if new == old:
        raise Refused("Choose another password than the one you have.")
    hashed = passwords.hashed(new, person.name, person.email)
    with db.write() as tx:
        _set(tx, person_id, hashed, now)
        log_ins.end_all(tx, person_id, but=log_in)


def _invited(tx: Transaction, token: str, now: datetime) -> Person:
    digest = log_ins.digest_of(token)
    row = one(tx, Invitation, _invitations.token_digest == digest, _invitations.expires_at > now)
    unused = row is not None and row.used_at is None
    person = one(tx, Person, id=row.person_id, active=True) if row and unused else None
    if person is None:
        raise NotFound(_UNKNOWN)
    return person


def _set(tx: Transaction, person_id: int, hashed: str, now: datetime) -> None:
    change_one(tx, Person, person_id, password_hash=hashed)
    facts = {"what": "password set", "of": person_id, "by": f"person:{person_id}"}
    ledger.append(tx, PROGRAMME_LEDGER, facts, now)
