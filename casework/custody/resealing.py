"""Opening what is sealed: a part split off under a seal of its own, and a bag sealed anew.

Owns that only who holds an exhibit opens it, and that a seal once broken closes no bag again.
Leaves how custody entries are written to `casework.custody.custody`.
"""

from casework.act import Act
from casework.custody.custody import NewExhibit, begin, ensure_free, exhibit_of, record
from casework.custody.sides import ensure_reach, holding
from casework.errors import Refused
from casework.move import note
from rules.holders import Holder, Method
from rules.roles import Role
from storage import testbuys
from storage.rows import change_one
from storage.session import Database, Transaction
from storage.tables import Exhibit


def split(db: Database, act: Act, exhibit_reference: str, part: NewExhibit, *, seal: str) -> str:
    """The clerk who holds an exhibit opens it, and bags a part of it under a seal of its own.

    `seal` closes the exhibit again. Gives the part's reference, `AS/1/1`.
    """
    if act.role is not Role.CLERK or act.person is None:
        raise Refused("Only a clerk takes an exhibit apart.")
    with db.write() as tx:
        exhibit, testbuy = exhibit_of(tx, act, exhibit_reference)
        holder = holding(tx, act, exhibit)
        if exhibit.part_of is not None:
            raise Refused(
                f"{exhibit_reference} is a part already. Bag the new part from the whole."
            )
        if seal.strip() == part.seal_number.strip():
            raise Refused("The part and the rest need a seal each.")
        number = testbuys.next_number(tx, f"part:{exhibit.id}")
        reference = f"{exhibit.reference}/{number}"
        begin(tx, act, testbuy, reference, part, holder, part_of=exhibit)
        _reseal(tx, act, exhibit, holder, seal, purpose=f"{reference} split off")
        note(tx, act, testbuy, "part split off", {"exhibit": exhibit.reference, "part": reference})
        return reference


def reseal(db: Database, act: Act, exhibit_reference: str, *, seal: str, purpose: str) -> None:
    """Who holds an exhibit puts it under a new seal, as before it goes back (T03)."""
    if not purpose.strip():
        raise Refused("Say why the seal is changed.")
    with db.write() as tx:
        exhibit, testbuy = exhibit_of(tx, act, exhibit_reference)
        ensure_reach(tx, act, exhibit, testbuy)
        _reseal(tx, act, exhibit, holding(tx, act, exhibit), seal, purpose=purpose.strip())
        note(tx, act, testbuy, "sealed anew", {"exhibit": exhibit.reference})


def _reseal(
    tx: Transaction, act: Act, exhibit: Exhibit, holder: Holder, seal: str, *, purpose: str
) -> None:
    ensure_free(tx, seal)
    record(
        tx,
        act,
        exhibit,
        giver=holder,
        taker=holder,
        method=Method.IN_PLACE,
        place="where it is kept",
        purpose=purpose,
        seal_out=exhibit.seal_number,
        seal_in=seal.strip(),
        condition="sealed anew",
    )
    change_one(tx, Exhibit, exhibit.id, seal_number=seal.strip())
