"""Deadlines: nothing, then a reminder, then somebody above; or the end, where a policy says so."""

from datetime import timedelta

import pytest

from casework.buying import ordering
from casework.clock import deadlines, dispatch, leases, sweeping
from casework.errors import LeaseLost, Refused
from casework.programme import programme
from casework.verdicts import judging
from connectors.prefect_answers import FlowRunRef
from flows.carrying import move, pass_through
from rules.deadlines import StepKind
from rules.lifecycle import EarlyEnd, Stage
from rules.notices import NoticeKind
from rules.roles import Role
from rules.verdicts import Verdict
from storage import wakeups
from storage.rows import change, table_of
from storage.tables import DeadlinePolicy, Notice, Route


@pytest.fixture
def town(on_sqlite):
    """The programme, where each stage reminds after an hour and escalates after three."""
    for stage in (Stage.ASSIGNED, Stage.SUBMITTED):
        programme.set_deadline(
            on_sqlite.db,
            on_sqlite.act(Role.ADMINISTRATOR),
            stage,
            remind_after=timedelta(hours=1),
            escalate_after=timedelta(hours=3),
        )
    return on_sqlite


class Queue:
    """Takes runs as Prefect does while its worker is far behind."""

    def __init__(self):
        self.keys = []

    def create_flow_run(self, *_, idempotency_key, **__):
        self.keys.append(idempotency_key)
        return FlowRunRef(f"run-{len(self.keys)}", "Scheduled", "SCHEDULED")


def mind(town, reference):
    return deadlines.mind(town.db, town.engine(), reference)


def reminders(town, reference):
    kinds = (NoticeKind.REMINDED, NoticeKind.ESCALATED)
    return [notice for notice in town.of(Notice, reference) if notice.kind in kinds]


def abandons(town, stage, why):
    with town.db.write() as tx:
        rows = table_of(DeadlinePolicy)
        change(tx, DeadlinePolicy, rows.c.stage == stage, then=f"abandon:{why}")


def test_a_verdict_that_is_late_is_reminded_of_and_then_escalated(town):
    reference = town.bring(Stage.SUBMITTED)
    assert mind(town, reference) is StepKind.NOTHING
    town.later(hours=1)
    assert mind(town, reference) is StepKind.REMIND
    assert mind(town, reference) is StepKind.NOTHING
    town.later(hours=2)
    assert mind(town, reference) is StepKind.ESCALATE
    town.later(days=30)
    assert mind(town, reference) is StepKind.NOTHING
    told = [(notice.to_role, "overdue" in notice.text) for notice in reminders(town, reference)]
    assert told == [(Role.AUTHENTICATOR, True), (Role.ANALYST, True)]
    assert town.row(reference).due_at is None


def test_a_sweep_that_was_away_reminds_and_escalates_at_once(town):
    """Nobody learns from above what was never told to them."""
    reference = town.bring(Stage.SUBMITTED)
    town.later(days=5)
    assert mind(town, reference) is StepKind.ESCALATE
    assert {notice.to_role for notice in reminders(town, reference)} == {
        Role.AUTHENTICATOR,
        Role.ANALYST,
    }


def test_a_new_wait_has_a_deadline_of_its_own(town):
    reference = town.bring(Stage.ASSIGNED)
    town.later(hours=1)
    assert mind(town, reference) is StepKind.REMIND
    town.carry_on(reference, Stage.SUBMITTED)
    row = town.row(reference)
    assert (row.reminded_at, row.due_at) == (None, town.now + timedelta(hours=1))


def test_a_policy_may_end_what_nobody_does_but_not_unannounced(town):
    abandons(town, Stage.ASSIGNED, EarlyEnd.BUYER_WITHDREW)
    reference = town.bring(Stage.ASSIGNED)
    town.later(days=9)
    assert mind(town, reference) is StepKind.REMIND
    town.later(hours=2)
    assert mind(town, reference) is StepKind.ABANDON
    assert town.row(reference).early_end is EarlyEnd.BUYER_WITHDREW


def test_an_order_that_may_have_been_placed_is_escalated_and_not_ended(town):
    """The money may be spent and the parcel on its way."""
    abandons(town, Stage.ASSIGNED, EarlyEnd.BUYER_WITHDREW)
    reference = town.bring(Stage.ASSIGNED)
    ordering.intend_order(town.db, town.engine(), reference)
    town.later(hours=1)
    assert mind(town, reference) is StepKind.REMIND
    town.later(hours=2)
    assert mind(town, reference) is StepKind.ESCALATE
    assert town.stage(reference) is Stage.ASSIGNED


def test_an_order_whose_parcel_is_here_keeps_no_test_buy_from_ending(town):
    abandons(town, Stage.RECEIVED, EarlyEnd.BUYER_WITHDREW)
    reference = town.bring(Stage.RECEIVED)
    town.later(days=1)
    assert mind(town, reference) is StepKind.REMIND
    town.later(days=2)
    assert mind(town, reference) is StepKind.ABANDON


def test_the_sweep_wakes_what_is_overdue_and_nothing_else(town):
    late = town.bring(Stage.ASSIGNED)
    town.run(late)
    assert sweeping.wake_overdue(town.db, town.engine()) == 0
    town.later(hours=1)
    town.bring(Stage.ASSIGNED, 2)
    assert sweeping.wake_overdue(town.db, town.engine()) == 1
    town.run(late)
    assert len(town.of(Notice, late)) == 1


def test_a_long_queue_gets_no_second_run_of_an_overdue_test_buy(both):
    """Its run stands in the queue already; another one would only lengthen it."""
    late = both.bring(Stage.ASSIGNED)
    both.run(late)
    both.later(days=30)
    runs = Queue()
    woken = []
    for _ in range(6):
        woken.append(sweeping.wake_overdue(both.db, both.engine()))
        dispatch.dispatch_due(both.db, runs, lambda: both.now)
        both.later(seconds=30)
    assert (sum(woken), len(runs.keys)) == (1, 1)
    with both.db.write() as tx:
        (waiting,) = wakeups.lost(tx, both.now, timedelta(seconds=90))
        wakeups.redrive(tx, waiting, both.now)
        (again,) = wakeups.claim_due(tx, both.now, timedelta(seconds=30))
        wakeups.put_off(tx, again, both.now + timedelta(minutes=30))
    assert sweeping.wake_overdue(both.db, both.engine()) == 0, "its run is put off, not forgotten"
    with both.db.write() as tx:
        wakeups.finish(tx, waiting.id, both.now)
    assert sweeping.wake_overdue(both.db, both.engine()) == 1


def test_those_whose_runs_stand_in_the_queue_hold_up_nobody(town):
    first, second = (town.bring(Stage.ASSIGNED, flag) for flag in (1, 2))
    for reference in (first, second):
        town.run(reference)
    town.later(hours=2)
    assert sweeping.wake_overdue(town.db, town.engine(), limit=1) == 1
    dispatch.dispatch_due(town.db, Queue(), lambda: town.now)
    assert sweeping.wake_overdue(town.db, town.engine(), limit=1) == 1


def test_a_verdict_without_its_conclusion_is_escalated_and_not_thrown_away(town):
    programme.set_policy(town.db, town.act(Role.ADMINISTRATOR), "quorum", 2)
    abandons(town, Stage.SUBMITTED, EarlyEnd.DAMAGED)
    reference = town.bring(Stage.SUBMITTED, route=Route.BY_HAND)
    town.seal(reference, Verdict.COUNTERFEIT)
    judging.conclude(town.db, town.engine(), reference)
    town.later(hours=1)
    assert mind(town, reference) is StepKind.REMIND
    town.later(hours=2)
    assert mind(town, reference) is StepKind.ESCALATE
    assert town.stage(reference) is Stage.SUBMITTED


class Desk:
    """The part of an office that a step within the database needs."""

    def __init__(self, town):
        self.db = town.db
        self.act = lambda hold: town.engine(hold=hold)


def refused(desk, hold):
    raise Refused("A rule says no.")


def test_a_deadline_is_minded_even_where_a_step_before_was_refused(town):
    """Else its time stays in the past, and each sweep makes another run of it."""
    reference = town.bring(Stage.ASSIGNED)
    town.later(hours=1)
    hold, taken = town.take(reference), []
    steps = (refused, lambda *_: taken.append("after the refusal"))
    pass_through(Desk(town), hold, steps, last=move(deadlines.mind))
    assert taken == []
    assert town.row(reference).reminded_at == town.now
    assert town.row(reference).due_at > town.now
    leases.release(town.db, town.engine(), hold, None)
    assert sweeping.wake_overdue(town.db, town.engine()) == 0


def test_a_run_that_lost_its_lease_minds_nothing(town):
    reference = town.bring(Stage.ASSIGNED)
    hold = town.take(reference)
    town.later(hours=1)
    town.take(reference, "another run")
    taken = []
    with pytest.raises(LeaseLost):
        pass_through(Desk(town), hold, [move(deadlines.mind)], last=lambda *_: taken.append("last"))
    assert taken == []
