"""The schema's history, and bringing a database to its newest state.

Owns the Alembic environment; no alembic.ini is needed, nor a certain working directory. Until the
first release there is one revision, made again whenever the tables change; afterwards revisions
are only added:

    python -m storage.migrations regenerate

A migration runs in one transaction, its triggers included (`storage.triggers`): Alembic rebuilds a
table on SQLite to alter it, and the triggers of the old one go silently (measured).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from storage import roles, triggers
from storage.session import Database, Transaction

_POSTGRESQL_LOCK = 0x7E57B0C5
"""Any constant: two processes that upgrade at once take turns by it."""


class MigrationError(RuntimeError):
    """The database can't be brought to the revision asked for; nothing was changed."""


def upgrade(db: Database) -> None:
    """Bring `db` to the newest revision, from empty if need be, and install the triggers again.

    Who does not own the tables changes nothing: MigrationError where the owner has to.
    """
    with migrating(db) as tx:
        if not roles.owns(tx):
            _expect_ready(tx)
            return
        command.upgrade(configuration(tx), "head")
        triggers.install(tx)


def downgrade(db: Database, revision: str) -> None:
    """Take `db` back to `revision`; "base" empties it of all tables."""
    with migrating(db) as tx:
        command.downgrade(configuration(tx), revision)
        triggers.install(tx)


def revision(db: Database) -> str | None:
    """The revision `db` is at; None before the first upgrade."""
    with db.read() as tx:
        return MigrationContext.configure(tx).get_current_revision()


def is_current(db: Database) -> bool:
    """Whether `db` is at the newest revision this software knows."""
    return revision(db) == ScriptDirectory.from_config(configuration()).get_current_head()


def configuration(tx: Transaction | None = None) -> Config:
    """Alembic's configuration; with `tx`, migrations run inside that transaction."""
    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = tx
    return config


def _expect_ready(tx: Transaction) -> None:
    newest = ScriptDirectory.from_config(configuration()).get_current_head()
    at = MigrationContext.configure(tx).get_current_revision()
    wrong = f"its schema is {at or 'before the first'}, not {newest}" if at != newest else ""
    if not wrong and (gone := triggers.missing(tx)):
        wrong = f"triggers are missing or changed ({', '.join(gone)})"
    if wrong:
        role = roles.current(tx)
        raise MigrationError(
            f"The database is not ready: {wrong}, and {role} may not change that. Whoever owns the "
            f"tables runs testbuy database grant {role}, with their own TESTBUY_DATABASE_URL."
        )


@contextmanager
def migrating(db: Database) -> Iterator[Transaction]:
    """The transaction a migration runs in: tables may be rebuilt, rows may not be orphaned."""
    transaction = _on_sqlite(db) if db.is_sqlite else _on_postgresql(db)
    with transaction as tx:
        try:
            yield tx
        except CommandError as error:
            raise MigrationError(
                f"The database can't be migrated: {error}. If a newer version of this software "
                "has used it, start that version instead."
            ) from error


@contextmanager
def _on_sqlite(db: Database) -> Iterator[Transaction]:
    with db.engine.connect() as tx:
        # Rebuilding a table drops it while others refer to it; the pragma is deaf inside BEGIN.
        tx.exec_driver_sql("PRAGMA foreign_keys=OFF")
        try:
            tx.exec_driver_sql("BEGIN IMMEDIATE")
            yield tx
            broken = tx.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise MigrationError(f"Rows would refer to nothing after it: {broken[:5]}.")
            tx.commit()
        finally:
            tx.rollback()
            tx.exec_driver_sql("PRAGMA foreign_keys=ON")


@contextmanager
def _on_postgresql(db: Database) -> Iterator[Transaction]:
    with db.write() as tx:
        tx.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_POSTGRESQL_LOCK})")
        yield tx
