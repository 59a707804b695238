"""One's own account: log-ins seen and ended, the password, invitations, and what one may send."""

import re
from datetime import timedelta

import httpx
import pytest

from casework.errors import TooMany
from casework.people import invitations
from portal.uploads import UploadMeter
from rules.roles import Role
from storage.rows import every
from storage.tables import Invitation, LogIn, Person
from tests.portal.small_world import PASSWORD, World, csrf, picture, send

NEW = "five green kettles on a shelf"
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
)


def log_in(world: World, email: str, password: str, **headers: str) -> httpx.Client:
    browser = world.client()
    browser.headers.update(headers)
    fields = {"csrf": csrf(browser, "/log-in"), "email": email, "password": password}
    assert browser.post("/log-in", data=fields).status_code == 303
    return browser


def change(browser: httpx.Client, old: str, new: str, again: str | None = None) -> httpx.Response:
    return send(
        browser,
        "/account/password",
        old_password=old,
        new_password=new,
        new_password_again=new if again is None else again,
    )


def test_ones_log_ins_are_listed_and_one_of_them_ended(world: World) -> None:
    phone = log_in(world, "analyst@example.org", PASSWORD, **{"user-agent": PHONE})
    desk = world.client(Role.ANALYST)
    shown = desk.get("/account").text
    assert "Chrome on Android" in shown and "by password" in shown and "127.0.0.*" in shown
    assert shown.count("/account/log-ins/") == 2, "one to end, and everywhere"
    ending = re.search(r'action="(/account/log-ins/\d+/end)"', shown)
    assert ending
    stranger = world.client(Role.CLERK)
    assert send(stranger, ending[1]).status_code == 404
    assert phone.get("/").status_code == 200
    assert send(desk, ending[1]).status_code == 303
    assert phone.get("/").status_code == 303
    assert desk.get("/").status_code == 200


def test_everywhere_means_here_too(world: World) -> None:
    browsers = [world.client(Role.ANALYST) for _ in range(3)]
    other = world.client(Role.CLERK)
    assert send(browsers[0], "/account/log-ins/end").headers["location"].startswith("/log-in")
    assert [browser.get("/").status_code for browser in browsers] == [303, 303, 303]
    assert other.get("/").status_code == 200


def test_an_administrator_ends_a_persons_log_ins(world: World) -> None:
    browser, number = world.client(Role.ANALYST), world.people[Role.ANALYST]
    administrator = world.client(Role.ADMINISTRATOR)
    assert "1 running log-in" in administrator.get("/people").text
    assert send(administrator, f"/people/{number}/log-ins/end").status_code == 303
    assert browser.get("/").status_code == 303
    assert administrator.get("/people").status_code == 200


def test_a_changed_password_ends_the_other_log_ins(world: World) -> None:
    other, browser = world.client(Role.ANALYST), world.client(Role.ANALYST)
    assert change(browser, PASSWORD, NEW).status_code == 303
    assert browser.get("/").status_code == 200
    assert other.get("/").status_code == 303
    log_in(world, "analyst@example.org", NEW)


@pytest.mark.parametrize(
    ("old", "new", "again", "complaint"),
    [
        ("wrong", NEW, NEW, "Your password is wrong"),
        ("", NEW, NEW, "Type the password you have now"),
        (PASSWORD, "short", "short", "at least 12 characters"),
        (PASSWORD, "password123456", "password123456", "tried first"),
        (PASSWORD, "person.analyst.2026", "person.analyst.2026", "your own name"),
        (PASSWORD, NEW, "another", "not the same"),
        (PASSWORD, PASSWORD, PASSWORD, "another password than the one"),
    ],
)
def test_a_password_that_is_not_taken_changes_nothing(
    world: World, old: str, new: str, again: str, complaint: str
) -> None:
    browser = world.client(Role.ANALYST)
    refused = change(browser, old, new, again)
    assert refused.status_code in {409, 422} and complaint in refused.text
    assert new not in refused.text
    log_in(world, "analyst@example.org", PASSWORD)


def test_who_is_logged_in_guesses_no_password_either(world: World) -> None:
    browser = world.client(Role.ANALYST)
    for _ in range(5):
        assert change(browser, "wrong", NEW).status_code == 409
    assert change(browser, PASSWORD, NEW).status_code == 429


def invite(world: World, person: str) -> str:
    number = world.people[person]
    shown = send(world.client(Role.ADMINISTRATOR), f"/people/{number}/invite").text
    address = re.search(r'id="log-in-link">http://[^/]+(/invitation/\w+)<', shown)
    assert address, shown
    return address[1]


def accept(browser: httpx.Client, address: str, password: str = NEW) -> httpx.Response:
    fields = {"new_password": password, "new_password_again": password}
    return browser.post(address, data={"csrf": csrf(browser, address)} | fields)


def test_an_invitation_sets_a_password_once_and_leads_on(world: World) -> None:
    world.require_second_factor()
    administrator = world.client()
    administrator.cookies.set("testbuy_session", world.session(Role.ANALYST))
    address, before = invite_unchecked(world, Role.APPROVER), world.client(Role.CLERK)
    invited = world.client()
    page = invited.get(address)
    assert "approver@example.org" in page.text and "testbuy_session" not in invited.cookies
    weak = accept(invited, address, "password123456")
    assert weak.status_code == 422 and "tried first" in weak.text
    assert accept(invited, address).status_code == 303
    assert invited.get("/").headers["location"].startswith("/account/second-factor")
    assert world.client().get(address).status_code == 404
    assert before.get("/").status_code == 200
    log_in(world, "approver@example.org", NEW)
    with world.db.read() as tx:
        kept = repr([every(tx, Invitation), every(tx, Person)])
    assert address.rpartition("/")[2] not in kept and NEW not in kept


def invite_unchecked(world: World, person: str) -> str:
    act = world.act(Role.ADMINISTRATOR, f"invite {person}")
    made = invitations.invite(world.db, act, world.people[person], "http://portal.example/")
    assert (made.email, made.expires_at) == (
        f"{person}@example.org",
        world.now + timedelta(hours=72),
    )
    assert made.address.startswith("http://portal.example/invitation/")
    return made.address.removeprefix("http://portal.example")


def test_an_invitation_ends_with_time_a_later_one_and_the_account(world: World) -> None:
    first = invite(world, Role.CLERK)
    second = invite(world, Role.CLERK)
    assert world.client().get(first).status_code == 404
    world.now += timedelta(hours=71, minutes=59)
    assert world.client().get(second).status_code == 200
    world.now += timedelta(minutes=1)
    assert world.client().get(second).status_code == 404
    third = invite(world, Role.CLERK)
    number = world.people[Role.CLERK]
    send(world.client(Role.ADMINISTRATOR), f"/people/{number}/active", active="no")
    assert world.client().get(third).status_code == 404


def test_accepting_an_invitation_ends_the_log_ins_of_before(world: World) -> None:
    thief = world.client(Role.CLERK)
    assert accept(world.client(), invite(world, Role.CLERK)).status_code == 303
    assert thief.get("/").status_code == 303


def test_a_new_account_is_invited_at_once(world: World) -> None:
    administrator = world.client(Role.ADMINISTRATOR)
    fields = {"name": "Ann Lee", "email": "ann@example.org", "roles": "clerk", "invite": "yes"}
    shown = send(administrator, "/people", **fields).text
    address = re.search(r'id="log-in-link">http://[^/]+(/invitation/\w+)<', shown)
    assert address and "Welcome, Ann Lee" in world.client().get(address[1]).text


def test_addresses_are_kept_coarse(world: World) -> None:
    from casework.people.log_ins import Device

    assert Device(address="203.0.113.77").coarse == "203.0.113.*"
    assert Device(address="2001:db8:1:2:3:4:5:6").coarse == "2001:0db8:0001:*"
    assert Device(address="testclient").coarse == ""
    log_in(world, "analyst@example.org", PASSWORD)
    with world.db.read() as tx:
        assert [row.address for row in every(tx, LogIn)] == ["127.0.0.*"]


def test_one_person_sends_so_much_a_minute_and_no_more(world: World) -> None:
    meter, now = UploadMeter(), world.now
    meter.count(1, 900, now, files=3, most=1000)
    with pytest.raises(TooMany) as refused:
        meter.count(1, 101, now, files=3, most=1000)
    assert refused.value.wait == timedelta(minutes=1)
    meter.count(2, 5000, now, files=3, most=1000)
    meter.count(1, 50, now, files=3, most=1000)
    meter.count(1, 50, now, files=3, most=1000)
    with pytest.raises(TooMany):
        meter.count(1, 0, now, files=3, most=1000)
    meter.count(1, 900, now + timedelta(minutes=1), files=3, most=1000)


def test_too_many_uploads_are_answered_with_a_page_that_says_when(world: World) -> None:
    from casework.programme import programme

    act = world.act(Role.ADMINISTRATOR, "limit")
    programme.set_policy(world.db, act, "uploads_a_minute", 2)
    buyer, reference = world.client(Role.BUYER), world.testbuys["assigned"]
    files = {"photo": ("a.jpg", picture("a"))}
    answers = [send(buyer, f"/tasks/{reference}/photos", files=files, shot="P01") for _ in range(3)]
    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    assert answers[2].status_code == 429
    assert "within a minute" in answers[2].text and answers[2].headers["retry-after"] == "60"
    world.now += timedelta(minutes=1)
    again = send(buyer, f"/tasks/{reference}/photos", files=files, shot="P01")
    assert again.status_code == 200
