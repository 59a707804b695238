"""What may be paid for a test buy: at most what was authorised, in its currency."""

from casework.errors import Refused
from rules.money import Money
from storage.tables import TestBuy


def ensure_within_limit(testbuy: TestBuy, paid: Money) -> None:
    """Raises Refused where a price is none, in another currency, or above what was authorised."""
    limit = Money(testbuy.price_minor, testbuy.currency)
    if paid.currency != limit.currency:
        raise Refused(f"The price must be in {limit.currency}, as the limit is.")
    if paid.minor <= 0:
        raise Refused("Type the price that was paid, above zero.")
    if paid > limit:
        raise Refused(
            f"{paid.format()} is above the limit of {limit.format()}. "
            "Cancel the order, or ask governance."
        )
