"""What people without an account leave at a hand-over: signatures, letters, certificates.

Owns which bytes count as strokes on glass (PNG), a scanned receipt, a customs letter or a
certificate of disposal (JPEG, PNG, PDF). They are kept bit for bit; that somebody wrote
them is the word of who stood before them.
"""

from dataclasses import dataclass

from casework.errors import Refused
from evidence.strokes import redrawn
from evidence.vault import Vault
from rules.holders import Vouched
from storage.tables import CustodyEntry

_PNG, _JPEG, _PDF = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"%PDF-"
_LARGEST = 20_000_000


@dataclass(frozen=True, slots=True)
class Signature:
    """How somebody without an account signs: strokes on glass (PNG) or a scanned receipt."""

    name: str
    data: bytes
    on_glass: bool


def keep_letter(vault: Vault, letter: bytes | None, *, crosses_border: bool) -> str | None:
    """The digest of a customs letter in the vault; Refused where one is needed and missing."""
    if not letter:
        if crosses_border:
            raise Refused("Goods that cross a border need a customs letter. Scan it first.")
        return None
    return _keep(vault, letter, (_PDF, _JPEG, _PNG), "The customs letter")


def keep_signature(vault: Vault, signature: Signature) -> str:
    """The digest of a signature in the vault."""
    if not signature.name.strip():
        raise Refused("Write the name of who signs, as they spell it.")
    drawn = signature.data.startswith(_PNG)
    if signature.on_glass and drawn and redrawn(signature.data) is None:
        raise Refused("The signature is empty, or can't be drawn. Sign once more.")
    kinds = (_PNG,) if signature.on_glass else (_JPEG, _PNG, _PDF)
    return _keep(vault, signature.data, kinds, "The signature")


def keep_certificate(vault: Vault, document: bytes) -> str:
    """The digest of a certificate of disposal in the vault."""
    return _keep(vault, document, (_PDF, _JPEG, _PNG), "The certificate")


def strokes_of(vault: Vault, entry: CustodyEntry) -> tuple[bytes, ...]:
    """The signatures on glass of an entry as pictures to print, the giver's first."""
    sides = (
        (entry.from_vouched, entry.from_signature),
        (entry.to_vouched, entry.to_signature),
    )
    kept = [vault.read(digest) for how, digest in sides if digest and how is Vouched.GLASS]
    return tuple(drawn for each in kept if (drawn := redrawn(each)) is not None)


def vouched_by(signature: Signature | None) -> Vouched:
    """How a side that signed so is vouched for; None only where nobody had to."""
    assert signature is not None
    return Vouched.GLASS if signature.on_glass else Vouched.RECEIPT


def kind_of(data: bytes) -> str:
    """The media type of what was kept here."""
    known = {_PNG: "image/png", _JPEG: "image/jpeg", _PDF: "application/pdf"}
    return next(kind for sign, kind in known.items() if data.startswith(sign))


def _keep(vault: Vault, data: bytes, kinds: tuple[bytes, ...], what: str) -> str:
    if not data or not data.startswith(kinds):
        raise Refused(f"{what} is missing, or not a picture or PDF. Make it once more.")
    return vault.put(data, limit=_LARGEST).digest
