"""Whoever plays on gets in as every role that is asked for a code, the administrator too."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from casework.people import access
from cli.demo import pockets
from rules.access import SECOND_FACTOR_ROLES
from rules.roles import Role
from simulator.people.person import Company
from tests.portal.small_world import World, build, csrf


@pytest.fixture
def world(tmp_path):
    made = build(tmp_path)
    # What is in the pockets goes by the real clock.
    made.now = datetime.now(UTC)
    yield made
    made.close()


def code_given(world: World, browser: httpx.Client, code: str) -> int:
    form = {"csrf": csrf(browser, "/code"), "one_time_code": code}
    return browser.post("/code", data=form).status_code


def test_the_administrator_gets_a_device_and_its_codes_are_told(world):
    world.require_second_factor()
    browser = world.client()
    company = Company(str(browser.base_url), "", "", 1)
    act = world.act(Role.ADMINISTRATOR, "link")
    link = access.make_link(world.db, act, world.people[Role.ADMINISTRATOR], timedelta(days=1))
    pockets.fill({"administrator": f"{browser.base_url}/link/{link}"}, company)
    codes = pockets.recovery(company)["administrator"]
    assert len(codes) == 10
    head, line = pockets.told(company, world.now)
    assert line.split()[0] == "administrator" and "UTC, for " in head
    me = world.client(Role.ADMINISTRATOR)
    assert me.get("/people").headers["location"].startswith("/code")
    assert code_given(world, me, codes[0]) == 303
    assert me.get("/people").status_code == 200
    world.now = datetime.fromtimestamp(world.now.timestamp() + 60, UTC)
    _, line = pockets.told(company, world.now)
    assert code_given(world, world.client(Role.ADMINISTRATOR), line.split()[1]) == 303


def test_every_role_that_is_asked_for_a_code_has_somebody_with_a_device():
    """Else the table of the demonstration names an address that leads to an app of one's own."""
    assert {role.value for role in SECOND_FACTOR_ROLES} <= pockets.FIRST.keys()
