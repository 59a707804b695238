"""Whether Prefect starts what the clock owes, and if not, what stands in its way.

Owns when a schedule, a run nobody takes or a silent worker counts as wrong, for the command line
and the pages alike. Leaves the words to them, and asking Prefect to `connectors.prefect_clock`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from connectors.prefect_answers import PrefectError
from connectors.prefect_clock import PrefectClock, Schedule

GRACE = timedelta(minutes=2)
"""How far behind its time a run may begin: Prefect's scheduler comes round each minute, and a
worker that is starting or busy takes runs later."""

UNPOLLED_AFTER = timedelta(minutes=1)
"""A worker asks for runs each half second, and each five where Prefect does not answer."""


class Wrong(StrEnum):
    """What stands in the way."""

    AWAY = "away"
    NONE = "none"
    PAUSED = "paused"
    UNWRITTEN = "unwritten"
    UNSTARTED = "unstarted"
    UNTAKEN = "untaken"
    UNPOLLED = "unpolled"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something `wrong` with a schedule or work pool, by its name, and `since` when.

    AWAY: Prefect does not answer, as `why` says. NONE: it knows no schedule. PAUSED: somebody
    paused it. UNWRITTEN: its scheduler writes no runs ahead. UNSTARTED: no run was begun for longer
    than `every`. UNTAKEN: `number` runs were due and nobody took them. UNPOLLED: no worker asks for
    runs.
    """

    wrong: Wrong
    name: str = ""
    since: datetime | None = None
    every: timedelta | None = None
    number: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Starting:
    """The schedules as Prefect tells them, and what is wrong, the cause before what it causes."""

    schedules: tuple[Schedule, ...]
    obstacles: tuple[Obstacle, ...]


def look(clock: PrefectClock, now: datetime) -> Starting:
    """How what the clock owes is started at `now`; a Prefect that is away is an obstacle."""
    try:
        schedules = clock.schedules(now)
        pools = sorted({each.pool for each in schedules})
        polled = {pool: clock.polled_at(pool) for pool in pools}
        number, first = clock.untaken(now - GRACE)
    except PrefectError as error:
        return Starting((), (Obstacle(Wrong.AWAY, why=str(error)),))
    found = [*_unpolled(polled, now), *_late(schedules, now)]
    if number:
        found.append(Obstacle(Wrong.UNTAKEN, since=first, number=number))
    return Starting(tuple(schedules), tuple(found))


def _unpolled(polled: dict[str, datetime | None], now: datetime) -> Iterator[Obstacle]:
    for pool, at in polled.items():
        if at is None or at < now - UNPOLLED_AFTER:
            yield Obstacle(Wrong.UNPOLLED, pool, since=at)


def _late(schedules: Sequence[Schedule], now: datetime) -> Iterator[Obstacle]:
    if not schedules:
        yield Obstacle(Wrong.NONE)
    for each in schedules:
        if not each.active:
            yield Obstacle(Wrong.PAUSED, each.deployment, since=each.last_start, every=each.every)
            continue
        if each.next_due is None and each.set_at < now - GRACE:
            yield Obstacle(Wrong.UNWRITTEN, each.deployment, since=each.last_start)
        # Since it was set, because before that everything may have been shut down.
        begun = max(filter(None, (each.last_start, each.set_at)))
        if begun < now - each.every - GRACE:
            yield Obstacle(Wrong.UNSTARTED, each.deployment, since=begun, every=each.every)
