"""What is wrong with the key that signs, as kinds: the command line and the page say them in words.

Owns when a key counts as troubled. Leaves the key itself to `casework.record.keys`.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from casework.record import keys
from casework.settings import Settings
from evidence.signatures import Signer
from storage.rows import one
from storage.session import Transaction
from storage.tables import SigningCertificate

ENDS_SOON = timedelta(days=30)


class KeyFault(StrEnum):
    """One thing that is wrong with the key that signs."""

    MISSING = "missing"
    CLOSED = "closed"
    UNRECORDED = "unrecorded"
    RETIRED = "retired"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    ENDS_SOON = "ends_soon"
    DEMO = "demo"
    READABLE = "readable"


def faults(
    settings: Settings, signer: Signer, tx: Transaction, now: datetime
) -> Iterator[KeyFault]:
    """What is wrong with a key that is there and was opened; nothing where it may sign."""
    known = one(tx, SigningCertificate, fingerprint=keys.fingerprint(signer.certificate))
    if known is None:
        yield KeyFault.UNRECORDED
    elif known.retired_at is not None:
        yield KeyFault.RETIRED
    days = keys.days_left(signer, now)
    if days < 0:
        yield KeyFault.EXPIRED
    elif signer.certificate.not_valid_before_utc > now:
        yield KeyFault.NOT_YET
    elif days < ENDS_SOON.days:
        yield KeyFault.ENDS_SOON
    if signer.is_demo:
        yield KeyFault.DEMO
    if settings.signing_key.stat().st_mode & 0o077:
        yield KeyFault.READABLE
