"""Bringing messages to webhooks where no portal runs: a step of the sweep."""

from collections.abc import Callable

from casework.telling.delivering import deliver_due
from tasks.office import office


def tell_webhooks(keep: Callable[[], None]) -> int:
    """Send what is due and nobody else is sending; gives how many messages."""
    desk = office()
    if desk.posting is None:
        return 0
    return deliver_due(desk.db, desk.posting, desk.clock, keep)
