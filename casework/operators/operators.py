"""Operators by reference: found, chosen from a form, or newly opened by it.

Owns that nobody acts on an operator that was merged into another. Leaves opening one to
`casework.gauge.gauging` and moving shops to `casework.operators.membership`.
"""

from casework.act import Act
from casework.errors import NotFound, Refused
from casework.gauge.gauging import new_operator
from rules.roles import Role
from storage.linking import survivor
from storage.rows import one
from storage.session import Transaction
from storage.tables import Operator


def ensure_analyst(act: Act) -> int:
    """Gives the analyst who acts; Refused for anybody else."""
    if act.role is not Role.ANALYST or act.person is None:
        raise Refused("Only an analyst says which shops belong to an operator.")
    return act.person


def operator_by(tx: Transaction, reference: str) -> Operator:
    """An operator by its reference, not one that was merged into another."""
    row = one(tx, Operator, reference=reference.strip().upper())
    if row is None:
        raise NotFound(f"There is no operator {reference}. Check the reference.")
    ensure_own(tx, row.id)
    return row


def ensure_own(tx: Transaction, operator_id: int) -> None:
    """Refused where the operator was merged into another: that one is named then."""
    last = survivor(tx, operator_id)
    if last != operator_id:
        merged, into = reference_of(tx, operator_id), reference_of(tx, last)
        raise Refused(f"{merged} was merged into {into}. Name that one.")


def chosen(tx: Transaction, act: Act, reference: str | None, name: str | None) -> int:
    """The number of the operator that a form names, or of a new one under this name."""
    if reference:
        return operator_by(tx, reference).id
    if not name or not name.strip():
        raise Refused("Choose an operator, or name a new one.")
    return new_operator(tx, act, name.strip())


def reference_of(tx: Transaction, operator_id: int) -> str:
    """The reference of an operator by its number."""
    row = one(tx, Operator, id=operator_id)
    assert row is not None  # a foreign key holds it
    return row.reference
