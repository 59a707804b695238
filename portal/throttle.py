"""How often a password may be tried. Counted in memory, so each portal process counts its own."""

import threading
from collections import deque
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
TRIES_PER_EMAIL_AND_ADDRESS = 5
TRIES_PER_ADDRESS = 50
_REMEMBERED = 10_000


class Throttle:
    """Failed tries of the last quarter of an hour, by e-mail and address, and by address."""

    def __init__(self) -> None:
        self._failures: dict[tuple[str, ...], deque[datetime]] = {}
        self._turn = threading.Lock()

    def allows(self, email: str, address: str, now: datetime) -> bool:
        """Whether another try may be made."""
        with self._turn:
            return (
                self._recent((email.lower(), address), now) < TRIES_PER_EMAIL_AND_ADDRESS
                and self._recent((address,), now) < TRIES_PER_ADDRESS
            )

    def failed(self, email: str, address: str, now: datetime) -> None:
        """Count a try that failed."""
        with self._turn:
            if len(self._failures) > _REMEMBERED:
                self._failures = {
                    key: tries for key, tries in self._failures.items() if now - tries[-1] < WINDOW
                }
            for key in ((email.lower(), address), (address,)):
                self._failures.setdefault(key, deque(maxlen=TRIES_PER_ADDRESS)).append(now)

    def _recent(self, key: tuple[str, ...], now: datetime) -> int:
        return sum(now - tried < WINDOW for tried in self._failures.get(key, ()))
