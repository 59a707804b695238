"""Minding deadlines: remind who is waited for, tell somebody above them, or end the test buy."""

from datetime import timedelta

from casework.act import Act
from casework.buying.attempts import may_be_alive
from casework.buying.ending import give_up, words
from casework.examinations.examined import conclusion_due
from casework.move import find, note
from casework.telling.notifying import tell
from rules.deadlines import NextStep, StagePolicy, StepKind, next_step
from rules.lifecycle import Stage
from rules.notices import NoticeKind
from rules.roles import Role
from storage import policies, testbuys
from storage.rows import change_one, every, table_of
from storage.session import Database, Transaction
from storage.tables import Examination, ExaminationState, TestBuy


def mind(db: Database, act: Act, reference: str) -> StepKind:
    """Take the step that the deadline of `reference` asks for now."""
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        policy = _policy(tx, testbuy)
        if testbuy.due_at is None or testbuy.due_at > act.now:
            return StepKind.NOTHING
        if policy is None:
            # Its deadline was taken off the list while it waited.
            change_one(tx, TestBuy, testbuy.id, due_at=None, late_from=None)
            return StepKind.NOTHING
        step = next_step(
            policy, testbuy.waiting_since, testbuy.reminded_at, testbuy.escalated_at, act.now
        )
        early_end = policy.early_end
        attempt = testbuys.last_attempt(tx, testbuy.id)
        buying = testbuy.stage in (Stage.ASSIGNED, Stage.ORDERED)
        alive = buying and attempt is not None and may_be_alive(attempt)
        if step.kind is StepKind.ABANDON and (alive or conclusion_due(tx, testbuy)):
            # An order may have been placed, or yet ship; a verdict may be without its conclusion:
            # a person finds out before anything ends.
            step = NextStep(StepKind.ESCALATE, None)
        if step.kind is StepKind.ABANDON and early_end is not None:
            give_up(tx, act, testbuy, early_end, f"Its deadline passed: {words(early_end)}.")
            return step.kind
        columns: dict[str, object] = {"due_at": step.due_at}
        # Nobody is told of above somebody who was not reminded, however late the sweep comes.
        unreminded = testbuy.reminded_at is None and step.kind is StepKind.ESCALATE
        if step.kind is StepKind.REMIND or unreminded:
            columns["reminded_at"] = act.now
            _tell(tx, act, testbuy, testbuy.waiting_role or policy.owner, NoticeKind.REMINDED)
        if step.kind is StepKind.ESCALATE:
            columns["escalated_at"] = act.now
            _tell(tx, act, testbuy, policy.escalate_to, NoticeKind.ESCALATED)
        change_one(tx, TestBuy, testbuy.id, **columns)
        return step.kind


def _policy(tx: Transaction, testbuy: TestBuy) -> StagePolicy | None:
    row = policies.deadline(tx, testbuy.stage)
    return row and StagePolicy(
        stage=row.stage,
        owner=row.owner,
        remind_after=timedelta(seconds=row.remind_after_seconds),
        escalate_after=timedelta(seconds=row.escalate_after_seconds),
        escalate_to=row.escalate_to,
        then=row.then,
    )


def _tell(tx: Transaction, act: Act, testbuy: TestBuy, role: Role, kind: NoticeKind) -> None:
    """Leave a notice to `role`; a reminder may be repeated, so its key holds the time too.

    A buyer is reminded in person, and authenticators of their examinations alone.
    """
    since = testbuy.waiting_since.isoformat(timespec="seconds")
    key = f"{testbuy.reference}:{kind}:{since}"
    if kind is NoticeKind.REMINDED:
        key += f":{act.now:%Y%m%d%H%M%S}"
    if role is Role.AUTHENTICATOR:
        opened = every(
            tx, Examination, testbuy_id=testbuy.id, state=ExaminationState.OPEN,
            order_by=table_of(Examination).c.id,
        )  # fmt: skip
        for each in opened:
            text = f"Examination {each.public_id} is overdue. Open your queue."
            about = {"testbuy": testbuy, "about": each.public_id}
            tell(tx, act, kind, f"{key}:{each.public_id}", text, to_role=role, **about)
    else:
        text = f"{testbuy.reference} is {testbuy.waiting_name.lower()} and overdue."
        buyer = testbuy.buyer_id if role is Role.BUYER else None
        to_role = None if buyer else role
        tell(tx, act, kind, key, text, to_role=to_role, to_person=buyer, testbuy=testbuy)
    note(tx, act, testbuy, kind, {"role": role}, wake=False)
