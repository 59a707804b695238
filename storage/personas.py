"""What buyers are busy with, and which shops their personas have met."""

from collections.abc import Sequence

import sqlalchemy as sa

from rules.lifecycle import Stage
from storage.prepared import Prepared
from storage.rows import table_of
from storage.session import Transaction
from storage.tables import PersonaUse, Shop, TestBuy

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
_in_shop = _uses.c.shop_id == sa.bindparam("of_shop")
_met = sa.select(_uses.c.persona_id, _uses.c.shop_id, _shops.c.operator_id).join(
    _shops, _shops.c.id == _uses.c.shop_id
)
_met_shop = Prepared(_met.where(_in_shop))
_met_operator = Prepared(
    _met.where(_in_shop | (_shops.c.operator_id == sa.bindparam("of_operator")))
)


def open_tasks(tx: Transaction) -> dict[int, int]:
    """How many test buys each buyer has in hand; buyers without any are left out."""
    return {row.buyer_id: row.open for row in _open_tasks.rows(tx)}


def uses(
    tx: Transaction, shop_id: int, operator_id: int | None
) -> Sequence[tuple[int, int, int | None]]:
    """Persona, shop it met, and that shop's operator today, for uses in the shop or the operator's.

    Other uses don't matter to who may buy there, and there are as many as test buys.
    """
    if operator_id is None:
        return _met_shop.rows(tx, {"of_shop": shop_id})
    return _met_operator.rows(tx, {"of_shop": shop_id, "of_operator": operator_id})
