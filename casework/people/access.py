"""Who a person is and what they may act as: accounts, grants, log-ins and log-in links.

Owns who may begin a log-in, by password or link, what it still owes, and the building of an `Act`
for a person in a role. Leaves the rows of log-ins to `casework.people.log_ins`, single sign-on to
`casework.people.binding`, codes to `casework.people.second_factor`, cookies, forms and the
permission of single pages to the portal, and the roles that a move needs to `rules.lifecycle`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from casework.act import Act
from casework.errors import NotFound, Refused, ensure
from casework.people import leaving, log_ins, passwords, second_factor, throttle
from casework.people.log_ins import UNKNOWN, Device, NewLogIn
from casework.people.shutting_out import revoke_tokens, shut_out
from rules import access as rules
from rules.access import Began, Owed
from rules.roles import Role, may_hold
from storage import ledger, policies
from storage.grants import roles_of
from storage.rows import add, add_if_absent, change_one, every, one, remove, table_of
from storage.session import Database, Transaction
from storage.tables import Brand, BrandGrant, LogInLink, Person, RoleGrant

_WRONG = "E-mail or password is wrong. Check both, or ask for a log-in link."


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
    ensure(may_hold(granted))
    hashed = passwords.hashed(password, name, email) if password is not None else None
    with db.write() as tx:
        new = add_if_absent(
            tx,
            Person,
            name=name.strip(),
            email=email,
            password_hash=hashed,
            active=True,
            created_at=act.now,
        )
        if not new:
            raise Refused(f"There is an account for {email} already.")
        person = one(tx, Person, email=email)
        assert person is not None  # it is there by now
        person_id = person.id
        numbers = _grant(tx, person_id, granted, frozenset(brands))
        _note_grants(tx, act, person_id, granted, numbers)
    return person_id


def change_grants(
    db: Database, act: Act, person_id: int, roles: Iterable[Role], brands: Iterable[str]
) -> None:
    """Give a person exactly these roles and brands. Other roles end the log-ins of before."""
    _only_administrators(act)
    granted = frozenset(roles)
    ensure(may_hold(granted))
    if act.person == person_id and Role.ADMINISTRATOR not in granted:
        raise Refused("You can't take the administrator's role from yourself; ask another one.")
    with db.write() as tx:
        leaving.hold(tx, act, person_id)
        _person(tx, person_id)
        if roles_of(tx, person_id) != granted and act.person != person_id:
            log_ins.end_all(tx, person_id)
        remove(tx, RoleGrant, table_of(RoleGrant).c.person_id == person_id)
        remove(tx, BrandGrant, table_of(BrandGrant).c.person_id == person_id)
        numbers = _grant(tx, person_id, granted, frozenset(brands))
        leaving.heed(tx, act, person_id)
        _note_grants(tx, act, person_id, granted, numbers)


def set_active(db: Database, act: Act, person_id: int, active: bool) -> None:
    """Close an account or open it again; closing ends its log-ins, links, invitations, tokens."""
    _only_administrators(act)
    if act.person == person_id:
        raise Refused("You can't close your own account; ask another administrator.")
    with db.write() as tx:
        leaving.hold(tx, act, person_id)
        _person(tx, person_id)
        change_one(tx, Person, person_id, active=active)
        leaving.heed(tx, act, person_id)
        if not active:
            shut_out(tx, person_id)
            revoke_tokens(tx, person_id, act.by, "account closed", act.now)
        what = "account opened again" if active else "account closed"
        ledger.append(tx, ledger.PROGRAMME, {"what": what, "of": person_id, "by": act.by}, act.now)


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
        ledger.append(tx, ledger.PROGRAMME, facts, act.now)
    return token


def log_in(
    db: Database,
    email: str,
    password: str,
    now: datetime,
    seed: bytes,
    device: Device = UNKNOWN,
    *,
    known: str = "",
) -> NewLogIn:
    """Begin a log-in; the same work and the same words, whether the address is known or not.

    `known` names the browser, where it proved that this account was logged in there before: its
    tries are counted by themselves. Raises TooMany where it was tried too often.
    """
    email = email.strip().lower()
    tries = throttle.of_log_in(email, device.address, known)
    throttle.take(db, now, *tries)
    with db.read() as tx:
        person = one(tx, Person, email=email, active=True)
    right = passwords.fits(password, person.password_hash if person else None)
    if person is None or not right:
        raise Refused(_WRONG)
    throttle.give_back(db, *tries)
    with db.write() as tx:
        # Checking took a while: the account may be closed by now, or the password another one.
        still = one(tx, Person, id=person.id, active=True, lock=True)
        if still is None or still.password_hash != person.password_hash:
            raise Refused(_WRONG)
        return log_ins.begin(tx, person.id, Began.PASSWORD, device, now, seed)


def log_in_by_link(
    db: Database, token: str, now: datetime, seed: bytes, device: Device = UNKNOWN
) -> NewLogIn:
    """Begin a log-in by a link's token; NotFound where it is unknown or expired."""
    person_id = link_owner(db, token, now)
    with db.write() as tx:
        one(tx, Person, id=person_id, lock=True)
        _link_owner(tx, token, now)  # what ends links holds the person, so that it is seen now
        return log_ins.begin(tx, person_id, Began.LINK, device, now, seed)


def link_owner(db: Database, token: str, now: datetime) -> int:
    """Whom a link would log in; looking does not use it up."""
    with db.read() as tx:
        return _link_owner(tx, token, now)


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
    with db.read() as tx:
        if one(tx, Person, id=person_id, active=True) is None:
            raise NotFound("There is no open account with this number.")
        if role not in roles_of(tx, person_id):
            raise Refused(f"You are not granted the role of {role}. Ask an administrator.")
    return Act(role=role, now=now, seed=seed, person=person_id)


def choose_language(db: Database, person_id: int, language: str) -> None:
    """Keep in which language the pages speak to a person. It decides nothing, so no ledger."""
    with db.write() as tx:
        change_one(tx, Person, person_id, language=language)


def _link_owner(tx: Transaction, token: str, now: datetime) -> int:
    live = table_of(LogInLink).c.expires_at > now
    link = one(tx, LogInLink, live, token_digest=log_ins.digest_of(token))
    person = one(tx, Person, id=link.person_id, active=True) if link else None
    if person is None:
        raise NotFound("This log-in link is unknown or has expired. Ask for a new one.")
    return person.id


def _owed(tx: Transaction, person_id: int, roles: frozenset[Role]) -> Owed | None:
    enrolled = second_factor.enrolled(tx, person_id)
    if not enrolled and not rules.SECOND_FACTOR_ROLES & roles:
        return None
    policy = policies.read(tx).second_factor
    return rules.owed(roles, policy, enrolled=enrolled, given=False)


def _grant(
    tx: Transaction, person_id: int, roles: frozenset[Role], brands: frozenset[str]
) -> list[int]:
    """Write the grants of a person who has none; gives the brands' numbers."""
    known = {brand.name: brand.id for brand in every(tx, Brand)}
    if unknown := sorted(brands - known.keys()):
        raise Refused(f"There is no brand {', '.join(unknown)}.")
    numbers = sorted(known[name] for name in brands)
    for role in sorted(roles):
        add(tx, RoleGrant, person_id=person_id, role=role)
    for number in numbers:
        add(tx, BrandGrant, person_id=person_id, brand_id=number)
    return numbers


def _note_grants(
    tx: Transaction, act: Act, person_id: int, roles: frozenset[Role], brands: list[int]
) -> None:
    facts: dict[str, object] = {"what": "roles and brands granted", "of": person_id, "by": act.by}
    facts |= {"roles": sorted(role.value for role in roles), "brands": brands}
    ledger.append(tx, ledger.PROGRAMME, facts, act.now)


def _person(tx: Transaction, person_id: int) -> Person:
    person = one(tx, Person, id=person_id, lock=True)
    if person is None:
        raise NotFound("There is no account with this number.")
    return person


def _only_administrators(act: Act) -> None:
    if act.role not in (Role.ADMINISTRATOR, Role.PROGRAMME):
        raise Refused(f"Only an administrator may change accounts; you act as {act.role}.")
