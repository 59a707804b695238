"""Exhibits that come into the store, lie in its places, and are fetched from them.

Coming in is one transaction: taken in by the clerk, once, under the seal it was bagged with, and
put into a place. Storing is a custody entry to a place, under the seal as it is read. Leaves the
places to `casework.custody.placing`, and how entries are written to `casework.custody.custody`.
"""

from collections.abc import Sequence

from casework.act import Act
from casework.custody.custody import (
    exhibit_of,
    exhibits_outside,
    giver_said,
    is_taken_in,
    last_entry,
    mismatch,
    open_hand_over,
    person_holder,
    record,
)
from casework.custody.placing import ensure_enters, open_place, opened
from casework.custody.sides import holding
from casework.errors import Refused
from casework.move import Moved, note
from rules.holders import KEPT, Holder, HolderKind, Method, Vouched
from rules.lifecycle import Stage
from rules.roles import Role
from rules.waiting import INTAKE, SUBMISSION
from storage.rows import change_one, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Exhibit, HandOver, Person, Photo, StoragePlace, TestBuy

STORED = "stored"
_STORAGE_SHOT = "B03"


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
    """The clerk takes an exhibit into the store, once: under the seal it was bagged with.

    `place` must be one that is known and open, and the exhibit lies there from then on. A programme
    that has no place yet names it in words, and the clerk goes on holding the exhibit. Where the
    giver opened a hand-over to this clerk, its side is theirs. From a carrier it comes under the
    tracking number it went out with. Else the entry says that nobody vouches for the giver. Another
    seal is refused, and kept on record.
    """
    with db.write() as tx:
        exhibit, testbuy = exhibit_of(tx, act, exhibit_reference)
        known = one(tx, StoragePlace, name=place.strip(), lock=True)
        if known is not None:
            ensure_enters(tx, act, opened(known))
        elif every(tx, StoragePlace, closed_at=None, limit=1):
            raise Refused(
                f"There is no storage place {place.strip()}. Choose one from the list, or have a "
                "supervisor add it."
            )
        taken = _intake(
            tx, act, exhibit, testbuy, seal_number=seal_number, place=place, condition=condition,
            weight_grams=weight_grams, tracking_number=tracking_number,
            utc_offset_minutes=utc_offset_minutes,
        )  # fmt: skip
        if known is not None and not isinstance(taken, Refused):
            _put(tx, act, exhibit, testbuy, known, condition)
    if isinstance(taken, Refused):
        raise taken
    return taken


def store(
    db: Database,
    act: Act,
    exhibit_reference: str,
    *,
    place: str,
    seal_number: str,
    condition: str,
    photo: str | None = None,
) -> None:
    """Who holds an exhibit puts it into a place; `photo` is the one of shot B03 that shows it."""
    _ensure_condition(condition)
    with db.write() as tx:
        exhibit, testbuy = exhibit_of(tx, act, exhibit_reference)
        holder = holding(tx, act, exhibit)
        found = open_place(tx, place)
        ensure_enters(tx, act, found)
        if exhibit.part_of is None and not is_taken_in(tx, exhibit.id):
            raise Refused(f"{exhibit_reference} was not taken in yet. Take it in first.")
        shown = [_photo(tx, testbuy, photo)] if photo else []
        if (wrong := mismatch(tx, act, testbuy, exhibit, exhibit.seal_number, seal_number)) is None:
            _put(tx, act, exhibit, testbuy, found, condition, holder, shown)
    if wrong:
        raise wrong


def fetch(
    db: Database,
    act: Act,
    exhibit_reference: str,
    *,
    seal_number: str,
    condition: str,
    purpose: str,
) -> None:
    """Somebody who may enter the place takes an exhibit out of it, and holds it from then on."""
    _ensure_condition(condition)
    if not purpose.strip():
        raise Refused("Say what it is taken out for.")
    with db.write() as tx:
        exhibit, testbuy = exhibit_of(tx, act, exhibit_reference)
        last = last_entry(tx, exhibit.id)
        person = one(tx, Person, id=act.person) if act.person else None
        if last is None or last.to_kind is not HolderKind.PLACE or person is None:
            raise Refused(f"{exhibit_reference} lies in no storage place, so nothing is taken out.")
        place = one(tx, StoragePlace, id=last.place_id) if last.place_id else None
        if place is not None:
            ensure_enters(tx, act, place)
        elif act.role is not Role.CLERK:
            raise Refused("Only a clerk fetches an exhibit from a place that is on no list.")
        if (wrong := mismatch(tx, act, testbuy, exhibit, exhibit.seal_number, seal_number)) is None:
            record(
                tx,
                act,
                exhibit,
                giver=Holder(last.to_kind, last.to_holder),
                taker=person_holder(person),
                method=Method.IN_PLACE,
                place=last.to_holder,
                purpose=purpose.strip(),
                seal_out=exhibit.seal_number,
                seal_in=exhibit.seal_number,
                condition=condition.strip(),
            )
            facts = {"exhibit": exhibit.reference, "place": last.place_id}
            note(tx, act, testbuy, "taken out", facts, wake=False)
    if wrong:
        raise wrong


def _put(
    tx: Transaction,
    act: Act,
    exhibit: Exhibit,
    testbuy: TestBuy,
    place: StoragePlace,
    condition: str,
    holder: Holder | None = None,
    photos: Sequence[str] = (),
) -> None:
    """The entry by which an exhibit comes to lie in a place; from who acts, unless told."""
    record(
        tx,
        act,
        exhibit,
        giver=holder or holding(tx, act, exhibit),
        taker=Holder(HolderKind.PLACE, place.name),
        method=Method.IN_PLACE,
        place=place.name,
        place_id=place.id,
        purpose=STORED,
        seal_out=exhibit.seal_number,
        seal_in=exhibit.seal_number,
        condition=condition.strip(),
        photos=list(photos),
    )
    note(tx, act, testbuy, STORED, {"exhibit": exhibit.reference, "place": place.id}, wake=False)


def _intake(
    tx: Transaction,
    act: Act,
    exhibit: Exhibit,
    testbuy: TestBuy,
    *,
    seal_number: str,
    place: str,
    condition: str,
    weight_grams: int | None,
    tracking_number: str | None,
    utc_offset_minutes: int | None,
) -> Moved | Refused:
    """The entry of an intake; gives, rather than raises, what is raised once it is committed."""
    if act.role is not Role.CLERK or act.person is None:
        raise Refused("Only a clerk takes exhibits in.")
    if not place.strip() or not condition.strip():
        raise Refused("Say where the exhibit is put, and in what condition the bag is.")
    clerk, last = one(tx, Person, id=act.person), last_entry(tx, exhibit.id)
    assert clerk is not None and last is not None  # a foreign key, and its bagging, hold them
    if is_taken_in(tx, exhibit.id) or last.to_kind in KEPT:
        raise Refused(
            f"{exhibit.reference} was taken in already; it is with {last.to_holder}. Put it away, "
            "or take it over from who has it, on its page."
        )
    carried = last.to_kind is HolderKind.CARRIER
    if carried and tracking_number != last.tracking_number:
        raise Refused(
            f"{exhibit.reference} comes from {last.to_holder}. Give the tracking number it "
            "went out under, as the waybill shows it."
        )
    if wrong := mismatch(tx, act, testbuy, exhibit, exhibit.seal_number, seal_number):
        return wrong
    handed = open_hand_over(tx, exhibit.id)
    if handed is not None and handed.to_person != act.person:
        raise Refused(
            f"{exhibit.reference} is being handed to {handed.to_holder}, who confirms it. "
            "If it came to you, have the giver withdraw that and name you."
        )
    if handed is not None:
        change_one(tx, HandOver, handed.id, completed_at=act.now)
    giver, taker = Holder(last.to_kind, last.to_holder), person_holder(clerk)
    # Who took it over before, as themselves, has it in hand: only where it lies is new.
    mine = giver == taker and last.by_person == act.person
    vouched = Vouched.TRACKING if carried else Vouched.ACCOUNT if mine else Vouched.NOBODY
    method = Method.BY_CARRIER if carried else Method.IN_PLACE if mine else Method.IN_PERSON
    record(
        tx,
        act,
        exhibit,
        giver=giver,
        taker=taker,
        method=method,
        place=place.strip(),
        purpose="intake",
        is_intake=True,
        tracking_number=tracking_number if carried else None,
        seal_in=seal_number.strip(),
        condition=condition.strip(),
        weight_grams=weight_grams,
        utc_offset_minutes=utc_offset_minutes,
        from_vouched=Vouched.ACCOUNT if handed else vouched,
        **({"seal_out": exhibit.seal_number} | giver_said(handed)),
    )
    waiting = None
    if testbuy.stage is Stage.DOCUMENTED and testbuy.waiting_name == INTAKE.name:
        waiting = INTAKE if exhibits_outside(tx, testbuy.id) else SUBMISSION
    return note(tx, act, testbuy, "taken in", {"exhibit": exhibit.reference}, waiting=waiting)


def _photo(tx: Transaction, testbuy: TestBuy, public_id: str) -> str:
    photos = table_of(Photo).c
    kept = one(tx, Photo, photos.public_id == public_id, photos.testbuy_id == testbuy.id)
    if kept is None or kept.shot != _STORAGE_SHOT or not kept.accepted:
        raise Refused(f"Choose an accepted photo of shot {_STORAGE_SHOT} of {testbuy.reference}.")
    return kept.public_id


def _ensure_condition(condition: str) -> None:
    if not condition.strip():
        raise Refused("Say in what condition the bag is.")
