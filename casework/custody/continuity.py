"""An exhibit's custody as the checker takes it (`rules.custody`), and where it does not hold."""

from collections.abc import Sequence

from rules.custody import Break, Entry, Tolerance, breaks
from rules.holders import Holder
from storage import policies
from storage.rows import every, table_of
from storage.session import Transaction
from storage.tables import CustodyEntry, Exhibit, OrderAttempt


def custody_of(tx: Transaction, exhibit_id: int) -> tuple[Entry, ...]:
    """The custody of an exhibit as the checker takes it, in order."""
    rows = every(tx, CustodyEntry, exhibit_id=exhibit_id, order_by=table_of(CustodyEntry).c.seq)
    return tuple(
        Entry(
            seq=row.seq,
            given_at=row.given_at,
            taken_at=row.handed_at,
            giver=Holder(row.from_kind, row.from_holder),
            taker=Holder(row.to_kind, row.to_holder),
            method=row.method,
            seal_out=row.seal_out,
            seal_in=row.seal_in,
            weight_grams=row.weight_grams,
            given_weight_grams=row.given_weight_grams,
            seal_intact=row.seal_intact,
            tracking_number=row.tracking_number,
            giver_vouched=row.from_vouched,
            taker_vouched=row.to_vouched,
        )
        for row in rows
    )


def continuity(tx: Transaction, exhibit: Exhibit) -> Sequence[Break]:
    """Where the custody of an exhibit does not hold."""
    # When the order was sent off: no platform's clock can be earlier than that.
    placed = [
        each.intended_at
        for each in every(tx, OrderAttempt, testbuy_id=exhibit.testbuy_id)
        if each.order_number is not None
    ]
    allowed = policies.read(tx)
    return breaks(
        custody_of(tx, exhibit.id),
        purchased_at=min(placed) if placed else None,
        tolerance=Tolerance(allowed.weight_grams, allowed.weight_permille),
    )
