"""Exhibits and who holds them: bagged under a seal, taken in by the clerk under the same seal."""

from dataclasses import dataclass

from casework.act import Act
from casework.errors import NotFound, Refused
from casework.move import Moved, find, note
from rules.lifecycle import Stage
from rules.roles import Role
from rules.waiting import INTAKE, SUBMISSION
from storage import testbuys
from storage.rows import add, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    CustodyEntry,
    Exhibit,
    Person,
    TestBuy,
)

_exhibits = table_of(Exhibit)


@dataclass(frozen=True, slots=True)
class NewExhibit:
    """A thing out of the parcel, bagged under a seal."""

    kind: str
    description: str
    seal_number: str


def take_in(
    db: Database, act: Act, exhibit_reference: str, *, seal_number: str, place: str, condition: str
) -> Moved:
    """The clerk takes an exhibit in: the seal must be the one it was bagged under."""
    if act.role is not Role.CLERK or act.person is None:
        raise Refused("Only a clerk takes exhibits in.")
    with db.write() as tx:
        exhibit = one(tx, Exhibit, reference=exhibit_reference)
        if exhibit is None:
            raise NotFound(f"There is no exhibit {exhibit_reference}. Check the label.")
        owner = one(tx, TestBuy, id=exhibit.testbuy_id)
        clerk = one(tx, Person, id=act.person)
        assert owner and clerk  # foreign keys hold them
        testbuy = find(tx, act, owner.reference)
        last = _last_custody(tx, exhibit.id)
        if last is not None and last.purpose == "intake":
            raise Refused(f"{exhibit_reference} was taken in already, by {last.to_holder}.")
        if seal_number.strip() != exhibit.seal_number:
            raise Refused(
                f"The seal does not match: {exhibit_reference} was bagged under another number. "
                "Do not take it in. Photograph the bag and tell the supervisor."
            )
        if not place.strip():
            raise Refused("Say where the exhibit is put.")
        add(
            tx,
            CustodyEntry,
            exhibit_id=exhibit.id,
            seq=last.seq + 1 if last else 1,
            from_holder=last.to_holder if last else clerk.name,
            to_holder=clerk.name,
            place=place.strip(),
            purpose="intake",
            seal_out=exhibit.seal_number,
            seal_in=seal_number.strip(),
            condition=condition.strip(),
            handed_at=act.now,
            by_person=act.person,
        )
        outside = [each for each in exhibits_outside(tx, testbuy.id) if each.id != exhibit.id]
        waiting = None
        if testbuy.stage is Stage.DOCUMENTED and testbuy.waiting_name == INTAKE.name:
            waiting = INTAKE if outside else SUBMISSION
        return note(tx, act, testbuy, "taken in", {"exhibit": exhibit_reference}, waiting=waiting)


def exhibits_outside(tx: Transaction, testbuy_id: int) -> list[Exhibit]:
    """Exhibits of a test buy that no clerk has taken in."""
    return [
        exhibit
        for exhibit in every(tx, Exhibit, testbuy_id=testbuy_id)
        if (last := _last_custody(tx, exhibit.id)) is None or last.purpose != "intake"
    ]


def bag(tx: Transaction, act: Act, testbuy: TestBuy, person: Person, new: NewExhibit) -> str:
    if not new.seal_number.strip() or not new.description.strip():
        raise Refused("Each exhibit needs a description and the number of its seal.")
    if other := one(tx, Exhibit, seal_number=new.seal_number.strip()):
        raise Refused(
            f"The seal number {other.seal_number} is taken by another exhibit. A seal closes one "
            "bag: read the number once more, or use a new bag."
        )
    initials = "".join(part[0] for part in person.name.split() if part)[:3].upper() or "X"
    reference = f"{initials}/{testbuys.next_number(tx, f'exhibit:{initials}')}"
    exhibit_id = add(
        tx,
        Exhibit,
        testbuy_id=testbuy.id,
        reference=reference,
        kind=new.kind,
        description=new.description.strip(),
        seal_number=new.seal_number.strip(),
        created_at=act.now,
    )
    add(
        tx,
        CustodyEntry,
        exhibit_id=exhibit_id,
        seq=1,
        from_holder="parcel",
        to_holder=person.name,
        place="where it was unboxed",
        purpose="bag and tag",
        seal_out=new.seal_number.strip(),
        seal_in=new.seal_number.strip(),
        condition="sealed",
        handed_at=act.now,
        by_person=person.id,
    )
    return reference


def _last_custody(tx: Transaction, exhibit_id: int) -> CustodyEntry | None:
    found = every(
        tx,
        CustodyEntry,
        exhibit_id=exhibit_id,
        order_by=table_of(CustodyEntry).c.seq.desc(),
        limit=1,
    )
    return found[0] if found else None
