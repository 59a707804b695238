"""What the clock owes the whole programme is done by one run at a time, wherever that one runs.

Owns who holds a duty, and until when. The hold is a row of ours, so that one who was killed loses
it with his time; Prefect's own limit keeps the slot of a killed run for minutes, and for good where
its server was started anew meanwhile. Leaves to the duty to be harmless when done twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from casework.errors import LeaseLost
from storage.rows import add_if_absent, change, table_of
from storage.session import Database
from storage.tables import Duty

_duties = table_of(Duty)


@dataclass(slots=True)
class Held:
    """A duty held by one run; `keep` it wherever the work may take long."""

    db: Database
    name: str
    holder: str
    lasts: timedelta
    clock: Callable[[], datetime]
    until: datetime

    def keep(self) -> None:
        """Hold on once half the time is over. Raises LeaseLost where another run took over."""
        now = self.clock()
        if now < self.until - self.lasts / 2:
            return
        with self.db.write() as tx:
            mine = _duties.c.name == self.name, _duties.c.holder == self.holder
            if not change(tx, Duty, *mine, held_until=now + self.lasts):
                raise LeaseLost(f"Another run has taken over the {self.name}; this one stops.")
        self.until = now + self.lasts

    def give_back(self) -> None:
        """Let the next run begin at once."""
        with self.db.write() as tx:
            mine = _duties.c.name == self.name, _duties.c.holder == self.holder
            change(tx, Duty, *mine, held_until=self.clock())


def take(
    db: Database, name: str, holder: str, lasts: timedelta, clock: Callable[[], datetime]
) -> Held | None:
    """The duty `name` for the run `holder`; None while another run holds it."""
    now = clock()
    until = now + lasts
    with db.write() as tx:
        if add_if_absent(tx, Duty, name=name, holder=holder, held_until=until):
            return Held(db, name, holder, lasts, clock, until)
        # Nobody holds it for longer than that: a clock that ran ahead for a moment wrote it, and
        # would stop sweeps and anchors until its time comes.
        ahead = _duties.c.held_until > now + 2 * lasts
        free = _duties.c.name == name, (_duties.c.held_until <= now) | ahead
        if change(tx, Duty, *free, holder=holder, held_until=until):
            return Held(db, name, holder, lasts, clock, until)
    return None
