"""Times that somebody writes by the clock they live by, read as UTC.

A form has the time as it was on the clock, and which clock that was: the offset of the sender's
device, filled in by `local_time.js`, or one that the sender chose. Owns the offsets that may be
chosen and the reading. Leaves the fields to `templates/clock.html`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from casework.buying.chatting import Said
from portal.fields import Fields
from storage.tables import ClockSource

QUARTERS = (-570, -210, 210, 270, 330, 345, 390, 525, 570, 630, 765)
OFFSETS = tuple(sorted([*range(-12 * 60, 14 * 60 + 1, 60), *QUARTERS]))
"""Every offset that a clock is set to somewhere, in minutes ahead of UTC."""
USUAL = {"zh": 8 * 60}
"""By which clock most readers of a language live, where nobody has said anything yet."""
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ByClock:
    """A moment in UTC, by how many minutes its clock was ahead, and who said so."""

    at: datetime
    utc_offset_minutes: int | None = None
    clock: ClockSource | None = None


def moment(form: Fields, name: str) -> ByClock:
    """A time by the clock of the form's `utc_offset`; without one it is UTC, or says its zone."""
    text = form.text(name, limit=40)
    try:
        written = datetime.fromisoformat(text)
    except ValueError:
        form.errors.setdefault(name, "Write day and time, like 2026-11-24 09:30.")
        return ByClock(_NEVER)
    if written.tzinfo or not form.raw("utc_offset"):
        return ByClock(written if written.tzinfo else written.replace(tzinfo=UTC))
    offset = form.utc_offset()
    if offset not in OFFSETS:
        form.errors["utc_offset"] = "Choose the clock that the time is written by."
        return ByClock(_NEVER)
    try:
        at = written.replace(tzinfo=UTC) - timedelta(minutes=offset)
    except OverflowError:
        form.errors.setdefault(name, "Write day and time, like 2026-11-24 09:30.")
        return ByClock(_NEVER)
    told = form.raw("clock") == ClockSource.DEVICE
    return ByClock(at, offset, ClockSource.DEVICE if told else ClockSource.CHOSEN)


def usual(chat: Sequence[Said], language: str) -> int:
    """The offset to begin with: the one a message of this chat was last written by."""
    told = [said.message.utc_offset_minutes for said in chat]
    return next((each for each in reversed(told) if each is not None), USUAL.get(language, 0))
