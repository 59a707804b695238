"""What becomes of an exhibit with us: the storage places it may lie in, and who may enter them."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from rules.roles import Role
from storage.tables.columns import Table, identity, instant, refers_to, word


class StoragePlace(Table, table=True):
    """A shelf that exhibits lie on; open until it is closed, and never removed.

    `name` is made of site, room and shelf and stands in custody entries, so none of them changes.
    People are None where the command line, which knows none, did it.
    """

    __table_args__ = (
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_because IS NULL)", name="closed_for_a_reason"
        ),
    )
    id: int = identity()
    name: str = Field(unique=True)
    site: str
    room: str
    shelf: str
    opened_by: int | None = refers_to("person.id", optional=True, index=False)
    opened_at: datetime = instant()
    closed_by: int | None = refers_to("person.id", optional=True, index=False)
    closed_at: datetime | None = instant(optional=True)
    closed_because: str | None = None


class PlaceAccess(Table, table=True):
    """Who may enter a storage place: everybody in a role, or one person."""

    __table_args__ = (
        sa.CheckConstraint("(role IS NULL) <> (person_id IS NULL)", name="role_or_person"),
    )
    id: int = identity()
    place_id: int = refers_to("storage_place.id")
    role: Role | None = word(Role, optional=True)
    person_id: int | None = refers_to("person.id", optional=True, index=False)
