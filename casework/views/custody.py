"""One exhibit with its whole custody, what breaks it, and who held it at a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from casework.custody.continuity import continuity, custody_of
from casework.custody.custody import open_hand_over
from casework.custody.kits import KitFacts, kit_of_exhibit
from casework.custody.sides import TAKERS, owner_of
from casework.errors import NotFound
from casework.record.code_lines import (
    CodeLine,
    LeadLine,
    codes_of,
    leads_of,
    photos_with_codes,
)
from casework.views.bags import going_out, people_in
from casework.views.testbuy import ExhibitFacts
from evidence.labels import Label
from rules.custody import Break, Whereabouts, holder_at
from rules.holders import OUTSIDE, Holder, HolderKind
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    CustodyEntry,
    Exhibit,
    HandOver,
    Photo,
    SealMismatch,
    TestBuy,
)


@dataclass(frozen=True, slots=True)
class HeldBy:
    """The one answer to "who held it": `sentence` says it in words, the rest in facts."""

    exhibit: str
    at: datetime
    state: Whereabouts
    holder: Holder | None
    since: datetime | None
    seal_number: str | None
    tracking_number: str | None
    entry: int | None
    sentence: str


@dataclass(frozen=True, slots=True)
class ExhibitPage:
    """An exhibit as its page shows it. `takers` are people it can be handed to, by number.

    `codes` are all of its test buy, `photos` those that codes may be read from.
    """

    facts: ExhibitFacts
    testbuy: str
    whole: str | None
    parts: tuple[str, ...]
    breaks: Sequence[Break]
    opened: HandOver | None
    mismatches: Sequence[SealMismatch]
    takers: tuple[tuple[int, str], ...]
    outside: bool
    carried: bool
    held_by: int | None
    codes: tuple[CodeLine, ...]
    code_photos: tuple[Photo, ...]
    leads: tuple[LeadLine, ...]
    kit: KitFacts | None
    owner: str
    photos: Sequence[Photo]
    """Those of its seal going out, taken since its holder has it."""


def who_held(db: Database, reference: str, at: datetime) -> HeldBy:
    """Who held an exhibit at a moment; NotFound where there is none of this reference."""
    with db.read() as tx:
        exhibit = _found(tx, reference)
        answer = holder_at(custody_of(tx, exhibit.id), at)
    entry = answer.entry
    return HeldBy(
        exhibit.reference,
        at,
        answer.state,
        answer.holder,
        entry.taken_at if entry else None,
        entry.seal_in if entry else None,
        entry.tracking_number if entry and entry.taker.kind is HolderKind.CARRIER else None,
        entry.seq if entry else None,
        answer.sentence(exhibit.reference, at),
    )


def exhibit_page(db: Database, reference: str) -> ExhibitPage:
    """An exhibit with all that is on record of its custody; raises NotFound."""
    with db.read() as tx:
        exhibit = _found(tx, reference)
        entries = table_of(CustodyEntry).c
        rows = every(tx, CustodyEntry, exhibit_id=exhibit.id, order_by=entries.seq)
        owner = one(tx, TestBuy, id=exhibit.testbuy_id)
        whole = one(tx, Exhibit, id=exhibit.part_of) if exhibit.part_of else None
        exhibits, found = table_of(Exhibit).c, table_of(SealMismatch).c
        last = rows[-1] if rows else None
        assert owner  # a foreign key holds it
        return ExhibitPage(
            facts=ExhibitFacts(exhibit, rows),
            testbuy=owner.reference,
            whole=whole.reference if whole else None,
            parts=tuple(
                each.reference
                for each in every(tx, Exhibit, part_of=exhibit.id, order_by=exhibits.id)
            ),
            breaks=continuity(tx, exhibit),
            opened=open_hand_over(tx, exhibit.id),
            mismatches=every(tx, SealMismatch, exhibit_id=exhibit.id, order_by=found.id),
            takers=people_in(tx, TAKERS),
            outside=last is not None and last.to_kind in OUTSIDE,
            carried=last is not None and last.to_kind is HolderKind.CARRIER,
            held_by=last.by_person if last and last.to_kind is HolderKind.PERSON else None,
            codes=codes_of(tx, owner.id),
            code_photos=photos_with_codes(tx, owner.id),
            leads=leads_of(tx, [exhibit.id]),
            kit=kit_of_exhibit(tx, exhibit),
            owner=owner_of(tx, owner).name,
            photos=going_out(tx, exhibit, last) if last else (),
        )


def signature(db: Database, reference: str, seq: int, side: str) -> str:
    """The digest of what the `giver` or `taker` of an entry signed; NotFound where nobody did."""
    with db.read() as tx:
        exhibit = _found(tx, reference)
        entry = one(tx, CustodyEntry, exhibit_id=exhibit.id, seq=seq)
    signed = {"giver": entry.from_signature, "taker": entry.to_signature} if entry else {}
    digest = signed.get(side)
    if digest is None:
        raise NotFound("Nobody signed here.")
    return digest


def labels(db: Database, testbuy: str, public_address: str) -> tuple[Label, ...]:
    """The labels of a test buy's exhibits, in order; none for one that is not there."""
    exhibits = table_of(Exhibit).c
    with db.read() as tx:
        owner = one(tx, TestBuy, reference=testbuy)
        if owner is None:
            raise NotFound(f"There is no test buy {testbuy}. Check the reference.")
        rows = every(tx, Exhibit, testbuy_id=owner.id, order_by=exhibits.id)
    return tuple(_label(row, public_address) for row in rows)


def label(db: Database, reference: str, public_address: str) -> Label:
    """The label of one exhibit; raises NotFound."""
    with db.read() as tx:
        exhibit = _found(tx, reference)
    return _label(exhibit, public_address)


def _label(exhibit: Exhibit, public_address: str) -> Label:
    address = f"{public_address}/exhibits/{quote(exhibit.reference)}"
    return Label(exhibit.reference, exhibit.kind, exhibit.seal_number, address)


def _found(tx: Transaction, reference: str) -> Exhibit:
    exhibit = one(tx, Exhibit, reference=reference.strip().upper())
    if exhibit is None:
        raise NotFound(f"There is no exhibit {reference}. Check the label.")
    return exhibit
