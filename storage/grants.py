"""Which roles a person holds now."""

from rules.roles import Role
from storage.rows import every
from storage.session import Transaction
from storage.tables import RoleGrant


def roles_of(tx: Transaction, person_id: int) -> frozenset[Role]:
    """The roles granted to a person, whether or not the account is open."""
    return frozenset(grant.role for grant in every(tx, RoleGrant, person_id=person_id))
