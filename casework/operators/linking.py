"""Identifiers of shops: recorded, confirmed, withdrawn.

Owns who may do it, and that everything that follows happens in the same transaction
(`casework.operators.proposing`). A ledger holds of an identifier its number, kind and a commitment
to its value, never the value. Leaves what a parcel tells to `casework.operators.waybills`, the
answers to what is proposed to `casework.operators.merging`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.act import Act
from casework.errors import NotFound, Refused, Stale
from casework.move import find
from casework.operators.operators import ensure_analyst
from casework.operators.proposing import propose, recompute, withdraw_links
from evidence.digests import salted, sha256_of
from rules.identifiers import (
    FROM_CODES,
    NEEDS_ANOTHER,
    Confidence,
    IdentifierKind,
    IdentifierState,
    normal_form,
)
from rules.roles import Role
from storage import codes as turns
from storage import ledger, linking, pictures
from storage.rows import add, change, change_one, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Identifier, Shop, TestBuy

LINKS_LEDGER = "links"
_identifiers = table_of(Identifier).c


@dataclass(frozen=True, slots=True)
class NewIdentifier:
    """An identifier as somebody found it. `said_by`: the person, record or file that says it."""

    kind: IdentifierKind
    value: str
    seen_on: date
    confidence: Confidence
    said_by: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Which test buy an identifier came from, and the photo, exhibit or code that shows it."""

    testbuy_id: int | None = None
    photo_id: int | None = None
    exhibit_id: int | None = None
    code_id: int | None = None


def record(db: Database, act: Act, shop_id: int, new: NewIdentifier) -> int:
    """An analyst records an identifier of a shop; a liaison what the police found. Its number."""
    if act.role is Role.LIAISON:
        if new.kind is not IdentifierKind.POLICE_FINDING:
            raise Refused("A liaison records what the police found. An analyst records the rest.")
    elif act.role is not Role.ANALYST:
        raise Refused("Only an analyst records identifiers of shops.")
    if new.kind in FROM_CODES:
        raise Refused("Serial numbers and lots are recorded on the exhibit that bears them.")
    if not new.said_by.strip():
        raise Refused("Say where it is from: a person, a record, a file number.")
    with db.write() as tx:
        turns.take_turn(tx)
        shop = one(tx, Shop, id=shop_id, lock=True)
        if shop is None:
            raise NotFound("There is no such shop.")
        number = add_new(tx, act, shop, new, Source())
        if number is None:
            raise Refused("This is on record already from the same source.")
        propose(tx, act, [shop_id])
        return number


def add_new(
    tx: Transaction,
    act: Act,
    shop: Shop,
    new: NewIdentifier,
    source: Source,
    *,
    normal: str | None = None,
) -> int | None:
    """Insert an identifier that nobody has confirmed; None where it is there from this source.

    `normal`: what it is compared by, where the shop alone does not tell.
    """
    value = new.value.strip()
    if normal is None:
        normal = normal_form(new.kind, value, shop.region)
    if not normal:
        raise Refused("Write it as it was found: letters or digits that can be compared.")
    if new.seen_on > act.now.date():
        raise Refused("It can't have been seen in the future. Correct the date.")
    said: dict[str, Any] = {
        "shop_id": shop.id,
        "kind": new.kind,
        "normal": normal,
        "said_by": new.said_by.strip(),
    }
    stands = _identifiers.state != IdentifierState.WITHDRAWN
    found = every(tx, Identifier, stands, **said)
    if any((row.testbuy_id, row.code_id) == (source.testbuy_id, source.code_id) for row in found):
        return None
    salt = act.salt(f"identifier:{shop.id}:{new.kind}:{source.code_id}:{normal}")
    number = add(
        tx,
        Identifier,
        **said,
        testbuy_id=source.testbuy_id,
        code_id=source.code_id,
        value=value,
        salt=salt,
        confidence=new.confidence,
        seen_on=new.seen_on,
        photo_id=source.photo_id,
        exhibit_id=source.exhibit_id,
        state=IdentifierState.RECORDED,
        recorded_by=act.person,
        recorded_at=act.now,
    )
    facts = {"kind": new.kind, "shop": shop.id, "commitment": salted(value, salt)}
    tell(tx, act, "identifier recorded", {"identifier": number, **facts})
    return number


def confirm(db: Database, act: Act, number: int) -> None:
    """An analyst bears an identifier out; what it joins is joined in the same transaction."""
    ensure_analyst(act)
    with db.write() as tx:
        turns.take_turn(tx)
        row = _held(tx, number)
        ensure_confirmable(act, row)
        ensure_undoubted(tx, [row.id])
        confirm_all(tx, act, [row])


def ensure_confirmable(act: Act, row: Identifier) -> None:
    """Refused where this person may not confirm it, or it is not merely recorded any more."""
    if row.state is not IdentifierState.RECORDED:
        raise Stale(f"This identifier is {row.state} already; nothing of yours was saved.")
    if row.kind in NEEDS_ANOTHER and row.recorded_by == act.person:
        raise Refused(
            "Somebody else than who recorded it confirms an admission or a police finding."
        )


def ensure_undoubted(tx: Transaction, identifiers: Iterable[int]) -> None:
    """Refused while a picture that one of these stands for may be our own people's photo."""
    if pictures.doubted(tx, identifiers):
        raise Refused(
            "A photo of our own people looks nearly the same as this seller's picture. Say first "
            "whose picture it is, under Photos alike."
        )


def confirm_all(tx: Transaction, act: Act, rows: Iterable[Identifier]) -> None:
    """Confirm identifiers that are merely recorded, in a turn that is taken; then what follows."""
    shops: set[int] = set()
    for row in rows:
        moved = change(
            tx,
            Identifier,
            _identifiers.id == row.id,
            _identifiers.state == IdentifierState.RECORDED,
            state=IdentifierState.CONFIRMED,
            confirmed_by=act.person,
            confirmed_at=act.now,
        )
        if moved:
            shops.add(row.shop_id)
            tell(tx, act, "identifier confirmed", {"identifier": row.id})
    if shops:
        recompute(tx, act, shops)


def withdraw(db: Database, act: Act, number: int, *, seen: IdentifierState, reason: str) -> None:
    """Take an identifier out, with the reason; what rested on it alone is undone or lapses.

    `seen`: its state as the page showed it; Stale where it is another by now.
    """
    ensure_analyst(act)
    if not reason.strip():
        raise Refused("Say why it is withdrawn; the reason stands beside it.")
    with db.write() as tx:
        turns.take_turn(tx)
        row = _held(tx, number)
        if row.state is not seen or row.state is IdentifierState.WITHDRAWN:
            raise Stale(f"This identifier is {row.state} by now. Look at it again.")
        take_out(tx, act, row, reason.strip())


def take_out(tx: Transaction, act: Act, row: Identifier, reason: str) -> None:
    """Withdraw an identifier that stands, in a turn that is taken; then what follows."""
    around = {each.shop_id for each in linking.identifiers_around(tx, [row.shop_id])}
    change_one(
        tx,
        Identifier,
        row.id,
        state=IdentifierState.WITHDRAWN,
        withdrawn_by=act.person,
        withdrawn_at=act.now,
        withdrawn_because=reason,
    )
    because = sha256_of(reason.encode())
    tell(tx, act, "identifier withdrawn", {"identifier": row.id, "because": because})
    withdraw_links(tx, act, row.shop_id, around)


def set_opened(db: Database, act: Act, shop_id: int, opened_on: date) -> None:
    """An analyst notes the day a shop was opened, as its platform names it."""
    ensure_analyst(act)
    if opened_on > act.now.date():
        raise Refused("It can't have been opened in the future. Correct the date.")
    with db.write() as tx:
        if not change_one(tx, Shop, shop_id, opened_on=opened_on):
            raise NotFound("There is no such shop.")
        tell(tx, act, "shop opened on", {"shop": shop_id, "day": opened_on.isoformat()})


def hold_testbuy_and_shop(tx: Transaction, act: Act, reference: str) -> tuple[TestBuy, Shop]:
    """The shop of a test buy and the test buy, held in this order."""
    seen = one(tx, TestBuy, reference=reference)
    if seen is None:
        raise NotFound(f"There is no test buy {reference}. Check the reference.")
    shop = one(tx, Shop, id=seen.shop_id, lock=True)
    assert shop is not None  # a foreign key holds it
    return find(tx, act, reference), shop


def _held(tx: Transaction, number: int) -> Identifier:
    row = one(tx, Identifier, id=number, lock=True)
    if row is None:
        raise NotFound("There is no such identifier.")
    return row


def tell(tx: Transaction, act: Act, what: str, facts: dict[str, object]) -> None:
    """Write into the ledger of links what happened to a fact or a proposal."""
    ledger.append(tx, LINKS_LEDGER, {"what": what, **facts, "by": act.by}, act.now)
