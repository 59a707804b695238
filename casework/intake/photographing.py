"""Photos: kept bit for bit, judged, and let go by a supervisor where they can't be had.

An original is kept whatever the gates say; only bytes of no known type are turned away, and then
the ledger alone remembers that something was offered. Bytes reach the vault before the transaction
that names them: a crash in between leaves an unnamed file, never a name without its bytes.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from casework import filing
from casework.act import Act
from casework.errors import NotFound, Refused
from casework.intake import machine_codes
from casework.move import find, note
from casework.photographs import resembling
from casework.photographs.confirming import expected_of
from casework.photographs.photographers import ensure_may_photograph
from casework.shots.shotcheck import missing, open_requests
from casework.shots.shotlists import named
from evidence import barcodes, photos
from evidence.media import UnknownType
from evidence.vault import Vault
from rules import gates
from rules.lifecycle import Move, Stage
from rules.roles import Role
from rules.shots import Proof, ShotKind
from rules.waiting import SUBMISSION, TRANSFER_PHOTOS
from storage import confirmations, policies, resemblances, testbuys
from storage.rows import add, change, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import MoveRecord, Photo, PhotoCapture, PhotoRequest, TestBuy, Waiver

_photos = table_of(Photo)


@dataclass(frozen=True, slots=True)
class PhotoTaken:
    """What became of a photo. Refused ones are kept too; `reasons` say how to take a better one."""

    public_id: str
    shot: str
    accepted: bool
    kept_for_supervisor: bool
    reasons: tuple[str, ...]
    remarks: tuple[str, ...]


def take_photo(
    db: Database,
    vault: Vault,
    act: Act,
    reference: str,
    *,
    shot: str,
    data: bytes | BinaryIO,
    name: str,
    exhibit_id: int | None = None,
) -> PhotoTaken:
    """Keep the bytes a device handed over for a shot, and judge them.

    The same bytes for the same shot of the same test buy get the first answer again: a phone that
    never heard it sends them once more. Raises Refused for an unknown shot, a stage at which no
    photos are taken, or bytes whose type can't be told.
    """
    with db.read() as tx:
        present = _present(tx, reference)
        wanted = named(tx, present, shot)
        if wanted is None:
            raise Refused(f"There is no shot {shot}. Choose one of the list.")
        ensure_may_photograph(tx, act, present, shot)
        waybill, code = (
            expected_of(tx, present, proof) if proof in wanted.shows else None
            for proof in (Proof.WAYBILL, Proof.CHALLENGE)
        )
        in_force = policies.read(tx)
    try:
        kept = filing.file(vault, data, in_force, expected=waybill or code)
    except UnknownType as unknown:
        with db.write() as tx:
            testbuy = find(tx, act, reference)
            note(tx, act, testbuy, "file of unknown type turned away", wake=False)
        raise Refused(
            "This file is not a photo we can read (JPEG, PNG, WebP or HEIC), no PDF and no video. "
            "Take the photo again with the camera, or choose another file."
        ) from unknown
    seen = kept.seen
    with db.write() as tx:
        testbuy = machine_codes.hold_for_photo(tx, act, reference, shot, seen.barcodes)
        ensure_may_photograph(tx, act, testbuy, shot)
        if first := _answered(tx, testbuy.id, shot, kept.digest):
            return first
        repeat = _earlier(tx, testbuy.id, kept.digest)
        challenge = barcodes.compare(code, seen.barcodes) == "match" if code else None
        barcode = barcodes.compare(waybill, seen.barcodes) if waybill else None
        gate = gates.judge(
            wanted,
            gates.Seen(
                readable=seen.readable,
                long_edge=seen.long_edge,
                sharpness=seen.sharpness,
                mean_luma=seen.mean_luma,
                clipped_dark=seen.clipped_dark,
                clipped_bright=seen.clipped_bright,
                flat=seen.flat,
                taken_at_local=seen.capture.taken_at_local,
                utc_offset_minutes=seen.capture.utc_offset_minutes,
                challenge_found=challenge,
                seal_found=None,
                barcode=barcode,
                exact_repeat_of=repeat,
                received_at=act.now,
                unreadable_reason=seen.unreadable_reason,
                medium=kept.medium,
                size=kept.size,
                metadata=seen.metadata,
            ),
            gates.TimeLine(testbuy.requested_at, _code_given_out(tx, testbuy.id)),
            gates.GatePolicy(),
        )
        dhash = _signed(seen.dhash)
        alike = resembling.alike(tx, testbuy, wanted, dhash) if gate.accepted else ()
        sellers = resembling.of_sellers(tx, wanted, seen.pattern) if gate.accepted else ()
        remarks = (
            *gate.remarks,
            *([resembling.REMARK] if alike else ()),
            *([resembling.SELLERS_REMARK] if sellers else ()),
        )
        public_id = act.token(f"photo:{reference}:{shot}:{kept.digest}")
        assert act.person is not None  # photos come from people
        photo_id = add(
            tx,
            Photo,
            public_id=public_id,
            testbuy_id=testbuy.id,
            exhibit_id=exhibit_id,
            shot=shot,
            digest=kept.digest,
            size=kept.size,
            media_type=seen.media_type,
            width=seen.width,
            height=seen.height,
            readable=seen.readable,
            accepted=gate.accepted,
            kept_for_supervisor=gate.kept_for_supervisor,
            reasons=list(gate.reasons),
            remarks=list(remarks),
            sharpness=seen.sharpness,
            dhash=dhash,
            barcode=barcode,
            challenge_found=challenge,
            preview_digest=kept.preview,
            original_name="".join(sign for sign in name if sign.isprintable())[:200],
            received_by=act.person,
            received_at=act.now,
        )
        _keep_capture(tx, photo_id, seen.capture)
        if gate.accepted and wanted.shows:
            confirmations.look_over(tx, testbuy)
        facts = {"shot": shot, "digest": kept.digest, "accepted": gate.accepted}
        served = gate.accepted and _serve_request(tx, testbuy.id, shot, photo_id)
        goes_on = served or (gate.accepted and _complete(tx, testbuy))
        waiting = SUBMISSION if goes_on else None
        note(tx, act, testbuy, "photo", facts, waiting=waiting, wake=goes_on)
        if gate.accepted:
            machine_codes.keep_read(tx, act, testbuy, photo_id, shot, seen.barcodes)
        if gate.accepted and dhash is not None and wanted.kind is ShotKind.PHOTOGRAPH:
            photo = one(tx, Photo, id=photo_id)
            assert photo is not None  # it was just added
            resembling.keep(tx, act, testbuy, photo, alike, sellers)
        return PhotoTaken(
            public_id, shot, gate.accepted, gate.kept_for_supervisor, gate.reasons, remarks
        )


def waive(db: Database, act: Act, reference: str, *, shot: str, reason: str) -> None:
    """A supervisor lets a shot go, with the reason that is printed."""
    if act.role is not Role.SUPERVISOR or act.person is None:
        raise Refused("Only a supervisor may waive a shot.")
    if not reason.strip():
        raise Refused("Say why the shot is waived; the reason is printed in the dossier.")
    with db.write() as tx:
        testbuy = find(tx, act, reference)
        if testbuy.buyer_id == act.person:
            raise Refused("You are the buyer of this test buy. Another supervisor decides it.")
        if named(tx, testbuy, shot) is None:
            raise Refused(f"There is no shot {shot}.")
        values = {"testbuy_id": testbuy.id, "shot": shot}
        if one(tx, Waiver, **values):
            raise Refused(f"{shot} is waived already.")
        add(
            tx,
            Waiver,
            **values,
            reason=reason.strip(),
            waived_by=act.person,
            waived_at=act.now,
        )
        goes_on = _complete(tx, testbuy)
        waiting = SUBMISSION if goes_on else None
        note(tx, act, testbuy, "shot waived", {"shot": shot}, waiting=waiting, wake=goes_on)


def _present(tx: Transaction, reference: str) -> TestBuy:
    testbuy = testbuys.by_reference(tx, reference)
    if testbuy is None:
        raise NotFound(f"There is no test buy {reference}. Check the reference.")
    return testbuy


def _answered(tx: Transaction, testbuy_id: int, shot: str, digest: str) -> PhotoTaken | None:
    """What was first said of these bytes for this shot, so that sending twice is sending once.

    Bytes from before an authenticator asked for the shot anew are no answer to that.
    """
    asked = [each.asked_at for each in open_requests(tx, testbuy_id) if each.shot == shot]
    for photo in every(
        tx,
        Photo,
        _photos.c.testbuy_id == testbuy_id,
        _photos.c.shot == shot,
        _photos.c.digest == digest,
        order_by=_photos.c.id,
    ):
        if all(photo.received_at > moment for moment in asked):
            reasons, remarks = tuple(photo.reasons), tuple(photo.remarks)
            return PhotoTaken(
                photo.public_id, shot, photo.accepted, photo.kept_for_supervisor, reasons, remarks
            )
    return None


def _earlier(tx: Transaction, testbuy_id: int, digest: str) -> str | None:
    """The earlier photo with the same bytes, in words that name no other test buy."""
    resemblances.take_turn(tx)  # or two test buys given one file at once would both take it
    same = every(tx, Photo, _photos.c.digest == digest, order_by=_photos.c.id)
    own = [photo for photo in same if photo.testbuy_id == testbuy_id]
    if own:
        return f"photo {own[0].shot}"
    return "a photo of another test buy" if same else None


def _code_given_out(tx: Transaction, testbuy_id: int) -> datetime | None:
    """When a buyer was first told the challenge code: the time of the first assignment."""
    moves = table_of(MoveRecord)
    assigned = every(
        tx,
        MoveRecord,
        moves.c.testbuy_id == testbuy_id,
        moves.c.move == Move.ASSIGN,
        order_by=moves.c.id,
        limit=1,
    )
    return assigned[0].moved_at if assigned else None


def _keep_capture(tx: Transaction, photo_id: int, capture: photos.Capture) -> None:
    taken: datetime | None = capture.taken_at_local
    latitude, longitude = capture.place or (None, None)
    add(
        tx,
        PhotoCapture,
        photo_id=photo_id,
        taken_at_local=taken.isoformat(sep=" ") if taken else None,
        utc_offset_minutes=capture.utc_offset_minutes,
        device=capture.device,
        latitude=latitude,
        longitude=longitude,
        names_person=capture.names_person,
    )


def _serve_request(tx: Transaction, testbuy_id: int, shot: str, photo_id: int) -> bool:
    """Answer open requests for `shot`; says whether the last open one was answered by it."""
    waiting = open_requests(tx, testbuy_id)
    rows = table_of(PhotoRequest)
    change(
        tx,
        PhotoRequest,
        rows.c.testbuy_id == testbuy_id,
        rows.c.shot == shot,
        rows.c.photo_id.is_(None),
        photo_id=photo_id,
    )
    return bool(waiting) and all(request.shot == shot for request in waiting)


def _complete(tx: Transaction, testbuy: TestBuy) -> bool:
    """Whether the test buy waited for photos of its exhibits' transfer, and has them all now."""
    waited = testbuy.stage is Stage.DOCUMENTED and testbuy.waiting_name == TRANSFER_PHOTOS.name
    return waited and not missing(tx, testbuy, Move.SUBMIT)


def _signed(dhash: int | None) -> int | None:
    """A 64-bit likeness code as the signed number that a database column holds."""
    return dhash - (1 << 64) if dhash is not None and dhash >= 1 << 63 else dhash
