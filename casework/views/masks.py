"""A picture to be masked: what is marked in it already, else what a machine proposes to mask."""

from dataclasses import dataclass

from casework.act import Act
from casework.photographs.masking import Marked, latest, own
from evidence import masking
from evidence.vault import Vault
from rules.audience import MOST_REGIONS, Maskable, Region
from storage.rows import every, table_of
from storage.session import Database
from storage.tables import Mask, MaskRegion

_ROWS = 12


@dataclass(frozen=True, slots=True)
class MasksPage:
    """The picture, the marks to begin with, and the mask that counts now (None: none yet).

    `at`: the address that shows it. `shot`: of a photo, the shot's code. `fetched`: a machine took
    it from the listing, whose archive holds it too.
    """

    at: str
    shot: str | None
    drawn: bool
    fetched: bool
    reference: str
    marks: tuple[Marked, ...]
    mask: Mask | None

    @property
    def rows(self) -> int:
        """How many rows the form shows: the marks, and some to be filled."""
        return min(MOST_REGIONS, max(_ROWS, len(self.marks) + 4))


def masks_page(
    db: Database, vault: Vault, act: Act, public_id: str, of: Maskable = Maskable.PHOTO
) -> MasksPage:
    """The page of a photo or a seller's picture; NotFound where it is not theirs to mask."""
    with db.read() as tx:
        row, testbuy = own(tx, act, public_id, of)
        mask = latest(tx, row.id, of)
        regions = table_of(MaskRegion).c
        kept = (
            every(tx, MaskRegion, regions.mask_id == mask.id, order_by=regions.id) if mask else ()
        )
    if mask is not None:
        marks = tuple(
            Marked(each.kind, Region(each.left, each.top, each.right, each.bottom)) for each in kept
        )
    else:
        proposed = masking.propose(vault.read(row.digest))
        marks = tuple(Marked(each.kind, each.region) for each in proposed[:MOST_REGIONS])
    at = f"/{'sellers-pictures' if of is Maskable.SELLERS else 'photos'}/{public_id}"
    return MasksPage(
        at,
        shot=getattr(row, "shot", None),
        drawn=row.preview_digest is not None,
        fetched=bool(getattr(row, "url", "")),
        reference=testbuy.reference,
        marks=marks,
        mask=mask,
    )
