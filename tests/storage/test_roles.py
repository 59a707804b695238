"""The programme's role on PostgreSQL adds to the ledger, and can do nothing else to it."""

from contextlib import closing

import pytest
import sqlalchemy as sa

from evidence.ledger import verify
from storage import ledger, migrations, roles, triggers
from storage.rows import table_of
from storage.session import Database
from storage.tables import LedgerRow
from storage.triggers import HELD
from tests.conftest import RESTRICTED as ROLE


@pytest.fixture
def owner(postgresql_database, now):
    """A migrated database whose role for the programme has its rights; one ledger entry."""
    db = postgresql_database
    with db.write() as tx:
        roles.grant(tx, ROLE)
        ledger.append(tx, "TB-1", {"event": 1}, now)
    return db


@pytest.fixture
def restricted(owner, postgresql):
    """The same database, as the programme's role opens it."""
    with closing(Database(postgresql.restricted_url(owner.engine.url.database))) as db:
        yield db


ATTACKS = [
    "UPDATE {table} SET {column} = {column}",
    "DELETE FROM {table}",
    "TRUNCATE {table} CASCADE",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "DROP TRIGGER keeps_{table}_update ON {table}",
    "DROP TABLE {table} CASCADE",
    "CREATE TRIGGER mine BEFORE INSERT ON {table} EXECUTE FUNCTION keeps_row('x')",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_role_is_refused_what_is_kept_for_good(restricted, attack):
    refusal = "permission denied|must be owner"
    for table in (held.table for held in HELD):
        column = next(iter(LedgerRow.metadata.tables[table].columns)).name
        with pytest.raises(sa.exc.ProgrammingError, match=refusal), restricted.write() as tx:
            tx.exec_driver_sql(attack.format(table=table, column=column))


@pytest.mark.parametrize(
    "attack",
    [
        "CREATE TABLE mine (a integer)",
        "CREATE OR REPLACE FUNCTION keeps_row() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RETURN NEW; END$$",
        "UPDATE alembic_version SET version_num = 'mine'",
        "SELECT setval('verdict_id_seq', 1)",
        "SET session_replication_role = replica",
        f"ALTER ROLE {ROLE} SUPERUSER",
    ],
)
def test_the_role_is_refused_to_change_what_holds_it(restricted, attack):
    refusal = "permission denied|must be owner|must be superuser"
    with pytest.raises(sa.exc.ProgrammingError, match=refusal), restricted.write() as tx:
        tx.exec_driver_sql(attack)


def test_the_role_appends_and_reads(restricted, now):
    with restricted.write() as tx:
        ledger.append(tx, "TB-1", {"event": 2}, now)
        assert verify(ledger.chain(tx, "TB-1"), "TB-1").entries == 2
        assert tx.execute(sa.select(sa.func.count()).select_from(table_of(LedgerRow))).scalar() == 2


def test_a_table_of_the_sessions_own_does_not_pass_for_the_ledger(restricted):
    """The chain's trigger looks the last entry up: in the ledger, whatever the session has."""
    row = "7, 'TB-1', 7, '\\x{prev}', sha256('\\x01'::bytea || '\\x{prev}'::bytea || 'x'), 'x'"
    forged = row.format(prev="00" * 32)
    with pytest.raises(sa.exc.IntegrityError, match="does not follow"), restricted.write() as tx:
        tx.exec_driver_sql("CREATE TEMP TABLE ledger (LIKE public.ledger)")
        columns = "id, subject, seq, prev, hash, body"
        before = "6, 'TB-1', 6, '', '\\x" + "00" * 32 + "', ''"
        tx.exec_driver_sql(f"INSERT INTO pg_temp.ledger ({columns}) VALUES ({before})")
        tx.exec_driver_sql(f"INSERT INTO public.ledger ({columns}) VALUES ({forged})")


def test_a_role_that_could_do_more_is_not_granted(postgresql_database):
    """Each refusal says what to do; nothing of a refused grant stays."""
    with postgresql_database.write() as tx:
        owner = tx.exec_driver_sql("SELECT current_user").scalar_one()
        for name, attributes in (("boss", "SUPERUSER"), ("maker", "CREATEROLE"), ("kin", "")):
            tx.exec_driver_sql(f"CREATE ROLE {name} {attributes}")
        tx.exec_driver_sql("GRANT pg_write_all_data TO kin")
        for role, why in {
            owner: "must not own",
            "app; DROP TABLE ledger": "small letters",
            "nobody_at_all": "CREATE ROLE nobody_at_all LOGIN",
            "boss": "boss is a superuser",
            "maker": "maker may make roles",
            "kin": "kin may change or empty what only grows: .*ledger",
        }.items():
            with pytest.raises(ValueError, match=why):
                roles.grant(tx, role)
        tx.rollback()


def test_what_a_role_could_do_is_told(owner, restricted, postgresql):
    with restricted.read() as tx:
        assert list(roles.powers(tx)) == []
        assert not roles.owns(tx)
    with owner.read() as tx:
        assert roles.owns(tx)
        assert list(roles.powers(tx)) == ["is a superuser: nothing is refused to it"]
    with owner.write() as tx:
        tx.exec_driver_sql(f"GRANT DELETE ON ledger TO {ROLE}")
        tx.exec_driver_sql(f"GRANT UPDATE (value) ON verdict TO {ROLE}")
        tx.exec_driver_sql(f"ALTER TABLE anchor OWNER TO {ROLE}")
        tx.exec_driver_sql(f"GRANT CREATE ON SCHEMA public TO {ROLE}")
    with restricted.read() as tx:
        assert list(roles.powers(tx)) == [
            "owns 1 protected tables: it may drop their triggers",
            "may make tables and functions in the schema",
            "may change or empty what only grows: anchor, ledger, verdict",
        ]
    with owner.write() as tx:
        tx.exec_driver_sql(f"ALTER TABLE anchor OWNER TO {owner.engine.url.username}")
        roles.grant(tx, ROLE)
        assert list(roles.powers(tx, ROLE)) == []


def test_the_role_starts_on_a_ready_database_and_on_no_other(owner, restricted):
    migrations.upgrade(restricted)
    with owner.write() as tx:
        tx.exec_driver_sql("DROP TRIGGER keeps_verdict_update ON verdict")
    with pytest.raises(migrations.MigrationError, match=f"keeps_verdict_update.*grant {ROLE}"):
        migrations.upgrade(restricted)
    migrations.upgrade(owner)
    migrations.upgrade(restricted)
    with owner.write() as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(migrations.MigrationError, match=f"schema is 0000.*grant {ROLE}"):
        migrations.upgrade(restricted)


def test_an_empty_database_is_made_ready_by_its_owner(postgresql):
    name = postgresql.create("template0")
    with (
        closing(Database(postgresql.restricted_url(name))) as db,
        pytest.raises(migrations.MigrationError, match=r"before the first.*grant"),
    ):
        migrations.upgrade(db)
    postgresql.drop(name)


CHANGED = [
    "ALTER TABLE verdict DISABLE TRIGGER keeps_verdict_update",
    "ALTER TABLE verdict ENABLE TRIGGER keeps_verdict_update",
    "CREATE OR REPLACE TRIGGER keeps_verdict_update BEFORE UPDATE ON verdict FOR EACH ROW "
    "WHEN (false) EXECUTE FUNCTION keeps_row('A sealed verdict.', 'superseded_at');"
    "ALTER TABLE verdict ENABLE ALWAYS TRIGGER keeps_verdict_update",
    "CREATE OR REPLACE TRIGGER keeps_verdict_update BEFORE UPDATE OF method ON verdict FOR EACH ROW"
    " EXECUTE FUNCTION keeps_row('A sealed verdict is never changed; a later one may supersede it,"
    " once.', 'superseded_at');"
    "ALTER TABLE verdict ENABLE ALWAYS TRIGGER keeps_verdict_update",
    "CREATE OR REPLACE TRIGGER keeps_verdict_update BEFORE UPDATE ON verdict FOR EACH ROW "
    "EXECUTE FUNCTION keeps_row('A sealed verdict is never changed; a later one may supersede it, "
    "once.', 'value');"
    "ALTER TABLE verdict ENABLE ALWAYS TRIGGER keeps_verdict_update",
    "CREATE OR REPLACE FUNCTION keeps_row() RETURNS trigger LANGUAGE plpgsql AS "
    "$$BEGIN RETURN NEW; END$$",
]


@pytest.mark.parametrize("change", CHANGED)
def test_a_trigger_that_is_there_and_keeps_nothing_is_told(postgresql_database, change):
    with postgresql_database.write() as tx:
        assert triggers.missing(tx) == []
        tx.exec_driver_sql(change)
        assert "keeps_verdict_update" in triggers.missing(tx)
        triggers.install(tx)
        assert triggers.missing(tx) == []


def test_a_trigger_of_sqlite_that_keeps_nothing_is_told(sqlite_database):
    with sqlite_database.write() as tx:
        assert triggers.missing(tx) == []
        tx.exec_driver_sql("DROP TRIGGER keeps_verdict_update")
        tx.exec_driver_sql(
            "CREATE TRIGGER keeps_verdict_update BEFORE UPDATE ON verdict WHEN 0 "
            "BEGIN SELECT raise(ABORT, 'never'); END"
        )
        assert triggers.missing(tx) == ["keeps_verdict_update"]
