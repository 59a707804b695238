"""Invitations: an address that expires, under which a person sets a password, once.

Owns them, and the changing of a password. One invitation may have several addresses, the one that
was shown and those that were mailed; using one of them ends all. Leaves what a mail says to
`casework.letters`, and sending it to `casework.mails.mailing`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from casework.act import Act
from casework.errors import NotFound, Refused
from casework.people import log_ins, passwords, proving
from casework.people.log_ins import UNKNOWN, Device, NewLogIn
from casework.people.shutting_out import revoke_tokens, shut_out
from rules.access import Began
from rules.notices import MailKind
from rules.roles import Role
from storage import ledger, mails
from storage.rows import add, change_one, one, remove, table_of
from storage.session import Database, Transaction
from storage.tables import Invitation, Person

VALID = timedelta(hours=72)
_UNKNOWN = (
    "This invitation is unknown, was used or has expired. Ask an administrator for a new one."
)
_MAILED = "invitation:"
_invitations = table_of(Invitation).c


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom it is for, and its address. Whoever has the address can set their password.

    `mailed`: a mail with another address of it is owed to them.
    """

    name: str
    email: str
    address: str
    expires_at: datetime
    mailed: bool = False


def invite(db: Database, act: Act, person_id: int, base: str, *, mailed: bool = False) -> Invited:
    """A new invitation, in place of earlier ones of the person. `base`: the portal's address.

    `mailed`: owe a mail of it. That mail gets an address of its own when it is written, so that
    none is kept to be sent.
    """
    if act.role not in (Role.ADMINISTRATOR, Role.PROGRAMME):
        raise Refused(f"Only an administrator invites; you act as {act.role}.")
    token = act.token(f"invitation:{person_id}", log_ins.TOKEN_CHARACTERS)
    expires_at = act.now + VALID
    with db.write() as tx:
        person = one(tx, Person, id=person_id, lock=True)
        if person is None:
            raise NotFound("There is no account with this number.")
        if not person.active:
            raise Refused("The account is closed; open it first.")
        remove(tx, Invitation, _invitations.person_id == person_id)
        digest = log_ins.digest_of(token)
        if mailed:
            key, message_id = f"{_MAILED}{digest}", act.token(f"mail:{digest}", 32)
            to = {"message_id": message_id, "now": act.now}
            mails.owe(tx, key, MailKind.INVITATION, person_id, **to)
        add(tx, Invitation, token_digest=digest, person_id=person_id, expires_at=expires_at)
        facts = {"what": "invited", "of": person_id, "by": act.by}
        ledger.append(tx, ledger.PROGRAMME, facts, act.now)
    return _invited_by(person, base, token, expires_at, mailed=mailed)


def by_mail(tx: Transaction, act: Act, key: str, base: str) -> Invited | None:
    """A further address of the invitation whose mail has this key, made as the mail is written.

    None where the invitation was used, replaced or ended meanwhile, or nobody knows `base`.
    """
    digest = key.removeprefix(_MAILED)
    row = one(tx, Invitation, _invitations.expires_at > act.now, token_digest=digest)
    person = one(tx, Person, id=row.person_id, active=True) if row else None
    if row is None or person is None or not base:
        return None
    token = act.token(f"invitation by mail:{digest}", log_ins.TOKEN_CHARACTERS)
    further = {"person_id": person.id, "expires_at": row.expires_at}
    add(tx, Invitation, token_digest=log_ins.digest_of(token), **further)
    return _invited_by(person, base, token, row.expires_at, mailed=True)


def invited(db: Database, token: str, now: datetime) -> Person:
    """Whom an invitation is for; looking does not use it up. NotFound where it no longer counts."""
    with db.read() as tx:
        return _invited(tx, token, now)


def accept(
    db: Database, token: str, password: str, now: datetime, seed: bytes, device: Device = UNKNOWN
) -> NewLogIn:
    """Set the password and begin a log-in; every earlier log-in, link and invitation of the person
    ends, and so do tokens that seal verdicts.
    """
    person = invited(db, token, now)
    hashed = passwords.hashed(password, person.name, person.email)
    with db.write() as tx:
        person = _invited(tx, token, now)
        if not remove(tx, Invitation, _invitations.token_digest == log_ins.digest_of(token)):
            raise NotFound(_UNKNOWN)  # of two at once the first has it
        _set(tx, person.id, hashed, now)
        shut_out(tx, person.id)
        # The old password was not asked for, so that what was made by it can't stand for them.
        by = f"person:{person.id}"
        revoke_tokens(tx, person.id, by, "password set by invitation", now, sealing=True)
        return log_ins.begin(tx, person.id, Began.INVITATION, device, now, seed)


def change_password(
    db: Database, person_id: int, log_in: str, old: str, new: str, now: datetime
) -> None:
    """Change one's own password; every log-in but the one with the token `log_in` ends, and every
    link and invitation.
    """
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
        still = one(tx, Person, id=person_id, active=True, lock=True)
        if still is None or still.password_hash != person.password_hash:
            raise Refused("Your password was changed meanwhile. Log in again.")
        _set(tx, person_id, hashed, now)
        shut_out(tx, person_id, but=log_in)


def _invited_by(
    person: Person, base: str, token: str, expires_at: datetime, *, mailed: bool
) -> Invited:
    address = f"{base.rstrip('/')}/invitation/{token}"
    return Invited(person.name, person.email, address, expires_at, mailed)


def _invited(tx: Transaction, token: str, now: datetime) -> Person:
    digest = log_ins.digest_of(token)
    row = one(tx, Invitation, _invitations.token_digest == digest, _invitations.expires_at > now)
    person = one(tx, Person, id=row.person_id, active=True) if row else None
    if person is None:
        raise NotFound(_UNKNOWN)
    return person


def _set(tx: Transaction, person_id: int, hashed: str, now: datetime) -> None:
    change_one(tx, Person, person_id, password_hash=hashed)
    facts = {"what": "password set", "of": person_id, "by": f"person:{person_id}"}
    ledger.append(tx, ledger.PROGRAMME, facts, now)
