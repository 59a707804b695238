"""What a level of a package holds: originals, copies, and the inner bag.

Owns picking the photos of each, and closing the bag to the agency. What is given of each photo is
`rules.audience`'s to say, who may have the full level `casework.releases`', agencies' certificates
are `casework.agencies`', packing is `casework.dossiers`'.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.agencies import certificate_of
from casework.errors import Refused
from casework.masking import latest, picture_of
from casework.record import Record
from evidence import envelope
from evidence.envelope import Sealed
from evidence.vault import Vault
from rules.audience import Given, Level, in_package
from storage.rows import one
from storage.session import Transaction
from storage.tables import Agency, Photo

_SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/heic": "heic"}


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that goes along in place of an original: a mask's or a preview, and what it shows."""

    shot: str
    digest: str
    made_from: str
    masked: bool


def originals_for(tx: Transaction, level: Level, record: Record) -> list[Photo]:
    """The accepted photos whose originals are packed openly."""
    return _given(tx, level, record, Given.ORIGINAL)


def masked_for(tx: Transaction, level: Level, record: Record) -> list[Copy]:
    """The copies that are packed, each naming its original's digest."""
    copies: list[Copy] = []
    for photo in _given(tx, level, record, Given.MASKED):
        mask = latest(tx, photo.id)
        assert mask is not None  # the rule has just been told so
        copies.append(Copy(photo.shot, mask.digest, mask.made_from, masked=True))
    for photo in _given(tx, level, record, Given.PREVIEW):
        if photo.preview_digest is not None:
            copies.append(Copy(photo.shot, photo.preview_digest, photo.digest, masked=False))
    return copies


def inner_bag(
    tx: Transaction,
    vault: Vault,
    now: datetime,
    level: Level,
    records: Sequence[Record],
    agency: str,
) -> bytes | None:
    """The originals that tell who or where the buyer is, encrypted to `agency`; None: none do.

    Refused where the agency's certificate is missing or can't be used.
    """
    sealed = {
        photo.digest: photo
        for record in records
        for photo in _given(tx, level, record, Given.SEALED_ORIGINAL)
    }
    if not sealed:
        return None
    authority = one(tx, Agency, name=agency)
    kept = certificate_of(tx, authority.id) if authority else None
    if kept is None:
        raise Refused(
            f"{agency} has no certificate on record, so that nothing can be encrypted to it. "
            "Add its certificate, or send the redacted package."
        )
    try:
        reader = envelope.recipient(kept.pem.encode(), now)
        files = [Sealed(_name(photo), vault.read(digest)) for digest, photo in sealed.items()]
        return envelope.seal(files, reader)
    except envelope.EnvelopeError as error:
        raise Refused(str(error)) from error


def _given(tx: Transaction, level: Level, record: Record, what: Given) -> list[Photo]:
    return [
        photo
        for photo in record.photos
        if photo.accepted and what in in_package(level, picture_of(tx, photo))
    ]


def _name(photo: Photo) -> str:
    digest = photo.digest.removeprefix("sha256:")
    return f"{photo.shot}-{digest[:16]}.{_SUFFIXES.get(photo.media_type, 'bin')}"
