"""Exactly what an examination's page shows: copies of its photos, entries of the reference library.

Owns the list, its digest, and the rows that keep it with a sealed verdict. A photo may be masked
and the library may grow while somebody looks, so that the page says in a digest what it showed.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from casework.errors import Refused, Stale
from casework.examinations.findings import photos_of
from casework.examinations.references import in_use
from casework.photographs.masking import latest
from evidence import ledger
from evidence.digests import sha256_of
from storage.rows import add, every, one, table_of
from storage.session import Transaction
from storage.tables import Examination, Photo, ReferenceEntry, ShownPhoto, TestBuy


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing on the page: a photo or an entry of the library by its row, and the copy's digest.

    `original` is the digest of what the copy was made from. An entry without a picture is its
    text: `copy` is then the text's digest.
    """

    photo_id: int | None
    entry_id: int | None
    original: str
    copy: str
    words: str = ""
    """The digest of what stands beside an entry's picture: kind, title, text, marked place."""

    def as_sealed(self) -> dict[str, str]:
        """How the verdict's digest covers it."""
        if self.photo_id is not None:
            return {"what": "photo", "original": self.original, "shown": self.copy}
        told = {"original": self.original, "shown": self.copy, "words": self.words}
        return {"what": "reference"} | told


def on_page(tx: Transaction, examination: Examination) -> tuple[Shown, ...]:
    """What the examination's page shows now, in its order: photos by shot, then the library."""
    photos = tuple(shown_photo(tx, photo) for photo in photos_of(tx, examination.id))
    owner = one(tx, TestBuy, id=examination.testbuy_id)
    assert owner is not None  # a foreign key holds it
    library = in_use(tx, examination.brand_id, owner.category_id)
    return photos + tuple(shown_entry(entry) for entry in library)


def digest_of(shown: Sequence[Shown]) -> str:
    """What the page and the API name as shown, so that a verdict is about that and nothing else."""
    told = ledger.canonical({"shown": [each.as_sealed() for each in shown]})
    return sha256_of(told)


def ensure_seen(shown: Sequence[Shown], seen: str | None) -> None:
    """`seen`: the digest that whoever judged was told; Stale where that is no longer shown.

    None: nobody was shown a page. A form that names none, "", is refused: what its sender saw is
    not known.
    """
    if seen == "":
        raise Refused(
            "The form does not name what was shown to you. Look at what is shown now, and send it "
            "once more."
        )
    if seen is not None and seen != digest_of(shown):
        raise Stale("The photos or references shown have changed. Look at them again.")


def shown_photo(tx: Transaction, photo: Photo) -> Shown:
    """A photo as the page shows it now."""
    return _photo(photo, copy_of(tx, photo))


def copy_of(tx: Transaction, photo: Photo) -> str:
    """The digest of the copy that authenticators get of a photo: the masked one where somebody
    marked it, else the close copy. The preview stands for one that was not drawn.
    """
    mask = latest(tx, photo.id)
    copy = mask.digest if mask else photo.close_digest or photo.preview_digest
    assert copy is not None  # what can't be drawn is not on the page
    return copy


def preview_of(tx: Transaction, photo: Photo) -> str:
    """The digest of the small copy beside it, likewise: what a page shows before anybody zooms."""
    mask = latest(tx, photo.id)
    small = mask.digest if mask else photo.preview_digest
    assert small is not None  # what can't be drawn is not on the page
    return small


def written(shown: Sequence[Shown]) -> str:
    """The list as JSON, for a verdict that can still be undone."""
    return json.dumps([[each.photo_id, each.entry_id, each.copy] for each in shown])


def read(tx: Transaction, text: str) -> tuple[Shown, ...]:
    """The list that `written` wrote."""
    return tuple(_again(tx, *each) for each in json.loads(text))


def keep(tx: Transaction, verdict_id: int, shown: Sequence[Shown]) -> None:
    """Write what was shown beside a sealed verdict."""
    for each in shown:
        add(
            tx,
            ShownPhoto,
            verdict_id=verdict_id,
            photo_id=each.photo_id,
            entry_id=each.entry_id,
            digest=each.copy,
        )


def kept(tx: Transaction, verdict_id: int) -> tuple[Shown, ...]:
    """What was shown when a verdict was given."""
    rows = every(tx, ShownPhoto, verdict_id=verdict_id, order_by=table_of(ShownPhoto).c.id)
    return tuple(_again(tx, row.photo_id, row.entry_id, row.digest) for row in rows)


def _again(tx: Transaction, photo_id: int | None, entry_id: int | None, copy: str) -> Shown:
    if photo_id is not None:
        photo = one(tx, Photo, id=photo_id)
        assert photo is not None  # a foreign key holds it
        return _photo(photo, copy)
    entry = one(tx, ReferenceEntry, id=entry_id)
    assert entry is not None  # a foreign key holds it
    return replace(shown_entry(entry), copy=copy)


def _photo(photo: Photo, copy: str) -> Shown:
    return Shown(photo.id, None, photo.digest, copy)


def shown_entry(entry: ReferenceEntry) -> Shown:
    """An entry of the library as the page shows it now."""
    place = [entry.left, entry.top, entry.right, entry.bottom]
    told = {"kind": entry.kind, "title": entry.title, "text": entry.text, "place": place}
    words = sha256_of(ledger.canonical(told))
    shown = entry.close_digest or entry.preview_digest
    return Shown(None, entry.id, entry.digest or words, shown or words, words)
