"""Marking what a photo must not show, and the masked copy that is made by it.

Owns whose word counts, that the copy hides the waybill's number from any reader, and the record of
both. Leaves finding and painting to `evidence.masking`, and who gets the copy to
`rules.audience`. The copy reaches the vault before the transaction that names it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from casework.act import Act
from casework.errors import NotFound, Refused, Stale
from casework.move import ensure_own, find, note
from casework.photographs.confirming import expected_of
from evidence import barcodes, masking
from evidence.decoding import UnreadableError
from evidence.media import PICTURES
from evidence.vault import Vault
from rules.audience import MASKERS, MOST_REGIONS, MaskKind, Picture, Region
from rules.roles import Role
from rules.shots import SHOTS, Proof
from storage.rows import add, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Mask, MaskRegion, Photo, PhotoCapture, TestBuy

_masks = table_of(Mask)
_NEWEST = _masks.c.version.desc()


@dataclass(frozen=True, slots=True)
class Marked:
    """A region that a person marked, and what stands in it."""

    kind: MaskKind
    region: Region


@dataclass(frozen=True, slots=True)
class MaskedCopy:
    """The copy of a photo that may be given away, and the original it was made from."""

    digest: str
    made_from: str
    version: int


def mark(
    db: Database,
    vault: Vault,
    act: Act,
    public_id: str,
    *,
    seen: int,
    regions: Sequence[Marked],
    nothing: bool,
) -> MaskedCopy:
    """The photo's buyer or a clerk marks regions, or says that there is `nothing` to mask.

    `seen` is the version of the marks that the page showed, 0 for none. Raises Refused where the
    copy would still show a barcode with the waybill's number, Stale where somebody was faster.
    """
    if act.role not in MASKERS or act.person is None:
        raise Refused("Only the buyer of a test buy or a clerk marks what its photos must hide.")
    if nothing == bool(regions):
        raise Refused(
            "Mark each place that tells who or where the buyer is, "
            "or say that there is nothing to mask: one of both."
        )
    if len(regions) > MOST_REGIONS:
        raise Refused(f"Mark at most {MOST_REGIONS} regions; one large region may cover several.")
    with db.read() as tx:
        photo, testbuy = own_photo(tx, act, public_id)
        waybill = expected_of(tx, testbuy, Proof.WAYBILL)
    try:
        made = masking.mask(vault.read(photo.digest), [each.region for each in regions])
    except UnreadableError as unreadable:
        raise Refused(
            "This file can't be drawn, so there is no copy to mask. Only its digest is given away."
        ) from unreadable
    read = [barcodes.Barcode("", text) for text in made.still_read]
    if waybill and barcodes.compare(waybill, read) == "match":
        raise Refused(
            "A barcode with the waybill's number can still be read in the copy. Mark it too."
        )
    vault.put(made.data)
    with db.write() as tx:
        owner = find(tx, act, testbuy.reference)
        if act.role is Role.BUYER:
            ensure_own(act, owner)
        last = latest(tx, photo.id)
        if (last.version if last else 0) != seen:
            raise Stale(
                "Somebody else marked this photo meanwhile. Nothing of yours was saved: "
                "look at it again."
            )
        mask_id = add(
            tx,
            Mask,
            photo_id=photo.id,
            version=seen + 1,
            digest=made.digest,
            made_from=made.made_from,
            marked_by=act.person,
            marked_at=act.now,
        )
        for each in regions:
            at = each.region
            edges = {"left": at.left, "top": at.top, "right": at.right, "bottom": at.bottom}
            add(tx, MaskRegion, mask_id=mask_id, kind=each.kind, **edges)
        facts = {
            "shot": photo.shot,
            "digest": photo.digest,
            "masked": made.digest,
            "regions": len(regions),
            "mask": seen + 1,
        }
        note(tx, act, owner, "photo masked", facts, wake=False)
        return MaskedCopy(made.digest, made.made_from, seen + 1)


def own_photo(tx: Transaction, act: Act, public_id: str) -> tuple[Photo, TestBuy]:
    """The photo with its test buy, where a clerk asks or the buyer whose it is; else NotFound."""
    photo = one(tx, Photo, public_id=public_id)
    testbuy = one(tx, TestBuy, id=photo.testbuy_id) if photo else None
    own = testbuy is not None and (act.role is not Role.BUYER or testbuy.buyer_id == act.person)
    if photo is None or testbuy is None or not own or act.role not in MASKERS:
        raise NotFound("There is no such photo for you.")
    return photo, testbuy


def latest(tx: Transaction, photo_id: int) -> Mask | None:
    """The mask of a photo that counts: the last one."""
    found = every(tx, Mask, photo_id=photo_id, order_by=_NEWEST, limit=1)
    return found[0] if found else None


def picture_of(tx: Transaction, photo: Photo) -> Picture:
    """What `rules.audience` must know of a photo."""
    capture = one(tx, PhotoCapture, photo_id=photo.id)
    mask = latest(tx, photo.id)
    return Picture(
        SHOTS[photo.shot],
        masked=mask is not None,
        names_place=capture is not None and (capture.latitude is not None or capture.names_person),
        hides=mask is not None and bool(every(tx, MaskRegion, mask_id=mask.id, limit=1)),
        drawn=photo.media_type in PICTURES,
    )
