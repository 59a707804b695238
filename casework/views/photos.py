"""Which bytes of a photo a person may see: own tasks, own examinations, and what the rule gives."""

from dataclasses import dataclass

from casework.errors import NotFound
from casework.examinations import showing
from casework.photographs.masking import latest, picture_of
from casework.views.examinations import shows_photo
from rules.audience import Given, on_page
from rules.roles import Role
from storage.rows import one, table_of
from storage.session import Database, Transaction
from storage.tables import Photo, TestBuy


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """Where a photo's bytes lie in the vault; `shown` is a copy to look at (None: can't be drawn).

    `close` is the copy that examiners look at, as near to the photo's own pixels as one is drawn.
    `original` is None where the person is given a copy only; `made_from` names it all the same.
    """

    made_from: str
    shown: str | None
    close: str | None
    original: str | None
    media_type: str


def photo_file(
    db: Database, person_id: int, roles: frozenset[Role], public_id: str, *, masked: bool = False
) -> PhotoFile:
    """The photo, where one of the person's roles may see it; NotFound otherwise.

    `masked`: show the copy that others get, also to those who may see more.
    """
    with db.read() as tx:
        photo = one(tx, Photo, table_of(Photo).c.public_id == public_id)
        if photo is None:
            raise _nothing()
        given = on_page(_seeing(tx, person_id, roles, photo), picture_of(tx, photo))
        if given is Given.NOTHING:
            raise _nothing()
        mask = latest(tx, photo.id)
        copy = mask.digest if mask and (masked or given is Given.MASKED) else None
        if masked and copy is None:
            raise NotFound("Nobody has masked this photo yet.")
        original = photo.digest if given is Given.ORIGINAL else None
        shown = copy or photo.preview_digest
        close = showing.copy_of(tx, photo) if shown else None
        return PhotoFile(photo.digest, shown, close, original, photo.media_type)


def _seeing(
    tx: Transaction, person_id: int, roles: frozenset[Role], photo: Photo
) -> frozenset[Role]:
    """The roles in which the photo is the person's to see."""
    seeing = set(roles)
    if Role.BUYER in seeing:
        owner = one(tx, TestBuy, table_of(TestBuy).c.id == photo.testbuy_id)
        if owner is None or owner.buyer_id != person_id:
            seeing.discard(Role.BUYER)
    if Role.AUTHENTICATOR in seeing and not shows_photo(tx, person_id, photo):
        seeing.discard(Role.AUTHENTICATOR)
    return frozenset(seeing)


def _nothing() -> NotFound:
    return NotFound("There is no such photo for you.")
