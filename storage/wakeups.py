"""The rows of wake-ups: leaving one, claiming those that are due, settling what became of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

import sqlalchemy as sa

from storage.prepared import Prepared
from storage.rows import add_if_absent, change, table_of
from storage.session import Transaction
from storage.tables import Brand, TestBuy, Wakeup

UNSENT_AFTER, UNENDED_AFTER = timedelta(minutes=2), timedelta(minutes=5)
"""A wake-up is stuck: so long due and not brought to Prefect, or its run begun so long ago."""

OFTEN = 10
"""Attempts in vain to bring one to Prefect after which it counts as stuck, due or not."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)

_wakeups = table_of(Wakeup)
_testbuys = table_of(TestBuy)
_brands = table_of(Brand)


_unclaimed = sa.update(_wakeups).where(
    _wakeups.c.testbuy_id == sa.bindparam("of_testbuy"),
    _wakeups.c.claimed_until.is_(None),
    _wakeups.c.finished_at.is_(None),
)
_bring_forward = Prepared(
    _unclaimed.where(_wakeups.c.due_at > sa.bindparam("sooner", type_=_wakeups.c.due_at.type))
)
_absorb = Prepared(
    _unclaimed.where(_wakeups.c.due_at <= sa.bindparam("at", type_=_wakeups.c.due_at.type))
)
_dispatched = Prepared(
    sa.update(_wakeups).where(
        _wakeups.c.id == sa.bindparam("of_id"), _wakeups.c.attempt == sa.bindparam("of_attempt")
    )
)
_claim = Prepared(sa.update(_wakeups).where(_wakeups.c.id == sa.bindparam("of_id")))
_finish = Prepared(
    sa.update(_wakeups).where(
        _wakeups.c.id == sa.bindparam("of_id"), _wakeups.c.finished_at.is_(None)
    )
)


def _due() -> Prepared:
    w, t = _wakeups.c, _testbuys.c
    now = sa.bindparam("now", type_=w.due_at.type)
    return Prepared(
        sa.select(w.id, w.attempt, w.failures, t.reference, t.stage, _brands.c.name.label("brand"))
        .join_from(_wakeups, _testbuys, w.testbuy_id == t.id)
        .join(_brands, _brands.c.id == t.brand_id)
        .where(
            w.finished_at.is_(None),
            w.dispatched_at.is_(None),
            w.due_at <= now,
            sa.or_(w.claimed_until.is_(None), w.claimed_until <= now),
            sa.or_(t.lease_until.is_(None), t.lease_until <= now),
        )
        .order_by(w.due_at)
        .limit(sa.bindparam("limit", type_=sa.Integer))
        .with_for_update(of=_wakeups, skip_locked=True)
    )


def _waiting() -> Prepared:
    w = _wakeups.c
    return Prepared(
        sa.select(w.id)
        .where(
            w.finished_at.is_(None),
            w.due_at <= sa.bindparam("now", type_=w.due_at.type),
            w.dispatched_at.is_(None),
        )
        .limit(1)
    )


_claimable, _any_waiting = _due(), _waiting()


class DueWakeup(NamedTuple):
    """A claimed wake-up and what its flow run is named and tagged with."""

    id: str
    attempt: int
    failures: int
    reference: str
    stage: str
    brand: str

    @property
    def key(self) -> str:
        """The key at Prefect. A crashed run keeps its key, so a re-drive has another."""
        return f"{self.id}:{self.attempt}"


def leave(
    tx: Transaction,
    testbuy_id: int,
    wakeup_id: str,
    cause: str,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """Owe a test buy a flow run at `due_at`; an unclaimed wake-up due later is brought forward."""
    due = due_at or now
    if not add_if_absent(
        tx,
        Wakeup,
        id=wakeup_id,
        testbuy_id=testbuy_id,
        cause=cause,
        due_at=due,
        created_at=now,
    ):
        seen = {"of_testbuy": testbuy_id, "sooner": due}
        _bring_forward.change(tx, seen, {"cause": cause, "due_at": due})


def claim_due(
    tx: Transaction, now: datetime, lease: timedelta, limit: int = 20
) -> Sequence[DueWakeup]:
    """Claim due wake-ups of test buys that no run holds, so that no other dispatcher takes them."""
    found = _claimable.rows(tx, {"now": now, "limit": limit})
    for row in found:
        _claim.change(tx, {"of_id": row.id}, {"claimed_until": now + lease})
    return [DueWakeup(*row) for row in found]


def nothing_due(tx: Transaction, now: datetime) -> bool:
    """Whether no wake-up is waiting for dispatch: one look at an index, so that idling is cheap."""
    return not _any_waiting.rows(tx, {"now": now})


def dispatched(tx: Transaction, wakeup: DueWakeup, flow_run_id: str, now: datetime) -> None:
    """Record that Prefect has taken the run of this attempt."""
    new = {"dispatched_at": now, "flow_run_id": flow_run_id}
    _dispatched.change(tx, {"of_id": wakeup.id, "of_attempt": wakeup.attempt}, new)


def put_off(tx: Transaction, wakeup: DueWakeup, until: datetime) -> None:
    """Try this attempt again later, with the same key: Prefect was away or busy."""
    change(
        tx,
        Wakeup,
        _wakeups.c.id == wakeup.id,
        due_at=until,
        claimed_until=until,
        failures=wakeup.failures + 1,
    )


def absorb(tx: Transaction, testbuy_id: int, now: datetime) -> None:
    """Settle unclaimed wake-ups of a test buy: the run that took its lease serves them."""
    _absorb.change(tx, {"of_testbuy": testbuy_id, "at": now}, {"finished_at": now})


def finish(tx: Transaction, wakeup_id: str, now: datetime) -> None:
    """Record that the run of a wake-up came to its end."""
    _finish.change(tx, {"of_id": wakeup_id}, {"finished_at": now})


def lost(tx: Transaction, now: datetime, after: timedelta, limit: int = 50) -> Sequence[Wakeup]:
    """Wake-ups whose run was created `after` ago, never finished and holds no lease now.

    The oldest ones, at most `limit`.
    """
    w, t = _wakeups.c, _testbuys.c
    query = (
        sa.select(_wakeups)
        .join(_testbuys, w.testbuy_id == t.id)
        .where(
            w.finished_at.is_(None),
            w.dispatched_at <= now - after,
            sa.or_(t.lease_until.is_(None), t.lease_until <= now),
        )
        .order_by(w.dispatched_at)
        .limit(limit)
    )
    return cast("Sequence[Wakeup]", tx.execute(query).all())


def stuck(now: Any, unsent: Any, unended: Any) -> sa.ColumnElement[bool]:
    """That a wake-up is stuck: due before `unsent` or tried often and not brought to Prefect, or
    its run created before `unended`; and no run holds its test buy at `now`.
    """
    w, t = _wakeups.c, _testbuys.c
    return sa.and_(
        w.finished_at.is_(None),
        sa.or_(
            sa.and_(w.dispatched_at.is_(None), sa.or_(w.due_at < unsent, w.failures >= OFTEN)),
            w.dispatched_at < unended,
        ),
        sa.or_(t.lease_until.is_(None), t.lease_until <= now),
    )


def unfinished(tx: Transaction, now: datetime, limit: int) -> Sequence[Any]:
    """Wake-ups that are stuck or were tried more than once, the oldest first, each with the
    `reference`, `stage` and `waiting_name` of its test buy.
    """
    w, t = _wakeups.c, _testbuys.c
    often = sa.and_(w.finished_at.is_(None), sa.or_(w.attempt > 1, w.failures >= OFTEN))
    query = (
        sa.select(_wakeups, t.reference, t.stage, t.waiting_name)
        .join(_testbuys, w.testbuy_id == t.id)
        .where(sa.or_(often, stuck(now, now - UNSENT_AFTER, now - UNENDED_AFTER)))
        .order_by(w.created_at, w.id)
        .limit(limit)
    )
    return tx.execute(query).all()


def at_once(tx: Transaction, wakeup: Any, now: datetime) -> bool:
    """Owe a wake-up's run now: one that Prefect has, as a new attempt; another by the same key.

    False where it moved on meanwhile.
    """
    w = _wakeups.c
    run = {"attempt": wakeup.attempt + 1, "dispatched_at": None, "flow_run_id": None}
    return (
        change(
            tx,
            Wakeup,
            w.id == wakeup.id,
            w.attempt == wakeup.attempt,
            w.finished_at.is_(None),
            w.dispatched_at.is_(None)
            if wakeup.dispatched_at is None
            else w.dispatched_at.is_not(None),
            **(run if wakeup.dispatched_at else {}),
            claimed_until=now,
            due_at=now,
        )
        == 1
    )


def redrive(tx: Transaction, wakeup: Any, now: datetime) -> None:
    """Owe the run of a lost wake-up again, as a new attempt with a new key.

    Each attempt waits twice as long as the one before, up to an hour: a run that always fails
    must not keep the worker busy.
    """
    pause = min(FIRST_PAUSE * 2 ** (wakeup.attempt - 1), LONGEST_PAUSE)
    w = _wakeups.c
    change(
        tx,
        Wakeup,
        w.id == wakeup.id,
        w.attempt == wakeup.attempt,
        attempt=wakeup.attempt + 1,
        dispatched_at=None,
        flow_run_id=None,
        claimed_until=now,
        due_at=now + pause if wakeup.attempt > 1 else now,
    )
