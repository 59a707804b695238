"""Close copies: what an examiner looks at, drawn before the examination opens.

Owns which photos need one and the row that names it. Leaves the drawing to `evidence.masking`, and
what an examination shows to `casework.examinations.showing`. They are not drawn where a photo is
received: that takes ten times as long as all the rest of an intake.
"""

from casework.act import Act
from casework.examinations.findings import shown_to_examiners
from casework.move import find
from casework.photographs.confirming import expected_of
from evidence import barcodes
from evidence.decoding import UnreadableError
from evidence.masking import close_copy, codes_in
from evidence.photos import PREVIEW_EDGE
from evidence.vault import Vault
from rules.lifecycle import Stage
from rules.shots import Proof
from storage.rows import change_one, every, one
from storage.session import Database
from storage.tables import Photo, TestBuy


def draw_close_copies(db: Database, vault: Vault, act: Act, reference: str) -> int:
    """Draw a close copy of each photo of a documented test buy that examiners will see.

    Gives how many were drawn. A photo that can't be decoded whole keeps its preview alone, and so
    does one in whose close copy the waybill's number can be read: its label tells who the buyer is.
    Each copy reaches the vault before the transaction that names it: a crash loses one at most.
    """
    with db.read() as tx:
        testbuy = one(tx, TestBuy, reference=reference)
        if testbuy is None or testbuy.stage is not Stage.DOCUMENTED:
            return 0
        photos = every(tx, Photo, testbuy_id=testbuy.id, accepted=True)
        waybill = expected_of(tx, testbuy, Proof.WAYBILL)
    due = [each for each in photos if shown_to_examiners(each) and _lacks_one(each)]
    return sum(_draw(db, vault, act, reference, each, waybill) for each in due)


def _lacks_one(photo: Photo) -> bool:
    """Whether its preview has fewer pixels than the photo itself, and nothing else shows them."""
    return photo.close_digest is None and max(photo.width, photo.height) > PREVIEW_EDGE


def _draw(
    db: Database, vault: Vault, act: Act, reference: str, photo: Photo, waybill: str | None
) -> bool:
    try:
        drawn = close_copy(vault.read(photo.digest))
    except UnreadableError:
        return False
    read = [barcodes.Barcode("", text) for text in codes_in(drawn)]
    if waybill and barcodes.compare(waybill, read) == "match":
        return False
    copy = vault.put(drawn)
    with db.write() as tx:
        find(tx, act, reference)
        change_one(tx, Photo, photo.id, close_digest=copy.digest)
    return True
