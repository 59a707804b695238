"""Marking what a photo or a seller's picture must not show, and the masked copy made by it.

Owns whose word counts, that the copy hides the waybill's number from any reader, and the record of
both. Leaves finding and painting to `evidence.masking`, and who masks what and gets the copy to
`rules.audience`. The copy reaches the vault before the transaction that names it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from casework.act import Act
from casework.errors import NotFound, Refused, Stale
from casework.move import ensure_own, find, note
from casework.photographs.confirming import expected_of
from evidence import barcodes, masking
from evidence.decoding import UnreadableError
from evidence.media import PICTURES
from evidence.vault import Vault
from rules.audience import MASKERS, MOST_REGIONS, Maskable, MaskKind, Picture, Region
from rules.roles import Role
from rules.shots import SHOTS, Proof
from storage.rows import add, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Mask, MaskRegion, Photo, PhotoCapture, SellerPicture, TestBuy

_masks = table_of(Mask)
_NEWEST = _masks.c.version.desc()

_TABLES: Mapping[Maskable, type[Photo] | type[SellerPicture]] = {
    Maskable.PHOTO: Photo,
    Maskable.SELLERS: SellerPicture,
}
_NOTED = {Maskable.PHOTO: "photo masked", Maskable.SELLERS: "seller's picture masked"}
_COLUMNS = {Maskable.PHOTO: _masks.c.photo_id, Maskable.SELLERS: _masks.c.picture_id}


@dataclass(frozen=True, slots=True)
class Marked:
    """A region that a person marked, and what stands in it."""

    kind: MaskKind
    region: Region


@dataclass(frozen=True, slots=True)
class MaskedCopy:
    """The copy of a picture that may be given away, and the original it was made from."""

    digest: str
    made_from: str
    version: int


def mark(
    db: Database,
    vault: Vault,
    act: Act,
    public_id: str,
    *,
    of: Maskable = Maskable.PHOTO,
    seen: int,
    regions: Sequence[Marked],
    nothing: bool,
) -> MaskedCopy:
    """A photo's buyer or a clerk marks regions, or says that there is `nothing` to mask; of a
    seller's picture an analyst does.

    `seen` is the version of the marks that the page showed, 0 for none. Raises Refused where the
    copy would still show a barcode with the waybill's number, Stale where somebody was faster.
    """
    if act.role not in MASKERS[of] or act.person is None:
        if of is Maskable.SELLERS:
            raise Refused("Only an analyst marks what a seller's picture must hide.")
        raise Refused("Only the buyer of a test buy or a clerk marks what its photos must hide.")
    if nothing == bool(regions):
        raise Refused(
            "Mark each place that must be hidden, "
            "or say that there is nothing to mask: one of both."
        )
    if len(regions) > MOST_REGIONS:
        raise Refused(f"Mark at most {MOST_REGIONS} regions; one large region may cover several.")
    with db.read() as tx:
        row, testbuy = own(tx, act, public_id, of)
        waybill = expected_of(tx, testbuy, Proof.WAYBILL)
    try:
        made = masking.mask(vault.read(row.digest), [each.region for each in regions])
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
        last = latest(tx, row.id, of)
        if (last.version if last else 0) != seen:
            raise Stale(
                "Somebody else marked this picture meanwhile. Nothing of yours was saved: "
                "look at it again."
            )
        mask_id = add(
            tx,
            Mask,
            **{_COLUMNS[of].name: row.id},
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
        shot = getattr(row, "shot", None)  # a seller's picture was taken for none
        facts = {
            **({"shot": shot} if shot else {}),
            "digest": row.digest,
            "masked": made.digest,
            "regions": len(regions),
            "mask": seen + 1,
        }
        note(tx, act, owner, _NOTED[of], facts, wake=False)
        return MaskedCopy(made.digest, made.made_from, seen + 1)


def own(
    tx: Transaction, act: Act, public_id: str, of: Maskable
) -> tuple[Photo | SellerPicture, TestBuy]:
    """What is to be masked, with its test buy: a photo where a clerk asks or the buyer whose it is,
    a seller's picture where an analyst does; else NotFound.
    """
    row = one(tx, _TABLES[of], public_id=public_id)
    testbuy = one(tx, TestBuy, id=row.testbuy_id) if row else None
    theirs = testbuy is not None and (act.role is not Role.BUYER or testbuy.buyer_id == act.person)
    if row is None or testbuy is None or not theirs or act.role not in MASKERS[of]:
        raise NotFound("There is no such photo for you.")
    return row, testbuy


def latest(tx: Transaction, number: int, of: Maskable = Maskable.PHOTO) -> Mask | None:
    """The mask that counts of a photo or a seller's picture: the last one."""
    found = every(tx, Mask, _COLUMNS[of] == number, order_by=_NEWEST, limit=1)
    return found[0] if found else None


def hides(tx: Transaction, mask: Mask | None) -> bool:
    """Whether a mask covers something; not where it says that there is nothing to mask."""
    return mask is not None and bool(every(tx, MaskRegion, mask_id=mask.id, limit=1))


def picture_of(tx: Transaction, photo: Photo) -> Picture:
    """What `rules.audience` must know of a photo."""
    capture = one(tx, PhotoCapture, photo_id=photo.id)
    mask = latest(tx, photo.id)
    return Picture(
        SHOTS[photo.shot],
        masked=mask is not None,
        names_place=capture is not None and (capture.latitude is not None or capture.names_person),
        hides=hides(tx, mask),
        drawn=photo.media_type in PICTURES,
    )
