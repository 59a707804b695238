"""What a person's own account page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.errors import NotFound
from casework.people import log_ins, second_factor, tokens
from casework.people.second_factor import Standing
from rules.access import SECOND_FACTOR_ROLES, SecondFactorPolicy
from rules.roles import Role
from storage import policies
from storage.grants import roles_of
from storage.rows import every, one
from storage.session import Database
from storage.tables import Brand, BrandGrant, LogIn, Person


@dataclass(frozen=True, slots=True)
class Account:
    """One's own account. `must_have`: the programme asks this person for a second factor."""

    name: str
    email: str
    has_password: bool
    roles: tuple[Role, ...]
    brands: tuple[str, ...]
    must_have: bool
    factor: Standing
    log_ins: Sequence[LogIn]
    tokens: int
    """How many live tokens of the API act for them."""


def account(db: Database, person_id: int, now: datetime) -> Account:
    """The account of the person with this number."""
    with db.read() as tx:
        person = one(tx, Person, id=person_id)
        if person is None:
            raise NotFound("There is no account with this number.")
        roles = roles_of(tx, person_id)
        granted = {grant.brand_id for grant in every(tx, BrandGrant, person_id=person_id)}
        brands = [brand.name for brand in every(tx, Brand) if brand.id in granted]
        live = tokens.live_of(tx, [person_id], now)[person_id]
        required = policies.read(tx).second_factor is SecondFactorPolicy.REQUIRED
    return Account(
        person.name,
        person.email,
        person.password_hash is not None,
        tuple(sorted(roles)),
        tuple(sorted(brands)),
        required and bool(roles & SECOND_FACTOR_ROLES),
        second_factor.standing(db, person_id),
        log_ins.running(db, person_id, now),
        live,
    )
