"""Flow runs that do not come, as the engineer sees them and has them tried again."""

import json
from datetime import timedelta
from html import unescape

import pytest

from rules.roles import Role
from storage import ledger
from storage.rows import change, every, table_of
from storage.session import Database
from storage.tables import TestBuy, Wakeup, WakeupAgain
from storage.wakeups import OFTEN
from tests.portal.small_world import World, send

WHY = "The worker's disk was full; it has room now"
rows = table_of(Wakeup).c


def one_of(world: World, reference: str) -> Wakeup:
    with world.db.read() as tx:
        return every(tx, Wakeup, testbuy_id=world.row(reference).id, order_by=rows.id)[0]


def settle_others(world: World, keep: str, **values: object) -> Wakeup:
    """One wake-up as `values` say, all others finished."""
    row = one_of(world, keep)
    with world.db.write() as tx:
        change(tx, Wakeup, rows.id != row.id, finished_at=world.now)
        change(tx, Wakeup, rows.id == row.id, **{"finished_at": None, **values})
    return row


def waits(world: World) -> bool:
    return "Its flow run does not come" in world.client(Role.ENGINEER).get("/").text


@pytest.mark.parametrize(
    ("minutes", "values", "stuck"),
    [
        (1, {}, False),
        (3, {}, True),
        (1, {"failures": OFTEN}, True),
        (1, {"failures": 1}, False),
        (0, {"dispatched": 4}, False),
        (0, {"dispatched": 6}, True),
    ],
)
def test_what_is_stuck_waits_for_the_engineer(
    world: World, minutes: int, values: dict[str, int], stuck: bool
) -> None:
    reference = world.testbuys["requested"]
    said: dict[str, object] = dict(values)
    if ago := said.pop("dispatched", None):
        said |= {"dispatched_at": world.now - timedelta(minutes=int(str(ago))), "flow_run_id": "r"}
    settle_others(world, reference, due_at=world.now - timedelta(minutes=minutes), **said)
    assert waits(world) is stuck
    assert (reference in world.client(Role.ENGINEER).get("/wakeups").text) is stuck
    with world.db.write() as tx:
        until = world.now + timedelta(minutes=1)
        change(tx, TestBuy, table_of(TestBuy).c.reference == reference, lease_until=until)
    assert not waits(world), "a run is at work on it"


def test_the_engineer_has_it_tried_again_as_a_new_attempt(world: World) -> None:
    reference = world.testbuys["requested"]
    long_ago = world.now - timedelta(hours=1)
    row = settle_others(world, reference, due_at=long_ago, dispatched_at=long_ago, flow_run_id="r")
    for role in (Role.AUDITOR, Role.ADMINISTRATOR, Role.ANALYST):
        assert send(world.client(role), "/wakeups", wakeup=row.id, why=WHY).status_code == 403
    engineer = world.client(Role.ENGINEER)
    assert send(engineer, "/wakeups", wakeup=row.id, why=WHY).status_code == 303
    after = one_of(world, reference)
    assert (after.attempt, after.dispatched_at, after.flow_run_id) == (row.attempt + 1, None, None)
    assert after.due_at == world.now
    assert not waits(world)
    assert send(engineer, "/wakeups", wakeup=row.id, why=WHY).status_code == 303
    assert one_of(world, reference).attempt == after.attempt, "not yet sent: the key stays"


def test_who_had_it_tried_again_and_why_stays_on_record(world: World) -> None:
    """In the test buy's ledger, on the page, and among what an auditor reads first."""
    reference = world.testbuys["requested"]
    ago = world.now - timedelta(hours=1)
    run = {"due_at": ago, "dispatched_at": ago, "flow_run_id": "r"}
    row = settle_others(world, reference, **run)
    engineer, auditor = world.client(Role.ENGINEER), world.client(Role.AUDITOR)
    silent = send(engineer, "/wakeups", wakeup=row.id, why=" ")
    assert silent.status_code == 422 and one_of(world, reference).attempt == row.attempt
    assert send(engineer, "/wakeups", wakeup=row.id, why=WHY).status_code == 303
    with world.db.read() as tx:
        last = json.loads(list(ledger.chain(tx, reference))[-1].body)["facts"]
        (kept,) = every(tx, WakeupAgain)
    assert last["what"] == "wake-up tried again" and WHY not in str(last)
    assert (last["wakeup"], last["attempt"], last["why"]) == (row.id, row.attempt + 1, kept.id)
    assert last["by"] == f"engineer:{world.people[Role.ENGINEER]}"
    for page in (auditor.get("/overrides?kind=wakeups"), auditor.get("/wakeups")):
        told = unescape(page.text)
        assert WHY in told and "Person Engineer" in told and reference in told


def test_neither_what_has_ended_nor_what_is_at_work_is_tried_again(world: World) -> None:
    reference = world.testbuys["requested"]
    row = settle_others(world, reference, due_at=world.now - timedelta(hours=1))
    engineer = world.client(Role.ENGINEER)
    with world.db.write() as tx:
        until = world.now + timedelta(minutes=1)
        change(tx, TestBuy, table_of(TestBuy).c.reference == reference, lease_until=until)
    at_work = send(engineer, "/wakeups", wakeup=row.id, why=WHY)
    assert at_work.status_code == 409 and "A flow run is at work on" in at_work.text
    _end(world.db, row.id, world)
    assert send(engineer, "/wakeups", wakeup=row.id, why=WHY).status_code == 404
    assert one_of(world, reference).attempt == row.attempt


def _end(db: Database, number: str, world: World) -> None:
    with db.write() as tx:
        change(tx, Wakeup, rows.id == number, finished_at=world.now)
