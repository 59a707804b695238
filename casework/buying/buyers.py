"""Whether a test buy's own buyer still can act, and what follows where they can't or can again.

Asked by a flow run on its way, and in the transaction that closes an account, takes a role away or
sends somebody on leave (`casework.people.leaving`). Leaves choosing another buyer to
`casework.buying.assigning`.
"""

from casework.act import Act
from casework.move import find, note
from rules.lifecycle import ENDS, Stage
from rules.roles import Role
from rules.waiting import ANOTHER_PHOTO, ORDER, PARCEL, PHOTOS, SUCCESSOR, Waiting
from storage import personas
from storage.session import Database, Transaction
from storage.tables import TestBuy

GONE = "Its buyer can't carry on: the account is closed, the role was taken away, or they are away."
_OWN: dict[Stage, Waiting] = {
    Stage.ASSIGNED: ORDER,
    Stage.ORDERED: PARCEL,
    Stage.RECEIVED: PHOTOS,
    Stage.DOCUMENTED: ANOTHER_PHOTO,
}
"""What a buyer is waited for at a stage."""


def mind(db: Database, act: Act, reference: str) -> None:
    """Let somebody else be waited for where the buyer can't act, and the buyer where they can."""
    with db.write() as tx:
        heed(tx, act, find(tx, act, reference))


def heed(tx: Transaction, act: Act, testbuy: TestBuy) -> None:
    """The same for a test buy that `find` gave."""
    if testbuy.buyer_id is None or testbuy.stage in ENDS:
        return
    if testbuy.waiting_role is not Role.BUYER and testbuy.waiting_name != SUCCESSOR.name:
        return
    able = testbuy.buyer_id in personas.able_buyers(tx)
    if not able and testbuy.waiting_name != SUCCESSOR.name:
        note(tx, act, testbuy, "buyer gone", waiting=SUCCESSOR, because=(GONE,))
    elif able and testbuy.waiting_name == SUCCESSOR.name:
        note(tx, act, testbuy, "buyer back", waiting=_OWN[testbuy.stage])


def wake_wanting(tx: Transaction, act: Act, what: str) -> None:
    """Somebody may fit now: owe every test buy that waits for a buyer a run that looks again."""
    for reference in personas.wanting_a_buyer(tx):
        note(tx, act, find(tx, act, reference), what)


def own_wait(testbuy: TestBuy) -> Waiting:
    """What the buyer of a test buy is waited for at its stage."""
    return _OWN[testbuy.stage]
