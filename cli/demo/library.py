"""The demonstration's reference library: genuine goods drawn as such, what to look for in them.

Owns what is written there. Leaves how goods look to the simulator, and the library to casework.
"""

import secrets
from datetime import UTC, datetime

from casework.act import Act
from casework.examinations import references
from casework.examinations.references import NewEntry
from evidence.vault import Vault
from rules.audience import Region
from rules.references import ReferenceKind
from rules.roles import Role
from simulator.pictures import draw
from storage.session import Database

PRODUCTS = {
    "Swarovski": ("watches", "Crystal watch", "watch"),
    "Royal Canin": ("pet food", "Indoor cat food", "cat food"),
    "Nordlauf": ("shoes", "Trail runner", "shoes"),
}
"""By brand: category, product, and what is drawn."""
_SEEN = (
    (ReferenceKind.GENUINE_PHOTO, "The whole of it", "", "I01", None),
    (ReferenceKind.GENUINE_PHOTO, "Its packaging", "", "U02", None),
    (
        ReferenceKind.SECURITY_FEATURE,
        "Trade mark, close by",
        "The edges of the letters are crisp, and their feet stand on one line.",
        "I02",
        Region(3200, 3000, 6800, 5600),
    ),
    (
        ReferenceKind.KNOWN_TELL,
        "Print that runs",
        "Counterfeits of this year show ink beyond the edge of the letters, best seen at an angle.",
        None,
        None,
    ),
)
_TAKEN = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)


def fill(db: Database, vault: Vault, person: int, brand: str) -> None:
    """What an authenticator of `brand` has put into the library; nothing for other brands."""
    if brand not in PRODUCTS:
        return
    category, name, subject = PRODUCTS[brand]
    number = references.add_product(db, _act(person), brand=brand, category=category, name=name)
    for place, (kind, title, text, shot, region) in enumerate(_SEEN):
        photo = None
        if shot is not None:
            photo = draw(
                shot,
                seed=2026 + place,
                reference=f"{brand}, from the shelf",
                taken_at=_TAKEN,
                subject=subject,
                size=(1600, 1200),
            )
        entry = NewEntry(kind, title, text, shot, region)
        references.add_entry(db, _act(person), number, entry, references.filed(db, vault, photo))


def _act(person: int) -> Act:
    return Act(Role.AUTHENTICATOR, datetime.now(UTC), secrets.token_bytes(32), person)
