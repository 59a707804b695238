"""What a seller's picture says of its shop: identifiers, and the proposals that follow.

Owns that a picture becomes an identifier once a picture near it is shown by another shop, on both
sides and whichever came first; and that what its metadata tells of a camera becomes one at once.
All of it is recorded by the programme and confirmed by nobody. What was withdrawn or erased does
not come back with the next copy. Its caller has taken the turn of codes (`storage.codes`).
"""

from collections.abc import Sequence
from typing import Any

from casework.act import Act
from casework.operators.linking import NewIdentifier, Source, add_new, take_out
from casework.operators.proposing import by_programme, propose
from evidence import photos
from evidence.vault import Vault
from rules import likeness
from rules.identifiers import Confidence, IdentifierKind, IdentifierState, normal_form
from rules.pictures import METADATA, confidence, told
from storage import pictures
from storage.rows import change_one, every, one, table_of
from storage.session import Transaction
from storage.tables import Identifier, SellerPicture, Shop


def follow(
    tx: Transaction,
    act: Act,
    shop: Shop,
    picture: SellerPicture,
    sure: Confidence,
    says: Sequence[str],
) -> None:
    """Record what a new picture tells. `says`: what its metadata tells, as identifiers' values."""
    devices = [_device(tx, act, shop, picture, sure, value) for value in says]
    linked = picture.pattern is not None and _link(tx, act, shop, picture)
    if linked or any(devices):
        propose(tx, act, [shop.id])


def metadata_of(vault: Vault, picture: SellerPicture) -> tuple[str, ...]:
    """What a picture's metadata tells, as identifiers' values."""
    seen = photos.examine(vault.read(picture.digest)).capture
    return told(seen.device, seen.serial, seen.image_id)


def disown(tx: Transaction, vault: Vault, act: Act, picture: SellerPicture, reason: str) -> None:
    """A picture is found to be no seller's, in a turn that is taken: what rested on it goes.

    What its metadata told of a camera goes, too, which is our own people's, unless another picture
    of the same test buy, one that stays a seller's, tells the same.
    """
    number = picture.identifier_id
    gone = [] if number is None or pictures.borne_by(tx, number) else [number]
    rows = table_of(Identifier).c
    recorded = every(
        tx, Identifier, rows.state != IdentifierState.WITHDRAWN, shop_id=picture.shop_id,
        testbuy_id=picture.testbuy_id, kind=IdentifierKind.EXIF_DEVICE, said_by=METADATA,
    )  # fmt: skip
    theirs = pictures.of_seller(tx, picture.testbuy_id, picture.shop_id) if recorded else ()
    said = {value for each in theirs for value in metadata_of(vault, each)}
    gone += [row.id for row in recorded if row.value not in said]
    for each in gone:
        row = one(tx, Identifier, id=each, lock=True)
        if row is not None and row.state is not IdentifierState.WITHDRAWN:
            take_out(tx, act, row, reason)


def _device(
    tx: Transaction, act: Act, shop: Shop, picture: SellerPicture, sure: Confidence, value: str
) -> bool:
    kind = IdentifierKind.EXIF_DEVICE
    normal = normal_form(kind, value)
    said: dict[str, Any] = {"shop_id": shop.id, "kind": kind, "normal": normal, "said_by": METADATA}
    if not normal or every(tx, Identifier, limit=1, **said):
        return False
    new = NewIdentifier(kind, value, act.now.date(), sure, METADATA)
    source = Source(picture.testbuy_id)
    return add_new(tx, by_programme(act), shop, new, source) is not None


def _link(tx: Transaction, act: Act, shop: Shop, picture: SellerPicture) -> bool:
    """Record an identifier for the picture and for those near it, where two shops show them."""
    assert picture.pattern is not None  # the caller has looked
    pattern = likeness.read(picture.pattern)
    assert pattern is not None  # so it was written
    pictures.remember(tx, pattern)
    near = pictures.near(tx, pattern)
    if not pictures.shown_elsewhere(tx, near, shop.id):
        return False
    for each in pictures.unlinked(tx, near):
        if each.shop_id != shop.id or each.id == picture.id:
            _identify(tx, act, each)
    return True


def _identify(tx: Transaction, act: Act, picture: SellerPicture) -> None:
    """One identifier for what is one picture of a shop, whatever became of it since."""
    same = _same(tx, picture)
    if same is not None:
        change_one(tx, SellerPicture, picture.id, identifier_id=same.identifier_id)
        return
    shop = one(tx, Shop, id=picture.shop_id)
    assert shop is not None  # a foreign key holds it
    assert picture.pattern is not None  # it was found by it
    new = NewIdentifier(
        IdentifierKind.PHOTO_REUSE,
        picture.digest,
        picture.received_at.date(),
        confidence(picture.origin, by_machine=bool(picture.url)),
    )
    number = add_new(
        tx, by_programme(act), shop, new, Source(picture.testbuy_id),
        normal=picture.pattern,
    )  # fmt: skip
    assert number is not None  # a pattern of a shop has no other
    change_one(tx, SellerPicture, picture.id, identifier_id=number)


def _same(tx: Transaction, picture: SellerPicture) -> SellerPicture | None:
    """The shop's picture that this one is, saved again: near it, with the same coarse part."""
    pattern = likeness.read(picture.pattern or "")
    assert pattern is not None  # it was found by it
    rows = table_of(SellerPicture).c
    known = every(
        tx, SellerPicture, rows.identifier_id.is_not(None),
        rows.pattern.startswith(likeness.beginning(pattern)), shop_id=picture.shop_id,
        order_by=rows.id,
    )  # fmt: skip
    for each in known:
        other = likeness.read(each.pattern or "")
        if other is not None and likeness.way(pattern, other):
            return each
    return None
