"""Who a person is and what they may act as: accounts, grants, log-ins and log-in links.

Owns who may begin a log-in, by password, link or single sign-on, what it still owes, and the
building of an `Act` for a person in a role. Leaves the rows of log-ins to `casework.log_ins`, codes
to `casework.second_factor`, cookies, forms and the permission of single pages to the portal, and
the roles that a move needs to `rules.lifecycle`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from casework import log_ins, passwords, second_factor, throttle
from casework.act import Act
from casework.campaigns import PROGRAMME_LEDGER
from casework.errors import NotFound, Refused
from casework.log_ins import UNKNOWN, Device, NewLogIn
from rules import access as rules
from rules.access import Began, Owed
from rules.roles import PERSONS, Role
from storage import ledger, policies
from storage.rows import add, change, every, one, remove, table_of
from storage.session import Database, Transaction
from storage.tables import Brand, BrandGrant, Invitation, LogInLink, Person, RoleGrant


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person with a running log-in. While something is `owed`, no page is theirs yet."""

    person_id: int
    name: str
    roles: frozenset[Role]
    csrf_token: str
    language: str | None = None
    log_in: int = 0
    owed: Owed | None = None


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
    hashed = passwords.hashed(password, name, email) if password is not None else None
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
    """Give a person exactly these roles and brands. Other roles end the log-ins of before."""
    _only_administrators(act)
    granted = frozenset(roles)
    if not granted <= PERSONS:
        raise Refused("Nobody is granted the programme's own role.")
    if act.person == person_id and Role.ADMINISTRATOR not in granted:
        raise Refused("You can't take the administrator's role from yourself; ask another one.")
    with db.write() as tx:
        _person(tx, person_id)
        if roles_of(tx, person_id) != granted and act.person != person_id:
            log_ins.end_all(tx, person_id)
        remove(tx, RoleGrant, table_of(RoleGrant).c.person_id == person_id)
        remove(tx, BrandGrant, table_of(BrandGrant).c.person_id == person_id)
        _grant(tx, act, person_id, granted, frozenset(brands))


def set_active(db: Database, act: Act, person_id: int, active: bool) -> None:
    """Close an account or open it again; closing ends its log-ins, links and invitations."""
    _only_administrators(act)
    if act.person == person_id:
        raise Refused("You can't close your own account; ask another administrator.")
    with db.write() as tx:
        _person(tx, person_id)
        change(tx, Person, table_of(Person).c.id == person_id, active=active)
        if not active:
            log_ins.end_all(tx, person_id)
            remove(tx, LogInLink, table_of(LogInLink).c.person_id == person_id)
            remove(tx, Invitation, table_of(Invitation).c.person_id == person_id)
        what = "account opened again" if active else "account closed"
        ledger.append(tx, PROGRAMME_LEDGER, {"what": what, "of": person_id, "by": act.by}, act.now)


def make_link(db: Database, act: Act, person_id: int, valid_for: timedelta) -> str:
    """The token of an address that logs the person in until it expires."""
    _only_administrators(act)
    token = act.token(f"link:{person_id}", log_ins.TOKEN_CHARACTERS)
    with db.write() as tx:
        if not _person(tx, person_id).active:
            raise Refused("The account is closed; open it first.")
        add(
            tx,
            LogInLink,
            token_digest=log_ins.digest_of(token),
            person_id=person_id,
            expires_at=act.now + valid_for,
        )
        facts = {"what": "log-in link made", "of": person_id, "by": act.by}
        ledger.append(tx, PROGRAMME_LEDGER, facts, act.now)
    return token


def log_in(
    db: Database, email: str, password: str, now: datetime, seed: bytes, device: Device = UNKNOWN
) -> NewLogIn:
    """Begin a log-in; the same work and the same words, whether the address is known or not.

    Raises TooMany where it was tried too often.
    """
    email = email.strip().lower()
    tries = (
        (throttle.LOG_IN, f"{email}\0{device.address}"),
        (throttle.LOG_IN_ADDRESS, device.address),
    )
    throttle.take(db, now, *tries)
    with db.read() as tx:
        person = one(tx, Person, email=email)
    known = person is not None and person.active
    right = passwords.fits(password, person.password_hash if person and known else None)
    if person is None or not right:
        raise Refused("E-mail or password is wrong. Check both, or ask for a log-in link.")
    throttle.give_back(db, *tries)
    with db.write() as tx:
        return log_ins.begin(tx, person.id, Began.PASSWORD, device, now, seed)


def log_in_by_link(
    db: Database, token: str, now: datetime, seed: bytes, device: Device = UNKNOWN
) -> NewLogIn:
    """Begin a log-in by a link's token; NotFound where it is unknown or expired."""
    person_id = link_owner(db, token, now)
    with db.write() as tx:
        return log_ins.begin(tx, person_id, Began.LINK, device, now, seed)


def link_owner(db: Database, token: str, now: datetime) -> int:
    """Whom a link would log in; looking does not use it up."""
    links = table_of(LogInLink)
    with db.read() as tx:
        link = one(
            tx,
            LogInLink,
            links.c.token_digest == log_ins.digest_of(token),
            links.c.expires_at > now,
        )
        person = one(tx, Person, id=link.person_id, active=True) if link else None
    if person is None:
        raise NotFound("This log-in link is unknown or has expired. Ask for a new one.")
    return person.id


def log_in_by_sign_on(
    db: Database,
    email: str,
    *,
    two_factors: bool,
    now: datetime,
    seed: bytes,
    device: Device = UNKNOWN,
) -> NewLogIn:
    """Begin a log-in of whom a provider of single sign-on vouches for by a verified address.

    It opens no account and grants nothing. `two_factors`: the provider says that it asked for two.
    """
    with db.write() as tx:
        person = one(tx, Person, email=email.strip().lower(), active=True)
        if person is None:
            raise Refused(
                "There is no open account with the e-mail address your organisation gave. Ask an "
                "administrator to open one."
            )
        return log_ins.begin(
            tx, person.id, Began.SIGN_ON, device, now, seed, second_factor=two_factors
        )


def signed_in(db: Database, token: str, now: datetime) -> SignedIn | None:
    """The person behind a session's token, or None where it is unknown, idle too long or over."""
    with db.read() as tx:
        row = log_ins.find(tx, token, now)
        person = one(tx, Person, id=row.person_id, active=True) if row else None
        if row is None or person is None:
            return None
        roles = roles_of(tx, person.id)
        owed = None if row.second_factor_at else _owed(tx, person.id, roles)
    log_ins.seen(db, row, now)
    return SignedIn(person.id, person.name, roles, row.csrf_token, person.language, row.id, owed)


def log_out(db: Database, token: str) -> None:
    """End a log-in; an unknown token is no matter."""
    with db.write() as tx:
        log_ins.end_token(tx, token)


def acting(db: Database, person_id: int, role: Role, now: datetime, seed: bytes) -> Act:
    """The act of a person in a role; Refused where the role isn't granted, NotFound if no one."""
    persons = table_of(Person)
    with db.read() as tx:
        if one(tx, Person, persons.c.id == person_id, persons.c.active) is None:
            raise NotFound("There is no open account with this number.")
        if role not in roles_of(tx, person_id):
            raise Refused(f"You are not granted the role of {role}. Ask an administrator.")
    return Act(role=role, now=now, seed=seed, person=person_id)


def roles_of(tx: Transaction, person_id: int) -> frozenset[Role]:
    """What a person is granted."""
    grants = every(tx, RoleGrant, table_of(RoleGrant).c.person_id == person_id)
    return frozenset(grant.role for grant in grants)


def _owed(tx: Transaction, person_id: int, roles: frozenset[Role]) -> Owed | None:
    enrolled = second_factor.enrolled(tx, person_id)
    if not enrolled and not rules.SECOND_FACTOR_ROLES & roles:
        return None
    policy = policies.read(tx).second_factor
    return rules.owed(roles, policy, enrolled=enrolled, given=False)


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


def _only_administrators(act: Act) -> None:
    if act.role not in (Role.ADMINISTRATOR, Role.PROGRAMME):
        raise Refused(f"Only an administrator may change accounts; you act as {act.role}.")
