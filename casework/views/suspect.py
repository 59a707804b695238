"""What stands on an examination's page: suspect photos, genuine ones beside them, what was asked.

Tells a reader of their own asking alone: that somebody else asked for a photo would tell that they
looked before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from casework.examinations import references, showing
from casework.examinations.findings import photos_of
from casework.examinations.showing import Shown
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
    """A photo of the frozen set, to be looked at as the copy that `shown` names.

    `preview` is what the address of the small copy says of it, until the other one has come.
    `fresh`: it came after the reader asked for another photo.
    """

    public_id: str
    shot: str
    title: str
    shown: Shown
    preview: str
    fresh: bool

    @property
    def version(self) -> str:
        """What the copy's address says of it."""
        return version_of(self.shown.copy)


@dataclass(frozen=True, slots=True)
class Genuine:
    """An entry of the reference library beside the suspect."""

    entry: ReferenceEntry
    product: str
    shown: Shown
    region: Region | None

    @property
    def version(self) -> str | None:
        """As of a photo; None where the entry has no picture."""
        return version_of(self.shown.copy) if self.entry.digest else None

    @property
    def preview(self) -> str | None:
        """As of a photo, likewise."""
        small = self.entry.preview_digest
        return version_of(small) if small else None


def photos_shown(
    tx: Transaction, row: Examination, listed: ShotList, asked: Sequence[PhotoRequest]
) -> Iterator[ExaminedPhoto]:
    """The photos of the frozen set, by shot; `asked` says which came because the reader asked."""
    answers = {request.photo_id for request in asked}
    for photo in photos_of(tx, row.id):
        yield ExaminedPhoto(
            photo.public_id,
            photo.shot,
            listed.shot(photo.shot).title,
            showing.shown_photo(tx, photo),
            version_of(showing.preview_of(tx, photo)),
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
    """What the library offers beside a suspect of this brand and category."""
    for entry in references.in_use(tx, brand_id, category_id):
        product = one(tx, Product, id=entry.product_id)
        assert product is not None  # a foreign key holds it
        region = references.region_of(entry)
        yield Genuine(entry, product.name, showing.shown_entry(entry), region)


def version_of(digest: str) -> str:
    """What an address says of a copy, so that another copy has another address."""
    return digest.removeprefix("sha256:")[:16]
