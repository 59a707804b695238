"""How large an operator's trade is, as a dossier tells it: both valuations, and each threshold.

Owns the wording of either. Leaves which sales count to `rules.sales`, which price fits to
`rules.prices`, and where an operator stands to `rules.thresholds`.
"""

import re
from collections.abc import Iterator
from typing import Any

from casework.record.record import Record
from evidence import dossier
from evidence.words import Words
from rules.brushing import SalesRange, ranges
from rules.money import Money
from rules.prices import GenuinePrice, Valuation, at_genuine
from rules.sales import counted
from rules.thresholds import Limb, LimbReading


def gauge_line(limb: LimbReading, words: Words) -> dossier.GaugeLine:
    """A limb of the gauge as printed."""
    row = limb.threshold
    # The limb stands beside it: what follows the colon is said.
    sentence = re.split(": |：", words.recorded(limb.sentence), maxsplit=1)[-1]
    offence = words.recorded(row.offence)
    if row.limb is not Limb.NONE:
        offence = words.say("gauge.limb", offence=offence, limb=words.recorded(row.limb))
    return dossier.GaugeLine(offence, words.term(limb.state), sentence)


def valuations(record: Record, words: Words) -> Iterator[dossier.Row]:
    """What was sold, at the prices it was sold for and at the genuine article's."""
    currency = record.testbuy.currency
    sold = [counted(rows, currency) for rows in record.sales.values()]
    total = Money(sum(each.amount.minor for rows in sold for each in rows), currency)
    silent = sum(not rows for rows in sold)
    if silent == len(sold):
        paid = words.say("valuation.unknown")
    else:
        paid = words.say(
            "valuation.price", total=total.format(), silent=silent, shops=len(sold),
            currency=currency,
        )  # fmt: skip
        if left := left_of(record, currency):
            paid = f"{paid} {words.recorded(left.sentence)}"
    yield dossier.Row(words.say("row.at_paid"), paid)
    yield dossier.Row(words.say("row.genuine_price"), _one(record.particulars.price, words))
    valued = at_genuine_price(record)
    if valued.total is None:
        worth = words.say("valuation.no_genuine")
    else:
        worth = words.say(
            "valuation.genuine", total=valued.total.format(), pieces=valued.pieces,
            silent=valued.silent, shops=valued.shops,
        )  # fmt: skip
    yield dossier.Row(words.say("row.at_genuine"), worth)


def left_of(record: Record, currency: str) -> SalesRange | None:
    """The sales without orders that may be made up; None where nothing is estimated."""
    found = ranges(record.sales, record.made_up)
    return next((each for each in found if each.recorded.currency == currency), None)


def at_genuine_price(record: Record) -> Valuation:
    """The pieces on record of all shops of the operator, at the price of the genuine article."""
    prices = record.particulars.prices
    pairs = [(rows, prices.get(shop)) for shop, rows in record.sales.items()]
    return at_genuine(pairs, record.testbuy.currency)


def as_data(record: Record) -> dict[str, Any]:
    """Both valuations as a bundle's `testbuy.json` holds them; null is unknown."""
    currency = record.testbuy.currency
    sold = [row for rows in record.sales.values() for row in counted(rows, currency)]
    valued, price = at_genuine_price(record), record.particulars.price
    left = left_of(record, currency)
    return {
        "valuations": {
            "currency": currency,
            "at_counterfeit_price_minor": sum(row.amount.minor for row in sold) if sold else None,
            "without_made_up_orders_minor": [left.low.minor, left.high.minor] if left else None,
            "at_genuine_price_minor": valued.total.minor if valued.total else None,
            "pieces": valued.pieces,
            "shops": valued.shops,
            "shops_without_pieces_or_price": valued.silent,
            "genuine_price": {
                "product": price.product,
                "amount_minor": price.amount.minor,
                "currency": price.amount.currency,
                "source": price.source,
                "verified": price.verified,
                "valid_from": price.valid_from.isoformat(),
            }
            if price
            else None,
        }
    }


def _one(price: GenuinePrice | None, words: Words) -> str:
    if price is None:
        return words.say("valuation.no_price")
    said = words.say(
        "valuation.one", price=price.amount.format(), product=price.product, source=price.source,
        since=price.valid_from.isoformat(),
    )  # fmt: skip
    return said if price.verified else said + words.say("valuation.unverified")
