"""Walking along one index of test buys: which filters it answers, and the bound of the rest.

Owns the keyset and its bound. A page is read along the index of one filter, in the order shown;
what the other filters leave out is passed over, `LOOKED` test buys at most. So no page costs more
than `LOOKED` steps along an index, however many test buys there are and whatever is asked. Leaves
what is told of a test buy to `storage.boards`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa

from rules.lifecycle import Stage
from storage.prepared import compiled
from storage.rows import table_of
from storage.session import Transaction
from storage.tables import TestBuy

LOOKED = 2000
SHOPS = 100
"""Shops of one operator that a page looks through; an operator with more is asked shop by shop."""

_SLACK = 1000
"""Test buys are numbered as they come, by the clocks of several processes: those differ by less."""

_t = table_of(TestBuy).c


class Order(StrEnum):
    """NEWEST: requested last. LONGEST: waiting longest. LATEST: late for longest."""

    NEWEST = "newest"
    LONGEST = "longest"
    LATEST = "latest"


class Key(NamedTuple):
    """A row's place in an order; `at` is None where the number alone orders."""

    at: datetime | None
    id: int


@dataclass(frozen=True, slots=True)
class Filter:
    """Which test buys a page shows; None leaves a side open, no shop at all shows nothing."""

    stage: Stage | None = None
    brand: int | None = None
    waiting: str | None = None
    late_at: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None
    owner: int | None = None
    buyer: int | None = None
    shops: tuple[int, ...] | None = None
    campaign: int | None = None


class Walk:
    """One walk along an index: the statement's shape, kept prepared, and its values."""

    def __init__(
        self, tx: Transaction, chosen: Filter, order: Order, key: Key | None, *, backwards: bool
    ) -> None:
        self._tx, self._order, self._backwards = tx, order, backwards
        self.empty = chosen.shops == ()
        asked = {
            "shop": chosen.shops, "campaign_id": chosen.campaign, "requested_by": chosen.owner,
            "buyer_id": chosen.buyer, "brand_id": chosen.brand, "stage": chosen.stage,
            "waiting_name": chosen.waiting,
        }  # fmt: skip
        given = {name: value for name, value in asked.items() if value is not None}
        along = _along(order, given)
        self.passes_over = (
            bool(given.keys() - along) or chosen.since is not None or chosen.until is not None
        )
        self._along, self._over = tuple(sorted(along)), tuple(sorted(given.keys() - along))
        self._values: dict[str, Any] = {n: v for n, v in given.items() if n != "shop"}
        shops = chosen.shops or ()
        self._values |= {f"shop_{place}": shop for place, shop in enumerate(shops[:SHOPS])}
        self._shops = len(shops[:SHOPS])
        self._bounds = self._bounded(chosen)
        self._keyed = key is not None
        if order is Order.LATEST:
            self._values["late_at"] = chosen.late_at
        if key is not None:
            self._values |= {"key_at": key.at, "key_id": key.id}

    @property
    def _shape(self) -> tuple[Any, ...]:
        by = (self._order, self._backwards, self._keyed)
        return (*by, self._along, self._over, self._shops, self._bounds)

    def run(self, what: str, build: Callable[[], Any], most: int) -> list[Any]:
        """The rows of a statement built on this walk, kept prepared for its shape.

        Its parameters `looked` and `most` are the steps along the index and the rows wanted.
        """
        looked = LOOKED if self.passes_over else most
        return self._run(what, build, {"most": most, "looked": looked} | self._of_each(looked))

    def kept(self) -> Any:
        """The numbers that none of the filters leaves out, `most` of them in the order walked."""
        seen = self._ids().limit(sa.bindparam("looked")).subquery("seen")
        walked = seen.join(table_of(TestBuy), _t.id == seen.c.id)
        kept = sa.select(_t.id).select_from(walked).where(*self._passed_over())
        return kept.order_by(*self.ordering()).limit(sa.bindparam("most")).subquery("kept")

    def end(self) -> Key | None:
        """The last key that was looked at, where looking stopped at its bound."""

        def build() -> Any:
            return self._ids().limit(1).offset(sa.bindparam("looked"))

        found = self._run("end", build, {"looked": LOOKED - 1} | self._of_each(LOOKED))
        if not found:
            return None
        row = found[0]
        return Key(None if self._order is Order.NEWEST else row[1], row[0])

    def _of_each(self, looked: int) -> dict[str, int]:
        """How many of each shop are put together, so that all that are looked at are among them."""
        return {"each": looked} if "shop" in self._along and self._shops > 1 else {}

    def _run(self, what: str, build: Callable[[], Any], values: dict[str, Any]) -> list[Any]:
        kept = compiled(self._tx, ("board", what, *self._shape), build)
        return kept.rows(self._tx, self._values | values)

    def _bounded(self, chosen: Filter) -> tuple[str, ...]:
        """The bounds of a span of time, as numbers to walk between and as times to compare."""
        bounds: list[str] = []
        for name, at in (("since", chosen.since), ("until", chosen.until)):
            if at is None:
                continue
            bounds.append(name)
            self._values[name] = at
            found = compiled(self._tx, ("board edge", name), lambda: _edge(name)).rows(  # noqa: B023
                self._tx, {"edge": at}
            )
            numbers = [row[0] for row in found]
            if name == "since" and not numbers:
                self.empty = True
            slack = -_SLACK if name == "since" else _SLACK
            self._values[f"{name}_id"] = numbers[0] + slack if numbers else 0
        return tuple(bounds)

    def _ids(self) -> Any:
        """The numbers along the index in the order walked, with what orders them."""
        if "shop" not in self._along:
            return self._one(list[Any]())
        parts = [
            self._one([_t.shop_id == sa.bindparam(f"shop_{place}")])
            .limit(sa.bindparam("each", type_=sa.Integer()))
            .subquery()
            for place in range(self._shops)
        ]
        if len(parts) == 1:
            return self._one([_t.shop_id == sa.bindparam("shop_0")])
        together = sa.union_all(*[sa.select(part.c.id) for part in parts]).subquery()
        return sa.select(together.c.id).order_by(
            together.c.id if self._backwards else together.c.id.desc()
        )

    def _one(self, conditions: list[Any]) -> Any:
        columns = [_t.id] if self._order is Order.NEWEST else [_t.id, self._by]
        conditions += [_equal(name) for name in self._along if name != "shop"]
        if self._order is Order.LONGEST:
            conditions.append(_t.waiting_role.is_not(None))
        if self._order is Order.LATEST:
            conditions += [_t.late_from.is_not(None), _t.late_from < sa.bindparam("late_at")]
        conditions += self._edges() + self._beyond()
        return sa.select(*columns).where(*conditions).order_by(*self.ordering())

    @property
    def _by(self) -> Any:
        return _t.waiting_since if self._order is Order.LONGEST else _t.late_from

    def _edges(self) -> list[Any]:
        if self._order is not Order.NEWEST:
            return []
        edges = {
            "since": _t.id >= sa.bindparam("since_id"),
            "until": _t.id <= sa.bindparam("until_id"),
        }
        return [edges[name] for name in self._bounds]

    def _beyond(self) -> list[Any]:
        if not self._keyed:
            return []
        number = sa.bindparam("key_id", type_=_t.id.type)
        if self._order is Order.NEWEST:
            return [_t.id > number if self._backwards else _t.id < number]
        here = sa.tuple_(self._by, _t.id)
        there = sa.tuple_(sa.bindparam("key_at", type_=self._by.type), number)
        return [here < there if self._backwards else here > there]

    def ordering(self) -> list[Any]:
        """The columns of the test buy that its rows are ordered by."""
        if self._order is Order.NEWEST:
            return [_t.id if self._backwards else _t.id.desc()]
        columns = [self._by, _t.id]
        return [column.desc() for column in columns] if self._backwards else columns

    def _passed_over(self) -> list[Any]:
        conditions = [_equal(name) for name in self._over if name != "shop"]
        if "shop" in self._over:
            shops = [_t.shop_id == sa.bindparam(f"shop_{place}") for place in range(self._shops)]
            conditions.append(sa.or_(*shops))
        spans = {
            "since": _t.requested_at >= sa.bindparam("since"),
            "until": _t.requested_at < sa.bindparam("until"),
        }
        return conditions + [spans[name] for name in self._bounds]


def _along(order: Order, given: dict[str, Any]) -> set[str]:
    """The filters that the index walked answers by itself; the rest is passed over."""
    if order is not Order.NEWEST:
        return set()
    by_one = ({"shop"}, {"campaign_id"}, {"buyer_id"}, {"requested_by"})
    for names in (*by_one, {"brand_id", "stage"}):
        if names <= given.keys():
            return names
    for name in ("brand_id", "waiting_name", "stage"):
        if name in given:
            return {name}
    return set()


def _equal(name: str) -> Any:
    return _t[name] == sa.bindparam(name, type_=_t[name].type)


def _edge(name: str) -> Any:
    """The number of the first test buy of a span, or of the last before its end."""
    edge = sa.bindparam("edge", type_=_t.requested_at.type)
    at, first = _t.requested_at, name == "since"
    query = sa.select(_t.id).where(at >= edge if first else at < edge)
    return query.order_by(at if first else at.desc()).limit(1)
