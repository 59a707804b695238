"""Cases of orders made up to lift a rating: opened, estimated, and settled by a second person.

Owns the cases and which of their estimates are taken out of the sales that a gauge counts: those
of every case but an unfounded one. Leaves how to `rules.brushing`, and the gauge to
`casework.gauge.gauging`.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from casework.act import Act
from casework.errors import NotFound, Refused, Stale
from evidence.digests import sha256_of
from rules.brushing import BrushingState, Estimate
from rules.flags import FlagKind
from rules.money import Money
from rules.roles import Role
from storage import ledger, testbuys
from storage.rows import add, change_one, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Brushing, BrushingEstimate, Flag, Shop

_cases, _estimates = table_of(Brushing), table_of(BrushingEstimate)


@dataclass(frozen=True, slots=True)
class Said:
    """What a source says; amounts in minor units of `currency`, all three None where it is silent.

    The period's first and last day are included.
    """

    period_start: date
    period_end: date
    orders_low: int
    orders_high: int
    source: str
    amount_low_minor: int | None = None
    amount_high_minor: int | None = None
    currency: str | None = None


def open_case(
    db: Database, act: Act, shop_id: int, *, reasons: str, flag_id: int | None = None
) -> str:
    """An analyst opens a case against a shop, from a flag about brushing or by hand."""
    _ensure_analyst(act)
    if not reasons.strip():
        raise Refused("Say what speaks for made-up orders.")
    with db.write() as tx:
        shop = one(tx, Shop, id=shop_id, lock=True)
        if shop is None:
            raise NotFound("There is no such shop.")
        if flag_id is not None:
            flag = one(tx, Flag, id=flag_id)
            if flag is None or flag.shop_id != shop.id or flag.kind is not FlagKind.BRUSHING:
                raise Refused("This flag is about something else, or about another shop.")
        if running := one(tx, Brushing, shop_id=shop.id, state=BrushingState.OPEN):
            raise Refused(f"{running.reference} is open against this shop: add to it.")
        number = testbuys.next_number(tx, f"BR-{act.now.year}")
        reference = f"BR-{act.now.year}-{number:06d}"
        add(
            tx,
            Brushing,
            reference=reference,
            shop_id=shop.id,
            flag_id=flag_id,
            state=BrushingState.OPEN,
            version=1,
            reasons=reasons.strip(),
            opened_by=act.person,
            opened_at=act.now,
        )
        body = {"what": "brushing case opened", "shop": shop.id, "flag": flag_id, "by": act.by}
        ledger.append(tx, reference, body | {"said": sha256_of(reasons.strip().encode())}, act.now)
        return reference


def estimate(db: Database, act: Act, reference: str, said: Said) -> None:
    """Keep what a source says of how many orders were made up; a later one stands beside it."""
    _ensure_analyst(act)
    if not said.source.strip():
        raise Refused("Say where the figure is from; without a source it counts for nothing.")
    if said.period_end < said.period_start or not 0 <= said.orders_low <= said.orders_high:
        raise Refused("The period and the number of orders begin with the lower end.")
    low, high = said.amount_low_minor, said.amount_high_minor
    if (low is None) != (high is None) or (low is None) != (said.currency is None):
        raise Refused("Give both ends of the amount with a currency, or leave all three empty.")
    if low is not None and high is not None and not 0 <= low <= high:
        raise Refused("The amount begins with the lower end.")
    with db.write() as tx:
        row = _held(tx, reference, None)
        if row.state is BrushingState.UNFOUNDED:
            raise Refused(f"{reference} was found to be unfounded: open another case.")
        number = add(
            tx,
            BrushingEstimate,
            brushing_id=row.id,
            period_start=said.period_start,
            period_end=said.period_end,
            orders_low=said.orders_low,
            orders_high=said.orders_high,
            amount_low_minor=low,
            amount_high_minor=high,
            currency=said.currency,
            source=said.source.strip(),
            recorded_by=act.person,
            recorded_at=act.now,
        )
        # Who settles it must have seen every figure.
        change_one(tx, Brushing, row.id, version=row.version + 1)
        body = {"what": "estimate recorded", "estimate": number, "by": act.by}
        ledger.append(tx, reference, body, act.now)


def settle(
    db: Database, act: Act, reference: str, *, version: int, established: bool, reasons: str
) -> None:
    """An approver who had no part in it says whether orders were made up, and why; once."""
    if act.role is not Role.APPROVER or act.person is None:
        raise Refused("Only an approver settles a case of brushing.")
    if not reasons.strip():
        raise Refused("Say why, in a sentence or two.")
    with db.write() as tx:
        row = _held(tx, reference, version)
        if row.opened_by == act.person:
            raise Refused("You opened this case: somebody else must settle it.")
        if any(each.recorded_by == act.person for each in estimates_of(tx, row.id)):
            raise Refused("You recorded a figure of this case: somebody else must settle it.")
        if row.state is not BrushingState.OPEN:
            raise Refused(f"{reference} is settled already; what was said stays.")
        if established and not every(tx, BrushingEstimate, brushing_id=row.id, limit=1):
            raise Refused("No figure with a source is on record: record one first.")
        state = BrushingState.ESTABLISHED if established else BrushingState.UNFOUNDED
        change_one(
            tx,
            Brushing,
            row.id,
            state=state,
            version=row.version + 1,
            settled_by=act.person,
            settled_at=act.now,
            settled_because=reasons.strip(),
        )
        body = {"what": "brushing case settled", "state": state, "by": act.by}
        ledger.append(tx, reference, body | {"said": sha256_of(reasons.strip().encode())}, act.now)


def known(tx: Transaction, reference: str) -> Brushing:
    """The case by its reference; NotFound where there is none."""
    row = one(tx, Brushing, reference=reference)
    if row is None:
        raise NotFound(f"There is no case {reference}. Check the reference.")
    return row


def estimates_of(tx: Transaction, brushing_id: int) -> Sequence[BrushingEstimate]:
    """What sources say in one case, in the order it was recorded."""
    return every(tx, BrushingEstimate, brushing_id=brushing_id, order_by=_estimates.c.id)


def taken_out(tx: Transaction, shops: Collection[int]) -> dict[int, list[Estimate]]:
    """The estimates by shop that are taken out of its sales; shops without any are left out."""
    found: dict[int, list[Estimate]] = defaultdict(list)
    cases = every(
        tx,
        Brushing,
        _cases.c.shop_id.in_(sorted(shops)),
        _cases.c.state != BrushingState.UNFOUNDED,
        order_by=_cases.c.id,
    )
    for case in cases:
        found[case.shop_id] += [as_rule(each) for each in estimates_of(tx, case.id)]
    return {shop: rows for shop, rows in found.items() if rows}


def as_rule(row: BrushingEstimate) -> Estimate:
    """The row as `rules.brushing` reads it."""
    if row.amount_low_minor is None or row.amount_high_minor is None or row.currency is None:
        return Estimate(row.period_start, row.period_end, None, None)
    low, high = row.amount_low_minor, row.amount_high_minor
    return Estimate(
        row.period_start, row.period_end, Money(low, row.currency), Money(high, row.currency)
    )


def _held(tx: Transaction, reference: str, version: int | None) -> Brushing:
    row = one(tx, Brushing, id=known(tx, reference).id, lock=True)
    assert row is not None  # cases are never removed
    if version is not None and row.version != version:
        raise Stale(f"{reference} was settled meanwhile, or a figure came to it. Look at it again.")
    return row


def _ensure_analyst(act: Act) -> None:
    if act.role is not Role.ANALYST or act.person is None:
        raise Refused("Only a signed-in analyst works on a case of brushing.")
