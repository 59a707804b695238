"""The pages that a machine captured before an order, with what each stands for and its stamp."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from casework.errors import NotFound
from casework.views.testbuy import find
from evidence import timestamps
from rules.capturing import Captured, standing
from storage.rows import every, one, table_of
from storage.session import Database
from storage.tables import PageCapture


@dataclass(frozen=True, slots=True)
class CaptureLine:
    """A capture; the shots it stands for; when its stamp says that it was there, or why not."""

    row: PageCapture
    stands_for: tuple[str, ...]
    stamped_at: datetime | None
    unstamped: str


def captures(
    db: Database, reference: str, roots: Sequence[x509.Certificate]
) -> tuple[CaptureLine, ...]:
    """The captures of `reference` in order; stamps are believed up to one of `roots`."""
    rows = table_of(PageCapture).c
    with db.read() as tx:
        testbuy = find(tx, reference)
        kept = every(tx, PageCapture, testbuy_id=testbuy.id, order_by=(rows.attempt, rows.id))
    return tuple(CaptureLine(row, _shots(row), *_stamped(row, roots)) for row in kept)


def capture(db: Database, reference: str, number: int) -> PageCapture:
    """One capture of `reference`; NotFound for another test buy's."""
    with db.read() as tx:
        row = one(tx, PageCapture, id=number, testbuy_id=find(tx, reference).id)
    if row is None:
        raise NotFound(f"There is no such capture for {reference}.")
    return row


def _shots(row: PageCapture) -> tuple[str, ...]:
    pictured = row.picture_digest is not None
    said = Captured(row.what, row.http_code, row.complete, pictured, row.names_subject)
    return tuple(sorted(standing(said)))


def _stamped(row: PageCapture, roots: Sequence[x509.Certificate]) -> tuple[datetime | None, str]:
    """When the page was there by its stamp; None, and why nobody can say it here."""
    if row.stamp is None or row.warc_digest is None:
        return None, "none"
    if not roots:
        return None, "kept; no authority is named here that says whether it holds"
    try:
        return timestamps.read(row.stamp, row.warc_digest.encode(), roots).at, ""
    except timestamps.NoStamp as error:
        return None, f"kept, and it proves nothing: {error}"
