"""Reading and advancing the rows of test buys."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from rules.lifecycle import ENDS, Stage
from storage.prepared import Prepared
from storage.rows import every, table_of
from storage.session import Transaction
from storage.tables import Counter, OrderAttempt, TestBuy, Wakeup

_testbuys = table_of(TestBuy)
_attempts = table_of(OrderAttempt)
_counters = table_of(Counter)

_of_reference = sa.select(_testbuys).where(_testbuys.c.reference == sa.bindparam("of_reference"))
_by_reference = Prepared(_of_reference)
_held_by_reference = Prepared(_of_reference.with_for_update(key_share=True))
_last_attempt = Prepared(
    sa.select(_attempts)
    .where(_attempts.c.testbuy_id == sa.bindparam("of_testbuy"))
    .order_by(_attempts.c.number.desc())
    .limit(1)
)


def _changing(*seen: str) -> Prepared:
    """An UPDATE of the test buy whose columns are still as they were `seen`."""
    return Prepared(
        sa.update(_testbuys).where(
            *(
                _testbuys.c[name] == sa.bindparam(f"at_{name}", type_=_testbuys.c[name].type)
                for name in seen
            )
        )
    )


_advance = _changing("id", "stage", "version", "fence")
_note = _changing("id", "version")


def _counting(insert: Any) -> Prepared:
    first = insert(_counters).values(name=sa.bindparam("of_series"), value=1)
    return Prepared(
        first.on_conflict_do_update(
            index_elements=[_counters.c.name], set_={"value": _counters.c.value + 1}
        ).returning(_counters.c.value)
    )


_count_on = {"sqlite": _counting(sqlite.insert), "postgresql": _counting(postgresql.insert)}
_until = _testbuys.c.lease_until
_take_lease = Prepared(
    sa.update(_testbuys)
    .where(
        _testbuys.c.reference == sa.bindparam("of_reference"),
        sa.or_(
            _until.is_(None),
            _until <= sa.bindparam("now", type_=_until.type),
            _testbuys.c.lease_holder == sa.bindparam("holder"),
        ),
    )
    .values(
        fence=_testbuys.c.fence + 1,
        lease_holder=sa.bindparam("holder"),
        lease_until=sa.bindparam("until", type_=_until.type),
    )
    .returning(_testbuys.c.id, _testbuys.c.fence)
)


class Taken(NamedTuple):
    """The number of a test buy whose lease was taken, and the fence from now on."""

    id: int
    fence: int


def by_reference(tx: Transaction, reference: str, *, lock: bool = False) -> TestBuy | None:
    """The test buy `reference`; `lock` holds its row until the transaction ends (PostgreSQL)."""
    query = _held_by_reference if lock else _by_reference
    return cast("TestBuy | None", query.row(tx, {"of_reference": reference}))


def advance(
    tx: Transaction, testbuy: TestBuy, target: Stage, at: datetime, changes: dict[str, Any]
) -> bool:
    """Bring `testbuy` to `target`, if its row is still at the stage, version and fence read.

    The WHERE clause refuses once more what the rule and the lock have ruled out already.
    """
    seen = {
        "at_id": testbuy.id,
        "at_stage": testbuy.stage,
        "at_version": testbuy.version,
        "at_fence": testbuy.fence,
    }
    new = {"stage": target, "version": testbuy.version + 1, "changed_at": at, **changes}
    return _advance.change(tx, seen, new) == 1


def take_lease(
    tx: Transaction, reference: str, holder: str, now: datetime, until: datetime
) -> Taken | None:
    """Take the lease of `reference` and raise its fence, unless another than `holder` has it.

    One statement: a second taker waits for the row, and then asks of the row as the first left it.
    """
    row = _take_lease.row(
        tx, {"of_reference": reference, "holder": holder, "now": now, "until": until}
    )
    return Taken(*row) if row else None


def note(tx: Transaction, testbuy: TestBuy, columns: dict[str, Any]) -> bool:
    """Write `columns` at the stage it is at, if its row is still at the version that was read."""
    seen = {"at_id": testbuy.id, "at_version": testbuy.version}
    return _note.change(tx, seen, columns) == 1


def overdue(tx: Transaction, now: datetime, limit: int) -> Sequence[TestBuy]:
    """Test buys whose deadline has passed and whose run is not due yet, the longest overdue first.

    Due is also a run that stands in the queue, or that is put off after a failure.
    """
    due_at, wakeups = _testbuys.c.due_at, table_of(Wakeup).c
    owed = sa.select(wakeups.testbuy_id).where(
        wakeups.finished_at.is_(None),
        sa.or_(wakeups.claimed_until.is_not(None), wakeups.due_at <= now),
    )
    idle = _testbuys.c.id.not_in(owed)
    return every(tx, TestBuy, due_at <= now, idle, order_by=due_at, limit=limit)


def next_number(tx: Transaction, series: str) -> int:
    """The next number of `series`, from 1, without gaps among committed transactions."""
    counted = _count_on[tx.dialect.name].rows(tx, {"of_series": series})
    return counted[0].value


def last_attempt(tx: Transaction, testbuy_id: int) -> OrderAttempt | None:
    """The last order attempt of a test buy, or None before the first."""
    return cast("OrderAttempt | None", _last_attempt.row(tx, {"of_testbuy": testbuy_id}))


_running_lists = sa.select(
    _testbuys.c.category_id, _testbuys.c.shot_list_version, sa.func.count().label("buys")
).where(_testbuys.c.stage.not_in([sa.literal(stage, _testbuys.c.stage.type) for stage in ENDS]))
_running_lists = _running_lists.group_by(_testbuys.c.category_id, _testbuys.c.shot_list_version)
_of_all_lists = Prepared(_running_lists)
_of_one_list = Prepared(
    _running_lists.where(_testbuys.c.category_id == sa.bindparam("of_category"))
)


def under_way_by_list(
    tx: Transaction, category_id: int | None = None
) -> dict[tuple[int, int], int]:
    """How many test buys that have not ended keep which version of which category's shot list."""
    if category_id is None:
        rows = _of_all_lists.rows(tx)
    else:
        rows = _of_one_list.rows(tx, {"of_category": category_id})
    return {(row.category_id, row.shot_list_version): row.buys for row in rows}
