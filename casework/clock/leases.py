"""The lease a flow run holds on its test buy, so that two runs never carry one at a time.

Each taking raises the fence; a run that was stopped and continued finds its fence passed and can't
write any more. Taking absorbs the open wake-ups, since this run serves them.
"""

from collections.abc import Collection
from datetime import timedelta

from casework.act import Act, Hold
from casework.errors import NotFound
from storage import testbuys, wakeups
from storage.rows import change, change_one, every, table_of
from storage.session import Database
from storage.tables import TestBuy

_rows = table_of(TestBuy)


def take(db: Database, act: Act, reference: str, holder: str, lasts: timedelta) -> Hold | None:
    """Take the lease of `reference` for the run `holder`; None while another run holds it."""
    with db.write() as tx:
        taken = testbuys.take_lease(tx, reference, holder, act.now, act.now + lasts)
        if taken is None:
            if testbuys.by_reference(tx, reference) is None:
                raise NotFound(f"There is no test buy {reference}.")
            return None
        wakeups.absorb(tx, taken.id, act.now)
    return Hold(reference, holder, taken.fence)


def release(db: Database, act: Act, hold: Hold, wakeup_id: str | None) -> TestBuy | None:
    """Give the lease back; the test buy as the run leaves it, or None where the lease was lost.

    `flow_run_id` of the row given is still the run before this one, whose state the caller renames.
    """
    with db.write() as tx:
        testbuy = testbuys.by_reference(tx, hold.reference, lock=True)
        if wakeup_id:
            wakeups.finish(tx, wakeup_id, act.now)
        if testbuy is None or (testbuy.fence, testbuy.lease_holder) != (hold.fence, hold.holder):
            return None
        change_one(
            tx,
            TestBuy,
            testbuy.id,
            lease_holder=None,
            lease_until=None,
            flow_run_id=hold.holder,
            flow_runs=testbuy.flow_runs + 1,
        )
        return testbuy


def latest_runs(db: Database, references: Collection[str]) -> dict[str, str]:
    """By reference: the run that last gave a test buy's lease back, where there was one."""
    with db.read() as tx:
        found = every(tx, TestBuy, _rows.c.reference.in_(references))
    return {row.reference: row.flow_run_id for row in found if row.flow_run_id}


def drop(db: Database, act: Act, hold: Hold) -> None:
    """Give the lease back after a failure; the wake-up stays owed."""
    with db.write() as tx:
        change(
            tx,
            TestBuy,
            _rows.c.reference == hold.reference,
            _rows.c.fence == hold.fence,
            _rows.c.lease_holder == hold.holder,
            lease_until=act.now,
        )


def pass_on(db: Database, act: Act, reference: str, wakeup_id: str | None) -> None:
    """Leave what woke this run to a run after the one that holds the lease now."""
    with db.write() as tx:
        testbuy = testbuys.by_reference(tx, reference)
        if testbuy is None:
            return
        if wakeup_id:
            wakeups.finish(tx, wakeup_id, act.now)
        wakeups.leave(tx, testbuy.id, act.token(f"passed:{reference}"), "passed on", act.now)
