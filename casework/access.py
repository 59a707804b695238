"""Who a person is and what they may act as: accounts, grants, log-ins and log-in links.

Owns passwords (argon2), sessions and links, of which only digests are stored, and the building of
an `Act` for a person in a role. Leaves cookies, forms and the permission of single pages to the
portal, and the roles that a move needs to `rules.lifecycle`.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from pwdlib import PasswordHash

from casework.act import Act
from casework.campaigns import PROGRAMME_LEDGER
from casework.errors import NotFound, Refused
from rules.roles import PERSONS, Role
from storage import ledger
from storage.rows import add, change, change_one, every, one, remove, table_of
from storage.session import Database, Transaction
from storage.tables import Brand, BrandGrant, LogIn, LogInLink, Person, RoleGrant

IDLE = timedelta(minutes=30)
"""A log-in that was not used for so long is over."""
ABSOLUTE = timedelta(hours=12)
"""A log-in is over after so long, used or not."""
SHORTEST_PASSWORD = 12
_TOKEN_CHARACTERS = 52
_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person with a running log-in."""

    person_id: int
    name: str
    roles: frozenset[Role]
    csrf_token: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class NewLogIn:
    """A log-in that has just begun; `token` exists nowhere else."""

    token: str
    expires_at: datetime


def create_person(
    db: Database,
    act: Act,
    name: str,
    email: str,
    password: str | None,
    roles: Iterable[Role],
    brands: Iterable[str] = (),
) -> int:
    """Open an account; gives the person's number. Without a password only links log them in."""
    _only_administrators(act)
    granted, email = frozenset(roles), email.strip().lower()
    if "@" not in email or not name.strip():
        raise Refused("Give a name and an e-mail address.")
    if not granted <= PERSONS:
        raise Refused("Nobody is granted the programme's own role.")
    if password is not None and len(password) < SHORTEST_PASSWORD:
        raise Refused(f"Choose a password of at least {SHORTEST_PASSWORD} characters.")
    hashed = _hasher().hash(password) if password is not None else None
    with db.write() as tx:
        if one(tx, Person, table_of(Person).c.email == email):
            raise Refused(f"There is an account for {email} already.")
        person_id = add(
            tx,
            Person,
            name=name.strip(),
            email=email,
            password_hash=hashed,
            active=True,
            created_at=act.now,
        )
        _grant(tx, act, person_id, granted, frozenset(brands))
    return person_id


def change_grants(
    db: Database, act: Act, person_id: int, roles: Iterable[Role], brands: Iterable[str]
) -> None:
    """Give a person exactly these roles and brands; it counts from their next page on."""
    _only_administrators(act)
    granted = frozenset(roles)
    if not granted <= PERSONS:
        raise Refused("Nobody is granted the programme's own role.")
    if act.person == person_id and Role.ADMINISTRATOR not in granted:
        raise Refused("You can't take the administrator's role from yourself; ask another one.")
    with db.write() as tx:
        _person(tx, person_id)
        remove(tx, RoleGrant, table_of(RoleGrant).c.person_id == person_id)
        remove(tx, BrandGrant, table_of(BrandGrant).c.person_id == person_id)
        _grant(tx, act, person_id, granted, frozenset(brands))


def set_active(db: Database, act: Act, person_id: int, active: bool) -> None:
    """Close an account or open it again; closing ends its log-ins and links at once."""
    _only_administrators(act)
    if act.person == person_id:
        raise Refused("You can't close your own account; ask another administrator.")
    with db.write() as tx:
        _person(tx, person_id)
        change(tx, Person, table_of(Person).c.id == person_id, active=active)
        if not active:
            remove(tx, LogIn, table_of(LogIn).c.person_id == person_id)
            remove(tx, LogInLink, table_of(LogInLink).c.person_id == person_id)
        what = "account opened again" if active else "account closed"
        ledger.append(tx, PROGRAMME_LEDGER, {"what": what, "of": person_id, "by": act.by}, act.now)


def make_link(db: Database, act: Act, person_id: int, valid_for: timedelta) -> str:
    """The token of an address that logs the person in until it expires."""
    _only_administrators(act)
    token = act.token(f"link:{person_id}", _TOKEN_CHARACTERS)
    with db.write() as tx:
        if not _person(tx, person_id).active:
            raise Refused("The account is closed; open it first.")
        add(
            tx,
            LogInLink,
            token_digest=_digest(token),
            person_id=person_id,
            expires_at=act.now + valid_for,
        )
        facts = {"what": "log-in link made", "of": person_id, "by": act.by}
        ledger.append(tx, PROGRAMME_LEDGER, facts, act.now)
    return token


def log_in(db: Database, email: str, password: str, now: datetime, seed: bytes) -> NewLogIn:
    """Begin a log-in; the same work and the same words, whether the address is known or not."""
    with db.read() as tx:
        person = one(tx, Person, table_of(Person).c.email == email.strip().lower())
    known = person is not None and person.active and person.password_hash is not None
    hashed = person.password_hash if person and known else None
    right = _hasher().verify(password, hashed or _decoy())
    if person is None or not known or not right:
        raise Refused("E-mail or password is wrong. Check both, or ask for a log-in link.")
    return _begin(db, person.id, now, seed)


def log_in_by_link(db: Database, token: str, now: datetime, seed: bytes) -> NewLogIn:
    """Begin a log-in by a link's token; NotFound where it is unknown or expired."""
    return _begin(db, link_owner(db, token, now), now, seed)


def link_owner(db: Database, token: str, now: datetime) -> int:
    """Whom a link would log in; looking does not use it up."""
    links, persons = table_of(LogInLink), table_of(Person)
    with db.read() as tx:
        link = one(tx, LogInLink, links.c.token_digest == _digest(token), links.c.expires_at > now)
        person = one(tx, Person, persons.c.id == link.person_id, persons.c.active) if link else None
    if person is None:
        raise NotFound("This log-in link is unknown or has expired. Ask for a new one.")
    return person.id


def signed_in(db: Database, token: str, now: datetime) -> SignedIn | None:
    """The person behind a session's token, or None where it is unknown, idle too long or over."""
    log_ins, persons = table_of(LogIn), table_of(Person)
    digest = _digest(token)
    with db.read() as tx:
        session = one(tx, LogIn, log_ins.c.token_digest == digest)
        if session is None or now >= session.expires_at or now - session.seen_at >= IDLE:
            return None
        person = one(tx, Person, persons.c.id == session.person_id, persons.c.active)
        if person is None:
            return None
        roles = _roles(tx, person.id)
    if now - session.seen_at >= _SEEN_EVERY:
        with db.write() as tx:
            change(tx, LogIn, log_ins.c.token_digest == digest, seen_at=now)
    return SignedIn(person.id, person.name, roles, session.csrf_token, person.language)


def log_out(db: Database, token: str) -> None:
    """End a log-in; an unknown token is no matter."""
    with db.write() as tx:
        remove(tx, LogIn, table_of(LogIn).c.token_digest == _digest(token))


def acting(db: Database, person_id: int, role: Role, now: datetime, seed: bytes) -> Act:
    """The act of a person in a role; Refused where the role isn't granted, NotFound if no one."""
    persons = table_of(Person)
    with db.read() as tx:
        if one(tx, Person, persons.c.id == person_id, persons.c.active) is None:
            raise NotFound("There is no open account with this number.")
        if role not in _roles(tx, person_id):
            raise Refused(f"You are not granted the role of {role}. Ask an administrator.")
    return Act(role=role, now=now, seed=seed, person=person_id)


def choose_language(db: Database, person_id: int, language: str) -> None:
    """Keep in which language the pages speak to a person. It decides nothing, so no ledger."""
    with db.write() as tx:
        change_one(tx, Person, person_id, language=language)


def _begin(db: Database, person_id: int, now: datetime, seed: bytes) -> NewLogIn:
    chance = Act(Role.PROGRAMME, now, seed)
    token = chance.token("log-in", _TOKEN_CHARACTERS)
    log_ins = table_of(LogIn)
    with db.write() as tx:
        remove(tx, LogIn, log_ins.c.expires_at <= now)
        add(
            tx,
            LogIn,
            token_digest=_digest(token),
            person_id=person_id,
            csrf_token=chance.token("csrf", _TOKEN_CHARACTERS),
            created_at=now,
            seen_at=now,
            expires_at=now + ABSOLUTE,
        )
    return NewLogIn(token, now + ABSOLUTE)


def _grant(
    tx: Transaction, act: Act, person_id: int, roles: frozenset[Role], brands: frozenset[str]
) -> None:
    known = {brand.name: brand.id for brand in every(tx, Brand)}
    unknown = sorted(brands - known.keys())
    if unknown:
        raise Refused(f"There is no brand {', '.join(unknown)}.")
    numbers = sorted(known[name] for name in brands)
    for role in sorted(roles):
        add(tx, RoleGrant, person_id=person_id, role=role)
    for number in numbers:
        add(tx, BrandGrant, person_id=person_id, brand_id=number)
    facts = {
        "what": "roles and brands granted",
        "of": person_id,
        "roles": sorted(role.value for role in roles),
        "brands": numbers,
        "by": act.by,
    }
    ledger.append(tx, PROGRAMME_LEDGER, facts, act.now)


def _person(tx: Transaction, person_id: int) -> Person:
    person = one(tx, Person, table_of(Person).c.id == person_id)
    if person is None:
        raise NotFound("There is no account with this number.")
    return person


def _roles(tx: Transaction, person_id: int) -> frozenset[Role]:
    grants = every(tx, RoleGrant, table_of(RoleGrant).c.person_id == person_id)
    return frozenset(grant.role for grant in grants)


def _only_administrators(act: Act) -> None:
    if act.role not in (Role.ADMINISTRATOR, Role.PROGRAMME):
        raise Refused(f"Only an administrator may change accounts; you act as {act.role}.")


def _digest(token: str) -> str:
    return "sha256:" + hashlib.sha256(token.encode()).hexdigest()


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _decoy() -> str:
    return _hasher().hash("verified in place of a password that is not there")
