"""Files handed in: told apart, measured, and kept bit for bit before any row names them.

Owns what may be large: a picture or a document is held whole and bounded, a video goes from the
upload to the vault in pieces. Leaves what follows to `casework.intake.photographing`.
"""

import io
from dataclasses import dataclass
from typing import BinaryIO

from casework.errors import Refused
from evidence import media, photos
from evidence.vault import EmptyUpload, TooLarge, Vault
from rules.shots import Medium
from storage import policies
from storage.policies import Policies
from storage.session import Database

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Filed:
    """A file that is in the vault now. Only pictures are measured and have a preview."""

    medium: Medium
    seen: photos.PhotoFacts
    digest: str
    size: int
    preview: str | None


def largest_upload(db: Database) -> int:
    """Bytes of the largest file that is taken."""
    with db.read() as tx:
        in_force = policies.read(tx)
    return max(in_force.video_megabytes, in_force.photo_megabytes) * MEGABYTE


def file(
    vault: Vault, data: bytes | BinaryIO, in_force: Policies, *, expected: str | None
) -> Filed:
    """Keep what was handed in and measure it, looking for the number `expected` in a picture.

    Raises UnknownType for bytes that are no picture, PDF or video; Refused for nothing and for
    more than the programme's policies take.
    """
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    stream.seek(0)
    kind = media.kind_of(stream.read(media.HEAD))
    stream.seek(0)
    try:
        if kind.medium is Medium.VIDEO:
            limit = in_force.video_megabytes * MEGABYTE
            kept = vault.put_in_pieces(stream, limit=limit)
            seen = photos.PhotoFacts(kind.media_type, 0, 0, readable=False)
            return Filed(kind.medium, seen, kept.digest, kept.size, None)
        limit = in_force.photo_megabytes * MEGABYTE
        if kind.medium is Medium.DOCUMENT:
            kept = vault.put(stream, limit=limit)
            seen = photos.PhotoFacts(kind.media_type, 0, 0, readable=False)
            return Filed(kind.medium, seen, kept.digest, kept.size, None)
        whole = stream.read(limit + 1)
        kept = vault.put(whole, limit=limit)
        seen = photos.examine(whole, look_for_barcodes=True, expected=expected)
        preview = vault.put(seen.preview).digest if seen.preview else None
    except (TooLarge, EmptyUpload) as no:
        raise Refused(str(no)) from no
    return Filed(kind.medium, seen, kept.digest, kept.size, preview)
