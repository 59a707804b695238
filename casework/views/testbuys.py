"""The board: test buys by filters that stand in its address, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from rules import waiting
from rules.lifecycle import Stage
from rules.roles import Role
from storage import boards, tallies
from storage.boards import BoardLine
from storage.linking import survivor
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Brand, Campaign, Operator, Person, RoleGrant, Shop
from storage.walks import SHOPS, Filter, Key, Order

ROWS = 50
ARRIVALS = 100
"""New test buys that are counted; beyond it is "100 or more"."""
_CHOICES = 200

WAITS: tuple[str, ...] = tuple(
    each.name for each in vars(waiting).values() if isinstance(each, waiting.Waiting)
)
"""Every wait a test buy may be in, in the order of the way."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of the board, as it was written. `owner`: "mine", or a person's number.

    `since` and `until` are days, both of them meant whole.
    """

    stage: Stage | None = None
    brand: str | None = None
    waiting: str | None = None
    late: bool = False
    since: date | None = None
    until: date | None = None
    owner: str | None = None
    shop: int | None = None
    operator: str | None = None
    campaign: str | None = None
    order: Order = Order.NEWEST


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer. `owners`: those who ask for test buys, by number and name."""

    brands: tuple[str, ...]
    owners: tuple[tuple[int, str], ...]
    campaigns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """A page of the board. `older` and `newer` are keys of the neighbouring pages, where any.

    `counts` are of all test buys, or of the brand asked for. `unfinished`: the filters together are
    so rare that looking stopped before the page was full; `older` goes on from there. `names`: what
    a number in the address stands for. `top`: the newest number shown, from which new ones count;
    None where new ones would not come on top.
    """

    counts: dict[Stage, int]
    rows: Sequence[BoardLine]
    older: Key | None
    newer: Key | None
    unfinished: bool
    top: int | None
    choices: Choices
    names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listed:
    """Some test buys, and where the next page begins: None at the end.

    There may be fewer of them than asked for, or none, and more to come: looking stopped at its
    bound, and the next page goes on from there.
    """

    rows: Sequence[BoardLine]
    next: Key | None


def board(
    db: Database,
    asked: Asked,
    viewer: int,
    now: datetime,
    *,
    after: Key | None = None,
    before: Key | None = None,
) -> Board:
    """A page of `ROWS` test buys in the order asked; late ones always the latest first."""
    order = order_of(asked)
    after, before = _fitting(after, order), _fitting(before, order)
    with db.read() as tx:
        chosen, names = _filter(tx, asked, viewer, now)
        found = _page(tx, chosen, order, ROWS, after, before)
        rows, backwards = found.rows, before is not None
        last = (
            found.upto if found.upto and not backwards else (rows[-1].key(order) if rows else None)
        )
        return Board(
            counts=tallies.stage_counts(tx, chosen.brand if chosen else None),
            rows=rows,
            older=last if found.more or backwards else None,
            newer=rows[0].key(order) if rows and (found.more if backwards else after) else None,
            unfinished=found.upto is not None and not backwards,
            top=_top(rows) if order is Order.NEWEST and after is None and before is None else None,
            choices=_choices(tx),
            names=names,
        )


def listed(
    db: Database, asked: Asked, viewer: int, now: datetime, *, after: Key | None, limit: int
) -> Listed:
    """`limit` test buys as the board walks them, for another system."""
    order = order_of(asked)
    with db.read() as tx:
        chosen, _ = _filter(tx, asked, viewer, now)
        found = _page(tx, chosen, order, limit, _fitting(after, order), None)
    following = found.upto or (found.rows[-1].key(order) if found.rows else None)
    return Listed(found.rows, following if found.more else None)


def arrivals(db: Database, asked: Asked, viewer: int, now: datetime, than: int) -> int:
    """How many test buys of a filter were requested after number `than`, ARRIVALS at most."""
    with db.read() as tx:
        chosen, _ = _filter(tx, replace(asked, late=False), viewer, now)
        return boards.newer(tx, chosen, than, ARRIVALS) if chosen else 0


def order_of(asked: Asked) -> Order:
    """The order a page is shown in."""
    if asked.late:
        return Order.LATEST
    return Order.LONGEST if asked.order is Order.LONGEST else Order.NEWEST


def _page(
    tx: Transaction,
    chosen: Filter | None,
    order: Order,
    limit: int,
    after: Key | None,
    before: Key | None,
) -> boards.Looked:
    if chosen is None:
        return boards.Looked([], False, None)
    return boards.page(tx, chosen, order, limit, after=after, before=before)


def _fitting(key: Key | None, order: Order) -> Key | None:
    """The key, unless it was written for another order."""
    return key if key and (order is Order.NEWEST or key.at) else None


def _top(rows: Sequence[BoardLine]) -> int:
    return rows[0].id if rows else 0


def _filter(
    tx: Transaction, asked: Asked, viewer: int, now: datetime
) -> tuple[Filter | None, dict[str, str]]:
    """The filter by numbers, and their names; None where something asked for is not there."""
    names: dict[str, str] = {}
    brand = one(tx, Brand, name=asked.brand) if asked.brand else None
    campaign = one(tx, Campaign, name=asked.campaign) if asked.campaign else None
    operator = one(tx, Operator, reference=asked.operator) if asked.operator else None
    shop = one(tx, Shop, id=asked.shop) if asked.shop else None
    owner = _owner(asked, viewer)
    if (
        (asked.brand and brand is None)
        or (asked.campaign and campaign is None)
        or (asked.operator and operator is None)
        or (asked.shop and shop is None)
    ):
        return None, names
    shops: tuple[int, ...] | None = None
    if operator:
        names["operator"] = operator.name
        of_operator = every(tx, Shop, operator_id=survivor(tx, operator.id), limit=SHOPS)
        shops = tuple(each.id for each in of_operator)
    if shop:
        names["shop"] = shop.name
        shops = (shop.id,) if shops is None or shop.id in shops else ()
    if owner is not None and asked.owner != "mine":
        person = one(tx, Person, id=owner)
        names["owner"] = person.name if person else ""
    return (
        Filter(
            stage=asked.stage,
            brand=brand.id if brand else None,
            waiting=asked.waiting,
            late_at=now if asked.late else None,
            since=_midnight(asked.since) if asked.since else None,
            until=_midnight(asked.until + timedelta(days=1)) if asked.until else None,
            owner=owner,
            shops=shops,
            campaign=campaign.id if campaign else None,
        ),
        names,
    )


def _owner(asked: Asked, viewer: int) -> int | None:
    if asked.owner is None:
        return None
    return viewer if asked.owner == "mine" else int(asked.owner)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _choices(tx: Transaction) -> Choices:
    grants = every(tx, RoleGrant, role=Role.ANALYST)
    people = {
        person.id: person for each in grants if (person := one(tx, Person, id=each.person_id))
    }
    named = sorted((person.name, person.id) for person in people.values() if person.active)
    return Choices(
        brands=tuple(row.name for row in every(tx, Brand, order_by=table_of(Brand).c.name)),
        owners=tuple((number, name) for name, number in named[:_CHOICES]),
        campaigns=tuple(
            row.name
            for row in every(tx, Campaign, order_by=table_of(Campaign).c.id.desc(), limit=_CHOICES)
        ),
    )
