"""The board among a million test buys, beside the bare query of the same rows.

A page is what `casework.views.testbuys.board` reads: counts, rows, the choices of the filters. The
reference is sqlite3 alone, asked for the newest rows with their shops and brands. The whole page is
measured as it is served (`bench.served`).
"""

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from bench import Row, served
from bench.crowd import fill
from casework.views import testbuys as views
from casework.views.searching import Reach, search
from casework.views.testbuys import Asked
from rules.lifecycle import Stage
from storage import migrations
from storage.session import Database
from storage.walks import Key, Order

COUNT = 1_000_000
TIMES = 200
PAGES = {
    "newest": Asked(),
    "a stage of a brand": Asked(stage=Stage.SUBMITTED, brand="Brand 3"),
    "late": Asked(late=True),
    "longest waiting": Asked(order=Order.LONGEST),
    "mine that wait for a verdict": Asked(owner="mine", waiting="Waiting for verdict"),
}
_BARE = (
    "SELECT t.*, s.name, b.name FROM testbuy t JOIN shop s ON s.id = t.shop_id "
    "JOIN brand b ON b.id = t.brand_id ORDER BY t.id DESC LIMIT 51"
)


def rows() -> list[Row]:
    """CPU of a page's queries, the page as it is served, and what a search costs."""
    with tempfile.TemporaryDirectory() as folder:
        return measured(Path(folder), COUNT)


def measured(folder: Path, count: int) -> list[Row]:
    """The same with `count` test buys in `folder`."""
    with closing(Database.in_folder(folder)) as db:
        if not migrations.revision(db):
            migrations.upgrade(db)
            fill(db, count)
        bare = sqlite3.connect(folder / "testbuy.db")
        reference = _cpu_ms(lambda: bare.execute(_BARE).fetchall())
        bare.close()
        now = datetime.fromisoformat("2026-11-02T09:30:00+00:00") + timedelta(days=1)
        made = [
            Row(
                f"board, {name}, CPU", _cpu_ms(_page(db, asked, now)), reference, "ms, bare sqlite3"
            )
            for name, asked in PAGES.items()
        ]
        deep = _page(db, Asked(), now, Key(None, count // 2))
        made.append(Row("board, in the middle, CPU", _cpu_ms(deep), reference, "ms, bare sqlite3"))
        made += served.rows(db, folder, 7)
        staff = Reach(1, testbuys=True, exhibits=True, flags=True, operators=True, referrals=True)
        for asked in (f"TB-2026-{count // 2:06d}", f"M{count // 3}", "SEAL-1"):
            cost = _cpu_ms(lambda text=asked: search(db, text, staff))
            made.append(Row(f"search, {asked}, CPU", cost, reference, "ms, bare sqlite3"))
        return made


def _page(
    db: Database, asked: Asked, now: datetime, after: Key | None = None
) -> Callable[[], object]:
    return lambda: views.board(db, asked, 7, now, after=after)


def _cpu_ms(work: Callable[[], object]) -> float:
    """The median CPU of one call; a first one prepares the statements."""
    work()
    taken = []
    for _ in range(TIMES):
        before = time.process_time()
        work()
        taken.append(time.process_time() - before)
    return 1000 * statistics.median(taken)
