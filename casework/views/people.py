"""Accounts of persons, as an administrator sees them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.people import binding, log_ins, tokens
from rules.roles import Role
from storage import keyset, personas
from storage.keyset import FIRST, Paged, Turn
from storage.persons import names
from storage.rows import every, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Brand,
    BrandGrant,
    Buyer,
    Person,
    Persona,
    RoleGrant,
    SecondFactor,
    SignOnBinding,
)


@dataclass(frozen=True, slots=True)
class PersonaLine:
    """A persona by number and label; its address is shown to nobody here.

    `under_way`: test buys that have it and have not ended. `by`: who last switched it off or on.
    """

    persona: Persona
    under_way: int
    by: str | None


@dataclass(frozen=True, slots=True)
class Account:
    """A person with what was granted."""

    id: int
    name: str
    email: str
    active: bool
    has_password: bool
    created_at: datetime
    roles: tuple[Role, ...]
    brands: tuple[str, ...]
    buyer: Buyer | None
    personas: tuple[PersonaLine, ...]
    second_factor: bool
    log_ins: int
    tokens: int
    sign_on: SignOnBinding | None
    """Whom of the provider it belongs to, once they have come by single sign-on."""


def accounts(db: Database, now: datetime, turn: Turn = FIRST) -> Paged[Account]:
    """A page of the accounts, by name, with how many log-ins of each run and tokens live."""
    with db.read() as tx:
        found = keyset.page(tx, Person, by=(table_of(Person).c.name,), turn=turn)
        return found.each(lambda rows: _accounts(tx, rows, now))


def _accounts(tx: Transaction, people: Sequence[Person], now: datetime) -> list[Account]:
    ids = [person.id for person in people]
    brands = {brand.id: brand.name for brand in every(tx, Brand)}
    roles, seen = defaultdict[int, list[Role]](list), defaultdict[int, list[str]](list)
    for grant in every(tx, RoleGrant, table_of(RoleGrant).c.person_id.in_(ids)):
        roles[grant.person_id].append(grant.role)
    for grant in every(tx, BrandGrant, table_of(BrandGrant).c.person_id.in_(ids)):
        seen[grant.person_id].append(brands[grant.brand_id])
    buyers = {
        buyer.person_id: buyer for buyer in every(tx, Buyer, table_of(Buyer).c.person_id.in_(ids))
    }
    owned = _personas(tx, ids)
    factors = {
        row.person_id
        for row in every(tx, SecondFactor, table_of(SecondFactor).c.person_id.in_(ids))
        if row.confirmed_at
    }
    running = Counter(row.person_id for row in log_ins.running_of(tx, ids, now))
    bearers = tokens.live_of(tx, ids, now)
    bound = binding.bound_of(tx, ids)
    return [
        Account(
            person.id,
            person.name,
            person.email,
            person.active,
            person.password_hash is not None,
            person.created_at,
            tuple(sorted(roles[person.id])),
            tuple(sorted(seen[person.id])),
            buyers.get(person.id),
            tuple(owned[person.id]),
            person.id in factors,
            running[person.id],
            bearers[person.id],
            bound.get(person.id),
        )
        for person in people
    ]


def _personas(tx: Transaction, ids: Sequence[int]) -> Mapping[int, list[PersonaLine]]:
    columns = table_of(Persona).c
    rows = every(tx, Persona, columns.buyer_id.in_(ids), order_by=columns.id)
    running = personas.under_way(tx, [row.id for row in rows])
    people = names(tx, [row.switched_by for row in rows])
    owned = defaultdict[int, list[PersonaLine]](list)
    for row in rows:
        by = people[row.switched_by] if row.switched_by else None
        owned[row.buyer_id].append(PersonaLine(row, running.get(row.id, 0), by))
    return owned


def brand_names(db: Database) -> tuple[str, ...]:
    """Every brand, by name."""
    with db.read() as tx:
        return tuple(brand.name for brand in every(tx, Brand, order_by=table_of(Brand).c.name))
