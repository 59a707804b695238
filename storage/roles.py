"""The programme's own role on PostgreSQL: it may add to what is kept for good, and no more.

Owns which rights that role has. The tables belong to another role, the owner, who migrates; the
programme connects as a role of its own, which can't change, empty, alter or drop a held table, nor
its triggers (`storage.triggers`). SQLite knows no roles: there the file's owner can do all of it,
and only heads kept elsewhere tell.
"""

import re

import sqlalchemy as sa

from storage.session import Transaction
from storage.triggers import HELD

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def grant(tx: Transaction, role: str) -> None:
    """Give `role` exactly what the programme needs, as the owner of the tables; repeatable.

    Raises ValueError for a name that would need quoting, or for the owner's own.
    """
    if not _NAME.fullmatch(role):
        raise ValueError(f"Name the role in small letters, digits and _: {role!r} is not.")
    if tx.exec_driver_sql("SELECT current_user").scalar_one() == role:
        raise ValueError("The programme's role must not own the tables. Grant as their owner.")
    held = {each.table: each.settable for each in HELD}
    for table in sorted(sa.inspect(tx).get_table_names()):
        tx.exec_driver_sql(f"REVOKE ALL ON {table} FROM {role}")
        if table == "alembic_version":
            rights = "SELECT"
        elif table in held:
            rights = "SELECT, INSERT"
            if settable := held[table]:
                rights += f", UPDATE ({settable})"
        else:
            rights = "SELECT, INSERT, UPDATE, DELETE"
        tx.exec_driver_sql(f"GRANT {rights} ON {table} TO {role}")
    tx.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {role}")
    tx.exec_driver_sql(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
