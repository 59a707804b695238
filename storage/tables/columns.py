"""What every table shares: its name, and column types that refuse what must not be stored.

SQLModel rows do not validate on construction, so the types do: no naive time, no word outside its
enum, and every constraint has a name.
"""

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel


def _what_is_checked(constraint: sa.CheckConstraint, _table: sa.Table) -> str:
    """The constraint's own name, or the column's where it holds a column to its enum."""
    named = isinstance(constraint.name, str)
    return str(constraint.name) if named else constraint.columns[0].name


SQLModel.metadata.naming_convention = {
    "constraint_name": _what_is_checked,
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel):
    """A table named after its class: `OrderAttempt` is `order_attempt`."""

    @declared_attr.directive
    def __tablename__(cls) -> str:  # noqa: N805 # pyright: ignore[reportIncompatibleVariableOverride]
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware UTC time; SQLite, which keeps no zone, gets the UTC wall time as text.

    The text is the one SQLAlchemy writes, `2026-11-02 09:30:00.000000`, made and read in one step
    instead of three: a life of a test buy has some three hundred times.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Any:
        return _to_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        if dialect.name == "sqlite":
            return _from_text
        return super().result_processor(dialect, coltype)


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"a time without a zone can't be stored: {value!r}")
    return value.astimezone(UTC)


def _to_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    return _utc(value).replace(tzinfo=None).isoformat(" ", "microseconds")


def _from_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


def identity() -> Any:
    """The number of a row; the database gives it."""
    return Field(default=None, primary_key=True)


def word(enum: type[StrEnum], *, optional: bool = False, **column: Any) -> Any:
    """A value of `enum`, held to it by a CHECK constraint named after the column."""
    kind = sa.Enum(
        enum,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=None,
        values_callable=lambda members: [member.value for member in members],
        validate_strings=True,
    )
    return _field(kind, optional, column)


def instant(*, optional: bool = False, **column: Any) -> Any:
    """An aware UTC time."""
    return _field(Instant(), optional, column)


def whole(*, optional: bool = False, **column: Any) -> Any:
    """A 64-bit whole number: money in minor units, sizes, likeness codes."""
    return _field(sa.BigInteger(), optional, column)


def json_list() -> Any:
    """A JSON list of plain values."""
    return Field(default_factory=list, sa_type=sa.JSON)


def reasons() -> Any:
    """Sentences, or NULL where there is nothing to say."""
    return Field(default=None, sa_type=sa.JSON(none_as_null=True), nullable=True)


def refers_to(target: str, *, optional: bool = False, index: bool = True, **column: Any) -> Any:
    """A foreign key, indexed unless another index begins with it."""
    column |= {"foreign_key": target, "index": index, "nullable": optional}
    return Field(default=None, **column) if optional else Field(**column)


def _field(kind: Any, optional: bool, column: dict[str, Any]) -> Any:
    column |= {"sa_type": kind, "nullable": optional}
    return Field(default=None, **column) if optional else Field(**column)
