"""A seller's pictures as pages list them, and the screens that more may be cut out of."""

from collections.abc import Sequence
from dataclasses import dataclass

from casework.errors import NotFound
from casework.photographs.masking import hides, latest
from casework.views.testbuy import find
from rules.audience import Given, Maskable, of_seller_on_page
from rules.pictures import SCREENS
from rules.roles import Role
from storage import pictures
from storage.persons import names
from storage.rows import every, one, table_of
from storage.session import Database
from storage.tables import Identifier, PageCapture, Photo, SellerPicture, Shop, TestBuy

_pictures, _photos, _captures = (
    table_of(SellerPicture).c,
    table_of(Photo).c,
    table_of(PageCapture).c,
)


@dataclass(frozen=True, slots=True)
class PictureLine:
    """A picture with who handed it in; `screen`: the shot or page that it was cut out of.

    `told`: the identifier that it became, where another shop shows one like it. `in_doubt`: it
    looks like a photo of our own people, and nobody has said yet whose it is. `hides`: whether a
    person covered a part of it, None where nobody has looked what is to be covered.
    """

    row: SellerPicture
    received_by: str | None
    screen: str | None
    told: Identifier | None
    in_doubt: bool
    hides: bool | None


@dataclass(frozen=True, slots=True)
class Screen:
    """A capture of a screen: what it shows, how a form names it, and where its picture is."""

    name: str
    photo: str
    capture: str
    address: str


@dataclass(frozen=True, slots=True)
class PicturesPage:
    """A test buy's shop with its pictures, and the screens they may be cut out of."""

    testbuy: TestBuy
    shop: Shop
    lines: tuple[PictureLine, ...]
    screens: tuple[Screen, ...]


def pictures_page(db: Database, reference: str) -> PicturesPage:
    """The pictures of a test buy's seller; NotFound where there is no such test buy."""
    with db.read() as tx:
        testbuy = find(tx, reference)
        shop = one(tx, Shop, id=testbuy.shop_id)
        assert shop is not None  # a foreign key holds it
        rows = every(tx, SellerPicture, testbuy_id=testbuy.id, order_by=_pictures.id)
        shots = every(
            tx, Photo, _photos.shot.in_(sorted(SCREENS)), _photos.preview_digest.is_not(None),
            testbuy_id=testbuy.id, readable=True, order_by=_photos.id,
        )  # fmt: skip
        pages = every(
            tx, PageCapture, _captures.picture_digest.is_not(None), testbuy_id=testbuy.id,
            order_by=_captures.id,
        )  # fmt: skip
        people = names(tx, [row.received_by for row in rows])
        numbers = sorted({row.identifier_id for row in rows if row.identifier_id})
        found = every(tx, Identifier, table_of(Identifier).c.id.in_(numbers)) if numbers else ()
        facts = {each.id: each for each in found}
        doubts = pictures.in_doubt(tx, [row.id for row in rows])
        masks = {row.id: latest(tx, row.id, Maskable.SELLERS) for row in rows}
        hidden = {number: hides(tx, mask) for number, mask in masks.items() if mask}
    by_photo = {each.id: each.shot for each in shots}
    by_page = {each.id: str(each.what) for each in pages}
    lines = tuple(
        PictureLine(
            row,
            people.get(row.received_by or 0),
            by_photo.get(row.photo_id or 0) or by_page.get(row.capture_id or 0),
            facts.get(row.identifier_id or 0),
            row.id in doubts,
            hidden.get(row.id),
        )
        for row in rows
    )
    return PicturesPage(testbuy, shop, lines, _screens(reference, shots, pages))


def _screens(
    reference: str, shots: Sequence[Photo], pages: Sequence[PageCapture]
) -> tuple[Screen, ...]:
    at = f"/testbuys/{reference}/captures"
    return (
        *(Screen(each.shot, each.public_id, "", f"/photos/{each.public_id}") for each in shots),
        *(
            Screen(str(each.what), "", str(each.id), f"{at}/{each.id}/picture.png")
            for each in pages
        ),
    )


def screen(db: Database, reference: str, photo: str, capture: str) -> tuple[PicturesPage, Screen]:
    """One of the screens, with the page it belongs to; NotFound for another's."""
    view = pictures_page(db, reference)
    for each in view.screens:
        if (each.photo, each.capture) == (photo, capture):
            return view, each
    raise NotFound("There is no such capture of this test buy.")


def copy_of(
    db: Database, roles: frozenset[Role], public_id: str, *, masked: bool
) -> tuple[str, str]:
    """The digests of the copy to look at and of the original; NotFound where there is none.

    `masked`: the copy that others see, also for those who may see more.
    """
    with db.read() as tx:
        row = one(tx, SellerPicture, public_id=public_id)
        mask = latest(tx, row.id, Maskable.SELLERS) if row else None
    if row is None or row.preview_digest is None:
        raise NotFound("There is no such picture, or it can't be drawn.")
    if masked and mask is None:
        raise NotFound("Nobody has masked this picture yet.")
    given = of_seller_on_page(roles, masked=mask is not None)
    if mask is not None and (masked or given is Given.MASKED):
        return mask.digest, row.digest
    return row.preview_digest, row.digest
