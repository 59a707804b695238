"""Exhibits and who holds them: bagged under a seal, taken in by the clerk under the same seal.

Owns an exhibit's beginning, its coming into the store, and how a custody entry is written. Leaves
hand-overs of two sides to `casework.handing_over`, parts and new seals to `casework.resealing`, and
whether it all holds to `casework.continuity`. A seal that is not the one due is refused, and kept
on record all the same.
"""

from dataclasses import dataclass

from casework.act import Act
from casework.errors import NotFound, Refused
from casework.move import Moved, find, note
from rules.holders import KEPT, ExhibitKind, Holder, HolderKind, Method, Vouched
from rules.lifecycle import Stage
from rules.roles import Role
from rules.waiting import INTAKE, SUBMISSION
from storage import testbuys
from storage.rows import add, change_one, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    CustodyEntry,
    Exhibit,
    HandOver,
    Person,
    SealMismatch,
    TestBuy,
)

_INTAKE = "intake"


@dataclass(frozen=True, slots=True)
class NewExhibit:
    """A thing out of the parcel, bagged under a seal."""

    kind: str
    description: str
    seal_number: str
    weight_grams: int | None = None


def take_in(
    db: Database,
    act: Act,
    exhibit_reference: str,
    *,
    seal_number: str,
    place: str,
    condition: str,
    weight_grams: int | None = None,
    tracking_number: str | None = None,
    utc_offset_minutes: int | None = None,
) -> Moved:
    """The clerk takes an exhibit into the store: the seal must be the one it was bagged under.

    Where the giver opened a hand-over to this clerk, its side is theirs. From a carrier it comes
    under the tracking number it went out with. Else the entry says that nobody vouches for the
    giver. Another seal is refused, and kept on record.
    """
    if act.role is not Role.CLERK or act.person is None:
        raise Refused("Only a clerk takes exhibits in.")
    with db.write() as tx:
        exhibit, testbuy = exhibit_of(tx, act, exhibit_reference)
        clerk = one(tx, Person, id=act.person)
        assert clerk  # a foreign key holds it
        last = last_entry(tx, exhibit.id)
        if last is not None and (last.purpose == _INTAKE or last.to_kind in KEPT):
            raise Refused(f"{exhibit_reference} was taken in already, by {last.to_holder}.")
        if not place.strip():
            raise Refused("Say where the exhibit is put.")
        carried = last is not None and last.to_kind is HolderKind.CARRIER
        if last is not None and carried and tracking_number != last.tracking_number:
            raise Refused(
                f"{exhibit_reference} comes from {last.to_holder}. Give the tracking number it "
                "went out under, as the waybill shows it."
            )
        wrong = mismatch(tx, act, testbuy, exhibit, exhibit.seal_number, seal_number)
        if wrong is None:
            opened = open_hand_over(tx, exhibit.id)
            if opened is not None and opened.to_person != act.person:
                raise Refused(
                    f"{exhibit_reference} is being handed to {opened.to_holder}, who confirms it. "
                    "If it came to you, have the giver withdraw that and name you."
                )
            if opened is not None:
                change_one(tx, HandOver, opened.id, completed_at=act.now)
            vouched = Vouched.TRACKING if carried else Vouched.NOBODY
            giver = Holder(last.to_kind, last.to_holder) if last else person_holder(clerk)
            record(
                tx,
                act,
                exhibit,
                giver=giver,
                taker=person_holder(clerk),
                method=Method.BY_CARRIER if carried else Method.IN_PERSON,
                place=place.strip(),
                purpose=_INTAKE,
                tracking_number=tracking_number if carried else None,
                seal_in=seal_number.strip(),
                condition=condition.strip(),
                weight_grams=weight_grams,
                utc_offset_minutes=utc_offset_minutes,
                from_vouched=Vouched.ACCOUNT if opened else vouched,
                **({"seal_out": exhibit.seal_number} | giver_said(opened)),
            )
            outside = [each for each in exhibits_outside(tx, testbuy.id) if each.id != exhibit.id]
            waiting = None
            if testbuy.stage is Stage.DOCUMENTED and testbuy.waiting_name == INTAKE.name:
                waiting = INTAKE if outside else SUBMISSION
            facts = {"exhibit": exhibit_reference}
            return note(tx, act, testbuy, "taken in", facts, waiting=waiting)
    raise wrong


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
        if one(tx, CustodyEntry, exhibit_id=exhibit.id, purpose=_INTAKE) is None
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


def last_entry(tx: Transaction, exhibit_id: int) -> CustodyEntry | None:
    """The newest custody entry of an exhibit."""
    found = every(
        tx,
        CustodyEntry,
        exhibit_id=exhibit_id,
        order_by=table_of(CustodyEntry).c.seq.desc(),
        limit=1,
    )
    return found[0] if found else None
