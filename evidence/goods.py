"""What a dossier prints of the goods: codes on them, leads from these, and the shots asked for.

Owns the shape alone; `evidence.dossier` holds it and sets it, casework fills it.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Code:
    """A code on the goods as it was read. `scan` and `shot` may be empty; `corrected`: a later
    row, which says why (`reason`), took its place.
    """

    exhibit: str
    kind: str
    text: str
    scan: str
    read_by: str
    shot: str
    at: datetime
    corrected: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AskedShot:
    """A shot of the list: whether it must be taken, and what became of it, both as printed."""

    code: str
    title: str
    need: str
    state: str


@dataclass(frozen=True, slots=True)
class ShotList:
    """The shot list of a category and the version a test buy was launched under. `since` None:
    the list the category began with. `notes` say why shots were made optional.
    """

    category: str
    base: str
    version: int
    since: datetime | None
    rows: tuple[AskedShot, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lead:
    """What links an exhibit with one of another shop, and what a person made of it."""

    kind: str
    exhibit: str
    other_exhibit: str
    other_testbuy: str
    other_shop: str
    code: str
    at: datetime
    state: str
    reason: str
