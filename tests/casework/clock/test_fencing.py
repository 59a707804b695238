"""Leases, fences and wake-ups: one run at a time, no run lost, Prefect away or not."""

import pytest

from casework.buying import assigning, ordering
from casework.clock import dispatch, leases
from casework.errors import LeaseLost
from connectors.prefect_answers import FlowRunRef, PrefectBusy, PrefectUnreachable
from rules.lifecycle import Stage
from storage import wakeups
from storage.tables import Wakeup


class Prefect:
    """Prefect's API as dispatching sees it; raises what it was told to, then creates runs."""

    def __init__(self, *troubles):
        self.troubles, self.keys = list(troubles), []

    def create_flow_run(self, deployment, parameters, *, idempotency_key, tags):
        self.keys.append(idempotency_key)
        if self.troubles and (trouble := self.troubles.pop(0)):
            raise trouble
        return FlowRunRef(f"run of {idempotency_key}", "Scheduled", "SCHEDULED")


def send_out(town, prefect):
    return dispatch.dispatch_due(town.db, prefect, lambda: town.now)


def open_wakeups(town, reference):
    return [each for each in town.of(Wakeup, reference) if each.finished_at is None]


def test_a_run_that_lost_its_lease_writes_nothing_more(both):
    reference = both.bring(Stage.AUTHORISED)
    stopped = both.take(reference, "stopped")
    assert both.take(reference, "another") is None
    both.later(seconds=61)
    carrying = both.take(reference, "another")
    assert carrying.fence == stopped.fence + 1
    with both.refuses("Another flow run", LeaseLost):
        assigning.assign(both.db, both.engine(hold=stopped), reference)
    assert leases.release(both.db, both.engine(), stopped, None) is None
    leases.drop(both.db, both.engine(), stopped)
    assert both.take(reference, "third") is None, "the newer run's lease stands"
    assert assigning.assign(both.db, both.engine(hold=carrying), reference)


def test_a_run_whose_lease_ran_out_is_fenced_also_when_nobody_holds_it_now(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.AUTHORISED)
    stopped = town.take(reference, "stopped")
    town.later(seconds=61)
    leases.release(town.db, town.engine(), town.take(reference, "another"), None)
    with town.refuses(kind=LeaseLost):
        assigning.assign(town.db, town.engine(hold=stopped), reference)


def test_a_person_moves_while_a_run_holds_the_lease_and_a_run_after_it_is_owed(both):
    reference = both.request()
    hold = both.take(reference)
    assert open_wakeups(both, reference) == []
    both.approve(reference)
    assert [each.cause for each in open_wakeups(both, reference)] == ["authorise"]
    assert send_out(both, Prefect()) == 0, "not while the lease is held"
    assigning.assign(both.db, both.engine(hold=hold), reference)
    leases.release(both.db, both.engine(), hold, None)
    assert send_out(both, Prefect()) == 1


def test_a_runs_own_moves_leave_no_wakeup(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.AUTHORISED)
    hold = town.take(reference)
    assigning.assign(town.db, town.engine(hold=hold), reference)
    leases.release(town.db, town.engine(), hold, None)
    assert open_wakeups(town, reference) == []


def test_a_run_that_finds_the_lease_taken_passes_its_cause_on(on_sqlite):
    town = on_sqlite
    reference = town.request()
    prefect = Prefect()
    send_out(town, prefect)
    (wakeup,) = open_wakeups(town, reference)
    hold = town.take(reference, "another")
    leases.pass_on(town.db, town.engine(), reference, wakeup.id)
    (passed,) = open_wakeups(town, reference)
    assert passed.id != wakeup.id and passed.cause == "passed on"
    leases.release(town.db, town.engine(), hold, None)
    assert send_out(town, prefect) == 1


def test_a_failed_run_gives_the_lease_back_and_is_owed_again(on_sqlite):
    town = on_sqlite
    reference = town.request()
    send_out(town, Prefect())
    (wakeup,) = open_wakeups(town, reference)
    leases.drop(town.db, town.engine(), town.take(reference))
    assert town.take(reference, "another")
    assert open_wakeups(town, reference) == [wakeup], "the sweep owes it again"


def test_what_is_looked_at_again_later_is_brought_forward_by_a_person(both):
    reference = both.bring(Stage.ASSIGNED)
    send_out(both, Prefect())
    hold = both.take(reference)
    ordering.put_off(both.db, both.engine(hold=hold), reference, "marketplace away")
    leases.release(both.db, both.engine(), hold, both.of(Wakeup, reference)[0].id)
    (later,) = [each for each in open_wakeups(both, reference) if each.dispatched_at is None]
    assert later.due_at > both.now
    assert send_out(both, Prefect()) == 0
    both.photograph(reference, "P01")
    assert send_out(both, Prefect()) == 0, "a photo alone wakes nothing"
    intent = ordering.intend_order(both.db, both.engine(), reference)
    ordering.settle_unknown(both.db, both.engine(), reference, intent.attempt_id)
    assert send_out(both, Prefect()) == 1


@pytest.mark.parametrize("again", [PrefectBusy("busy", 7.0), PrefectUnreachable("away")])
def test_prefect_away_or_busy_keeps_the_key_and_waits_longer_each_time(on_sqlite, again):
    town = on_sqlite
    reference = town.request()
    prefect = Prefect(again, again, again)
    pauses = []
    for _ in range(3):
        assert send_out(town, prefect) == 0
        (wakeup,) = open_wakeups(town, reference)
        pauses.append((wakeup.due_at - town.now).total_seconds())
        town.now = wakeup.due_at
    least = getattr(again, "retry_after", None) or 0
    assert pauses == sorted(pauses) and pauses[0] >= max(least, 0.5) and pauses[2] >= 2
    assert send_out(town, prefect) == 1
    assert len(set(prefect.keys)) == 1 and len(prefect.keys) == 4


def test_a_dispatcher_that_dies_after_creating_the_run_finds_it_again_by_its_key(on_sqlite):
    town = on_sqlite
    reference = town.request()

    class Dead(BaseException):
        pass

    prefect = Prefect(Dead())
    with pytest.raises(Dead):
        send_out(town, prefect)
    assert send_out(town, prefect) == 0, "another dispatcher leaves it alone while it is claimed"
    town.later(seconds=31)
    assert send_out(town, prefect) == 1
    assert len(set(prefect.keys)) == 1
    assert town.of(Wakeup, reference)[0].flow_run_id == f"run of {prefect.keys[0]}"


def test_a_change_between_claim_and_dispatch_is_not_lost(on_sqlite):
    town = on_sqlite
    reference = town.request()

    class Approving(Prefect):
        def create_flow_run(self, *arguments, **options):
            if not self.keys:
                town.approve(reference)
            return super().create_flow_run(*arguments, **options)

    prefect = Approving()
    assert send_out(town, prefect) == 1
    assert send_out(town, prefect) == 1
    assert len(set(prefect.keys)) == 2


def test_a_lost_run_is_owed_again_under_another_key(on_sqlite):
    town = on_sqlite
    town.request()
    prefect = Prefect()
    send_out(town, prefect)
    town.later(seconds=91)
    with town.db.write() as tx:
        (lost,) = wakeups.lost(tx, town.now, dispatch.CLAIM)
        wakeups.redrive(tx, lost, town.now)
    send_out(town, prefect)
    assert len(set(prefect.keys)) == 2


def test_a_move_that_fails_leaves_neither_row_nor_record_nor_wakeup(on_sqlite, monkeypatch):
    """All of a move is committed together."""
    town = on_sqlite
    reference = town.request()
    before = (town.row(reference), open_wakeups(town, reference))

    def broken(*_arguments, **_options):
        raise OSError("disk")

    monkeypatch.setattr("storage.wakeups.leave", broken)
    with pytest.raises(OSError, match="disk"):
        town.approve(reference)
    assert (town.row(reference), open_wakeups(town, reference)) == before
