"""The one door: every change of a test buy's stage is made here, in one transaction.

A move finds the row and holds it, asks the table of moves, advances the row if it is still as it
was read, records the move, appends to the ledger, owes word of it to webhooks and leaves a wake-up
for the next flow run. All of it is committed together, or none of it. A flow run's own moves leave
no wake-up, because the run itself goes on; every write of a run checks the fence of its lease.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from casework.act import Act
from casework.errors import LeaseLost, NotFound, Stale, ensure
from casework.telling.announcing import announce
from rules.lifecycle import ENDS, Move, Stage, may, rule_for
from rules.roles import Role
from rules.waiting import ON_ENTRY, Waiting
from rules.webhooks import Event
from storage import confirmations, ledger, policies, testbuys, wakeups
from storage.rows import add
from storage.session import Transaction
from storage.tables import MoveRecord, TestBuy


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a test buy stands after a change."""

    reference: str
    stage: Stage
    version: int


def find(tx: Transaction, act: Act, reference: str, version: int | None = None) -> TestBuy:
    """The test buy `reference`, held until the transaction ends.

    Raises NotFound; LeaseLost where a run's lease was taken over; Stale where the caller saw
    another `version`.
    """
    testbuy = testbuys.by_reference(tx, reference, lock=True)
    if testbuy is None:
        raise NotFound(f"There is no test buy {reference}. Check the reference.")
    hold = act.hold
    if hold and (testbuy.fence, testbuy.lease_holder) != (hold.fence, hold.holder):
        raise LeaseLost(f"Another flow run carries {reference} now; this one stops.")
    if version is not None and version != testbuy.version:
        raise Stale(
            f"{reference} was changed meanwhile and is {testbuy.stage} now. "
            "Nothing of yours was saved: look at it again, then decide.",
            stage=testbuy.stage,
        )
    return testbuy


def ensure_own(act: Act, testbuy: TestBuy) -> None:
    """A buyer acts on their own test buys only."""
    if act.role is not Role.BUYER or testbuy.buyer_id != act.person:
        raise NotFound(f"{testbuy.reference} is not among your tasks.")


def move(
    tx: Transaction,
    act: Act,
    testbuy: TestBuy,
    name: Move,
    *,
    reasons: Sequence[str] = (),
    facts: Mapping[str, Any] | None = None,
    waiting: Waiting | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Moved:
    """Make the move `name` on a test buy that `find` gave.

    `reasons` are printed; `facts` go into the ledger (ids and salted digests only); `changes` are
    further columns of the row; `waiting` is what it waits for now, where the stage alone does not
    say. Raises Refused where the table of moves does.
    """
    ensure(may(name, testbuy.stage, act.role), testbuy.stage)
    rule = rule_for(name, testbuy.stage)
    assert rule is not None  # `may` has just found it
    columns = _waiting_columns(tx, act, rule.target, waiting or ON_ENTRY[rule.target])
    if not testbuys.advance(tx, testbuy, rule.target, act.now, columns | dict(changes or {})):
        raise Stale(
            f"{testbuy.reference} was changed at the same moment. Look at it again, then decide."
        )
    if rule.target in confirmations.RESTING:
        confirmations.rest(tx, testbuy.id)
    _record(tx, act, testbuy, name, rule.target, testbuy.version + 1, reasons, facts)
    return Moved(testbuy.reference, rule.target, testbuy.version + 1)


def opened(tx: Transaction, act: Act, testbuy: TestBuy, reasons: Sequence[str]) -> Moved:
    """Record the first move of a test buy whose row was just inserted at version 1."""
    _record(tx, act, testbuy, Move.REQUEST, Stage.REQUESTED, 1, reasons, None)
    return Moved(testbuy.reference, Stage.REQUESTED, 1)


def note(
    tx: Transaction,
    act: Act,
    testbuy: TestBuy,
    what: str,
    facts: Mapping[str, Any] | None = None,
    *,
    waiting: Waiting | None = None,
    because: Sequence[str] = (),
    wake: bool = True,
) -> Moved:
    """Write something that happened at a stage into the ledger, and wake the test buy for it.

    `waiting` says what the test buy waits for from now on, and `because` why, where its stage alone
    does not say; an ended one waits for nobody, whatever is noted of it. Whoever says it has
    changed what the test buy's forms are about, so the version rises, also where the same is still
    waited for: a form shown before is stale. A note without it, such as that of a photo, leaves the
    version as it is.
    """
    body = {"what": what, "by": act.by, **(facts or {})}
    version = testbuy.version
    if waiting and testbuy.stage not in ENDS:
        version += 1
        body["version"] = version
        columns: dict[str, Any] = {"version": version}
        if waiting.name != testbuy.waiting_name:
            columns |= _waiting_columns(tx, act, testbuy.stage, waiting)
        columns["waiting_reasons"] = list(because) or None
        if not testbuys.note(tx, testbuy, columns):
            raise Stale(f"{testbuy.reference} was changed at the same moment. Look at it again.")
    ledger.append(tx, testbuy.reference, body, act.now)
    if wake and act.hold is None:
        _wake(tx, act, testbuy, what)
    return Moved(testbuy.reference, testbuy.stage, version)


def look_again(
    tx: Transaction, act: Act, testbuy: TestBuy, cause: str, after: timedelta | None = None
) -> None:
    """Owe the test buy a flow run after a while; None: when the outside may be asked again."""
    wakeup_id = act.token(f"wakeup:{testbuy.reference}:{cause}")
    after = after or timedelta(seconds=policies.read(tx).ask_again_seconds)
    wakeups.leave(tx, testbuy.id, wakeup_id, cause, act.now, act.now + after)


def _waiting_columns(tx: Transaction, act: Act, stage: Stage, waiting: Waiting) -> dict[str, Any]:
    patience = policies.remind_after(tx, stage) if waiting.role else None
    due_at = act.now + timedelta(seconds=patience) if patience is not None else None
    return {
        "waiting_name": waiting.name,
        "waiting_role": waiting.role,
        "waiting_since": act.now,
        "due_at": due_at,
        "waiting_reasons": None,
        "late_from": due_at,
        "reminded_at": None,
        "escalated_at": None,
    }


def _record(
    tx: Transaction,
    act: Act,
    testbuy: TestBuy,
    name: Move,
    target: Stage,
    version: int,
    reasons: Sequence[str],
    facts: Mapping[str, Any] | None,
) -> None:
    source = None if name is Move.REQUEST else testbuy.stage
    add(
        tx,
        MoveRecord,
        testbuy_id=testbuy.id,
        version=version,
        move=name,
        source=source,
        target=target,
        moved_at=act.now,
        by_role=act.role,
        by_person=act.person,
        reasons=list(reasons),
    )
    body = {"what": name, "to": target, "version": version, "by": act.by, **(facts or {})}
    ledger.append(tx, testbuy.reference, body, act.now)
    told = {"testbuy": testbuy.reference, "move": name, "stage": target, "version": version}
    announce(tx, act, Event.TESTBUY_MOVED, told)
    if act.hold is None:
        _wake(tx, act, testbuy, name)


def _wake(tx: Transaction, act: Act, testbuy: TestBuy, cause: str) -> None:
    wakeup_id = act.token(f"wakeup:{testbuy.reference}:{cause}")
    wakeups.leave(tx, testbuy.id, wakeup_id, cause, act.now)
