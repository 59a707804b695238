"""A photo to be marked: what is marked already, else what a machine proposes to mask."""

from dataclasses import dataclass

from casework.act import Act
from casework.photographs.masking import Marked, latest, own_photo
from evidence import masking
from evidence.vault import Vault
from rules.audience import MOST_REGIONS, Region
from storage.rows import every, table_of
from storage.session import Database
from storage.tables import Mask, MaskRegion, Photo

_ROWS = 12


@dataclass(frozen=True, slots=True)
class MasksPage:
    """The photo, the marks to begin with, and the mask that counts now (None: none yet)."""

    photo: Photo
    reference: str
    marks: tuple[Marked, ...]
    mask: Mask | None

    @property
    def rows(self) -> int:
        """How many rows the form shows: the marks, and some to be filled."""
        return min(MOST_REGIONS, max(_ROWS, len(self.marks) + 4))


def masks_page(db: Database, vault: Vault, act: Act, public_id: str) -> MasksPage:
    """The page of a photo; NotFound where it is not theirs to mark."""
    with db.read() as tx:
        photo, testbuy = own_photo(tx, act, public_id)
        mask = latest(tx, photo.id)
        regions = table_of(MaskRegion).c
        kept = (
            every(tx, MaskRegion, regions.mask_id == mask.id, order_by=regions.id) if mask else ()
        )
    if mask is not None:
        marks = tuple(
            Marked(each.kind, Region(each.left, each.top, each.right, each.bottom)) for each in kept
        )
    else:
        proposed = masking.propose(vault.read(photo.digest))
        marks = tuple(Marked(each.kind, each.region) for each in proposed[:MOST_REGIONS])
    return MasksPage(photo, testbuy.reference, marks, mask)
