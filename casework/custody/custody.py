"""Exhibits and who holds them, from the bag they are sealed in.

Owns an exhibit's beginning and how a custody entry is written. Leaves coming into the store and
lying there to `casework.custody.storing`, hand-overs of two sides to
`casework.custody.handing_over`, parts and new seals to `casework.custody.resealing`, and whether it
all holds to `casework.custody.continuity`. A seal that is not the one due is refused, and kept on
record all the same.
"""

from dataclasses import dataclass

from casework.act import Act
from casework.errors import NotFound, Refused
from casework.move import find, note
from rules.holders import ExhibitKind, Holder, HolderKind, Method, Vouched
from storage import confirmations, testbuys
from storage.rows import add, every, one, table_of
from storage.session import Transaction
from storage.tables import (
    CustodyEntry,
    Exhibit,
    HandOver,
    Person,
    SealMismatch,
    TestBuy,
)

_NEWEST = table_of(CustodyEntry).c.seq.desc()


@dataclass(frozen=True, slots=True)
class NewExhibit:
    """A thing out of the parcel, bagged under a seal."""

    kind: str
    description: str
    seal_number: str
    weight_grams: int | None = None


def is_taken_in(tx: Transaction, exhibit_id: int) -> bool:
    """Whether a clerk took the exhibit into the store."""
    return bool(every(tx, CustodyEntry, exhibit_id=exhibit_id, is_intake=True, limit=1))


def exhibit_of(tx: Transaction, act: Act, reference: str) -> tuple[Exhibit, TestBuy]:
    """An exhibit by its reference and the test buy it belongs to, which is held. NotFound."""
    exhibit = one(tx, Exhibit, reference=reference)
    if exhibit is None:
        raise NotFound(f"There is no exhibit {reference}. Check the label.")
    owner = one(tx, TestBuy, id=exhibit.testbuy_id)
    assert owner  # a foreign key holds it
    testbuy = find(tx, act, owner.reference)
    # Read again under the lock: its seal may have been changed meanwhile.
    exhibit = one(tx, Exhibit, reference=reference)
    assert exhibit
    return exhibit, testbuy


def person_holder(person: Person) -> Holder:
    """A person as a holder."""
    return Holder(HolderKind.PERSON, person.name)


def open_hand_over(tx: Transaction, exhibit_id: int) -> HandOver | None:
    """The hand-over of an exhibit that waits for its taker's side."""
    return one(tx, HandOver, exhibit_id=exhibit_id, completed_at=None, withdrawn_at=None)


def giver_said(opened: HandOver | None) -> dict[str, object]:
    """The columns of a custody entry that are the giver's; none where no giver opened it."""
    if opened is None:
        return {}
    return {
        "seal_out": opened.seal_out,
        "given_weight_grams": opened.weight_grams,
        "given_at": opened.opened_at,
        "given_offset_minutes": opened.utc_offset_minutes,
        "photos": list(opened.photos),
        "hand_over_id": opened.id,
    }


def mismatch(
    tx: Transaction, act: Act, testbuy: TestBuy, exhibit: Exhibit, due: str, read: str
) -> Refused | None:
    """What to raise, once it is committed, where the seal read is not the one due."""
    if read.strip() == due:
        return None
    assert act.person is not None
    add(
        tx,
        SealMismatch,
        exhibit_id=exhibit.id,
        due=due,
        read=read.strip()[:80],
        found_by=act.person,
        found_at=act.now,
    )
    note(tx, act, testbuy, "seal does not match", {"exhibit": exhibit.reference}, wake=False)
    return Refused(
        f"The seal does not match: {exhibit.reference} is due under another number. "
        "Do not take it in. Photograph the bag and tell the supervisor. What you read is on record."
    )


def record(
    tx: Transaction,
    act: Act,
    exhibit: Exhibit,
    *,
    giver: Holder,
    taker: Holder,
    method: Method,
    **facts: object,
) -> None:
    """Write the next custody entry of an exhibit; `facts` are further columns."""
    last = last_entry(tx, exhibit.id)
    usual = {
        "given_at": act.now,
        "handed_at": act.now,
        "from_vouched": Vouched.ACCOUNT,
        "to_vouched": Vouched.ACCOUNT,
    }
    add(
        tx,
        CustodyEntry,
        exhibit_id=exhibit.id,
        seq=last.seq + 1 if last else 1,
        from_kind=giver.kind,
        from_holder=giver.name,
        to_kind=taker.kind,
        to_holder=taker.name,
        method=method,
        by_person=act.person,
        **usual | facts,
    )


def ensure_free(tx: Transaction, seal: str) -> None:
    """Refuse a seal that closes, or ever closed, another bag."""
    number = seal.strip()
    if not number:
        raise Refused("Read the number of the seal off the bag.")
    used = every(tx, CustodyEntry, seal_in=number, limit=1)
    if used or one(tx, Exhibit, seal_number=number):
        raise Refused(
            f"The seal number {number} is taken by another exhibit. A seal closes one "
            "bag: read the number once more, or use a new bag."
        )


def exhibits_outside(tx: Transaction, testbuy_id: int) -> list[Exhibit]:
    """Exhibits of a test buy that no clerk has taken in; a part came in with its whole."""
    return [
        exhibit
        for exhibit in every(tx, Exhibit, testbuy_id=testbuy_id, part_of=None)
        if not is_taken_in(tx, exhibit.id)
    ]


def bag(
    tx: Transaction, act: Act, testbuy: TestBuy, person: Person, new: NewExhibit, kit_id: int | None
) -> str:
    """Bag a thing out of the parcel; gives its reference, the initials of who bags it first."""
    initials = "".join(part[0] for part in person.name.split() if part)[:3].upper() or "X"
    reference = f"{initials}/{testbuys.next_number(tx, f'exhibit:{initials}')}"
    begin(tx, act, testbuy, reference, new, person_holder(person), kit_id=kit_id)
    return reference


def begin(
    tx: Transaction,
    act: Act,
    testbuy: TestBuy,
    reference: str,
    new: NewExhibit,
    holder: Holder,
    part_of: Exhibit | None = None,
    kit_id: int | None = None,
) -> None:
    """Write an exhibit and the first entry of its custody."""
    if not new.seal_number.strip() or not new.description.strip():
        raise Refused("Each exhibit needs a description and the number of its seal.")
    if new.kind not in frozenset(ExhibitKind):
        raise Refused(f"Say what the exhibit is: {', '.join(ExhibitKind)}.")
    ensure_free(tx, new.seal_number)
    exhibit_id = add(
        tx,
        Exhibit,
        testbuy_id=testbuy.id,
        part_of=part_of.id if part_of else None,
        reference=reference,
        kind=new.kind,
        description=new.description.strip(),
        seal_number=new.seal_number.strip(),
        kit_id=kit_id,
        created_at=act.now,
    )
    exhibit = one(tx, Exhibit, id=exhibit_id)
    assert exhibit
    record(
        tx,
        act,
        exhibit,
        giver=holder if part_of else Holder(HolderKind.PARCEL, "parcel"),
        taker=holder,
        method=Method.IN_PLACE,
        place="where it was unboxed" if part_of is None else "where it is kept",
        purpose="bag and tag" if part_of is None else f"split off {part_of.reference}",
        seal_out=new.seal_number.strip(),
        seal_in=new.seal_number.strip(),
        condition="sealed",
        weight_grams=new.weight_grams,
    )
    confirmations.look_over(tx, testbuy)


def last_entry(tx: Transaction, exhibit_id: int) -> CustodyEntry | None:
    """The newest custody entry of an exhibit."""
    found = every(
        tx,
        CustodyEntry,
        exhibit_id=exhibit_id,
        order_by=_NEWEST,
        limit=1,
    )
    return found[0] if found else None


def held_by(tx: Transaction, person_id: int) -> tuple[str, ...]:
    """References of the exhibits a person holds in their own hands, in order."""
    references: list[str] = []
    for exhibit_id in {each.exhibit_id for each in every(tx, CustodyEntry, by_person=person_id)}:
        last = last_entry(tx, exhibit_id)
        if last and (last.by_person, last.to_kind) == (person_id, HolderKind.PERSON):
            exhibit = one(tx, Exhibit, id=exhibit_id)
            assert exhibit  # a foreign key holds it
            references.append(exhibit.reference)
    return tuple(sorted(references))
