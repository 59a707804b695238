"""How many test buys stand at each stage, counted as they move and never by looking at all.

Owns the triggers: every insert, move and removal of a test buy changes the count in its own
transaction, whoever writes. On PostgreSQL a count has `SLOTS` rows, chosen by the test buy's own
number, and a move changes its two stages in the order of their names, so that no two moves wait for
each other in a ring. SQLite has one writer at a time, and one row is enough.
"""

import sqlalchemy as sa

from rules.lifecycle import Stage
from storage.prepared import Prepared
from storage.rows import table_of
from storage.session import Transaction
from storage.tables import StageTally, TestBuy

SLOTS = 8

_TALLY, _TESTBUY = table_of(StageTally).name, table_of(TestBuy).name
_tally = table_of(StageTally).c
_PREFIX = "tallies_"


def _added(row: str, by: int) -> str:
    return (
        f"INSERT INTO {_TALLY} (brand_id, stage, slot, buys) "  # noqa: S608 - constants
        f"VALUES ({row}.brand_id, {row}.stage, 0, {by}) "
        f"ON CONFLICT (brand_id, stage, slot) DO UPDATE SET buys = buys + {by};"
    )


_MOVED = "OLD.stage <> NEW.stage OR OLD.brand_id <> NEW.brand_id"
_ON_SQLITE = {
    f"{_PREFIX}insert": f"AFTER INSERT ON {_TESTBUY} BEGIN {_added('NEW', 1)} END",
    f"{_PREFIX}update": f"AFTER UPDATE OF stage, brand_id ON {_TESTBUY} WHEN {_MOVED} "
    f"BEGIN {_added('OLD', -1)} {_added('NEW', 1)} END",
    f"{_PREFIX}delete": f"AFTER DELETE ON {_TESTBUY} BEGIN {_added('OLD', -1)} END",
}

_BODY = f"""
BEGIN
  INSERT INTO {_TALLY} AS kept (brand_id, stage, slot, buys)
    SELECT brand_id, stage, slot, sum(by) FROM (
      SELECT OLD.brand_id AS brand_id, OLD.stage AS stage, OLD.id % {SLOTS} AS slot, -1 AS by
        WHERE TG_OP <> 'INSERT'
      UNION ALL
      SELECT NEW.brand_id, NEW.stage, NEW.id % {SLOTS}, 1 WHERE TG_OP <> 'DELETE'
    ) AS changed GROUP BY brand_id, stage, slot HAVING sum(by) <> 0 ORDER BY brand_id, stage
  ON CONFLICT (brand_id, stage, slot) DO UPDATE SET buys = kept.buys + excluded.buys;
  RETURN NULL;
END """  # noqa: S608 - built from the constants above

_FUNCTION = f"{_PREFIX}{_TESTBUY}"
_ON_POSTGRESQL = {
    f"{_PREFIX}insert": f"AFTER INSERT ON {_TESTBUY}",
    f"{_PREFIX}update": f"AFTER UPDATE OF stage, brand_id ON {_TESTBUY}",
    f"{_PREFIX}delete": f"AFTER DELETE ON {_TESTBUY}",
}

_of_all = Prepared(sa.select(_tally.stage, sa.func.sum(_tally.buys)).group_by(_tally.stage))
_of_brand = Prepared(
    sa.select(_tally.stage, sa.func.sum(_tally.buys))
    .where(_tally.brand_id == sa.bindparam("brand"))
    .group_by(_tally.stage)
)


def stage_counts(tx: Transaction, brand_id: int | None = None) -> dict[Stage, int]:
    """How many test buys stand at each stage, of all brands or of one."""
    rows = _of_all.rows(tx) if brand_id is None else _of_brand.rows(tx, {"brand": brand_id})
    counted = {row[0]: int(row[1]) for row in rows}
    return {stage: counted.get(stage, 0) for stage in Stage}


def install(tx: Transaction) -> None:
    """Put the triggers in place; where one was not there, everything is counted anew."""
    if not {_TALLY, _TESTBUY} <= set(sa.inspect(tx).get_table_names()):
        return
    lost = missing(tx)
    if not lost:
        return
    if tx.dialect.name == "postgresql":
        schema = tx.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
        tx.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql "
            f"SET search_path = pg_catalog, {schema}, pg_temp AS $${_BODY}$$"
        )
        for name, rest in _ON_POSTGRESQL.items():
            tx.exec_driver_sql(
                f"CREATE OR REPLACE TRIGGER {name} {rest} FOR EACH ROW "
                f"EXECUTE FUNCTION {_FUNCTION}()"
            )
    else:
        for name, rest in _ON_SQLITE.items():
            tx.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
            tx.exec_driver_sql(f"CREATE TRIGGER {name} {rest}")
    _count_anew(tx)


def missing(tx: Transaction) -> list[str]:
    """The names of triggers that should be there and are not, or not as they were installed."""
    if tx.dialect.name == "postgresql":
        query = sa.text(
            "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "JOIN pg_proc ON pg_proc.oid = tgfoid WHERE relname = :table AND prosrc = :body "
            "AND tgenabled IN ('O', 'A') AND relnamespace = current_schema()::regnamespace"
        )
        found = set(tx.execute(query, {"table": _TESTBUY, "body": _BODY}).scalars())
        return sorted(set(_ON_POSTGRESQL) - found)
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    texts = {row.name: row.sql for row in tx.exec_driver_sql(query)}
    wanted = {name: f"CREATE TRIGGER {name} {rest}" for name, rest in _ON_SQLITE.items()}
    return sorted(name for name, text in wanted.items() if texts.get(name) != text)


def _count_anew(tx: Transaction) -> None:
    slot = f"id % {SLOTS}" if tx.dialect.name == "postgresql" else "0"
    tx.exec_driver_sql(f"DELETE FROM {_TALLY}")  # noqa: S608 - a constant
    tx.exec_driver_sql(
        f"INSERT INTO {_TALLY} (brand_id, stage, slot, buys) "  # noqa: S608 - constants
        f"SELECT brand_id, stage, {slot} AS slot, count(*) FROM {_TESTBUY} GROUP BY 1, 2, 3"
    )
