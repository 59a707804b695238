"""Reading and advancing the rows of test buys."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from rules.lifecycle import Stage
from storage.prepared import Prepared
from storage.rows import change, every, table_of
from storage.session import Transaction
from storage.tables import Counter, OrderAttempt, TestBuy, Wakeup

_testbuys = table_of(TestBuy)
_attempts = table_of(OrderAttempt)
_counters = table_of(Counter)
_wakeups = table_of(Wakeup)

_of_reference = sa.select(_testbuys).where(_testbuys.c.reference == sa.bindparam("of_reference"))
_by_reference = Prepared(_of_reference)
_held_by_reference = Prepared(_of_reference.with_for_update(key_share=True))
_last_attempt = Prepared(
    sa.select(_attempts)
    .where(_attempts.c.testbuy_id == sa.bindparam("of_testbuy"))
    .order_by(_attempts.c.number.desc())
    .limit(1)
)
_advance = Prepared(
    sa.update(_testbuys).where(
        *(
            _testbuys.c[name] == sa.bindparam(f"at_{name}", type_=_testbuys.c[name].type)
            for name in ("id", "stage", "version", "fence")
        )
    )
)


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
    seen = (_testbuys.c.id == testbuy.id, _testbuys.c.version == testbuy.version)
    return change(tx, TestBuy, *seen, **columns) == 1


def overdue(tx: Transaction, now: datetime, limit: int) -> Sequence[TestBuy]:
    """Test buys whose deadline has passed, no run on its way for them; the longest first.

    A claimed wake-up that is not finished is such a run: it stands in the queue, or is put off.
    """
    due_at = _testbuys.c.due_at
    on_its_way = sa.select(_wakeups.c.testbuy_id).where(
        _wakeups.c.finished_at.is_(None), _wakeups.c.claimed_until.is_not(None)
    )
    idle = _testbuys.c.id.not_in(on_its_way)
    return every(tx, TestBuy, due_at <= now, idle, order_by=due_at, limit=limit)


def next_number(tx: Transaction, series: str) -> int:
    """The next number of `series`, from 1, without gaps among committed transactions."""
    counted = _count_on[tx.dialect.name].rows(tx, {"of_series": series})
    return counted[0].value


def last_attempt(tx: Transaction, testbuy_id: int) -> OrderAttempt | None:
    """The last order attempt of a test buy, or None before the first."""
    return cast("OrderAttempt | None", _last_attempt.row(tx, {"of_testbuy": testbuy_id}))
