"""Wake-ups: owed once, claimed once, never lost between a change and its flow run."""

from datetime import timedelta

import pytest

from rules.lifecycle import Stage
from storage import wakeups
from storage.rows import change, every, one, table_of
from storage.tables import TestBuy, Wakeup
from tests.storage import racer

W, T = table_of(Wakeup).c, table_of(TestBuy).c
CLAIM = timedelta(seconds=30)
LOST = timedelta(seconds=90)


@pytest.fixture
def testbuy(database, add_testbuy):
    with database.write() as tx:
        return add_testbuy(tx, "TB-1")


def leave(db, testbuy, wakeup_id, at, due_at=None):
    with db.write() as tx:
        wakeups.leave(tx, testbuy, wakeup_id, "approved", at, due_at)


def claim(db, at, limit=20):
    with db.write() as tx:
        return wakeups.claim_due(tx, at, CLAIM, limit)


def dispatched(db, wakeup, at):
    with db.write() as tx:
        wakeups.dispatched(tx, wakeup, "run-1", at)


def stored(db):
    with db.read() as tx:
        return {row.id: row for row in every(tx, Wakeup)}


def test_two_changes_before_a_claim_owe_one_run(database, testbuy, now):
    leave(database, testbuy, "a", now)
    leave(database, testbuy, "b", now)
    assert list(stored(database)) == ["a"]


def test_a_run_owed_later_is_brought_forward_and_never_put_back(database, testbuy, now):
    leave(database, testbuy, "a", now, now + timedelta(hours=1))
    assert claim(database, now) == []
    leave(database, testbuy, "b", now)
    leave(database, testbuy, "c", now, now + timedelta(hours=2))
    assert [wakeup.id for wakeup in claim(database, now)] == ["a"]


def test_a_change_between_claim_and_dispatch_owes_a_second_run(database, testbuy, now):
    leave(database, testbuy, "a", now)
    (first,) = claim(database, now)
    leave(database, testbuy, "b", now)
    dispatched(database, first, now)
    (second,) = claim(database, now)
    assert [first.id, second.id] == ["a", "b"]


def test_a_claimed_wakeup_says_what_its_run_is_named_by(database, testbuy, now):
    leave(database, testbuy, "a", now)
    (wakeup,) = claim(database, now)
    assert (wakeup.key, wakeup.reference, wakeup.brand) == ("a:1", "TB-1", "Brand")
    assert wakeup.stage == Stage.REQUESTED


def test_two_dispatchers_take_each_wakeup_once(database, add_testbuy, now, race):
    ids = [f"w{number}" for number in range(60)]
    with database.write() as tx:
        for wakeup_id in ids:
            wakeups.leave(tx, add_testbuy(tx, f"TB-{wakeup_id}"), wakeup_id, "approved", now)
    first, second = race(database, "claim")
    assert sorted(first + second) == sorted(ids)
    assert now == racer.NOW


def test_a_dispatcher_does_not_wait_for_another_that_is_claiming(
    postgresql_database, add_testbuy, now
):
    db = postgresql_database
    for wakeup_id in ("a", "b"):
        with db.write() as tx:
            wakeups.leave(tx, add_testbuy(tx, f"TB-{wakeup_id}"), wakeup_id, "approved", now)
    with db.write() as first, db.write() as second:
        second.exec_driver_sql("SET LOCAL lock_timeout = '1s'")
        taken = wakeups.claim_due(first, now, CLAIM, 1), wakeups.claim_due(second, now, CLAIM, 1)
        assert [[wakeup.id for wakeup in each] for each in taken] == [["a"], ["b"]]


def test_a_claim_that_lapsed_is_taken_again_with_the_same_key(database, testbuy, now):
    leave(database, testbuy, "a", now)
    (first,) = claim(database, now)
    assert claim(database, now + CLAIM - timedelta(seconds=1)) == []
    (again,) = claim(database, now + CLAIM)
    assert again.key == first.key


def test_a_wakeup_waits_while_a_run_holds_its_test_buy(database, testbuy, now):
    leave(database, testbuy, "a", now)
    with database.write() as tx:
        change(tx, TestBuy, T.id == testbuy, lease_until=now + timedelta(seconds=60))
    assert claim(database, now) == []
    assert len(claim(database, now + timedelta(seconds=60))) == 1


def test_a_wakeup_put_off_keeps_its_key_and_counts_its_failures(database, testbuy, now):
    leave(database, testbuy, "a", now)
    later = now + timedelta(seconds=5)
    for failures in range(2):
        (wakeup,) = claim(database, now if failures == 0 else later)
        assert (wakeup.key, wakeup.failures) == ("a:1", failures)
        with database.write() as tx:
            wakeups.put_off(tx, wakeup, later)
        assert claim(database, now) == []


def test_a_run_absorbs_what_is_due_and_unclaimed_only(database, testbuy, now):
    leave(database, testbuy, "claimed", now)
    claim(database, now)
    leave(database, testbuy, "due", now)
    with database.write() as tx:
        wakeups.absorb(tx, testbuy, now)
    leave(database, testbuy, "later", now, now + timedelta(hours=1))
    with database.write() as tx:
        wakeups.absorb(tx, testbuy, now)
    finished = {row.id: row.finished_at for row in stored(database).values()}
    assert finished == {"claimed": None, "due": now, "later": None}


def test_one_look_tells_whether_anything_is_due(database, testbuy, now):
    def idle(at):
        with database.read() as tx:
            return wakeups.nothing_due(tx, at)

    assert idle(now)
    leave(database, testbuy, "a", now)
    assert not idle(now) and idle(now - timedelta(seconds=1))
    (wakeup,) = claim(database, now)
    dispatched(database, wakeup, now)
    assert idle(now + LOST)


def lost(db, at):
    with db.write() as tx:
        return [row.id for row in wakeups.lost(tx, at, LOST)]


def test_a_run_that_ended_or_still_holds_its_lease_is_not_lost(database, testbuy, now):
    leave(database, testbuy, "a", now)
    (wakeup,) = claim(database, now)
    dispatched(database, wakeup, now)
    late = now + LOST
    assert lost(database, late - timedelta(seconds=1)) == []
    with database.write() as tx:
        change(tx, TestBuy, T.id == testbuy, lease_until=late + timedelta(seconds=1))
    assert lost(database, late) == []
    assert lost(database, late + timedelta(seconds=1)) == ["a"]
    with database.write() as tx:
        wakeups.finish(tx, "a", late)
    assert lost(database, late + timedelta(days=1)) == []


def test_a_lost_run_is_owed_again_once_with_another_key(database, testbuy, now):
    leave(database, testbuy, "a", now)
    (wakeup,) = claim(database, now)
    dispatched(database, wakeup, now)
    late = now + LOST
    leave(database, testbuy, "b", now)
    with database.write() as tx:
        found = one(tx, Wakeup, W.id == "a")
        wakeups.redrive(tx, found, late)
        wakeups.redrive(tx, found, late)
    assert sorted(wakeup.key for wakeup in claim(database, late)) == ["a:2", "b:1"]


def test_an_answer_that_comes_after_the_redrive_does_not_settle_the_new_attempt(
    database, testbuy, now
):
    leave(database, testbuy, "a", now)
    (old,) = claim(database, now)
    dispatched(database, old, now)
    with database.write() as tx:
        wakeups.redrive(tx, one(tx, Wakeup, W.id == "a"), now + LOST)
    dispatched(database, old, now + LOST)
    assert stored(database)["a"].dispatched_at is None
