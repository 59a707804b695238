"""What buyers are busy with, and which shops their personas have met."""

from collections.abc import Iterator

import sqlalchemy as sa

from rules.lifecycle import Stage
from storage.rows import table_of
from storage.session import Transaction
from storage.tables import PersonaUse, Shop, TestBuy

BUSY = (Stage.ASSIGNED, Stage.ORDERED, Stage.RECEIVED)
"""Stages at which a test buy is in its buyer's hands."""

_testbuys = table_of(TestBuy)
_uses = table_of(PersonaUse)
_shops = table_of(Shop)


def open_tasks(tx: Transaction) -> dict[int, int]:
    """How many test buys each buyer has in hand; buyers without any are left out."""
    counted = (
        sa.select(_testbuys.c.buyer_id, sa.func.count())
        .where(_testbuys.c.stage.in_(BUSY), _testbuys.c.buyer_id.is_not(None))
        .group_by(_testbuys.c.buyer_id)
    )
    return {row[0]: row[1] for row in tx.execute(counted)}


def uses(
    tx: Transaction, shop_id: int, operator_id: int | None
) -> Iterator[tuple[int, int, int | None]]:
    """Persona, shop it met, and that shop's operator today, for uses in the shop or the operator's.

    Other uses don't matter to who may buy there, and there are as many as test buys.
    """
    there = _uses.c.shop_id == shop_id
    if operator_id is not None:
        there |= _shops.c.operator_id == operator_id
    met = (
        sa.select(_uses.c.persona_id, _uses.c.shop_id, _shops.c.operator_id)
        .join(_shops, _shops.c.id == _uses.c.shop_id)
        .where(there)
    )
    for row in tx.execute(met):
        yield row.persona_id, row.shop_id, row.operator_id
