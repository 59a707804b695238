"""Operators with their shops, and shops nobody has linked yet."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from casework.operators.membership import mark_of
from casework.views.sales import Said, sales_of
from storage import keyset
from storage.keyset import FIRST, Paged, Turn
from storage.rows import every, one, table_of
from storage.session import Database, Transaction
from storage.tables import Agency, Operator, Shop


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """A shop with its sales records, newest first. `mark`: whose it is shown to be."""

    shop: Shop
    sales: tuple[Said, ...]
    mark: str


@dataclass(frozen=True, slots=True)
class OperatorFacts:
    """An operator with the shops linked to it."""

    operator: Operator
    shops: tuple[ShopFacts, ...]


@dataclass(frozen=True, slots=True)
class Operators:
    """A page of operators, one of shops without one, the references and agencies to choose from."""

    operators: Paged[OperatorFacts]
    unlinked: Paged[ShopFacts]
    references: Sequence[str]
    agencies: Sequence[Agency]


def operators(db: Database, turn: Turn = FIRST, of_shops: Turn = FIRST) -> Operators:
    """Operators in the order they were found; shops that are not linked, newest first."""
    shops, rows = table_of(Shop).c, table_of(Operator).c
    with db.read() as tx:
        found = keyset.page(tx, Operator, rows.merged_into_id.is_(None), turn=turn)
        unlinked = keyset.page(tx, Shop, shops.operator_id.is_(None), newest=True, turn=of_shops)
        return Operators(
            found.each(lambda those: _operators(tx, those)),
            unlinked.each(lambda those: _shops(tx, those)),
            [
                row.reference
                for row in every(tx, Operator, rows.merged_into_id.is_(None), order_by=rows.id)
            ],
            every(tx, Agency, order_by=table_of(Agency).c.name),
        )


def every_shop(db: Database) -> Sequence[tuple[Shop, str]]:
    """Every shop that is linked with its operator's reference, by operator and name."""
    shops = table_of(Shop).c
    with db.read() as tx:
        known = {row.id: row.reference for row in every(tx, Operator)}
        order = (shops.operator_id, shops.name)
        found = every(tx, Shop, shops.operator_id.is_not(None), order_by=order)
        return [(row, known[row.operator_id]) for row in found if row.operator_id is not None]


def operator_of(db: Database, shop_id: int | None) -> int | None:
    """The number of the operator that a shop is linked to."""
    with db.read() as tx:
        shop = one(tx, Shop, id=shop_id) if shop_id is not None else None
    return shop.operator_id if shop else None


def _operators(tx: Transaction, found: Sequence[Operator]) -> list[OperatorFacts]:
    shops = table_of(Shop).c
    linked = every(tx, Shop, shops.operator_id.in_([row.id for row in found]), order_by=shops.name)
    theirs = defaultdict[int | None, list[ShopFacts]](list)
    for facts in _shops(tx, linked):
        theirs[facts.shop.operator_id].append(facts)
    return [OperatorFacts(row, tuple(theirs[row.id])) for row in found]


def _shops(tx: Transaction, found: Sequence[Shop]) -> list[ShopFacts]:
    known = sales_of(tx, [shop.id for shop in found])
    return [ShopFacts(shop, tuple(known[shop.id]), mark_of(shop)) for shop in found]
