"""Reading and advancing the rows of test buys."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa

from rules.lifecycle import Stage
from storage.rows import add_if_absent, change, every, table_of
from storage.session import Transaction
from storage.tables import Counter, OrderAttempt, TestBuy

_testbuys = table_of(TestBuy)
_attempts = table_of(OrderAttempt)

# Built once: building a statement costs more than executing it (measured).
_by_reference = sa.select(_testbuys).where(_testbuys.c.reference == sa.bindparam("of_reference"))
_held_by_reference = _by_reference.with_for_update(key_share=True)
_last_attempt = (
    sa.select(_attempts)
    .where(_attempts.c.testbuy_id == sa.bindparam("of_testbuy"))
    .order_by(_attempts.c.number.desc())
    .limit(1)
)
_advance = sa.update(_testbuys).where(
    *(
        _testbuys.c[name] == sa.bindparam(f"at_{name}", type_=_testbuys.c[name].type)
        for name in ("id", "stage", "version", "fence")
    )
)


def by_reference(tx: Transaction, reference: str, *, lock: bool = False) -> TestBuy | None:
    """The test buy `reference`; `lock` holds its row until the transaction ends (PostgreSQL)."""
    query = _held_by_reference if lock else _by_reference
    row = tx.execute(query, {"of_reference": reference}).one_or_none()
    return cast("TestBuy | None", row)


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
    return tx.execute(_advance, seen | new).rowcount == 1


def note(tx: Transaction, testbuy: TestBuy, columns: dict[str, Any]) -> bool:
    """Write `columns` at the stage it is at, if its row is still at the version that was read."""
    seen = (_testbuys.c.id == testbuy.id, _testbuys.c.version == testbuy.version)
    return change(tx, TestBuy, *seen, **columns) == 1


def overdue(tx: Transaction, now: datetime, limit: int) -> Sequence[TestBuy]:
    """Test buys whose deadline has passed, the longest overdue first."""
    due_at = _testbuys.c.due_at
    return every(tx, TestBuy, due_at <= now, order_by=due_at, limit=limit)


def next_number(tx: Transaction, series: str) -> int:
    """The next number of `series`, from 1, without gaps among committed transactions."""
    counters = table_of(Counter)
    add_if_absent(tx, Counter, name=series, value=0)
    change(tx, Counter, counters.c.name == series, value=counters.c.value + 1)
    return tx.execute(sa.select(counters.c.value).where(counters.c.name == series)).scalar_one()


def last_attempt(tx: Transaction, testbuy_id: int) -> OrderAttempt | None:
    """The last order attempt of a test buy, or None before the first."""
    row = tx.execute(_last_attempt, {"of_testbuy": testbuy_id}).one_or_none()
    return cast("OrderAttempt | None", row)
