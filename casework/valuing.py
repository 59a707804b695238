"""How large an operator's trade is, as a dossier tells it: both valuations, and each threshold.

Owns the wording of either. Leaves which sales count to `rules.sales`, and where an operator stands
to `rules.thresholds`.
"""

import re
from collections.abc import Iterator

from casework.record import Record
from evidence import dossier
from evidence.words import Words
from rules.money import Money
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
    yield dossier.Row(words.say("row.at_paid"), paid)
    # No table holds what the genuine article costs: unknown is said, and nothing is guessed.
    yield dossier.Row(words.say("row.at_genuine"), words.say("valuation.no_genuine"))
