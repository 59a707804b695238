"""A migrated database is the one the tables describe, however it came to be."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from storage import migrations
from storage.session import Database
from tests.storage import racer

ROOT = Path(__file__).parents[2]


def plain(facts):
    options = {name: str(value) for name, value in facts.get("dialect_options", {}).items()}
    return repr(facts | {"dialect_options": options})


def described(db):
    """Everything the database says of its tables, as plain values."""
    with db.read() as tx:
        found = sa.inspect(tx)
        return {
            table: {
                "columns": [
                    (c["name"], str(c["type"]), c["nullable"], c["default"])
                    for c in found.get_columns(table)
                ],
                "primary": found.get_pk_constraint(table)["constrained_columns"],
                **{
                    kind: sorted(map(plain, getattr(found, f"get_{kind}")(table)))
                    for kind in ("foreign_keys", "indexes", "unique_constraints")
                },
                "checks": sorted(
                    (c["name"], c["sqltext"]) for c in found.get_check_constraints(table)
                ),
            }
            for table in found.get_table_names()
            if table != "alembic_version"
        }


def test_alembic_sees_no_difference_between_the_tables_and_a_migrated_database(database):
    with database.read() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_a_migrated_database_has_the_checks_and_partial_indexes_of_the_tables(empty_database):
    with empty_database.write() as tx:
        SQLModel.metadata.create_all(tx)
    as_the_tables_say = described(empty_database)
    with empty_database.write() as tx:
        SQLModel.metadata.drop_all(tx)
    migrations.upgrade(empty_database)
    assert described(empty_database) == as_the_tables_say


def test_up_from_empty_down_to_empty_and_up_again(empty_database):
    db = empty_database
    assert migrations.revision(db) is None and not migrations.is_current(db)
    migrations.upgrade(db)
    first = described(db)
    assert migrations.is_current(db) and "testbuy" in first
    migrations.downgrade(db, "base")
    assert migrations.revision(db) is None and described(db) == {}
    migrations.upgrade(db)
    assert described(db) == first


def test_two_processes_that_start_at_once_on_an_empty_database_migrate_it_once(
    empty_database, race
):
    race(empty_database, "upgrade")
    assert migrations.is_current(empty_database)


def test_two_threads_that_start_at_once_on_an_empty_database_migrate_it_once(empty_database):
    assert racer.in_threads(empty_database, "upgrade", 1) == []
    assert migrations.is_current(empty_database)


def test_a_database_of_a_newer_version_is_left_alone(database):
    with database.write() as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    before = described(database)
    assert not migrations.is_current(database)
    with pytest.raises(migrations.MigrationError, match="newer version"):
        migrations.upgrade(database)
    assert migrations.revision(database) == "9999" and described(database) == before


def test_a_migration_that_fails_leaves_the_database_as_it_was(empty_database):
    with empty_database.write() as tx:
        tx.exec_driver_sql("CREATE TABLE wakeup (other INTEGER)")
    before = described(empty_database)
    with pytest.raises(sa.exc.DBAPIError):
        migrations.upgrade(empty_database)
    assert described(empty_database) == before
    assert migrations.revision(empty_database) is None


def test_rows_that_refer_to_nothing_stop_a_migration(sqlite_database):
    with sqlite_database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("INSERT INTO brand (rights_holder_id, name) VALUES (9, 'B')")
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
    with pytest.raises(migrations.MigrationError, match="refer to nothing"):
        migrations.upgrade(sqlite_database)
    with sqlite_database.read() as tx:
        assert tx.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1


def test_migrating_needs_no_certain_working_directory(tmp_path):
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from pathlib import Path\n"
        "from storage import migrations\n"
        "from storage.session import Database\n"
        "db = Database.in_folder(Path('.'))\n"
        "migrations.upgrade(db)\n"
        "db.close()\n"
    )
    said = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True)
    assert (said.returncode, said.stdout, said.stderr) == (0, b"", b"")
    with closing(Database.in_folder(tmp_path)) as db:
        assert migrations.is_current(db)
