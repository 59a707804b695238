"""Who can buy, what buyers are busy with, and which shops their personas have met."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from rules.lifecycle import ENDS, Stage
from rules.roles import Role
from rules.waiting import BUYER, SUCCESSOR
from storage.prepared import Prepared
from storage.rows import table_of
from storage.session import Transaction
from storage.tables import Buyer, Person, PersonaUse, RoleGrant, Shop, TestBuy

BUSY = (Stage.ASSIGNED, Stage.ORDERED, Stage.RECEIVED)
"""Stages at which a test buy is in its buyer's hands."""

_testbuys = table_of(TestBuy)
_uses = table_of(PersonaUse)
_shops = table_of(Shop)


_stage = _testbuys.c.stage
_open_tasks = Prepared(
    sa.select(_testbuys.c.buyer_id, sa.func.count().label("open"))
    # Each stage a parameter of its own: a list would be expanded on execution.
    .where(_stage.in_([sa.literal(stage, _stage.type) for stage in BUSY]))
    .where(_testbuys.c.buyer_id.is_not(None))
    .group_by(_testbuys.c.buyer_id)
)
_role, _active = table_of(RoleGrant).c.role, table_of(Person).c.active
_actors = (
    sa.select(table_of(Buyer).c.person_id)
    .join(table_of(Person), table_of(Person).c.id == table_of(Buyer).c.person_id)
    .join(table_of(RoleGrant), table_of(RoleGrant).c.person_id == table_of(Buyer).c.person_id)
    .where(_active == sa.true(), _role == sa.literal(Role.BUYER, _role.type))
)
_may_act = Prepared(_actors)
_able = Prepared(_actors.where(table_of(Buyer).c.active == sa.true()))
_of_buyer = Prepared(
    sa.select(_testbuys.c.reference)
    .where(_testbuys.c.buyer_id == sa.bindparam("of_buyer"), _testbuys.c.waiting_role.is_not(None))
    .order_by(_testbuys.c.id)
)
_wanting = Prepared(
    sa.select(_testbuys.c.reference)
    .where(
        _testbuys.c.waiting_role == sa.literal(BUYER.role, _testbuys.c.waiting_role.type),
        sa.or_(*(_testbuys.c.waiting_name == sa.literal(e.name) for e in (BUYER, SUCCESSOR))),
    )
    .order_by(_testbuys.c.id)
)
_in_shop = _uses.c.shop_id == sa.bindparam("of_shop")
_met = sa.select(_uses.c.persona_id, _uses.c.shop_id, _shops.c.operator_id).join(
    _shops, _shops.c.id == _uses.c.shop_id
)
_met_shop = Prepared(_met.where(_in_shop))
_met_operator = Prepared(
    _met.where(_in_shop | (_shops.c.operator_id == sa.bindparam("of_operator")))
)


def able_buyers(tx: Transaction) -> frozenset[int]:
    """Whose account is open, who hold the buyer's role and are not on leave, by number."""
    return frozenset(row.person_id for row in _able.rows(tx))


def may_act(tx: Transaction) -> frozenset[int]:
    """The same with those on leave."""
    return frozenset(row.person_id for row in _may_act.rows(tx))


def of_buyer(tx: Transaction, person_id: int) -> Sequence[str]:
    """References of a buyer's test buys that wait for somebody, oldest first."""
    return [row.reference for row in _of_buyer.rows(tx, {"of_buyer": person_id})]


def wanting_a_buyer(tx: Transaction) -> Sequence[str]:
    """References of test buys that wait for a buyer to be found, oldest first."""
    return [row.reference for row in _wanting.rows(tx)]


def open_tasks(tx: Transaction) -> dict[int, int]:
    """How many test buys each buyer has in hand; buyers without any are left out."""
    return {row.buyer_id: row.open for row in _open_tasks.rows(tx)}


def under_way(tx: Transaction, ids: Collection[int]) -> dict[int, int]:
    """How many test buys that have not ended each of these personas has; none are left out."""
    running = (
        sa.select(_uses.c.persona_id, sa.func.count().label("open"))
        .join(_testbuys, _testbuys.c.id == _uses.c.testbuy_id)
        .where(
            _uses.c.persona_id.in_(ids),
            _testbuys.c.persona_id == _uses.c.persona_id,
            _stage.not_in(list(ENDS)),
        )
        .group_by(_uses.c.persona_id)
    )
    return {row.persona_id: row.open for row in tx.execute(running)} if ids else {}


def uses(
    tx: Transaction, shop_id: int, operator_id: int | None
) -> Sequence[tuple[int, int, int | None]]:
    """Persona, shop it met, and that shop's operator today, for uses in the shop or the operator's.

    Other uses don't matter to who may buy there, and there are as many as test buys.
    """
    if operator_id is None:
        return _met_shop.rows(tx, {"of_shop": shop_id})
    return _met_operator.rows(tx, {"of_shop": shop_id, "of_operator": operator_id})
