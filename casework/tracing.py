"""Which words lead to the buyer of a test buy, and texts that people typed with those covered.

Owns gathering them: the buyer's name and address, the persona, orders and parcels. Leaves what
counts as leading, and the covering, to `rules.covering`. Who reads a record is given texts, never
the words.
"""

from collections.abc import Iterable, Iterator

from rules.covering import covered, leading
from storage.rows import every, one, table_of
from storage.session import Transaction
from storage.tables import OrderAttempt, Parcel, Person, Persona, TestBuy


def leading_words(
    tx: Transaction, testbuy: TestBuy, said_by_buyer: Iterable[str] = ()
) -> frozenset[str]:
    """The words to cover in whatever leaves the house."""
    return leading([word for word in _account(tx, testbuy) if word and word.strip()], said_by_buyer)


class Cover:
    """Covers, in texts about one test buy, what leads to its buyer."""

    def __init__(self, tx: Transaction, testbuy: TestBuy) -> None:
        self._words = leading_words(tx, testbuy)

    def __call__(self, text: str) -> str:
        return covered(text, self._words)


def _account(tx: Transaction, testbuy: TestBuy) -> Iterator[str | None]:
    if buyer := one(tx, Person, id=testbuy.buyer_id) if testbuy.buyer_id else None:
        yield from (buyer.name, buyer.email)
    if persona := one(tx, Persona, id=testbuy.persona_id) if testbuy.persona_id else None:
        yield from (persona.label, persona.recipient, persona.address)
    attempts = every(tx, OrderAttempt, testbuy_id=testbuy.id)
    yield from (attempt.order_number for attempt in attempts)
    parcels = table_of(Parcel).c
    numbers = [attempt.id for attempt in attempts]
    for parcel in every(tx, Parcel, parcels.order_attempt_id.in_(numbers)):
        yield parcel.tracking_number
