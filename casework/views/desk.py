"""What a receiving desk sees: exhibits consigned to its own rights holder, and nothing about them
that names a test buy, a shop or a buyer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.custody.custody import last_entry, open_hand_over
from casework.custody.sides import consignment_of, desk_holder, desks_of
from casework.errors import NotFound
from casework.views.bags import people_in
from rules.holders import Holder, HolderKind
from rules.roles import Role
from storage import keyset
from storage.custody import consigned, gone_back
from storage.keyset import FIRST, Paged, Turn
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Brand,
    CustodyEntry,
    Exhibit,
    HandOver,
    Person,
    Photo,
    RightsHolder,
    TestBuy,
)

_NEWEST = 200
"""Exhibits that come, are here or leave, at most."""
_LOOKED_AT = 20
"""Consignments among which the one taken in last is looked for: the newest may be on their way."""
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
    place: str
    """Where the desk put what it took in last, "" where it took nothing in."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The rights holders a person receives for; what comes, is here or leaves; what went back."""

    names: tuple[str, ...]
    lines: tuple[DeskLine, ...]
    back: Paged[DeskLine]


def desk(db: Database, person_id: int, turn: Turn = FIRST) -> Desk:
    """The consignments to a person's desks, the newest first; of what went back a page."""
    with db.read() as tx:
        desks = desks_of(tx, person_id)
        names = [each.name for each in desks]
        sent, gone = consigned([each.id for each in desks]), gone_back(names)
        order = table_of(HandOver).c.id.desc()
        still = every(tx, HandOver, *sent, ~gone, order_by=order, limit=_NEWEST)
        back = keyset.page(tx, HandOver, *sent, gone, newest=True, turn=turn)
        return Desk(
            tuple(names),
            tuple(_lines(tx, still, desks)),
            back.each(lambda rows: _lines(tx, rows, desks)),
        )


def _lines(
    tx: Transaction, sent: Sequence[HandOver], desks: Sequence[RightsHolder]
) -> list[DeskLine]:
    found = [one(tx, Exhibit, id=row.exhibit_id) for row in sent]
    return [_line(tx, exhibit, desks)[0] for exhibit in found if exhibit]


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
            _last_place(tx, sent.consigned_to),
        )


def _last_place(tx: Transaction, owner: int | None) -> str:
    sent, entries = table_of(HandOver).c, table_of(CustodyEntry).c
    completed = (sent.consigned_to == owner, sent.completed_at.is_not(None))
    newest = every(tx, HandOver, *completed, order_by=sent.id.desc(), limit=_LOOKED_AT)
    taken_in = every(
        tx,
        CustodyEntry,
        entries.exhibit_id.in_([each.exhibit_id for each in newest]),
        entries.to_kind == HolderKind.RIGHTS_HOLDER,
        order_by=entries.id.desc(),
        limit=1,
    )
    return taken_in[0].place if taken_in else ""


def visible_to(tx: Transaction, exhibit: Exhibit, desks: Sequence[RightsHolder]) -> DeskLine | None:
    """The line of an exhibit that is consigned to one of the desks; None for any other."""
    sent = consignment_of(tx, exhibit.id)
    if sent is None or sent.consigned_to not in {each.id for each in desks}:
        return None
    return _line(tx, exhibit, desks)[0]


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
