"""What a receiving desk sees: exhibits consigned to its own rights holder, and nothing about them
that names a test buy, a shop or a buyer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.custody import last_entry, open_hand_over
from casework.errors import NotFound
from casework.sides import consignment_of, desk_holder, desks_of
from casework.views.bags import people_in
from rules.holders import Holder, HolderKind
from rules.roles import Role
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Brand, Exhibit, HandOver, Person, Photo, RightsHolder, TestBuy

_NEWEST = 200
SENT, HANDED, HERE, LEAVING, BACK = "on its way", "being handed to you", "here", "leaving", "back"


@dataclass(frozen=True, slots=True)
class DeskLine:
    """An exhibit as a desk sees it. `state` is one of the five words of this module."""

    exhibit: str
    kind: str
    brand: str
    rights_holder: str
    state: str
    sender: str
    carrier: str | None
    tracking_number: str | None
    since: datetime
    seal: str | None
    """The seal it is under while it is here; before, it is read off the bag and not off a page."""


@dataclass(frozen=True, slots=True)
class DeskExhibit:
    """One exhibit with its forms: photos of this leg by shot, clerks to give it back to."""

    line: DeskLine
    opened: HandOver | None
    mine: bool
    photos: dict[str, tuple[Photo, ...]]
    clerks: tuple[tuple[int, str], ...]


def desk(db: Database, person_id: int) -> tuple[tuple[str, ...], tuple[DeskLine, ...]]:
    """The rights holders a person receives for, and their consignments, the newest first."""
    rows = table_of(HandOver).c
    with db.read() as tx:
        desks = desks_of(tx, person_id)
        sent = every(
            tx,
            HandOver,
            rows.consigned_to.in_([each.id for each in desks]),
            rows.withdrawn_at.is_(None),
            order_by=rows.id.desc(),
            limit=_NEWEST,
        )
        numbers = list(dict.fromkeys(row.exhibit_id for row in sent))
        found = [one(tx, Exhibit, id=number) for number in numbers]
        lines = tuple(_line(tx, exhibit, desks)[0] for exhibit in found if exhibit)
    return tuple(each.name for each in desks), lines


def desk_exhibit(db: Database, person_id: int, reference: str) -> DeskExhibit:
    """One exhibit consigned to the person's desk; NotFound for any other."""
    with db.read() as tx:
        desks = desks_of(tx, person_id)
        exhibit = one(tx, Exhibit, reference=reference.strip().upper())
        sent = consignment_of(tx, exhibit.id) if exhibit else None
        if exhibit is None or sent is None or sent.consigned_to not in {d.id for d in desks}:
            raise NotFound(f"There is no exhibit {reference}. Check the label.")
        line, since = _line(tx, exhibit, desks)
        opened = open_hand_over(tx, exhibit.id)
        photos = table_of(Photo).c
        taken = every(
            tx,
            Photo,
            photos.exhibit_id == exhibit.id,
            photos.shot.in_(["T02", "T03"]),
            photos.accepted.is_(True),
            photos.received_at >= since,
            order_by=photos.id,
        )
        return DeskExhibit(
            line,
            opened,
            opened is not None and opened.opened_by == person_id,
            {shot: tuple(row for row in taken if row.shot == shot) for shot in ("T02", "T03")},
            people_in(tx, frozenset({Role.CLERK})),
        )


def _line(
    tx: Transaction, exhibit: Exhibit, desks: Sequence[RightsHolder]
) -> tuple[DeskLine, datetime]:
    """The line, and since when photos belong to this leg."""
    sent, last = consignment_of(tx, exhibit.id), last_entry(tx, exhibit.id)
    assert sent is not None and last is not None  # it was consigned
    owner = next(each for each in desks if each.id == sent.consigned_to)
    testbuy = one(tx, TestBuy, id=exhibit.testbuy_id)
    brand = one(tx, Brand, id=testbuy.brand_id) if testbuy else None
    sender = one(tx, Person, id=sent.opened_by)
    here = Holder(last.to_kind, last.to_holder) == desk_holder(owner)
    carried = last.to_kind is HolderKind.CARRIER and last.hand_over_id == sent.id
    opened = open_hand_over(tx, exhibit.id)
    since = last.handed_at
    if here:
        state = LEAVING if opened else HERE
    elif carried:
        state = SENT
    elif sent.completed_at is None:
        state = HANDED if sent.to_kind is HolderKind.RIGHTS_HOLDER else SENT
        since = sent.opened_at
    else:
        state = BACK
    line = DeskLine(
        exhibit.reference,
        exhibit.kind,
        brand.name if brand else "",
        owner.name,
        state,
        sender.name if sender else "",
        sent.to_holder if sent.to_kind is HolderKind.CARRIER else None,
        sent.tracking_number,
        since,
        exhibit.seal_number if here else None,
    )
    return line, since
