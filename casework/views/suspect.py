"""What stands on an examination's page: suspect photos, genuine ones beside them, what was asked.

Tells a reader of their own asking alone: that somebody else asked for a photo would tell that they
looked before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from casework import references, showing
from casework.findings import photos_of
from rules.audience import Region
from rules.shots import ShotList
from storage.rows import every, one
from storage.session import Transaction
from storage.tables import (
    Examination,
    ExaminationState,
    PhotoRequest,
    Product,
    ReferenceEntry,
)


@dataclass(frozen=True, slots=True)
class ExaminedPhoto:
    """A photo of the frozen set, to be looked at as its copy; `version` begins the copy's digest.

    `fresh`: it came after the reader asked for another photo.
    """

    public_id: str
    shot: str
    title: str
    version: str
    fresh: bool


@dataclass(frozen=True, slots=True)
class Genuine:
    """An entry of the reference library beside the suspect; `version` as of a photo, or None."""

    entry: ReferenceEntry
    product: str
    version: str | None
    region: Region | None


def photos_shown(
    tx: Transaction, row: Examination, listed: ShotList, asked: Sequence[PhotoRequest]
) -> Iterator[ExaminedPhoto]:
    answers = {request.photo_id for request in asked}
    for photo in photos_of(tx, row.id):
        yield ExaminedPhoto(
            photo.public_id,
            photo.shot,
            listed.shot(photo.shot).title,
            version_of(showing.copy_of(tx, photo)),
            photo.id in answers,
        )


def asked_by(tx: Transaction, row: Examination, person_id: int) -> tuple[PhotoRequest, ...]:
    """What the reader asked for on this exhibit; what others asked is no business of theirs."""
    requests = every(tx, PhotoRequest, testbuy_id=row.testbuy_id, asked_by=person_id)
    earlier = {
        each.id
        for each in every(tx, Examination, exhibit_id=row.exhibit_id)
        if each.id <= row.id and each.state is ExaminationState.WITHDRAWN
    }
    return tuple(request for request in requests if request.examination_id in earlier)


def genuine(tx: Transaction, brand_id: int, category_id: int) -> Iterator[Genuine]:
    for entry in references.in_use(tx, brand_id, category_id):
        product = one(tx, Product, id=entry.product_id)
        assert product is not None  # a foreign key holds it
        version = version_of(entry.preview_digest) if entry.preview_digest else None
        yield Genuine(entry, product.name, version, references.region_of(entry))


def version_of(digest: str) -> str:
    return digest.removeprefix("sha256:")[:16]
