"""The programme's own role on PostgreSQL: it may add to what is kept for good, and no more.

Owns which rights that role has, and what a role could do beyond them. The tables belong to another
role, the owner, who migrates; the programme connects as a role of its own, which can't change,
empty, alter or drop a held table, nor its triggers (`storage.triggers`). SQLite knows no roles:
there the file's owner can do all of it, and only heads kept elsewhere tell.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from storage.session import Transaction
from storage.triggers import HELD

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_SETTABLE = {each.table: each.changeable for each in HELD}


@dataclass(frozen=True, slots=True)
class Granted:
    """What a role may do now, by the names of tables: add to, fill a column of, change freely."""

    adds: tuple[str, ...]
    fills: tuple[tuple[str, str], ...]
    free: tuple[str, ...]


def grant(tx: Transaction, role: str) -> Granted:
    """Give `role` exactly what the programme needs, as the owner of the tables; repeatable.

    Raises ValueError, in a sentence that says what to do, for a role that can't be held to it.
    """
    if not _NAME.fullmatch(role):
        raise ValueError(f"Name the role in small letters, digits and _: {role!r} is not.")
    if tx.exec_driver_sql("SELECT current_user").scalar_one() == role:
        raise ValueError("The programme's role must not own the tables. Grant as their owner.")
    if not tx.execute(_EXISTS, {"role": role}).scalar():
        raise ValueError(
            f"There is no role {role}. Make it first, in psql: CREATE ROLE {role} LOGIN; then "
            f"\\password {role}."
        )
    granted = _granted(tx, role)
    schema = tx.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    tx.exec_driver_sql(f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, {role}")
    tx.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
    tx.exec_driver_sql(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM {role}")
    tx.exec_driver_sql(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}")
    if beyond := list(powers(tx, role)):
        raise ValueError(f"{role} {beyond[0]}. Take that from it, or make another role.")
    return granted


def _granted(tx: Transaction, role: str) -> Granted:
    adds: list[str] = []
    fills: list[tuple[str, str]] = []
    free: list[str] = []
    for table in sorted(sa.inspect(tx).get_table_names()):
        tx.exec_driver_sql(f"REVOKE ALL ON {table} FROM PUBLIC, {role}")
        if table == "alembic_version":
            rights = "SELECT"
        elif table in _SETTABLE:
            rights = "SELECT, INSERT"
            adds.append(table)
            if settable := _SETTABLE[table]:
                rights += f", UPDATE ({', '.join(settable)})"
                fills.extend((table, column) for column in settable)
        else:
            rights = "SELECT, INSERT, UPDATE, DELETE"
            free.append(table)
        tx.exec_driver_sql(f"GRANT {rights} ON {table} TO {role}")
    return Granted(tuple(adds), tuple(fills), tuple(free))


def owns(tx: Transaction) -> bool:
    """Whether who is connected may alter the tables (or make them, where there are none)."""
    if tx.dialect.name != "postgresql":
        return True
    return bool(tx.execute(_OWNS, {"tables": list(_SETTABLE)}).scalar())


def powers(tx: Transaction, role: str | None = None) -> Iterator[str]:
    """What `role` (or who is connected) may do to what is kept for good beyond adding to it.

    Each is the end of a sentence that begins with the role's name; none on SQLite, which knows no
    roles.
    """
    if tx.dialect.name != "postgresql":
        return
    role = role or current(tx)
    asked = {"role": role, "tables": list(_SETTABLE)}
    may = tx.execute(_ROLE, asked).one()
    if may.superuser:
        yield "is a superuser: nothing is refused to it"
        return
    if may.roles:
        yield "may make roles, and so give itself what it lacks"
    if may.owned:
        yield f"owns {may.owned} protected tables: it may drop their triggers"
    if may.makes:
        yield "may make tables and functions in the schema"
    changeable = [
        row.name
        for row in tx.execute(_TABLES, asked)
        if row.whole or set(row.columns) - set(_SETTABLE[row.name])
    ]
    if changeable:
        yield f"may change or empty what only grows: {', '.join(sorted(changeable))}"


def current(tx: Transaction) -> str:
    """The role that is connected."""
    return tx.exec_driver_sql("SELECT current_user").scalar_one()


_EXISTS = sa.text("SELECT count(*) FROM pg_roles WHERE rolname = :role")

_HELD = (
    "FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') "
    "AND relname = ANY(:tables)"
)
_OWNS = sa.text(
    "SELECT coalesce(bool_and(pg_has_role(relowner, 'USAGE')), "
    f"has_schema_privilege(current_schema(), 'CREATE'), false) {_HELD}"
)
_ROLE = sa.text(
    "SELECT rolsuper AS superuser, rolcreaterole AS roles, "  # noqa: S608 - constants above
    f"(SELECT count(*) {_HELD} AND pg_has_role(:role, relowner, 'MEMBER')) AS owned, "
    "has_schema_privilege(:role, current_schema(), 'CREATE') AS makes "
    "FROM pg_roles WHERE rolname = :role"
)
_TABLES = sa.text(
    "SELECT relname AS name, "  # noqa: S608
    "has_table_privilege(:role, oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER') AS whole, "
    "ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = pg_class.oid AND attnum > 0 "
    "AND NOT attisdropped AND has_column_privilege(:role, pg_class.oid, attnum, 'UPDATE')) "
    f"AS columns {_HELD}"
)
