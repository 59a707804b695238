"""The commitment to a test buy's buyer, and who asked and agreed that it be opened."""

from collections.abc import Sequence
from dataclasses import dataclass

from casework.buying.commitments import commitment_of
from casework.views.testbuy import find
from storage.persons import names
from storage.rows import every, one, table_of
from storage.session import Database
from storage.tables import IdentityCommitment, IdentityOpening, OpeningRequest


@dataclass(frozen=True, slots=True)
class IdentityPage:
    """What stands for the buyer's identity. `people` gives names by number.

    `openable`: what opens the present commitment was not erased.
    """

    reference: str
    commitment: str | None
    openable: bool
    buyer_id: int | None
    requests: Sequence[OpeningRequest]
    people: dict[int, str]


def identity(db: Database, reference: str) -> IdentityPage:
    """The page of `reference`; NotFound where there is no such test buy."""
    with db.read() as tx:
        testbuy = find(tx, reference)
        commitment = commitment_of(tx, testbuy)
        present = one(tx, IdentityCommitment, commitment=commitment) if commitment else None
        kept = every(tx, IdentityCommitment, testbuy_id=testbuy.id)
        rows = table_of(OpeningRequest).c
        requests = every(
            tx,
            OpeningRequest,
            rows.commitment_id.in_([each.id for each in kept]),
            order_by=rows.id.desc(),
        )
        openable = bool(present and one(tx, IdentityOpening, commitment_id=present.id))
        involved = [person for row in requests for person in (row.asked_by, row.approved_by)]
        return IdentityPage(
            reference, commitment, openable, testbuy.buyer_id, requests, names(tx, involved)
        )
