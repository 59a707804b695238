"""What a level of a package holds: originals, copies, and the inner bag.

Owns picking the photos of each, and closing the bag to the agency. What is given of each photo is
`rules.audience`'s to say, who may have the full level `casework.privacy.releases`', agencies'
certificates are `casework.referring.agencies`', and what else goes along is
`casework.papers.packing`'s.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from cryptography.x509 import Certificate

from casework.errors import Refused
from casework.photographs.masking import latest
from casework.record.record import Record
from casework.referring.agencies import certificate_of
from evidence import envelope
from evidence.envelope import Sealed
from rules.audience import Given, Level, in_package
from storage.rows import one
from storage.session import Transaction
from storage.tables import Agency, Photo


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that goes along in place of an original: a mask's or a preview, and what it shows."""

    shot: str
    digest: str
    made_from: str
    masked: bool


def originals_for(tx: Transaction, level: Level, record: Record) -> list[Photo]:
    """The accepted photos whose originals are packed openly."""
    return _given(level, record, Given.ORIGINAL)


def sealed_for(level: Level, record: Record) -> list[Photo]:
    """The accepted photos whose originals go into the inner bag alone."""
    return _given(level, record, Given.SEALED_ORIGINAL)


def masked_for(tx: Transaction, level: Level, record: Record) -> list[Copy]:
    """The copies that are packed, each naming its original's digest."""
    copies: list[Copy] = []
    for photo in _given(level, record, Given.MASKED):
        mask = latest(tx, photo.id)
        assert mask is not None  # the rule has just been told so
        copies.append(Copy(photo.shot, mask.digest, mask.made_from, masked=True))
    for photo in _given(level, record, Given.PREVIEW):
        if photo.preview_digest is not None:
            copies.append(Copy(photo.shot, photo.preview_digest, photo.digest, masked=False))
    return copies


def inner_bag(
    tx: Transaction, out: BinaryIO, now: datetime, files: Iterable[Sealed], agency: str
) -> bool:
    """Write `files`, which tell who or where the buyer is, encrypted to `agency`; False: none are.

    Refused where the agency's certificate is missing or can't be used.
    """
    wanted = {file.name: file for file in files}
    if not wanted:
        return False
    reader = recipient_of(tx, now, agency)
    try:
        envelope.seal_into(out, wanted.values(), reader)
    except envelope.EnvelopeError as error:
        raise Refused(str(error)) from error
    return True


def recipient_of(tx: Transaction, now: datetime, agency: str) -> Certificate:
    """The certificate an inner bag for `agency` is encrypted to; Refused where none can be."""
    authority = one(tx, Agency, name=agency)
    kept = certificate_of(tx, authority.id) if authority else None
    if kept is None:
        raise Refused(
            f"{agency} has no certificate on record, so that nothing can be encrypted to it. "
            "Add its certificate, or send the redacted package."
        )
    try:
        return envelope.recipient(kept.pem.encode(), now)
    except envelope.EnvelopeError as error:
        raise Refused(str(error)) from error


def _given(level: Level, record: Record, what: Given) -> list[Photo]:
    return [
        photo
        for photo in record.photos
        if photo.accepted and what in in_package(level, record.pictures[photo.id])
    ]
