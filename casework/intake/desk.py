"""A rights holder's receiving desk: what is consigned to it comes in under its seal.

Owns taking a consignment in: the seal as it is read, whether it is whole, the tracking number, and
that a photo of it (T02) is there. The rights holder is the holder, whoever of its desk acts. A seal
that came in broken is written down as that, told to the supervisor, and found by the checker: where
the thing is must be known all the same. Leaves sealing anew to `casework.custody.resealing`, giving
back to `casework.custody.handing_over`. Nothing a desk is told names a test buy.
"""

from typing import BinaryIO

from casework.act import Act
from casework.custody.custody import (
    exhibit_of,
    giver_said,
    last_entry,
    mismatch,
    open_hand_over,
    record,
)
from casework.custody.sides import (
    Taking,
    consignment_of,
    desk_holder,
    desks_of,
    ensure_offset,
    ensure_photographed,
    ensure_reach,
    holding,
    seal_photos,
)
from casework.errors import NotFound, Refused
from casework.intake.photographing import PhotoTaken, take_photo
from casework.move import note
from casework.telling.notifying import tell
from evidence.vault import Vault
from rules.holders import Holder, HolderKind, Method, Vouched
from rules.notices import NoticeKind
from rules.roles import Role
from storage.rows import change_one, one
from storage.session import Database, Transaction
from storage.tables import CustodyEntry, Exhibit, HandOver, TestBuy


def photograph(
    db: Database, vault: Vault, act: Act, exhibit_reference: str, *, shot: str,
    data: bytes | BinaryIO, name: str,
) -> PhotoTaken:  # fmt: skip
    """The desk photographs a seal: of what is on its way to it (T02), or leaves it (T03)."""
    with db.read() as tx:
        exhibit = one(tx, Exhibit, reference=exhibit_reference)
        owner = one(tx, TestBuy, id=exhibit.testbuy_id) if exhibit else None
        if exhibit is None or owner is None or act.role is not Role.DESK:
            raise NotFound(f"There is no exhibit {exhibit_reference}. Check the label.")
        ensure_reach(tx, act, exhibit, owner)
        sent, last = consignment_of(tx, exhibit.id), last_entry(tx, exhibit.id)
        assert sent is not None and last is not None  # it is reached because it was consigned
        if shot == "T02":
            _handed(tx, exhibit, sent, last)
        else:
            holding(tx, act, exhibit)
    return take_photo(
        db, vault, act, owner.reference, shot=shot, data=data, name=name, exhibit_id=exhibit.id
    )


def receive(
    db: Database,
    act: Act,
    exhibit_reference: str,
    said: Taking,
    *,
    intact: bool,
    photos: tuple[str, ...],
    tracking_number: str | None = None,
) -> None:
    """Take a consignment in at the desk it was sent to.

    Another seal than the one due is refused, and kept on record. From a carrier it comes under the
    tracking number it went out with; out of a clerk's hands the clerk opened a hand-over.
    """
    if act.role is not Role.DESK or act.person is None:
        raise Refused("Only the receiving desk takes consignments in.")
    if not said.condition.strip() or not said.place.strip():
        raise Refused("Say in what condition the bag came, and where you put it.")
    ensure_offset(said.utc_offset_minutes)
    with db.write() as tx:
        exhibit, testbuy = _reached(tx, act, exhibit_reference)
        sent, last = consignment_of(tx, exhibit.id), last_entry(tx, exhibit.id)
        assert sent is not None and last is not None  # `_reached` found it consigned
        opened = _handed(tx, exhibit, sent, last)
        if opened is None and (tracking_number or "").strip() != last.tracking_number:
            raise Refused(
                "It did not go out under this tracking number. Compare it with the waybill."
            )
        wrong = mismatch(tx, act, testbuy, exhibit, exhibit.seal_number, said.seal_in)
        if wrong is None:
            kept = seal_photos(tx, testbuy, exhibit, "T02", photos)
            since = opened.opened_at if opened else last.handed_at
            ensure_photographed(tx, testbuy, "T02", kept, since)
            given = giver_said(sent) if opened else {"hand_over_id": sent.id, "photos": []}
            owner = next(each for each in desks_of(tx, act.person) if each.id == sent.consigned_to)
            record(
                tx,
                act,
                exhibit,
                giver=Holder(last.to_kind, last.to_holder),
                taker=desk_holder(owner),
                method=Method.IN_PERSON if opened else Method.BY_CARRIER,
                place=said.place.strip(),
                purpose=sent.purpose,
                seal_in=said.seal_in.strip(),
                seal_intact=intact,
                condition=said.condition.strip() + ("" if intact else "; the seal was broken"),
                weight_grams=said.weight_grams,
                tracking_number=None if opened else last.tracking_number,
                utc_offset_minutes=said.utc_offset_minutes,
                from_vouched=Vouched.ACCOUNT if opened else Vouched.TRACKING,
                **(
                    {"seal_out": exhibit.seal_number}
                    | given
                    | {"photos": [*_listed(given), *(photo.public_id for photo in kept)]}
                ),
            )
            if opened:
                change_one(tx, HandOver, opened.id, completed_at=act.now)
            facts: dict[str, object] = {"exhibit": exhibit.reference, "hand_over": sent.id}
            facts |= {"photos": [photo.digest for photo in kept], "seal_intact": intact}
            note(tx, act, testbuy, "taken in by the rights holder", facts, wake=False)
            if not intact:
                _tell(tx, act, testbuy, exhibit, owner.name)
    if wrong:
        raise wrong


def _reached(tx: Transaction, act: Act, reference: str) -> tuple[Exhibit, TestBuy]:
    exhibit = one(tx, Exhibit, reference=reference)
    owner = one(tx, TestBuy, id=exhibit.testbuy_id) if exhibit else None
    if exhibit is None or owner is None:
        raise NotFound(f"There is no exhibit {reference}. Check the label.")
    ensure_reach(tx, act, exhibit, owner)
    return exhibit_of(tx, act, reference)


def _handed(
    tx: Transaction, exhibit: Exhibit, sent: HandOver, last: CustodyEntry
) -> HandOver | None:
    """The hand-over to complete, None where it comes from a carrier; Refused for neither."""
    opened = open_hand_over(tx, exhibit.id)
    if opened is not None and opened.id == sent.id and opened.to_kind is HolderKind.RIGHTS_HOLDER:
        return opened
    if opened is None and last.to_kind is HolderKind.CARRIER and last.hand_over_id == sent.id:
        return None
    raise Refused(
        f"{exhibit.reference} is not on its way to you now. Whoever sends it hands it to the "
        "carrier, or to you, first."
    )


def _listed(given: dict[str, object]) -> list[str]:
    photos = given.get("photos")
    return [str(each) for each in photos] if isinstance(photos, list) else []


def _tell(tx: Transaction, act: Act, testbuy: TestBuy, exhibit: Exhibit, owner: str) -> None:
    tell(
        tx,
        act,
        NoticeKind.SEAL_BROKEN,
        act.token(f"broken:{exhibit.reference}"),
        f"The seal of {exhibit.reference} came in broken at {owner}. Look at its custody.",
        to_role=Role.SUPERVISOR,
        testbuy=testbuy,
        about=exhibit.reference,
    )
