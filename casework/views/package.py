"""What is on record for an operator's packages, for its own page and inside those of others."""

from dataclasses import dataclass

from casework.errors import NotFound
from casework.outcomes.package_rows import PackageRows, recorded, rows_of
from rules.package import RowKind
from storage.persons import names
from storage.rows import one
from storage.session import Database, Transaction
from storage.tables import Operator


@dataclass(frozen=True, slots=True)
class PackagePage:
    """An operator's rows. `people` gives the names of who recorded them, by number."""

    operator: Operator
    rows: PackageRows
    people: dict[int, str]


def package_page(db: Database, reference: str) -> PackagePage:
    """What packages about an operator say besides test buys; NotFound where there is none."""
    with db.read() as tx:
        operator = one(tx, Operator, reference=reference)
        if operator is None:
            raise NotFound(f"There is no operator {reference}.")
        return of_operator(tx, operator)


def of_operator(tx: Transaction, operator: Operator) -> PackagePage:
    """The same within another page."""
    rows = rows_of(tx, operator.id)
    return PackagePage(operator, rows, names(tx, rows.people))


def document_of(db: Database, reference: str, kind: RowKind, number: int) -> str:
    """The digest of the document that a row about the operator rests on; NotFound without one."""
    with db.read() as tx:
        operator = one(tx, Operator, reference=reference)
        rows = rows_of(tx, operator.id) if operator else None
        stood = [each.row for each in rows.replaced] if rows else []
        known = [row for row in (*rows.of(kind), *stood) if row.kind is kind] if rows else []
        row = recorded(tx, kind, number)
    if row is None or row.document is None or number not in {each.number for each in known}:
        raise NotFound("No document was handed in with this row.")
    return row.document
