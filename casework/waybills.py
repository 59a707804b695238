"""What a waybill and a parcel tell of their sender: each an identifier of the shop, unconfirmed.

Owns who writes it down, from when on, and that a photo or exhibit of the test buy shows it. Serial
numbers come from `casework.goods`. What is written here names persons: a test buy's ledger is told
how many facts came and of which kinds, and nobody who examines the goods sees any of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from casework.act import Act
from casework.errors import Refused
from casework.linking import NewIdentifier, Source, add_new, hold_testbuy_and_shop
from casework.move import note
from casework.proposing import propose
from rules.identifiers import PARCEL_KINDS, Confidence, IdentifierKind
from rules.lifecycle import Stage
from rules.roles import Role
from storage import codes as turns
from storage.rows import one
from storage.session import Database, Transaction
from storage.tables import Exhibit, Photo, TestBuy

RECORDERS = frozenset({Role.CLERK, Role.ANALYST})
"""Who writes down what a parcel tells."""

NOT_YET = (Stage.REQUESTED, Stage.AUTHORISED, Stage.ASSIGNED, Stage.ORDERED, Stage.DECLINED)
"""Stages at which no parcel is here."""


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
        raise Refused("A parcel tells its sender, label, courier, postmark and papers.")
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
