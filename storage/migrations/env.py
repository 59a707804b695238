"""What Alembic runs a migration in: our tables as the goal, the caller's transaction as the way.

Leaves opening and ending the transaction to `storage.migrations`.
"""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

import storage.tables  # noqa: F401 - fills the metadata
from storage.tables.columns import Instant


def render(kind: str, what: Any, autogen: AutogenContext) -> str | Literal[False]:
    """How a column type of ours is written in a revision."""
    if kind == "type" and isinstance(what, Instant):
        autogen.imports.add("from storage.tables.columns import Instant")
        return "Instant()"
    if kind == "type" and isinstance(what, AutoString):
        return "sa.String()"
    if kind == "type" and isinstance(what, sa.Enum):
        # Without a name, so that the CHECK is named after the column (`storage.tables.columns`).
        words = ", ".join(map(repr, what.enums))
        return f"sa.Enum({words}, native_enum=False, create_constraint=True, length={what.length})"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    render_item=render,
)
context.run_migrations()
