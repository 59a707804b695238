"""Log-ins begin, last and end as they should; forms from elsewhere are not taken."""

import re
from datetime import timedelta

import httpx
import pytest

from casework.errors import Refused
from casework.people import access
from rules.roles import Role
from storage.rows import every
from storage.tables import LogIn, LogInLink
from tests.portal.small_world import PASSWORD, World, csrf, seed, send


def _log_in(browser: httpx.Client, email: str, password: str) -> httpx.Response:
    token = csrf(browser, "/log-in")
    fields = {"csrf": token, "email": email, "password": password, "next": "/board"}
    return browser.post("/log-in", data=fields)


def test_a_password_logs_in_and_leads_to_where_one_wanted_to_go(world: World) -> None:
    browser = world.client()
    assert browser.get("/board").headers["location"] == "/log-in?next=/board"
    answer = _log_in(browser, "Analyst@example.org ", PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/board")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert browser.get("/board").status_code == 200


def test_neither_token_nor_password_is_stored(world: World) -> None:
    token = world.session(Role.ANALYST)
    with world.db.read() as tx:
        kept = repr([every(tx, LogIn), every(tx, LogInLink)])
    assert "sha256:" in kept
    assert token not in kept


@pytest.mark.parametrize("email", ["analyst@example.org", "nobody@example.org"])
def test_a_wrong_password_and_an_unknown_address_read_the_same(world: World, email: str) -> None:
    answer = _log_in(world.client(), email, "wrong")
    assert answer.status_code == 422
    assert "E-mail or password is wrong." in answer.text
    assert f'value="{email}"' in answer.text


def test_the_sixth_wrong_password_is_not_tried(world: World) -> None:
    browser = world.client()
    for _ in range(5):
        assert _log_in(browser, "analyst@example.org", "wrong").status_code == 422
    assert "Too many tries" in _log_in(browser, "analyst@example.org", PASSWORD).text
    world.now += timedelta(minutes=16)
    assert _log_in(browser, "analyst@example.org", PASSWORD).status_code == 303


@pytest.mark.parametrize(
    ("step", "steps", "still_in"),
    [
        (timedelta(minutes=29), 20, True),
        (timedelta(minutes=30), 1, False),
        (timedelta(minutes=29), 25, False),
    ],
    ids=["in use", "idle for half an hour", "over after twelve hours"],
)
def test_a_log_in_ends_by_idling_and_by_age(
    world: World, step: timedelta, steps: int, still_in: bool
) -> None:
    browser = world.client(Role.ANALYST)
    for _ in range(steps):
        world.now += step
        last = browser.get("/board").status_code
    assert (last == 200) is still_in


def test_logging_out_ends_the_session_itself(world: World) -> None:
    browser = world.client(Role.ANALYST)
    token = browser.cookies["testbuy_session"]
    assert send(browser, "/log-out").status_code == 303
    assert access.signed_in(world.db, token, world.now) is None


def test_a_link_logs_in_by_its_button_alone_until_it_expires(world: World) -> None:
    administrator = world.client(Role.ADMINISTRATOR)
    buyer = world.people[Role.BUYER]
    shown = send(administrator, f"/people/{buyer}/link", hours="1").text
    address = re.search(r'id="log-in-link">http://[^/]+(/link/\w+)<', shown)
    assert address, shown
    browser = world.client()
    page = browser.get(address[1])
    assert page.status_code == 200
    assert "testbuy_session" not in page.headers.get("set-cookie", "")
    assert browser.get("/tasks").status_code == 303
    token = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert token
    assert browser.post(address[1], data={"csrf": token[1]}).status_code == 303
    assert browser.get("/tasks").status_code == 200
    world.now += timedelta(hours=1)
    assert world.client().get(address[1]).status_code == 404


def test_closing_an_account_ends_its_log_ins_at_once(world: World) -> None:
    analyst = world.client(Role.ANALYST)
    number = world.people[Role.ANALYST]
    closed = send(world.client(Role.ADMINISTRATOR), f"/people/{number}/active", active="no")
    assert closed.status_code == 303
    assert analyst.get("/board").status_code == 303


def test_other_roles_end_the_log_ins_of_before(world: World) -> None:
    analyst = world.client(Role.ANALYST)
    access.change_grants(
        world.db,
        world.act(Role.ADMINISTRATOR, "revoke"),
        world.people[Role.ANALYST],
        [Role.AUDITOR],
        [],
    )
    assert analyst.get("/flags").headers["location"].startswith("/log-in")
    assert world.client(Role.ANALYST).get("/flags/import").status_code == 403
    with pytest.raises(Refused, match="not granted"):
        access.acting(world.db, world.people[Role.ANALYST], Role.ANALYST, world.now, seed("act"))


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        ({}, {"csrf": ""}),
        ({}, {"csrf": "x" * 52}),
        ({"origin": "https://evil.example"}, {}),
        ({"sec-fetch-site": "cross-site"}, {}),
        ({"sec-fetch-site": "same-site"}, {}),
    ],
)
def test_a_form_from_elsewhere_changes_nothing(
    world: World, headers: dict[str, str], fields: dict[str, str]
) -> None:
    browser = world.client(Role.APPROVER)
    reference = world.testbuys["requested"]
    form = {"csrf": csrf(browser), "version": "1"} | fields
    answer = browser.post(f"/testbuys/{reference}/approve", data=form, headers=headers)
    assert answer.status_code == 403
    assert world.row(reference).stage == "requested"


def test_another_sessions_token_is_no_good(world: World) -> None:
    reference = world.testbuys["requested"]
    theirs = csrf(world.client(Role.ANALYST))
    answer = world.client(Role.APPROVER).post(
        f"/testbuys/{reference}/approve", data={"csrf": theirs, "version": "1"}
    )
    assert answer.status_code == 403


def test_a_log_in_form_needs_the_doors_own_token(world: World) -> None:
    fields = {"email": "analyst@example.org", "password": PASSWORD, "csrf": "x"}
    assert world.client().post("/log-in", data=fields).status_code == 403


def test_nobody_is_led_away_after_logging_in(world: World) -> None:
    for address in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        browser = world.client()
        fields = {"email": "analyst@example.org", "password": PASSWORD, "next": address}
        answer = browser.post("/log-in", data={"csrf": csrf(browser, "/log-in")} | fields)
        assert answer.headers["location"] == "/", address
