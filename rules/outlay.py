"""What an order has cost the programme and not given back.

Owns which ends of an order bring the money back. Leaves the sums to whoever reads the orders.
Nothing is booked when a shop pays back: money counts as out until an end says that it came back,
so that a lost parcel stays a loss.
"""

from rules.lifecycle import EarlyEnd

CAME_BACK: frozenset[EarlyEnd] = frozenset(
    {EarlyEnd.REFUNDED, EarlyEnd.SELLER_CANCELLED, EarlyEnd.PAYMENT_REFUSED}
)
"""Ends of an order, or of its test buy, with which what was paid is not out any more."""
