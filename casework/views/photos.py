"""Which bytes of a photo a person may see: a shot's audience, own tasks, own examinations."""

from dataclasses import dataclass

from casework.errors import NotFound
from casework.views.examinations import shows_photo
from rules.roles import Role
from rules.shots import SHOTS
from storage.rows import one, table_of
from storage.session import Database
from storage.tables import Photo, TestBuy

ORIGINALS = frozenset({Role.ANALYST, Role.SUPERVISOR, Role.LIAISON, Role.AUDITOR, Role.BUYER})
"""Roles that may have the bytes the device handed over; buyers only their own."""


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """Where a photo's bytes lie in the vault; `preview` None: it can't be drawn."""

    digest: str
    preview: str | None
    media_type: str


def photo_file(
    db: Database, person_id: int, roles: frozenset[Role], public_id: str, *, original: bool
) -> PhotoFile:
    """The photo, where one of the person's roles may see it; NotFound otherwise."""
    with db.read() as tx:
        photo = one(tx, Photo, table_of(Photo).c.public_id == public_id)
        if photo is None:
            raise _nothing()
        audience = SHOTS[photo.shot].audience & roles
        if original:
            audience &= ORIGINALS
        seen = audience - {Role.BUYER, Role.AUTHENTICATOR}
        if not seen and Role.BUYER in audience:
            owner = one(tx, TestBuy, table_of(TestBuy).c.id == photo.testbuy_id)
            seen = owner is not None and owner.buyer_id == person_id
        if not seen and Role.AUTHENTICATOR in audience:
            seen = shows_photo(tx, person_id, photo)
        if not seen:
            raise _nothing()
        return PhotoFile(photo.digest, photo.preview_digest, photo.media_type)


def _nothing() -> NotFound:
    return NotFound("There is no such photo for you.")
