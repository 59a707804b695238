"""What somebody leaves behind who no longer can act: told, and given back, in the same transaction.

Called wherever an account is closed or opened, roles and brands change, or a buyer goes on leave.
A buyer's test buys wait for an analyst, an examiner's claims are given back, and exhibits in hand
are told to the supervisors. Whoever calls takes `hold` first, and appends to the programme's
ledger last. What waits for a role and for nobody by name is found by the others of
that role.
"""

from casework.act import Act
from casework.buying import buyers
from casework.custody.custody import held_by
from casework.examinations.examining import give_back
from casework.move import find
from casework.telling.notifying import tell
from rules.notices import NoticeKind
from rules.roles import Role
from storage import personas
from storage.grants import roles_of
from storage.rows import every, one
from storage.session import Transaction
from storage.tables import Examination, ExaminationState, Person, TestBuy

_HOLDING = frozenset({Role.BUYER, Role.CLERK, Role.SUPERVISOR, Role.LIAISON})
"""Roles in which a person has exhibits in their own hands."""


def hold(tx: Transaction, act: Act, person_id: int) -> None:
    """Lock the test buys that `heed` may change, before any row of the person: ADR 4."""
    claimed = every(tx, Examination, claimed_by=person_id, state=ExaminationState.OPEN)
    owners = (one(tx, TestBuy, id=each.testbuy_id) for each in claimed)
    references = {owner.reference for owner in owners if owner}
    references |= {*personas.of_buyer(tx, person_id), *personas.wanting_a_buyer(tx)}
    for reference in sorted(references):
        find(tx, act, reference)


def heed(tx: Transaction, act: Act, person_id: int) -> None:
    """After a change of what a person may do: let nothing wait for them that they can't do."""
    person = one(tx, Person, id=person_id)
    roles = roles_of(tx, person_id) if person and person.active else frozenset()
    for reference in personas.of_buyer(tx, person_id):
        buyers.heed(tx, act, find(tx, act, reference))
    give_back(tx, act, person_id)
    if person and not roles & _HOLDING:
        _tell_of_exhibits(tx, act, person)
    if person_id in personas.able_buyers(tx):
        buyers.wake_wanting(tx, act, "a buyer can act")


def _tell_of_exhibits(tx: Transaction, act: Act, person: Person) -> None:
    held = held_by(tx, person.id)
    if not held:
        return
    text = f"{person.name} can no longer act and has these exhibits in hand: {', '.join(held)}."
    key = f"left behind:{person.id}:{','.join(held)}"
    tell(tx, act, NoticeKind.LEFT_BEHIND, key, text, to_role=Role.SUPERVISOR, about=held[0])
