"""Buying again after a seller was told: a test buy tied to the sanction and to the first one.

Owns from which flags it may be launched (domain: section 3.14: a second buy after notice or closure
proves wilfulness), and the tie, which is never changed. Leaves the request itself to
`casework.buying.requesting`: whoever approves it is told of no other rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.act import Act
from casework.buying.requesting import request_in
from casework.errors import NotFound, Refused
from casework.move import Moved, find, note
from casework.outcomes.sanctions import hold_sanction, known, members_of
from rules.roles import Role
from rules.sanctions import TOLD, SanctionKind
from storage import ledger
from storage.rows import add, every, one, table_of
from storage.session import Database, Transaction
from storage.tables import (
    Flag,
    FollowUp,
    Listing,
    RequestedVia,
    Route,
    Sanction,
    Shop,
    TestBuy,
)

OFFERED = 30
"""How many flags are offered, the newest first behind those of the first test buys."""

_flags, _follows, _testbuys = table_of(Flag), table_of(FollowUp), table_of(TestBuy)


@dataclass(frozen=True, slots=True)
class Offer:
    """A flag that a follow-up can be launched from, with what it points at."""

    flag: Flag
    title: str
    shop: str


@dataclass(frozen=True, slots=True)
class Followed:
    """What a test buy followed: the sanction, when its seller was told, and the first test buy."""

    sanction: str
    told_at: datetime
    first: str | None


def launch(
    db: Database,
    act: Act,
    reference: str,
    *,
    version: int,
    flag_id: int,
    purpose: str,
    campaign: str | None,
    route: Route,
) -> Moved:
    """Request a test buy that follows a sanction whose seller was told; it is tied to both."""
    if act.role is not Role.ANALYST or act.person is None:
        raise Refused("Only a signed-in analyst launches a follow-up.")
    with db.write() as tx:
        resting = {each.id for each in members_of(tx, known(tx, reference).id)}
        moved = request_in(
            tx,
            act,
            flag_id=flag_id,
            purpose=purpose,
            campaign=campaign,
            via=RequestedVia.PORTAL,
            route=route,
            besides=resting,
        )
        row = hold_sanction(tx, reference, version)
        if row.state not in TOLD or row.notified_at is None:
            raise Refused(
                "A buy proves something of a sanction only while that stands and its seller was "
                "told of it."
            )
        testbuy = find(tx, act, moved.reference)
        if testbuy.shop_id not in shops_of(tx, row):
            raise NotFound("This flag is of no shop that the sanction reaches. Choose another.")
        first = first_of(tx, row)
        add(
            tx,
            FollowUp,
            testbuy_id=testbuy.id,
            sanction_id=row.id,
            first_id=first.id if first else None,
            launched_by=act.person,
            launched_at=act.now,
        )
        facts = {"sanction": row.reference, "first": first.reference if first else None}
        note(tx, act, testbuy, "follows a sanction", facts, wake=False)
        body = {"what": "follow-up launched", "testbuy": testbuy.reference, "by": act.by}
        ledger.append(tx, row.reference, body, act.now)
        return moved


def offers(tx: Transaction, row: Sanction) -> tuple[Offer, ...]:
    """Flags to launch a follow-up from: those of the first test buys, then the newest others."""
    if row.state not in TOLD:
        return ()
    first = [each.flag_id for each in members_of(tx, row.id)]
    reached = [
        _flags.c.shop_id.in_(sorted(shops_of(tx, row))),
        _flags.c.dismissed_at.is_(None),
    ]
    own = every(tx, Flag, *reached, _flags.c.id.in_(first), order_by=_flags.c.id)
    rest = every(
        tx,
        Flag,
        *reached,
        _flags.c.id.not_in(first),
        order_by=_flags.c.id.desc(),
        limit=OFFERED,
    )
    return tuple(_offer(tx, flag) for flag in (*own, *rest))


def follow_ups(tx: Transaction, row: Sanction) -> Sequence[TestBuy]:
    """The test buys that followed a sanction, in order."""
    tied = _follows.select().with_only_columns(_follows.c.testbuy_id)
    return every(
        tx,
        TestBuy,
        _testbuys.c.id.in_(tied.where(_follows.c.sanction_id == row.id)),
        order_by=_testbuys.c.id,
    )


def followed_by(tx: Transaction, testbuy_id: int) -> Sequence[TestBuy]:
    """The test buys that followed this one, in order."""
    tied = _follows.select().with_only_columns(_follows.c.testbuy_id)
    return every(
        tx,
        TestBuy,
        _testbuys.c.id.in_(tied.where(_follows.c.first_id == testbuy_id)),
        order_by=_testbuys.c.id,
    )


def followed(tx: Transaction, testbuy_id: int) -> Followed | None:
    """What a test buy followed; None where it followed nothing."""
    tie = one(tx, FollowUp, testbuy_id=testbuy_id)
    if tie is None:
        return None
    row, first = one(tx, Sanction, id=tie.sanction_id), one(tx, TestBuy, id=tie.first_id or 0)
    assert row is not None and row.notified_at is not None  # a foreign key and the gate hold them
    return Followed(row.reference, row.notified_at, first.reference if first else None)


def first_of(tx: Transaction, row: Sanction) -> TestBuy | None:
    """The oldest test buy that a sanction rests on."""
    members = members_of(tx, row.id)
    return members[0] if members else None


def shops_of(tx: Transaction, row: Sanction) -> frozenset[int]:
    """The sanctioned shop; once that is closed, every other shop of its operator, too."""
    shop = one(tx, Shop, id=row.shop_id)
    assert shop is not None  # a foreign key holds it
    closed = row.kind is SanctionKind.SHOP_CLOSED and row.in_force_at is not None
    if not closed or shop.operator_id is None:
        return frozenset({shop.id})
    return frozenset(each.id for each in every(tx, Shop, operator_id=shop.operator_id))


def _offer(tx: Transaction, flag: Flag) -> Offer:
    listing, shop = one(tx, Listing, id=flag.listing_id), one(tx, Shop, id=flag.shop_id)
    assert listing and shop  # foreign keys hold them
    return Offer(flag, listing.title, shop.name)
