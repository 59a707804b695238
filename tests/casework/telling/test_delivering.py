"""Messages to webhooks: owed with the change, tried again, and sent by one at a time."""

import itertools
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from casework.act import Act
from casework.telling import announcing, webhooks
from casework.telling.delivering import CLAIM, deliver_due, deliver_one
from casework.telling.webhooks import send_again
from connectors.webhooks import Posted
from rules.roles import Role
from rules.webhooks import PAUSES, Event
from storage import deliveries
from storage.rows import add, change_one, every, one
from storage.session import Database
from storage.tables import Notice, Person, RoleGrant, Webhook, WebhookDelivery

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


class Town:
    """A database with webhooks of an analyst, a clock, and a receiver that answers as told."""

    def __init__(self, db, webhooks=1):
        self.db, self.now, self.sent, self.answers = db, NOW, [], []
        with db.write() as tx:
            self.person = add(
                tx, Person, name="A", email="a@example.org", active=True, created_at=NOW
            )
            add(tx, RoleGrant, person_id=self.person, role=Role.ANALYST)
            for number in range(webhooks):
                add(
                    tx,
                    Webhook,
                    public_id=f"hook{number}",
                    person_id=self.person,
                    url=f"https://holder{number}.example/hook",
                    secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                    events=[Event.TESTBUY_MOVED.value],
                    created_at=NOW,
                )

    def act(self, word="act"):
        return Act(Role.ANALYST, self.now, word.encode().ljust(32, b"."), self.person)

    def move(self, reference="TB-2026-000001"):
        with self.db.write() as tx:
            data = {"testbuy": reference, "stage": "requested", "version": 1}
            announcing.announce(tx, self.act(reference), Event.TESTBUY_MOVED, data)

    def post(self, message):
        self.sent.append(message)
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, BaseException):
            raise answer
        return Posted(answer, f"HTTP {answer}")

    def deliver(self):
        return deliver_one(self.db, self, lambda: self.now)

    def rows(self):
        with self.db.read() as tx:
            return every(tx, WebhookDelivery)


@pytest.fixture
def town(database):
    return Town(database)


def test_a_change_that_is_not_committed_owes_nothing(town):
    with pytest.raises(OSError), town.db.write() as tx:
        announcing.announce(tx, town.act(), Event.TESTBUY_MOVED, {"testbuy": "TB-2026-000001"})
        raise OSError("the machine stopped here")
    assert not town.deliver()
    town.move()
    assert town.deliver()
    assert not town.deliver()
    (message,) = town.sent
    assert message.body == (
        '{"type":"testbuy.moved","timestamp":"2026-11-02T09:30:00Z",'
        '"data":{"testbuy":"TB-2026-000001","stage":"requested","version":1}}'
    )


def test_what_is_not_taken_is_tried_with_growing_pauses_for_a_day_then_told(town):
    town.move()
    town.answers = [500] * 50
    tried = []
    while any(row.settled_at is None for row in town.rows()):
        if town.deliver():
            tried.append(town.now)
            town.now += timedelta(seconds=1)
            assert not town.deliver(), "a pause is kept"
        (row,) = town.rows()
        town.now = max(town.now, row.due_at)
    pauses = [after - before for before, after in itertools.pairwise(tried)]
    assert pauses == list(PAUSES)
    assert timedelta(hours=23) < tried[-1] - tried[0] < timedelta(hours=25)
    assert {message.id for message in town.sent} == {town.rows()[0].public_id}
    assert len({message.at for message in town.sent}) == len(PAUSES) + 1
    with town.db.read() as tx:
        (notice,) = every(tx, Notice)
    assert notice.to_role is Role.ADMINISTRATOR
    assert "holder0.example" in notice.text and "HTTP 500" in notice.text
    send_again(town.db, town.act(), town.rows()[0].public_id)
    town.answers = []
    assert town.deliver()
    assert town.rows()[0].delivered_at == town.now
    assert town.sent[-1].id == town.sent[0].id


def test_a_receiver_that_is_gone_is_switched_off(town):
    town.move()
    town.answers = [410]
    town.deliver()
    with town.db.read() as tx:
        webhook = one(tx, Webhook, public_id="hook0")
        assert every(tx, Notice)
    assert not webhook.active and "410" in webhook.off_because
    town.move("TB-2026-000002")
    assert not town.deliver()


def test_a_new_address_outlives_the_old_ones_gone(town):
    """The address was changed while the message was on its way to the old one."""
    town.move()

    class Old:
        def post(self, message):
            webhooks.alter(town.db, town.act(), "hook0", url="https://new.example/hook")
            return town.post(message)

    town.answers = [410]
    assert deliver_one(town.db, Old(), lambda: town.now)
    with town.db.read() as tx:
        assert one(tx, Webhook, public_id="hook0").active
        assert every(tx, Notice) == []
    assert town.deliver()
    assert [message.url for message in town.sent] == [
        "https://holder0.example/hook",
        "https://new.example/hook",
    ]
    assert town.rows()[0].delivered_at == town.now


def test_a_round_of_the_sweep_sends_what_is_due_and_ends_in_time(town):
    kept = []
    for number in range(3):
        town.move(f"TB-2026-{number:06}")
    with town.db.write() as tx:
        claimed = deliveries.claim(tx, town.now, CLAIM)
    assert deliver_due(town.db, town, lambda: town.now, lambda: kept.append(1)) == 0
    town.now += CLAIM
    assert deliver_due(town.db, town, lambda: town.now, lambda: kept.append(1)) == 3
    assert len(kept) == 5
    assert claimed.public_id in {message.id for message in town.sent}
    for number in range(3, 9):
        town.move(f"TB-2026-{number:06}")

    class Slow:
        def post(self, message):
            town.now += timedelta(seconds=9)
            return town.post(message)

    assert deliver_due(town.db, Slow(), lambda: town.now, lambda: None) == 3


def test_a_crash_between_call_and_record_sends_the_same_message_again(town):
    """Nobody knows whether it arrived: the id tells the receiver that it is the same one."""
    town.move()
    town.answers = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        town.deliver()
    assert not town.deliver(), "the claim stands"
    town.now += CLAIM
    assert town.deliver()
    first, second = town.sent
    assert (first.id, first.body) == (second.id, second.body)
    assert town.rows()[0].attempt == 2


def test_who_wakes_after_the_claim_lapsed_settles_nothing(town):
    """A stopped sender that goes on must not undo what another recorded meanwhile."""
    town.move()
    town.answers = [503]

    class Slow:
        def post(self, _message):
            town.now += CLAIM
            assert town.deliver()
            return Posted(500, "HTTP 500")

    assert deliver_one(town.db, Slow(), lambda: town.now)
    (row,) = town.rows()
    # Neither settled it: the attempt alone tells the late one that it is late.
    assert (row.answer, row.attempt, row.settled_at) == ("HTTP 503", 2, None)


def test_two_senders_at_once_send_each_message_once(database):
    town = Town(database, webhooks=3)
    for number in range(12):
        town.move(f"TB-2026-{number:06d}")
    together = threading.Barrier(2)
    broken = []

    def side():
        try:
            with closing(Database(database.url)) as db:
                together.wait()
                idle = 0
                while idle < 20:
                    idle = 0 if deliver_one(db, town, lambda: NOW) else idle + 1
        except Exception as error:
            broken.append(error)

    sides = [threading.Thread(target=side) for _ in range(2)]
    for each in sides:
        each.start()
    for each in sides:
        each.join(60)
    assert broken == []
    sent = [message.id for message in town.sent]
    assert len(sent) == len(set(sent)) == 36
    assert {row.attempt for row in town.rows()} == {1}


def test_a_slow_receiver_keeps_nobody_else_waiting(database):
    town = Town(database, webhooks=2)
    town.move("TB-2026-000001")
    town.move("TB-2026-000002")
    seen = []

    class Slow:
        def post(self, message):
            seen.append(message.url)
            if len(seen) == 1:
                assert deliver_one(town.db, Slow(), lambda: town.now)
                assert deliver_one(town.db, Slow(), lambda: town.now)
                assert not deliver_one(town.db, Slow(), lambda: town.now)
            return Posted(200, "HTTP 200")

    deliver_one(town.db, Slow(), lambda: town.now)
    assert len(set(seen[1:])) == 1 and seen[0] not in seen[1:]


def test_a_closed_account_is_told_nothing_more(town):
    town.move()
    with town.db.write() as tx:
        change_one(tx, Person, town.person, active=False)
    assert not town.deliver()
    town.move("TB-2026-000002")
    assert len(town.rows()) == 1
