"""Trying a wake-up again at once, where its flow run does not come.

Owns that an engineer alone does so, says why, and never while a flow run holds the test buy; both
stand in a row and in the test buy's ledger. What the run then does is decided by the test buy's
row, as ever: trying again can repeat nothing outside. Leaves what is seen of wake-ups to
`casework.views.wakeups`.
"""

from casework.act import Act
from casework.errors import NotFound, Refused
from casework.move import note
from rules.roles import Role
from storage import wakeups
from storage.rows import add, one
from storage.session import Database
from storage.tables import TestBuy, Wakeup, WakeupAgain


def try_again(db: Database, act: Act, wakeup_id: str, *, why: str) -> None:
    """Owe its flow run now. Raises NotFound where it has ended, Refused while a run is at work."""
    if act.role is not Role.ENGINEER or act.person is None:
        raise Refused("Only an engineer has a wake-up tried again.")
    if not why.strip():
        raise Refused("Say why it is tried again: an auditor reads it.")
    with db.write() as tx:
        wakeup = one(tx, Wakeup, id=wakeup_id)
        if wakeup is None or wakeup.finished_at is not None:
            raise NotFound("There is no such wake-up any more: its flow run has ended.")
        testbuy = one(tx, TestBuy, id=wakeup.testbuy_id)
        assert testbuy is not None  # a foreign key holds it
        if testbuy.lease_until and testbuy.lease_until > act.now:
            raise Refused(f"A flow run is at work on {testbuy.reference}. Look again in a minute.")
        if not wakeups.at_once(tx, wakeup, act.now):
            raise NotFound("There is no such wake-up any more: its flow run has ended.")
        attempt = wakeup.attempt + (1 if wakeup.dispatched_at else 0)
        number = add(
            tx,
            WakeupAgain,
            wakeup_id=wakeup.id,
            testbuy_id=testbuy.id,
            attempt=attempt,
            why=why.strip(),
            asked_by=act.person,
            asked_at=act.now,
        )
        facts = {"wakeup": wakeup.id, "attempt": attempt, "why": number}
        note(tx, act, testbuy, "wake-up tried again", facts, wake=False)
