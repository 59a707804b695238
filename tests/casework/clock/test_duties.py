"""A duty of the clock: one run at a time, and none for ever."""

from datetime import timedelta

import pytest

from casework.clock import duties
from casework.errors import LeaseLost

LASTS = timedelta(seconds=60)


@pytest.fixture
def take(database, now):
    """`take(holder, seconds)`: the duty for `holder`, so many seconds after the start."""

    def attempt(holder, seconds=0.0):
        at = [now + timedelta(seconds=seconds)]
        held = duties.take(database, "sweep", holder, LASTS, lambda: at[0])
        if held:
            at_seconds[holder] = at
        return held

    at_seconds = {}
    attempt.later = lambda holder, seconds: at_seconds[holder].__setitem__(
        0, now + timedelta(seconds=seconds)
    )
    return attempt


def test_one_run_holds_it_until_it_gives_it_back(take):
    first = take("first")
    assert take("second") is None
    first.give_back()
    assert take("second")


def test_a_killed_runs_hold_ends_with_its_time(take):
    assert take("killed")
    assert take("second", 59) is None
    assert take("second", 60)


def test_a_long_run_keeps_it(take):
    long = take("long")
    for seconds in range(20, 200, 20):
        take.later("long", seconds)
        long.keep()
        assert take("second", seconds + 1) is None


def test_one_that_was_overtaken_is_told_and_takes_nothing_from_the_other(take):
    stalled = take("stalled")
    assert take("second", 61)
    take.later("stalled", 62)
    with pytest.raises(LeaseLost):
        stalled.keep()
    stalled.give_back()
    assert take("third", 63) is None


def test_a_clock_that_ran_ahead_stops_it_for_no_longer_than_a_turn(take):
    year = 365 * 24 * 3600
    ahead = take("ahead", year)
    assert take("second", 5), "nobody holds it for a year"
    take("ahead again", year).give_back()
    assert take("third", 70)
    ahead.give_back()
    assert take("fourth", 71) is None
