"""Legal holds: on an exhibit, test buy or operator, placed and lifted by people with the right.

Owns both rows, which are never changed, and that an open disposal lapses when a hold comes. While
one stands, `casework.keeping.disposing` refuses. Placing locks what disposals lock (the operator,
then the test buys), so that a hold and an approval of the same moment take turns: whichever comes
second sees the first. Reasons stay in the row; the ledger names the hold by its number.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from casework.act import Act
from casework.custody.custody import exhibit_of
from casework.errors import NotFound, Refused, ensure
from casework.move import find, note
from casework.operators.operators import ensure_own
from rules.disposal import PLACES_HOLD, Standing, may_lift
from storage import ledger
from storage.keeping import lifted_over, lock_all_of, standing_over
from storage.rows import add, add_if_absent, change_one, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Disposal,
    Exhibit,
    HoldLift,
    LegalHold,
    Operator,
    Person,
    Shop,
    TestBuy,
)


@dataclass(frozen=True, slots=True)
class _On:
    """What a hold is on: its column, what to call it, its test buys, and one exhibit or all."""

    column: dict[str, int]
    name: str
    testbuys: Sequence[TestBuy]
    exhibit: Exhibit | None = None
    operator: Operator | None = None


def place(db: Database, act: Act, subject: str, *, reason: str) -> int:
    """Place a hold on an exhibit (`AS/1`), test buy (`TB-…`) or operator (`OP-…`); its number."""
    if act.role not in PLACES_HOLD or act.person is None:
        raise Refused("Only counsel, a liaison or a supervisor places a legal hold.")
    if not reason.strip():
        raise Refused("Say why it must be kept; the reason stands beside the hold.")
    with db.write() as tx:
        on = _held(tx, act, subject)
        if on.operator is not None:
            ensure_own(tx, on.operator.id)
        number = add(
            tx,
            LegalHold,
            **on.column,
            reason=reason.strip(),
            placed_by=act.person,
            placed_as=act.role,
            placed_at=act.now,
        )
        _tell(tx, act, on, "legal hold placed", {"hold": number})
        for exhibit, testbuy in _reached(tx, on):
            _lapse(tx, act, exhibit, testbuy, number)
        return number


def lift(db: Database, act: Act, number: int, *, reason: str) -> None:
    """Lift a hold; not by who asked for a disposal that it stops."""
    if not reason.strip():
        raise Refused("Say why it need not be kept any longer.")
    with db.read() as tx:
        subject = subject_of(tx, _hold(tx, number))
    with db.write() as tx:
        on = _held(tx, act, subject)
        asked = [
            each.asked_by
            for exhibit, _ in _reached(tx, on)
            for each in every(tx, Disposal, exhibit_id=exhibit.id)
        ]
        ensure(may_lift(act.role, asked, act.person))
        if not add_if_absent(
            tx,
            HoldLift,
            hold_id=number,
            reason=reason.strip(),
            lifted_by=act.person,
            lifted_as=act.role,
            lifted_at=act.now,
        ):
            raise Refused("This hold was lifted already.")
        _tell(tx, act, on, "legal hold lifted", {"hold": number})


def standing(tx: Transaction, exhibit: Exhibit) -> list[Standing]:
    """The holds that stand over an exhibit, in words."""
    return [in_words(tx, each) for each in standing_over(tx, exhibit, *_owners(tx, exhibit))]


def lifters(tx: Transaction, exhibit: Exhibit) -> frozenset[int]:
    """Everybody who ever lifted a hold over an exhibit."""
    lifted = lifted_over(tx, exhibit, *_owners(tx, exhibit))
    return frozenset(each.lifted_by for each in lifted)


def in_words(tx: Transaction, hold: LegalHold) -> Standing:
    """A hold as the rule takes it."""
    person = one(tx, Person, id=hold.placed_by)
    assert person is not None  # a foreign key holds it
    on = subject_of(tx, hold)
    return Standing(hold.id, on, person.name, hold.placed_at, hold.reason)


def subject_of(tx: Transaction, hold: LegalHold) -> str:
    """The reference of what a hold is on."""
    table, number = next(
        (table, number)
        for table, number in (
            (Exhibit, hold.exhibit_id),
            (TestBuy, hold.testbuy_id),
            (Operator, hold.operator_id),
        )
        if number is not None
    )
    row = one(tx, table, id=number)
    assert row is not None  # a foreign key holds it
    return row.reference


def _owners(tx: Transaction, exhibit: Exhibit) -> tuple[TestBuy, int | None]:
    testbuy = one(tx, TestBuy, id=exhibit.testbuy_id)
    shop = one(tx, Shop, id=testbuy.shop_id) if testbuy else None
    assert testbuy is not None and shop is not None  # foreign keys hold it
    return testbuy, shop.operator_id


def _held(tx: Transaction, act: Act, subject: str) -> _On:
    """What `subject` names, locked as disposals lock it; raises NotFound."""
    name, free = subject.strip().upper(), replace(act, hold=None)
    if name.startswith("OP-"):
        operator = one(tx, Operator, reference=name)
        if operator is None:
            raise NotFound(f"There is no operator {name}. Check the reference.")
        testbuys = lock_all_of(tx, operator.id)
        return _On({"operator_id": operator.id}, name, testbuys, operator=operator)
    if name.startswith("TB-"):
        testbuy = find(tx, free, name)
        return _On({"testbuy_id": testbuy.id}, name, [testbuy])
    exhibit, testbuy = exhibit_of(tx, free, name)
    return _On({"exhibit_id": exhibit.id}, name, [testbuy], exhibit=exhibit)


def _reached(tx: Transaction, on: _On) -> list[tuple[Exhibit, TestBuy]]:
    """The exhibits a hold is over, each with its test buy."""
    if on.exhibit is not None:
        parts = every(tx, Exhibit, part_of=on.exhibit.id, order_by=table_of(Exhibit).c.id)
        return [(each, on.testbuys[0]) for each in (on.exhibit, *parts)]
    return [
        (exhibit, testbuy)
        for testbuy in on.testbuys
        for exhibit in every(tx, Exhibit, testbuy_id=testbuy.id, order_by=table_of(Exhibit).c.id)
    ]


def _lapse(tx: Transaction, act: Act, exhibit: Exhibit, testbuy: TestBuy, number: int) -> None:
    opened = one(tx, Disposal, exhibit_id=exhibit.id, carried_out_at=None, ended_at=None)
    if opened is None:
        return
    because = f"Lapsed: legal hold {number} was placed."
    change_one(tx, Disposal, opened.id, ended_at=act.now, ended_because=because, hold_id=number)
    facts = {"exhibit": exhibit.reference, "disposal": opened.id, "hold": number}
    note(tx, replace(act, hold=None), testbuy, "disposal lapsed", facts, wake=False)


def _tell(tx: Transaction, act: Act, on: _On, what: str, facts: dict[str, object]) -> None:
    if on.operator is not None:
        body = {"what": what, **facts, "by": act.by}
        ledger.append(tx, on.operator.reference, body, act.now)
        return
    if on.exhibit is not None:
        facts |= {"exhibit": on.exhibit.reference}
    note(tx, replace(act, hold=None), on.testbuys[0], what, facts, wake=False)


def _hold(tx: Transaction, number: int) -> LegalHold:
    hold = one(tx, LegalHold, id=number)
    if hold is None:
        raise NotFound("There is no such legal hold.")
    return hold
