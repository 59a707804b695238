"""A chain read back from rows that somebody with the database in hand has changed."""

from datetime import UTC, datetime

import pytest

from evidence.ledger import verify
from storage import ledger

AT = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.mark.parametrize("column", ["prev", "hash", "body"])
@pytest.mark.parametrize("value", ["'text'", "12", "x''"])
def test_anything_in_the_place_of_bytes_is_named_as_a_change(sqlite_database, column, value):
    with sqlite_database.write() as tx:
        for what in ("request", "authorise"):
            ledger.append(tx, "TB-1", {"what": what}, AT)
    with sqlite_database.write() as tx:
        tx.exec_driver_sql("DROP TRIGGER keeps_ledger_update")
        tx.exec_driver_sql(f"UPDATE ledger SET {column} = {value} WHERE seq = 1")
    with sqlite_database.read() as tx:
        found = verify(ledger.chain(tx, "TB-1"), "TB-1")
    assert not found.ok
    assert "Entry 1" in found.problems[0]
