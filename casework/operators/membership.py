"""Whose shops are whose: the door through which a shop comes to an operator, and goes back.

Owns linking, merging, splitting and undoing (docs/adr/0040). Each writes a row that names every
shop it moved with whose it was before, so that undoing restores exactly that. An operator is never
renamed or removed: one that was merged keeps its row and all that was placed on it. Leaves what
ties shops to `casework.operators.linking`. All of it happens in the turn of codes
(`storage.codes`), which its caller has taken before anything else; shops, operators and test buys
are held in the order of docs/adr/0004.
"""

from collections.abc import Iterable, Sequence

from casework.act import Act
from casework.errors import NotFound, Refused, Stale
from casework.gauge.gauging import NO_LINK, new_operator
from casework.move import find, note
from casework.operators.operators import ensure_own
from casework.outcomes.referrals import drafts_about, rewrite
from evidence.digests import sha256_of
from rules.lifecycle import Stage
from rules.linkage import OperatorChangeKind
from rules.waiting import HELD
from storage import ledger, linking
from storage.keeping import bound_to, placed_since
from storage.rows import add, change_one, every, one, table_of
from storage.session import Transaction
from storage.tables import MovedShop, Operator, OperatorChange, Shop, TestBuy

SHARED = "It shares a confirmed identifier with another shop of the operator."
_shops, _testbuys = table_of(Shop).c, table_of(TestBuy).c
_changes, _moved = table_of(OperatorChange).c, table_of(MovedShop).c


def join(tx: Transaction, act: Act, shops: Iterable[int], reason: str) -> int:
    """Give these shops one operator, with all the shops of every operator they have; its number.

    The operator that was known first has them all; the others are merged into it one by one.
    """
    numbers = sorted(set(shops))
    held = hold(tx, numbers)
    owners = sorted({row.operator_id for row in held if row.id in numbers and row.operator_id})
    loose = [row for row in held if row.id in numbers and row.operator_id is None]
    first = owners[0] if owners else new_operator(tx, act, f"Operator of {loose[0].name}")
    for other in owners[1:]:
        merge(tx, act, first, other, reason)
    if loose:
        moved = [(row, reason) for row in loose]
        explained = [(row, reason) for row in _of(tx, first) if row.link_basis == NO_LINK]
        record(tx, act, OperatorChangeKind.LINK, first, None, reason, [*moved, *explained])
    return first


def merge(tx: Transaction, act: Act, first: int, other: int, reason: str) -> int:
    """Move every shop of `other` to `first`; both are held, and `other` is not merged yet."""
    ensure_own(tx, first)
    ensure_own(tx, other)
    basis = {row.id: reason if row.link_basis in (None, NO_LINK) else "" for row in _of(tx, other)}
    moved = [(row, basis[row.id] or str(row.link_basis)) for row in _of(tx, other)]
    moved += [(row, reason) for row in _of(tx, first) if row.link_basis == NO_LINK]
    number = record(tx, act, OperatorChangeKind.MERGE, first, other, reason, moved)
    change_one(tx, Operator, other, merged_into_id=first)
    return number


def mark_of(row: Shop) -> str:
    """What a form names of whose the shop was, and why, as it showed it."""
    return sha256_of(repr((row.operator_id, row.link_basis)).encode())


def ensure_as_seen(tx: Transaction, row: Shop, seen: str | None) -> None:
    """The held shop is whose it was shown to be; None of who was shown nothing."""
    if seen is None or seen == mark_of(row):
        return
    if row.operator_id is None:
        raise Stale(f"{row.name} belongs to no operator any more. Look at it again.")
    owner = one(tx, Operator, id=row.operator_id)
    assert owner is not None  # a foreign key holds it
    raise Stale(
        f"Look at {row.name} again: it belongs to {owner.reference} by now, "
        f"because {row.link_basis}"
    )


def record(
    tx: Transaction,
    act: Act,
    kind: OperatorChangeKind,
    operator_id: int,
    other_id: int | None,
    reason: str,
    moved: Sequence[tuple[Shop, str]],
) -> int:
    """Write a change and carry it out: every held shop of `moved` with its new basis."""
    number = add(
        tx,
        OperatorChange,
        kind=kind,
        operator_id=operator_id,
        other_id=other_id,
        reason=reason,
        by_person=act.person,
        changed_at=act.now,
    )
    for row, basis in moved:
        add(
            tx,
            MovedShop,
            change_id=number,
            shop_id=row.id,
            operator_before=row.operator_id,
            operator_after=operator_id,
            basis_before=row.link_basis,
            basis_after=basis,
        )
        change_one(tx, Shop, row.id, operator_id=operator_id, link_basis=basis)
    told = {
        OperatorChangeKind.LINK: "shop linked",
        OperatorChangeKind.MERGE: "operator merged",
        OperatorChangeKind.SPLIT: "shops split off",
    }
    _tell(tx, act, (operator_id, other_id), told[kind], number, moved, reason)
    _unsettle(tx, act, (operator_id, other_id))
    return number


def undo(tx: Transaction, act: Act, number: int, reason: str) -> Sequence[int]:
    """Give every shop of a change back to whom it had before; gives the shops that went back.

    Raises Refused where a later change took one of them along, or where something that was placed
    on the operator since would lose hold of them.
    """
    row = known(tx, number)
    moved = every(tx, MovedShop, change_id=number, order_by=_moved.shop_id)
    both = [each for each in (row.operator_id, row.other_id) if each is not None]
    held = {each.id: each for each in hold(tx, [each.shop_id for each in moved], both)}
    row = known(tx, number)
    if obstacle := why_not(tx, row):
        raise Refused(obstacle)
    back = [each for each in moved if each.operator_before != each.operator_after]
    for each in moved:
        change_one(
            tx, Shop, each.shop_id, operator_id=each.operator_before, link_basis=each.basis_before
        )
    if row.kind is OperatorChangeKind.MERGE and row.other_id is not None:
        change_one(tx, Operator, row.other_id, merged_into_id=None)
    said = {"undone_at": act.now, "undone_because": reason, "undone_by": act.person}
    change_one(tx, OperatorChange, number, **said)
    rows = [(held[each.shop_id], "") for each in moved]
    _tell(tx, act, (row.operator_id, row.other_id), "change undone", number, rows, reason)
    _unsettle(tx, act, (row.operator_id, row.other_id))
    return [each.shop_id for each in back]


def why_not(tx: Transaction, row: OperatorChange) -> str | None:
    """Why a change can't be undone at this moment; None where it can."""
    if row.undone_at is not None:
        return "This was undone already."
    moved = every(tx, MovedShop, change_id=row.id)
    shops = [each.shop_id for each in moved]
    later = [
        each.change_id
        for each in every(tx, MovedShop, _moved.shop_id.in_(shops), _moved.change_id > row.id)
    ]
    open_ones = every(
        tx, OperatorChange, _changes.id.in_(later), undone_at=None, order_by=_changes.id.desc()
    )
    if open_ones:
        return f"A later change moved the same shops. Undo change {open_ones[0].id} first."
    shops = [each.shop_id for each in moved if each.operator_before != each.operator_after]
    if row.kind is OperatorChangeKind.MERGE and row.other_id is not None:
        kept = set(linking.family(tx, row.other_id))
        over = [each for each in linking.family(tx, row.operator_id) if each not in kept]
        bound = placed_since(tx, over, shops, row.changed_at)
    else:
        bound = bound_to(tx, row.operator_id) or placed_since(tx, [], shops, row.changed_at)
    if bound:
        return f"The shops are bound by {bound}. Once that has ended, this can be undone."
    return None


def leave(
    tx: Transaction, act: Act, shops: Iterable[int], target: int, reason: str
) -> tuple[int, int]:
    """Split shops of one operator off to `target`; gives the change and whose they were.

    Refused where something keeps them there, or where none would be left.
    """
    numbers = sorted(set(shops))
    held = [row for row in hold(tx, numbers) if row.id in numbers]
    owners = {row.operator_id for row in held}
    if len(owners) != 1 or None in owners:
        raise Refused("Choose shops of one operator.")
    owner = owners.pop()
    assert owner is not None  # None was refused
    if owner == target:
        raise Refused("The shops belong to this operator already.")
    if bound := bound_to(tx, owner):
        raise Refused(
            f"The shop's operator is under {bound}, and so are its exhibits. "
            "That is ended or lifted first."
        )
    ensure_own(tx, target)
    moved = [(row, reason) for row in held]
    return record(tx, act, OperatorChangeKind.SPLIT, target, owner, reason, moved), owner


def hold(tx: Transaction, shops: Iterable[int], operators: Iterable[int] = ()) -> Sequence[Shop]:
    """The shops and all others of their operators, held by number, then these operators."""
    numbers = sorted(set(shops))
    owners = {row.operator_id for row in every(tx, Shop, _shops.id.in_(numbers))} - {None}
    wanted = _shops.id.in_(numbers) | _shops.operator_id.in_(
        sorted(each for each in owners if each)
    )
    held = every(tx, Shop, wanted, order_by=_shops.id, lock=True)
    theirs = {row.operator_id for row in held if row.operator_id is not None} | set(operators)
    rows = table_of(Operator).c
    every(tx, Operator, rows.id.in_(sorted(theirs)), order_by=rows.id, lock=True)
    return held


def known(tx: Transaction, number: int) -> OperatorChange:
    """A change by its number; NotFound where there is none."""
    row = one(tx, OperatorChange, id=number)
    if row is None:
        raise NotFound("There is no such change of an operator.")
    return row


def look_again(tx: Transaction, act: Act, shops: Iterable[int]) -> None:
    """Wake what the change of an operator's shops concerns: test buys held, or not yet ordered.

    The sales of held ones are summed anew, and the persona of one not yet ordered may have met the
    operator in another shop.
    """
    owners = {row.operator_id for row in every(tx, Shop, _shops.id.in_(sorted(set(shops))))}
    mine = [each for each in owners if each is not None]
    numbers = {row.id for row in every(tx, Shop, _shops.operator_id.in_(mine))} | set(shops)
    for reference in concerned(tx, numbers):
        note(tx, act, find(tx, act, reference), "operator's shops changed")


def concerned(tx: Transaction, shops: Iterable[int]) -> list[str]:
    """The held and the assigned test buys of shops, in order."""
    found = every(
        tx,
        TestBuy,
        _testbuys.shop_id.in_(sorted(set(shops))),
        ((_testbuys.stage == Stage.JUDGED) & (_testbuys.waiting_name == HELD.name))
        | (_testbuys.stage == Stage.ASSIGNED),
        order_by=_testbuys.id,
    )
    return [testbuy.reference for testbuy in found]


def _unsettle(tx: Transaction, act: Act, operators: Iterable[int | None]) -> None:
    """Whoever approves a draft must have seen which shops it is about: its form is stale."""
    for row in drafts_about(tx, [each for each in operators if each is not None]):
        rewrite(tx, act, row, {})


def _of(tx: Transaction, operator_id: int) -> Sequence[Shop]:
    return every(tx, Shop, operator_id=operator_id, order_by=_shops.id)


def _tell(
    tx: Transaction,
    act: Act,
    operators: Iterable[int | None],
    what: str,
    number: int,
    moved: Sequence[tuple[Shop, str]],
    reason: str,
) -> None:
    rows = [one(tx, Operator, id=each) for each in sorted({each for each in operators if each})]
    named = [row.reference for row in rows if row]
    for reference in named:
        body = {
            "what": what,
            "change": number,
            "operators": named,
            "shops": [row.id for row, _ in moved],
            "because": sha256_of(reason.encode()),
            "by": act.by,
        }
        ledger.append(tx, reference, body, act.now)
