"""Sanctions of a shop: proposed by one person, decided by another, put in force, and ended.

Owns what may be proposed and who decides. A sanction rests on concluded counterfeits; photographs
suffice, and a genuine or inconclusive result never does. Leaves the seller's notice to
`casework.sanctioning.telling_sellers`, appeals to `casework.sanctioning.objecting`.
"""

from collections.abc import Collection, Mapping

from casework.act import Act
from casework.errors import NotFound, Refused, ensure
from casework.outcomes.sanctions import (
    advance,
    contributors_of,
    ensure_rests,
    hold_sanction,
    known,
    members_of,
    record,
    resting_on,
)
from casework.privacy.withheld_names import ensure_unnamed
from casework.telling import notifying
from rules import sanctions as rules_sanctions
from rules.notices import NoticeKind
from rules.roles import Role
from rules.sanctions import ENDED, SanctionGround, SanctionKind, SanctionMove, SanctionState
from storage import testbuys
from storage.rows import add, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Brushing, Sanction, SanctionTestBuy, Shop, TestBuy

_sanctions = table_of(Sanction)


def propose(
    db: Database,
    act: Act,
    shop_id: int,
    *,
    kind: SanctionKind,
    resting: Collection[str],
    clause: str,
    reasons: str,
    objections_to: str,
    brushing: str | None = None,
) -> str:
    """An analyst proposes a sanction that rests on test buys of the shop; gives its reference.

    Or on an established case of `brushing`, and then on no test buy.

    `clause`, `reasons` and `objections_to` (to whom, and how, a seller objects) are printed in the
    seller's notice, and name neither a buyer nor another shop.
    """
    ensure(rules_sanctions.may(SanctionMove.PROPOSE, None, frozenset({act.role})))
    assert act.person is not None  # an analyst is signed in
    if not (clause.strip() and reasons.strip() and objections_to.strip()):
        raise Refused(
            "Name the clause of the agreement, the reasons, and to whom the seller objects."
        )
    with db.write() as tx:
        shop = one(tx, Shop, id=shop_id, lock=True)
        if shop is None:
            raise NotFound("There is no such shop.")
        members = _named(tx, shop, resting)
        case = _case_of(tx, shop, brushing) if brushing else None
        ground = SanctionGround.BRUSHING if case else SanctionGround.COUNTERFEIT
        conclusions = [each.conclusion for each in members]
        ensure(rules_sanctions.may_rest(ground, conclusions, case.state if case else None))
        ensure_unnamed(tx, shop, members, (clause, reasons, objections_to))
        if standing := _standing(tx, shop, kind):
            raise Refused(f"{standing.reference} is a sanction of this kind that has not ended.")
        said = {"clause": clause, "reasons": reasons, "objections_to": objections_to}
        row = _open(tx, act, shop, kind, ground, case, said)
        for each in members:
            add(
                tx, SanctionTestBuy, sanction_id=row.id, testbuy_id=each.id, added_by=act.person
            )  # fmt: skip
        record(tx, act, row, SanctionMove.PROPOSE, SanctionState.PROPOSED, None, 1)
        return row.reference


def decide(db: Database, act: Act, reference: str, *, version: int, reasons: str) -> None:
    """An approver who did not propose it decides that the sanction is to be, and says why."""
    with db.write() as tx:
        row = hold_sanction(tx, reference, version)
        _ensure_other(tx, act, row)
        ensure_rests(tx, row)
        changes = {"decided_by": act.person, "decided_at": act.now}
        advance(tx, act, row, SanctionMove.DECIDE, _said(reasons), **changes)


def decline(db: Database, act: Act, reference: str, *, version: int, reasons: str) -> None:
    """An approver who did not propose it decides that there is to be no sanction."""
    with db.write() as tx:
        row = hold_sanction(tx, reference, version)
        _ensure_other(tx, act, row)
        changes = {"decided_by": act.person, "decided_at": act.now}
        advance(tx, act, row, SanctionMove.DECLINE, _said(reasons), **changes)


def withdraw(db: Database, act: Act, reference: str, *, version: int, reasons: str) -> None:
    """An analyst takes a proposal back before it is decided."""
    with db.write() as tx:
        row = hold_sanction(tx, reference, version)
        advance(tx, act, row, SanctionMove.WITHDRAW, _said(reasons))


def enforce(db: Database, act: Act, reference: str, *, version: int) -> None:
    """The platform has carried it out; of a closing, the shop is closed from now on.

    It may work before the last day to object: a seller who objects after that is heard as well.
    """
    with db.write() as tx:
        row = hold_sanction(tx, reference, version)
        ensure(rules_sanctions.may(SanctionMove.ENFORCE, row.state, frozenset({act.role})))
        if row.in_force_at is not None:
            raise Refused(f"{reference} is in force since {row.in_force_at:%Y-%m-%d} already.")
        ensure_rests(tx, row)
        advance(tx, act, row, SanctionMove.ENFORCE, None, in_force_at=act.now)


def lift(db: Database, act: Act, reference: str, *, version: int, reasons: str) -> None:
    """An approver or supervisor ends a sanction that was wrong, outside an appeal.

    Whoever decides an appeal had no part in the sanction; what people of the programme find out by
    themselves may be put right by anybody with the right.
    """
    with db.write() as tx:
        row = hold_sanction(tx, reference, version)
        if row.state is SanctionState.APPEALED:
            raise Refused("An appeal waits: decide that, and the sanction ends with it.")
        advance(tx, act, row, SanctionMove.LIFT, _said(reasons))


def reopen(db: Database, act: Act, reference: str, *, version: int, reasons: str) -> None:
    """An approver ends a sanction that was right: what it did to the shop is over."""
    with db.write() as tx:
        row = hold_sanction(tx, reference, version)
        if row.in_force_at is None:
            raise Refused(f"{reference} was never in force: lift it, or put it in force first.")
        advance(tx, act, row, SanctionMove.REOPEN, _said(reasons))


def cleared(tx: Transaction, act: Act, testbuy: TestBuy) -> None:
    """What a genuine result does to the sanctions of its shop, which is locked.

    What rested on it alone is lifted (a proposal is withdrawn); what still rests on a counterfeit,
    and every other sanction of the shop, is put before whoever decides them.
    """
    for row in resting_on(tx, testbuy.id):
        held = one(tx, Sanction, id=row.id, lock=True)
        assert held is not None  # sanctions are never removed
        rest = [each.conclusion for each in members_of(tx, row.id) if each.id != testbuy.id]
        if rules_sanctions.may_rest(row.ground, rest).allowed:
            _tell(tx, act, testbuy, row)
            continue
        proposed = row.state is SanctionState.PROPOSED
        step = SanctionMove.WITHDRAW if proposed else SanctionMove.LIFT
        words = f"{testbuy.reference}, on which it rested, was concluded to be genuine."
        advance(tx, act, held, step, words)
    own = {row.id for row in resting_on(tx, testbuy.id)}
    for row in every(
        tx,
        Sanction,
        _sanctions.c.state.not_in(list(ENDED)),
        shop_id=testbuy.shop_id,
        ground=SanctionGround.COUNTERFEIT,
        order_by=_sanctions.c.id,
    ):
        if row.id not in own:
            _tell(tx, act, testbuy, row)


def _tell(tx: Transaction, act: Act, testbuy: TestBuy, row: Sanction) -> None:
    notifying.tell(
        tx,
        act,
        NoticeKind.SANCTION,
        f"{row.reference}:genuine:{testbuy.reference}",
        f"{testbuy.reference}: genuine, bought from the shop that {row.reference} is against. "
        "Look at the sanction again.",
        to_role=Role.APPROVER,
        testbuy=testbuy,
        about=row.reference,
    )


def _named(tx: Transaction, shop: Shop, references: Collection[str]) -> list[TestBuy]:
    found: list[TestBuy] = []
    for reference in sorted(set(references)):
        testbuy = testbuys.by_reference(tx, reference)
        if testbuy is None or testbuy.shop_id != shop.id:
            raise NotFound(f"{reference} is no test buy of this shop. Choose from the list.")
        found.append(testbuy)
    return found


def _standing(tx: Transaction, shop: Shop, kind: SanctionKind) -> Sanction | None:
    return one(
        tx, Sanction, _sanctions.c.state.not_in(list(ENDED)), shop_id=shop.id, kind=kind
    )  # fmt: skip


def _open(
    tx: Transaction,
    act: Act,
    shop: Shop,
    kind: SanctionKind,
    ground: SanctionGround,
    case: Brushing | None,
    said: Mapping[str, str],
) -> Sanction:
    reference = f"SA-{act.now.year}-{testbuys.next_number(tx, f'SA-{act.now.year}'):06d}"
    add(
        tx,
        Sanction,
        reference=reference,
        shop_id=shop.id,
        kind=kind,
        ground=ground,
        state=SanctionState.PROPOSED,
        version=1,
        brushing_id=case.id if case else None,
        **{name: words.strip() for name, words in said.items()},
        proposed_by=act.person,
        proposed_at=act.now,
        changed_at=act.now,
    )
    return known(tx, reference)


def _case_of(tx: Transaction, shop: Shop, reference: str) -> Brushing:
    case = one(tx, Brushing, reference=reference, shop_id=shop.id)
    if case is None:
        raise NotFound(f"{reference} is no case against this shop. Choose from the list.")
    return case


def _ensure_other(tx: Transaction, act: Act, row: Sanction) -> None:
    assert act.person is not None  # an approver is signed in
    ensure(rules_sanctions.may(SanctionMove.DECIDE, row.state, frozenset({act.role})))
    ensure(rules_sanctions.may_decide(contributors_of(tx, row), act.person))


def _said(words: str) -> str:
    if not words.strip():
        raise Refused("Say why, in a sentence or two.")
    return words.strip()
