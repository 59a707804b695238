"""The phone in a person's pocket that shows codes (TOTP), as an authenticator app does."""

from __future__ import annotations

import time
from datetime import datetime

from pyotp.totp import TOTP

STEP_S = 30


class Device:
    """Shows a code for each half minute. Its owner types none twice, the portal would refuse it."""

    def __init__(self, key: str) -> None:
        self._shows = TOTP(key)
        self._typed = 0

    def shows(self, now: datetime) -> str:
        """What it shows, for whoever looks at it."""
        return self._shows.at(now)

    def code(self) -> str | None:
        """A code not typed before: the one that has just gone or the present one; else None."""
        present = int(time.time()) // STEP_S
        step = next((each for each in (present - 1, present) if each > self._typed), None)
        if step is None:
            return None
        self._typed = step
        return self._shows.generate_otp(step)
