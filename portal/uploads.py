"""How much one person sends a minute: files and bytes.

Owns the counting, in the memory of each portal process: a limit against a script that has gone
wild, not a secret to be guessed, so that several processes may each allow it. Leaves the size of a
single file to the gate, and tries of passwords and codes to `casework.throttle`, which counts in
the database.
"""

import threading
from collections import deque
from datetime import datetime, timedelta

from casework.errors import TooMany

WINDOW = timedelta(minutes=1)


class UploadMeter:
    """What each person began to send within the last minute."""

    def __init__(self) -> None:
        self._sent: dict[int, deque[tuple[datetime, int]]] = {}
        self._turn = threading.Lock()

    def count(self, person_id: int, size: int, now: datetime, *, files: int, most: int) -> None:
        """Count one file of `size` bytes. Raises TooMany beyond `files` or `most` bytes a minute;
        one file alone is always taken.
        """
        with self._turn:
            sent = self._sent.setdefault(person_id, deque())
            while sent and now - sent[0][0] >= WINDOW:
                sent.popleft()
            total = sum(each for _, each in sent)
            if sent and (len(sent) >= files or total + size > most):
                raise TooMany(
                    f"You sent {len(sent)} files with {total // 1_000_000} MB within a minute. "
                    "Wait a minute, then send the rest; what was sent is kept.",
                    wait=sent[0][0] + WINDOW - now,
                )
            sent.append((now, size))
