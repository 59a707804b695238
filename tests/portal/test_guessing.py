"""Guessed passwords: slowed down from wherever they come; no stranger locks anybody out."""

from datetime import timedelta

import httpx
import pytest

from casework.errors import Refused, TooMany
from casework.people import access, throttle
from casework.people.log_ins import Device
from tests.portal.small_world import PASSWORD, World, csrf, seed

EMAIL = "analyst@example.org"


def guess(world: World, address: str, password: str = "wrong", email: str = EMAIL) -> None:
    place = Device(address=address)
    access.log_in(world.db, email, password, world.now, seed(address), place)


def waits(world: World, address: str, password: str = "wrong") -> timedelta | None:
    """How long a try is made to wait; None where it was judged."""
    try:
        guess(world, address, password)
    except TooMany as too_many:
        return too_many.wait
    except Refused:
        return None
    return None


def at_the_door(browser: httpx.Client, password: str, email: str = EMAIL) -> int:
    fields = {"csrf": csrf(browser, "/log-in"), "email": email, "password": password}
    return browser.post("/log-in", data=fields).status_code


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hash takes its time by design, and is not what is tried here."""
    monkeypatch.setattr(access.passwords, "fits", lambda said, stored: said == PASSWORD)


def test_guesses_from_many_addresses_are_counted_for_the_account(world: World) -> None:
    judged = [waits(world, f"198.51.100.{number}") is None for number in range(1, 41)]
    assert judged == [True] * 20 + [False] * 20
    assert waits(world, "203.0.113.9", PASSWORD), "the right one would tell whether it was"


def test_each_time_the_wait_is_longer_up_to_four_hours_and_it_is_forgotten(world: World) -> None:
    place, seen = "198.51.100.7", []
    for _ in range(6):
        while (wait := waits(world, place)) is None:
            pass
        seen.append(wait)
        world.now += wait
    assert seen == [timedelta(minutes=minutes) for minutes in (15, 30, 60, 120, 240, 240)]
    world.now += timedelta(hours=8)
    while (wait := waits(world, place)) is None:
        pass
    assert wait == timedelta(minutes=15)


def test_a_browser_that_is_known_is_not_locked_out_by_strangers(world: World) -> None:
    browser, stranger = world.client(), world.client()
    assert at_the_door(browser, PASSWORD) == 303
    cookie = next(each for each in browser.cookies.jar if each.name == "testbuy_known")
    assert cookie.path == "/log-in" and cookie.has_nonstandard_attr("HttpOnly")
    browser.cookies.delete("testbuy_session")
    while at_the_door(stranger, "wrong") != 429:
        pass
    assert at_the_door(stranger, PASSWORD) == 429
    assert at_the_door(browser, PASSWORD) == 303
    browser.cookies.delete("testbuy_session")
    # It has a count of its own, and is good for no other account.
    assert [at_the_door(browser, "wrong") for _ in range(6)] == [422] * 5 + [429]
    name, _, proof = (cookie.value or "").partition(".")
    for forged in (f"{name}x.{proof}", f"{name}.{proof[:-1]}0", f"other.{proof}", ".", "x"):
        stranger.cookies.set("testbuy_known", forged, path="/log-in")
        assert at_the_door(stranger, PASSWORD) == 429, forged


def test_an_address_of_version_six_counts_by_its_net(world: World) -> None:
    same = [f"2001:db8:1:2::{number:x}" for number in range(1, 7)]
    assert [waits(world, each) is None for each in same] == [True] * 5 + [False]
    assert waits(world, "2001:db8:1:3::1") is None
    assert throttle.range_of("::ffff:192.0.2.1") == throttle.range_of("192.0.2.1") == "192.0.2.1"
    assert throttle.range_of("fe80::1%eth0") == throttle.range_of("fe80::2") == "fe80::/64"
    assert throttle.range_of("") == ""
