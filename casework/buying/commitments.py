"""The commitment that stands for a test buy's buyer, where the name itself is told to nobody.

Owns what is committed to (the name, and which test buy) and when. Leaves the bytes to
`evidence.envelope`, and who may have it opened to `casework.privacy.opening`.
"""

from casework.act import Act
from evidence import envelope
from storage.rows import add, one
from storage.session import Transaction
from storage.tables import IdentityCommitment, IdentityOpening, Person, TestBuy


def commit(tx: Transaction, act: Act, testbuy: TestBuy, buyer_id: int) -> str:
    """The commitment to the buyer of a test buy that is held; made where there is none yet."""
    if kept := one(tx, IdentityCommitment, testbuy_id=testbuy.id, buyer_id=buyer_id):
        return kept.commitment
    buyer = one(tx, Person, id=buyer_id)
    assert buyer is not None  # a foreign key holds it
    opened = envelope.opening(
        {"name": buyer.name, "testbuy": testbuy.reference},
        act.salt(f"identity:{testbuy.reference}:{buyer_id}"),
    )
    about = {"testbuy_id": testbuy.id, "buyer_id": buyer_id}
    commitment = envelope.commitment(opened)
    number = add(tx, IdentityCommitment, **about, commitment=commitment, committed_at=act.now)
    add(tx, IdentityOpening, commitment_id=number, opened=opened)
    return commitment


def commitment_of(tx: Transaction, testbuy: TestBuy) -> str | None:
    """The commitment to the present buyer, for whoever packs the test buy."""
    kept = kept_commitment(tx, testbuy)
    return kept.commitment if kept else None


def kept_commitment(tx: Transaction, testbuy: TestBuy) -> IdentityCommitment | None:
    """The row of the commitment to the present buyer; none before there is one."""
    if testbuy.buyer_id is None:
        return None
    return one(tx, IdentityCommitment, testbuy_id=testbuy.id, buyer_id=testbuy.buyer_id)
