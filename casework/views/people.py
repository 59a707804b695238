"""Names of persons, and the accounts as an administrator sees them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from casework import log_ins
from rules.roles import Role
from storage.rows import every, table_of
from storage.session import Database, Transaction
from storage.tables import Brand, BrandGrant, Buyer, Person, Persona, RoleGrant, SecondFactor


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
    personas: int
    second_factor: bool
    log_ins: int


def names(tx: Transaction, ids: Iterable[int | None]) -> dict[int, str]:
    """The names of the persons with these numbers."""
    wanted = {each for each in ids if each is not None}
    people = every(tx, Person, table_of(Person).c.id.in_(wanted)) if wanted else ()
    return {person.id: person.name for person in people}


def accounts(db: Database, now: datetime) -> tuple[Account, ...]:
    """Every account, by name, with how many log-ins of it run."""
    with db.read() as tx:
        brands = {brand.id: brand.name for brand in every(tx, Brand)}
        roles: dict[int, list[Role]] = {}
        for grant in every(tx, RoleGrant):
            roles.setdefault(grant.person_id, []).append(grant.role)
        seen: dict[int, list[str]] = {}
        for grant in every(tx, BrandGrant):
            seen.setdefault(grant.person_id, []).append(brands[grant.brand_id])
        buyers = {buyer.person_id: buyer for buyer in every(tx, Buyer)}
        personas = every(tx, Persona)
        factors = {row.person_id for row in every(tx, SecondFactor) if row.confirmed_at}
        running = [row.person_id for row in log_ins.every_running(tx, now)]
        return tuple(
            Account(
                person.id,
                person.name,
                person.email,
                person.active,
                person.password_hash is not None,
                person.created_at,
                tuple(sorted(roles.get(person.id, ()))),
                tuple(sorted(seen.get(person.id, ()))),
                buyers.get(person.id),
                sum(persona.buyer_id == person.id for persona in personas),
                person.id in factors,
                running.count(person.id),
            )
            for person in every(tx, Person, order_by=table_of(Person).c.name)
        )


def brand_names(db: Database) -> tuple[str, ...]:
    """Every brand, by name."""
    with db.read() as tx:
        return tuple(brand.name for brand in every(tx, Brand, order_by=table_of(Brand).c.name))
