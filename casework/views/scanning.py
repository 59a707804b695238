"""What a clerk has scanned: each label's exhibit, where it is, and what can be done with it."""

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from casework.custody.custody import is_taken_in, last_entry, open_hand_over, person_holder
from casework.custody.sides import TAKERS
from casework.errors import Refused, TooMany
from casework.views.bags import people_in
from evidence.decoding import UnreadableError
from evidence.media import UnknownType
from evidence.scanning import codes_in
from rules.holders import HolderKind
from storage.rows import one
from storage.session import Database, Transaction
from storage.tables import Exhibit, Person, TestBuy

_READING = threading.BoundedSemaphore(2)
"""Photos read at once: a picture held whole takes a hundred megabytes."""
_PATIENCE = 2.0
"""Seconds that a photo waits for its turn."""
_REFERENCE = re.compile(r"[A-Z]{1,4}/\d{1,6}(/\d{1,4})*")


@dataclass(frozen=True, slots=True)
class Scanned:
    """A label as it was read. `exhibit` None: it names none that is known.

    `can`: "take in", "store" or "give", as far as the rules let this person; the act itself is
    checked again.
    """

    label: str
    exhibit: Exhibit | None = None
    testbuy: str = ""
    holder: str = ""
    can: frozenset[str] = frozenset()


def read_label(text: str) -> str:
    """The exhibit's reference in what a scanner typed: the reference, or the label's address."""
    words = text.strip()
    if "://" in words:
        words = unquote(urlsplit(words).path).partition("/exhibits/")[2]
    found = _REFERENCE.fullmatch(words.upper().strip("/"))
    return found[0] if found else words[:80]


def read_photo(data: bytes) -> tuple[str, ...]:
    """What the codes in a photo say, each once; () where none can be read. Nothing is kept of it.

    Raises Refused for what is no picture, or none that can be decoded, TooMany where others are
    being read.
    """
    if not _READING.acquire(timeout=_PATIENCE):
        raise TooMany(
            "Other photos are being read at this moment. Try again.", wait=timedelta(seconds=5)
        )
    try:
        return tuple(dict.fromkeys(code.text for code in codes_in(data)))
    except UnknownType:
        raise Refused("This file is no photo. Choose a JPEG, PNG, WebP or HEIC.") from None
    except UnreadableError as error:
        raise Refused(str(error)) from error
    finally:
        _READING.release()


def scanned(db: Database, labels: Iterable[str], person_id: int) -> tuple[Scanned, ...]:
    """Each label once, in the order they were read."""
    with db.read() as tx:
        person = one(tx, Person, id=person_id)
        assert person is not None  # who is signed in has an account
        return tuple(_of(tx, label, person) for label in dict.fromkeys(labels))


def _of(tx: Transaction, label: str, person: Person) -> Scanned:
    exhibit = one(tx, Exhibit, reference=label) or one(tx, Exhibit, seal_number=label)
    if exhibit is None:
        return Scanned(label)
    testbuy = one(tx, TestBuy, id=exhibit.testbuy_id)
    last, opened = last_entry(tx, exhibit.id), open_hand_over(tx, exhibit.id)
    assert testbuy and last  # foreign keys, and its bagging, hold them
    taken = is_taken_in(tx, exhibit.id)
    mine = (last.to_kind, last.to_holder) == (HolderKind.PERSON, person_holder(person).name)
    can: set[str] = set()
    if not taken and exhibit.part_of is None and (opened is None or opened.to_person == person.id):
        can.add("take in")
    if mine and opened is None:
        can |= {"give", "store"} if taken or exhibit.part_of is not None else {"give"}
    holder = last.to_holder if opened is None else f"{last.to_holder} → {opened.to_holder}"
    return Scanned(label, exhibit, testbuy.reference, holder, frozenset(can))


def takers(db: Database) -> tuple[tuple[int, str], ...]:
    """People an exhibit can be handed to, by number."""
    with db.read() as tx:
        return people_in(tx, TAKERS)
