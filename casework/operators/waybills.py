"""What a waybill and a parcel tell of their sender: each an identifier of the shop, unconfirmed.

Owns who writes it down, from when on, and that a photo or exhibit of the test buy shows it; and
that what the carrier answers of the sender comes the same way, by itself. Serial numbers come from
`casework.operators.goods`. What is written here names persons: a test buy's ledger is told how many
facts came and of which kinds, and nobody who examines the goods sees any of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from casework.act import Act
from casework.errors import Refused
from casework.move import note
from casework.operators.linking import NewIdentifier, Source, add_new, hold_testbuy_and_shop
from casework.operators.proposing import propose
from connectors.carrier import Sender
from rules.identifiers import PARCEL_KINDS, Confidence, IdentifierKind, normal_form
from rules.lifecycle import Stage
from rules.roles import Role
from storage import codes as turns
from storage.rows import every, one
from storage.session import Database, Transaction
from storage.tables import Exhibit, Identifier, Photo, Shop, TestBuy

RECORDERS = frozenset({Role.CLERK, Role.ANALYST})
"""Who writes down what a parcel tells."""

NOT_YET = (Stage.REQUESTED, Stage.AUTHORISED, Stage.ASSIGNED, Stage.ORDERED, Stage.DECLINED)
"""Stages at which no parcel is here."""

CARRIERS_ANSWER = "carrier's answer"
"""Who says what nobody wrote down: the identifier's source, beside the test buy."""

_LONGEST = 300
"""Characters that a person may write of one thing; what is longer is no line of a label."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that the waybill or the parcel tells."""

    kind: IdentifierKind
    value: str


def write_down(
    db: Database,
    act: Act,
    reference: str,
    told: Sequence[Told],
    *,
    seen_on: date,
    confidence: Confidence,
    photo: str | None,
    exhibit: str | None,
) -> tuple[int, ...]:
    """Keep what a parcel tells; `photo` (public id) or `exhibit` (reference) shows it.

    Gives the numbers of the identifiers. What is on record already from this test buy is left.
    """
    if act.role not in RECORDERS or act.person is None:
        raise Refused("Only a clerk or an analyst writes down what a parcel tells.")
    if not told:
        raise Refused("Write at least one thing that the waybill or the parcel tells.")
    if any(each.kind not in PARCEL_KINDS for each in told):
        raise Refused("A parcel tells its sender, label, seal, courier, postmark and papers.")
    with db.write() as tx:
        turns.take_turn(tx)
        testbuy, shop = hold_testbuy_and_shop(tx, act, reference)
        if testbuy.stage in NOT_YET:
            raise Refused(
                "No parcel is here yet. Write down what it tells once it was received.",
                stage=testbuy.stage,
            )
        shown = Source(testbuy.id, *_shown_by(tx, testbuy, photo, exhibit))
        added = [
            (each.kind, number)
            for each in told
            if (
                number := add_new(
                    tx, act, shop, NewIdentifier(each.kind, each.value, seen_on, confidence), shown
                )
            )
            is not None
        ]
        if not added:
            raise Refused("All of this is on record already from this test buy.")
        return _tell(tx, act, testbuy, shop, added)


def keep_answer(db: Database, act: Act, reference: str, sender: Sender) -> tuple[int, ...]:
    """Keep what the carrier answers of a parcel's sender; gives the numbers of what is new.

    The same answer again changes nothing, and brings nothing back that was withdrawn or erased.
    What is masked whole, or too long for a label, is left.
    """
    if act.role is not Role.PROGRAMME:
        raise Refused("The carrier's answer is recorded by the programme. Write down the label.")
    with db.read() as tx:
        seen = one(tx, TestBuy, reference=reference)
        shop = one(tx, Shop, id=seen.shop_id) if seen else None
        if seen is None or shop is None or not _untold(tx, seen, shop, sender):
            return ()
    with db.write() as tx:
        turns.take_turn(tx)
        testbuy, shop = hold_testbuy_and_shop(tx, act, reference)
        day, read = act.now.date(), Confidence.PROBABLE
        added = [
            (each.kind, number)
            for each in _untold(tx, testbuy, shop, sender)
            if (
                number := add_new(
                    tx, act, shop, NewIdentifier(each.kind, each.value, day, read, CARRIERS_ANSWER),
                    Source(testbuy.id),
                )
            )
            is not None
        ]  # fmt: skip
        return _tell(tx, act, testbuy, shop, added) if added else ()


def _untold(tx: Transaction, testbuy: TestBuy, shop: Shop, sender: Sender) -> list[Told]:
    """What of an answer can be compared and was not recorded from an earlier answer."""
    rows = every(tx, Identifier, testbuy_id=testbuy.id, said_by=CARRIERS_ANSWER)
    known = {(row.kind, row.normal) for row in rows}
    answered = {
        IdentifierKind.SENDER_NAME: sender.name,
        IdentifierKind.RETURN_ADDRESS: sender.address,
        IdentifierKind.PHONE: sender.phone,
    }
    new: list[Told] = []
    for kind, value in answered.items():
        normal = normal_form(kind, value or "", shop.region)
        # An erased one has no normal form any more: nobody can tell that this is another.
        if normal and len(value or "") <= _LONGEST and not {(kind, normal), (kind, "")} & known:
            new.append(Told(kind, value or ""))
    return new


def _tell(
    tx: Transaction,
    act: Act,
    testbuy: TestBuy,
    shop: Shop,
    added: Sequence[tuple[IdentifierKind, int]],
) -> tuple[int, ...]:
    """The test buy's ledger hears how many came and of which kinds; then what follows."""
    numbers = tuple(number for _, number in added)
    facts = {"identifiers": list(numbers), "kinds": sorted({kind for kind, _ in added})}
    note(tx, act, testbuy, "parcel's leads recorded", facts, wake=False)
    propose(tx, act, [shop.id])
    return numbers


def _shown_by(
    tx: Transaction, testbuy: TestBuy, photo: str | None, exhibit: str | None
) -> tuple[int | None, int | None]:
    if not photo and not exhibit:
        raise Refused("Choose the photo or the exhibit that shows it.")
    shown = one(tx, Photo, public_id=photo) if photo else None
    goods = one(tx, Exhibit, reference=exhibit.strip().upper()) if exhibit else None
    if photo and (shown is None or shown.testbuy_id != testbuy.id):
        raise Refused("The photo is not one of this test buy.")
    if exhibit and (goods is None or goods.testbuy_id != testbuy.id):
        raise Refused("The exhibit is not one of this test buy.")
    return (shown.id if shown else None), (goods.id if goods else None)
