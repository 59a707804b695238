"""What the page of keys shows: certificates that sign or have signed, and how the anchors stand.

Reads alone: which key signs is decided where its password is known, on the command line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.clock import anchoring
from casework.clock.anchoring import Standing
from casework.errors import Refused
from casework.record import keys
from casework.record.keystate import KeyFault, faults
from casework.settings import Settings
from storage import anchors
from storage.rows import every, table_of
from storage.session import Database
from storage.tables import Anchor, SigningCertificate


@dataclass(frozen=True, slots=True)
class KeysPage:
    """`faults` are those of the key that signs now; `closed` says why it can't be opened.

    `anchor`: the newest, None before the first. `authority`: who stamps anchors, "" where nobody.
    """

    certificates: Sequence[SigningCertificate]
    faults: tuple[KeyFault, ...]
    closed: str
    anchor: Anchor | None
    anchors: Standing
    authority: str


def keys_page(db: Database, settings: Settings, now: datetime) -> KeysPage:
    """Certificates, the newest first; the faults of the one that signs; the last anchor."""
    with db.read() as tx:
        order = table_of(SigningCertificate).c.id.desc()
        found, closed = (), ""
        try:
            signer = keys.current(settings.signing_key, settings.signing_password)
            found = tuple(faults(settings, signer, tx, now)) if signer else (KeyFault.MISSING,)
        except (Refused, OSError) as error:
            found = (KeyFault.CLOSED,)
            closed = " ".join(error.reasons) if isinstance(error, Refused) else ""
        return KeysPage(
            every(tx, SigningCertificate, order_by=order),
            found,
            closed,
            anchors.last(tx),
            anchoring.standing(tx),
            settings.timestamp_url,
        )
