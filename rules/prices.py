"""What the genuine article costs, by dated rows with a source, and what sales are worth at it.

Owns which row is that of an offer, and the valuation at the genuine price. A row is the offer's
where its product is named word for word in the listing's title and it was valid on the day of the
offer; of several products named, the longest; where two are as long, none, because nobody knows.
Nothing is guessed: a shop whose records count no pieces, or whose article has no price, is silent.
Leaves finding prices to people, and which sales count to `rules.sales`.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from rules.money import Money
from rules.sales import SalesRecord, counted

_FIRST_CJK = "\u2e80"


@dataclass(frozen=True, slots=True)
class GenuinePrice:
    """The price of `product` from `valid_from` on, until a later row. `verified` False is told."""

    product: str
    amount: Money
    source: str
    verified: bool
    valid_from: date


@dataclass(frozen=True, slots=True)
class Valuation:
    """What pieces on record are worth at the genuine price: a lower bound.

    `total` None: unknown. `silent` of `shops` shops have no pieces on record or no price.
    """

    total: Money | None
    pieces: int
    silent: int
    shops: int


def price_of(prices: Sequence[GenuinePrice], title: str, on: date) -> GenuinePrice | None:
    """The price of the article offered as `title` on a day, by the rows of its brand.

    Of rows of one product the latest valid counts; of those valid from one day the last given,
    which corrects the others.
    """
    newest: dict[str, GenuinePrice] = {}
    for price in sorted(prices, key=lambda price: price.valid_from):
        if price.valid_from <= on and _names(title, price.product):
            newest[_packed(price.product)] = price
    longest = max(map(len, newest), default=0)
    fit = [price for product, price in newest.items() if len(product) == longest]
    return fit[0] if len(fit) == 1 else None


def lowest(prices: Iterable[GenuinePrice], currency: str) -> GenuinePrice | None:
    """The lowest of several articles' prices in a currency: what is stated is a lower bound."""
    fit = [price for price in prices if price.amount.currency == currency]
    return min(fit, key=lambda price: price.amount.minor, default=None)


def at_genuine(
    sales: Iterable[tuple[Sequence[SalesRecord], GenuinePrice | None]], currency: str
) -> Valuation:
    """The pieces each shop sold, at the price of its article; one pair a shop."""
    total, pieces, silent, shops = 0, 0, 0, 0
    for records, price in sales:
        shops += 1
        units = [record.units for record in counted(records, currency)]
        if price is None or price.amount.currency != currency or not units or None in units:
            silent += 1
            continue
        sold = sum(unit for unit in units if unit is not None)
        pieces += sold
        total += sold * price.amount.minor
    known = silent < shops
    return Valuation(Money(total, currency) if known else None, pieces, silent, shops)


def _names(title: str, product: str) -> bool:
    """Whether the title holds the product's words one after the other.

    Chinese writes no spaces between words, so there the signs alone must follow each other.
    """
    wanted, given = _plain(product), _plain(title)
    if any(sign >= _FIRST_CJK for sign in wanted):
        return bool(wanted) and _packed(product) in _packed(title)
    return bool(wanted) and f" {wanted} " in f" {given} "


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(sign if sign.isalnum() else " " for sign in folded).split())


def _packed(text: str) -> str:
    return _plain(text).replace(" ", "")
