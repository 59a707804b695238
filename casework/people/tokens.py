"""Tokens of the API: made, shown once, read on each request, revoked.

Owns who may make one for whom. A token acts as its owner: never more than the owner may, and not
at all once the account is closed. Only its digest is kept. Leaves what a scope needs to
`rules.scopes`, and which route asks for which to the portal.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from casework.act import Act
from casework.errors import NotFound, Refused, ensure
from casework.people.log_ins import digest_of
from casework.people.proving import GivenProof
from rules.roles import Role
from rules.scopes import Scope, may_have
from storage import keyset, ledger
from storage.grants import roles_of
from storage.keyset import FIRST, Paged, Turn
from storage.rows import add, change, change_one, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import ApiToken, Person

PREFIX = "tb_"
"""How every token begins, so that one that leaked is recognised."""
LONGEST = timedelta(days=730)
_CHARACTERS, _HINT = 52, 8
_USED_EVERY = timedelta(minutes=1)
_tokens = table_of(ApiToken).c


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made; `token` exists nowhere else."""

    number: int
    token: str


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom a token acts for, with the roles they hold now."""

    token_id: int
    person_id: int
    name: str
    roles: frozenset[Role]
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class TokenLine:
    """A token as a list shows it; `state` is "live", "expired", "revoked" or "owner closed"."""

    token: ApiToken
    owner: str
    email: str
    state: str


def make_token(
    db: Database,
    act: Act,
    *,
    name: str,
    scopes: Collection[Scope],
    valid_for: timedelta,
    owner: str | None = None,
    proof: GivenProof | None = None,
) -> NewToken:
    """Make a token for who acts or, as an administrator, for the account with the e-mail `owner`.

    Refused where the owner's roles don't allow a scope, and where somebody else would hold what
    seals verdicts in the owner's name. The `proof` signs it in the same transaction.
    """
    if not name.strip():
        raise Refused("Name the system that will use the token.")
    if not timedelta(0) < valid_for <= LONGEST:
        raise Refused(f"Let the token expire within {LONGEST.days} days.")
    with db.write() as tx:
        person = _owner(tx, act, owner)
        ensure(may_have(scopes, roles_of(tx, person.id)))
        if Scope.VERDICTS_WRITE in scopes and act.person != person.id:
            raise Refused("Only its owner makes a token that seals verdicts, on their own page.")
        token = PREFIX + act.token(f"api token:{person.id}", _CHARACTERS)
        number = add(
            tx,
            ApiToken,
            name=name.strip(),
            digest=digest_of(token),
            hint=token[:_HINT],
            person_id=person.id,
            scopes=sorted(scopes),
            created_at=act.now,
            created_by=act.person,
            expires_at=act.now + valid_for,
        )
        facts = {"what": "api token made", "token": number, "of": person.id, "by": act.by}
        ledger.append(tx, ledger.PROGRAMME, facts | {"scopes": sorted(scopes)}, act.now)
        if proof is not None:
            proof.sign(tx, "a token that seals verdicts", {"token": digest_of(token)}, act.now)
    return NewToken(number, token)


def revoke_token(db: Database, act: Act, number: int) -> None:
    """End a token at once; its owner or an administrator does. A second time changes nothing."""
    with db.write() as tx:
        token = one(tx, ApiToken, id=number)
        if token is None or not (_administers(act) or token.person_id == act.person):
            raise NotFound("There is no such token for you.")
        live = _tokens.id == number, _tokens.revoked_at.is_(None)
        if change(tx, ApiToken, *live, revoked_at=act.now, revoked_by=act.person):
            facts = {"what": "api token revoked", "token": number, "by": act.by}
            ledger.append(tx, ledger.PROGRAMME, facts, act.now)


def bearer(db: Database, token: str, now: datetime) -> Bearer | None:
    """Whom a token acts for; None where it is unknown, over or revoked, or its owner closed."""
    if not token.startswith(PREFIX):
        return None
    with db.read() as tx:
        row = one(tx, ApiToken, digest=digest_of(token))
        if row is None or row.revoked_at is not None or now >= row.expires_at:
            return None
        person = one(tx, Person, id=row.person_id, active=True)
        if person is None:
            return None
        roles = roles_of(tx, person.id)
    if row.used_at is None or now - row.used_at >= _USED_EVERY:
        with db.write() as tx:
            change_one(tx, ApiToken, row.id, used_at=now)
    return Bearer(row.id, person.id, person.name, roles, frozenset(row.scopes))


def tokens(
    db: Database, now: datetime, person_id: int | None = None, turn: Turn = FIRST
) -> Paged[TokenLine]:
    """A page of all tokens, or of those of one person, the newest first."""
    with db.read() as tx:
        mine = () if person_id is None else (_tokens.person_id == person_id,)
        found = keyset.page(tx, ApiToken, *mine, newest=True, turn=turn)
        return found.each(lambda rows: _lines(tx, rows, now))


def live_of(tx: Transaction, people: Sequence[int], now: datetime) -> Counter[int]:
    """How many tokens of each of these persons are good now."""
    columns = table_of(ApiToken).c
    live = (columns.revoked_at.is_(None), columns.expires_at > now, columns.person_id.in_(people))
    return Counter(row.person_id for row in every(tx, ApiToken, *live))


def every_token(db: Database, now: datetime) -> Sequence[TokenLine]:
    """All of them, the newest first, for a terminal."""
    with db.read() as tx:
        return _lines(tx, every(tx, ApiToken, order_by=_tokens.id.desc()), now)


def _lines(tx: Transaction, rows: Sequence[ApiToken], now: datetime) -> list[TokenLine]:
    owners = table_of(Person).c.id.in_({row.person_id for row in rows})
    people = {each.id: each for each in every(tx, Person, owners)}
    return [
        TokenLine(
            row,
            people[row.person_id].name,
            people[row.person_id].email,
            _state(row, people[row.person_id], now),
        )
        for row in rows
    ]


def _state(row: ApiToken, owner: Person, now: datetime) -> str:
    if row.revoked_at is not None:
        return "revoked"
    if now >= row.expires_at:
        return "expired"
    return "live" if owner.active else "owner closed"


def _owner(tx: Transaction, act: Act, email: str | None) -> Person:
    if email is None:
        person = one(tx, Person, id=act.person, lock=True) if act.person else None
    else:
        person = one(tx, Person, email=email.strip().lower(), lock=True)
    if person is None:
        raise NotFound("There is no account with this e-mail address. Look it up under People.")
    if person.id != act.person and not _administers(act):
        raise Refused("Only an administrator makes a token for somebody else.")
    if not person.active:
        raise Refused("The account is closed; a token of it would open nothing.")
    return person


def _administers(act: Act) -> bool:
    return act.role in (Role.ADMINISTRATOR, Role.PROGRAMME)
