"""The programme's role on PostgreSQL adds to the ledger, and can do nothing else to it."""

import pytest
import sqlalchemy as sa

from evidence.ledger import verify
from storage import ledger, roles
from storage.rows import table_of
from storage.tables import LedgerRow
from storage.triggers import HELD

ROLE = "testbuy_app"


@pytest.fixture
def restricted(postgresql_database, now):
    """A migrated database whose role for the programme has its rights; one ledger entry."""
    db = postgresql_database
    with db.write() as tx:
        tx.exec_driver_sql(f"CREATE ROLE {ROLE} NOLOGIN")
        roles.grant(tx, ROLE)
        ledger.append(tx, "TB-1", {"event": 1}, now)
    yield db
    with db.write() as tx:
        tx.exec_driver_sql(f"DROP OWNED BY {ROLE}")
        tx.exec_driver_sql(f"DROP ROLE {ROLE}")


ATTACKS = [
    "UPDATE {table} SET {column} = {column}",
    "DELETE FROM {table}",
    "TRUNCATE {table} CASCADE",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "DROP TRIGGER keeps_{table}_update ON {table}",
    "DROP TABLE {table} CASCADE",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_role_is_refused_what_is_kept_for_good(restricted, attack):
    refusal = "permission denied|must be owner"
    for table in (held.table for held in HELD):
        column = next(iter(LedgerRow.metadata.tables[table].columns)).name
        with pytest.raises(sa.exc.ProgrammingError, match=refusal), restricted.write() as tx:
            tx.exec_driver_sql(f"SET LOCAL ROLE {ROLE}")
            tx.exec_driver_sql(attack.format(table=table, column=column))


def test_the_role_appends_and_reads(restricted, now):
    with restricted.write() as tx:
        tx.exec_driver_sql(f"SET LOCAL ROLE {ROLE}")
        ledger.append(tx, "TB-1", {"event": 2}, now)
        assert verify(ledger.chain(tx, "TB-1"), "TB-1").entries == 2
        assert tx.execute(sa.select(sa.func.count()).select_from(table_of(LedgerRow))).scalar() == 2


def test_the_owner_is_not_the_programmes_role(postgresql_database):
    with postgresql_database.write() as tx:
        owner = tx.exec_driver_sql("SELECT current_user").scalar_one()
        with pytest.raises(ValueError, match="must not own"):
            roles.grant(tx, owner)
        with pytest.raises(ValueError, match="small letters"):
            roles.grant(tx, "app; DROP TABLE ledger")
