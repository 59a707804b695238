"""Operators with their shops, and shops nobody has linked yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.rows import every, table_of
from storage.session import Database
from storage.tables import Agency, Operator, SalesSnapshot, Shop

_SHOPS = 500


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """A shop with its sales records, newest first."""

    shop: Shop
    sales: tuple[SalesSnapshot, ...]


@dataclass(frozen=True, slots=True)
class OperatorFacts:
    """An operator with the shops linked to it."""

    operator: Operator
    shops: tuple[ShopFacts, ...]


@dataclass(frozen=True, slots=True)
class Operators:
    """All operators, shops without one, and the agencies a referral may go to."""

    operators: tuple[OperatorFacts, ...]
    unlinked: tuple[ShopFacts, ...]
    agencies: Sequence[Agency]


def operators(db: Database) -> Operators:
    """Operators by reference; at most 500 shops that are not linked, newest first."""
    shops, sales = table_of(Shop).c, table_of(SalesSnapshot).c
    with db.read() as tx:
        linked = every(tx, Shop, shops.operator_id.is_not(None), order_by=shops.name)
        unlinked = every(
            tx, Shop, shops.operator_id.is_(None), order_by=shops.id.desc(), limit=_SHOPS
        )
        known: dict[int, list[SalesSnapshot]] = {}
        ids = [shop.id for shop in (*linked, *unlinked)]
        for record in every(tx, SalesSnapshot, sales.shop_id.in_(ids), order_by=sales.id.desc()):
            known.setdefault(record.shop_id, []).append(record)
        facts = {shop.id: ShopFacts(shop, tuple(known.get(shop.id, ()))) for shop in linked}
        return Operators(
            tuple(
                OperatorFacts(
                    operator,
                    tuple(facts[shop.id] for shop in linked if shop.operator_id == operator.id),
                )
                for operator in every(tx, Operator, order_by=table_of(Operator).c.reference)
            ),
            tuple(ShopFacts(shop, tuple(known.get(shop.id, ()))) for shop in unlinked),
            every(tx, Agency, order_by=table_of(Agency).c.name),
        )
