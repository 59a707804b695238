"""Who looked at what: recorded when it is shown, never changed, read by the auditor alone."""

import re

import httpx
import pytest
from fastapi.routing import APIRoute

from casework.auditing import seen
from portal.looks import LOOKED_AT
from portal.permissions import PERMISSIONS, Anyone
from portal.wording import Wording
from rules.roles import Role
from storage.rows import every
from storage.session import DatabaseFull
from storage.tables import Look, Photo
from tests.portal.small_world import World, csrf


def looked(world: World) -> list[tuple[int, str | None, str, str]]:
    with world.db.read() as tx:
        return [(row.person_id, row.role, row.route, row.subject) for row in every(tx, Look)]


def test_what_is_shown_is_recorded_and_what_is_refused_is_not(world: World) -> None:
    reference = world.testbuys["judged"]
    analyst, number = world.client(Role.ANALYST), world.people[Role.ANALYST]
    with world.db.read() as tx:
        photo = every(tx, Photo, testbuy_id=world.row(reference).id)[0].public_id
    assert analyst.get(f"/testbuys/{reference}").status_code == 200
    assert analyst.get(f"/photos/{photo}/original").status_code == 200
    assert analyst.get(f"/photos/{photo}").status_code == 200
    assert analyst.get("/testbuys/TB-2026-999999").status_code == 404
    assert world.client(Role.CLERK).get(f"/photos/{photo}/original").status_code == 403
    assert world.client().get(f"/testbuys/{reference}").status_code == 303
    examiner = world.client(Role.AUTHENTICATOR)
    examination = world.examinations[world.testbuys["examined"]]
    assert examiner.get(f"/examinations/{examination}").status_code == 200
    assert looked(world) == [
        (number, "analyst", "testbuy", reference),
        (number, "analyst", "photo_original", photo),
        (world.people[Role.AUTHENTICATOR], "authenticator", "examination", examination),
    ]


OPENED = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
INSIDE = {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}
AHEAD = {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty", "accept": "text/html,*/*"}


def test_a_photo_is_looked_at_where_it_is_opened_and_not_where_a_page_shows_it(
    world: World,
) -> None:
    """Else a page of forty photos were forty looks, or a photo opened large were none."""
    analyst, reference = world.client(Role.ANALYST), world.testbuys["judged"]
    with world.db.read() as tx:
        photo = every(tx, Photo, testbuy_id=world.row(reference).id)[0].public_id
    for headers in (INSIDE, AHEAD):
        assert analyst.get(f"/photos/{photo}", headers=headers).status_code == 200
    assert looked(world) == []
    first = analyst.get(f"/photos/{photo}", headers=OPENED)
    again = {**OPENED, "if-none-match": first.headers["etag"]}
    assert analyst.get(f"/photos/{photo}", headers=again).status_code == 304
    old_browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    assert analyst.get(f"/photos/{photo}", headers=old_browser).status_code == 200
    look = (world.people[Role.ANALYST], "analyst", "photo", photo)
    assert looked(world) == [look] * 3


@pytest.mark.parametrize(
    ("role", "address", "route", "subject"),
    [
        (Role.CLERK, "/exhibits/PB/1", "exhibit", "PB/1"),
        (Role.COUNSEL, "/operators/OP-0001", "operator", "OP-0001"),
        (Role.AUDITOR, "/people?older=3", "people", "/people"),
        (Role.SUPERVISOR, "/waivers", "waivers", "/waivers"),
        (Role.ANALYST, "/alike", "resemblances", "/alike"),
        (Role.SUPERVISOR, "/conduct", "conduct", "/conduct"),
        (Role.CLERK, "/places", "places", "/places"),
        (Role.LIAISON, "/places/1", "place", "1"),
    ],
)
def test_the_pages_of_things_and_the_lists_of_people_are_looks(
    full: World, role: Role, address: str, route: str, subject: str
) -> None:
    before = len(looked(full))
    assert full.client(role).get(address).status_code == 200
    assert looked(full)[before:] == [(full.people[role], role, route, subject)]


def test_a_task_is_looked_at_by_its_buyer_and_not_by_the_phone_that_keeps_it(world: World) -> None:
    reference, buyer = world.testbuys["assigned"], world.client(Role.BUYER)
    assert buyer.get(f"/tasks/{reference}", headers=AHEAD).status_code == 200
    assert looked(world) == []
    assert buyer.get(f"/tasks/{reference}", headers=OPENED).status_code == 200
    assert looked(world) == [(world.people[Role.BUYER], "buyer", "task", reference)]


def test_looks_at_a_test_buys_exhibits_are_found_under_it(full: World) -> None:
    """Fails where the auditor must know an exhibit's number to learn who looked at it."""
    full.client(Role.CLERK).get("/exhibits/PB/1")
    reference = full.testbuys["examined"]
    assert ">PB/1</a>" in full.client(Role.AUDITOR).get(f"/looks?subject={reference}").text


def refused(browser: httpx.Client, world: World, address: str) -> int:
    token = csrf(browser)
    return browser.post(address, data={"csrf": token, "version": "999"}).status_code


@pytest.mark.parametrize(
    ("role", "address", "route"),
    [
        (Role.APPROVER, "/testbuys/{reference}/approve", "testbuy"),
        (Role.CLERK, "/testbuys/{reference}/chat", "chat"),
        (Role.LIAISON, "/testbuys/{reference}/identity", "identity"),
        (Role.LIAISON, "/testbuys/{reference}/identity/opening", "identity"),
        (Role.AUTHENTICATOR, "/examinations/{examination}/seal", "examination"),
    ],
)
def test_a_refused_form_that_shows_its_page_is_a_look(
    world: World, role: Role, address: str, route: str
) -> None:
    """Else whoever sends a form that can't be taken reads the page, and nobody ever knows."""
    reference = world.testbuys["examined"]
    subjects = {"reference": reference, "examination": world.examinations[reference]}
    browser = world.client(role)
    code = refused(browser, world, address.format(**subjects))
    subject = subjects["examination" if role is Role.AUTHENTICATOR else "reference"]
    assert (code // 100, looked(world)) == (4, [(world.people[role], role, route, subject)])
    missing = {"reference": "TB-2026-999999", "examination": "no-such-one"}
    assert refused(browser, world, address.format(**missing)) in {404, 422}
    assert len(looked(world)) == 1, "what is not there was not shown"


def test_a_refused_form_shows_its_page_to_nobody_who_may_not_open_it(world: World) -> None:
    world.client()
    routes = [route for route in world.app.routes if isinstance(route, APIRoute)]
    names = {route.endpoint: route.name for route in routes}
    for route in routes:
        show = getattr(route.endpoint, "show_again", None)
        if show is None or route.name.startswith("scan_"):  # shows what was sent, and no more
            continue
        page, form = PERMISSIONS[names[show]], PERMISSIONS[route.name]
        assert isinstance(page, Anyone) or set(form) <= set(page), route.name


def test_every_route_that_is_recorded_names_its_subject_in_its_address(world: World) -> None:
    """A part that is not in the address would record looks at nothing."""
    world.client()
    paths = {route.name: route.path for route in world.app.routes if isinstance(route, APIRoute)}
    parts = {route: re.findall(r"{(\w+)(?::path)?}", paths[route]) for route in LOOKED_AT}
    assert {
        route for route, (part, _) in LOOKED_AT.items() if part not in (parts[route] or [""])
    } == set()
    sensitive = {"photo_original", "dossier", "bundle", "identity", "identity_opening", "statement"}
    assert sensitive | {"testbuy", "examination"} <= LOOKED_AT.keys()


def test_what_is_looked_at_has_its_words_in_chinese() -> None:
    chinese = Wording("zh")
    assert [word for _, word in LOOKED_AT.values() if chinese.words(word) == word] == []


def test_what_cannot_be_recorded_is_not_shown(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = world.testbuys["judged"]
    analyst = world.client(Role.ANALYST)

    def full(*_: object) -> None:
        raise DatabaseFull

    monkeypatch.setattr(seen, "record", full)
    answer = analyst.get(f"/testbuys/{reference}")
    assert answer.status_code >= 500
    assert "Glitter Harbour" not in answer.text


def test_the_auditor_finds_looks_by_test_buy_person_and_day_a_page_at_a_time(world: World) -> None:
    reference = world.testbuys["examined"]
    with world.db.read() as tx:
        photo = every(tx, Photo, testbuy_id=world.row(reference).id)[0].public_id
    act = (world.people[Role.ANALYST], Role.ANALYST)
    for count in range(120):
        seen.record(world.db, *act, "testbuy", f"TB-2025-{count:06d}", world.now)
    seen.record(world.db, *act, "photo_original", photo, world.now)
    examiner = (world.people[Role.AUTHENTICATOR], Role.AUTHENTICATOR)
    seen.record(world.db, *examiner, "examination", world.examinations[reference], world.now)
    auditor = world.client(Role.AUDITOR)
    found = auditor.get(f"/looks?subject={reference}").text
    assert photo in found and world.examinations[reference] in found
    assert found.count("<tr>") == 3
    shown, address = [], "/looks"
    while address:
        text = auditor.get(address).text
        shown += re.findall(r"TB-2025-\d{6}(?=</a>)", text)
        older = re.search(r'href="(/looks\?[^"]+)" rel="next"', text)
        address = older[1].replace("&amp;", "&") if older else ""
    assert shown == [f"TB-2025-{count:06d}" for count in reversed(range(120))]
    back = re.search(r'href="(/looks\?newer=\d+)" rel="prev"', text)
    assert back
    nearest = auditor.get(back[1]).text
    assert "TB-2025-000022" in nearest and "TB-2025-000021" not in nearest
    assert "TB-2025" not in auditor.get(f"/looks?person={examiner[0]}").text
    assert "TB-2025" not in auditor.get("/looks?route=examination").text
    assert "TB-2025" not in auditor.get("/looks?until=2026-11-01").text
    assert "TB-2025-000119" in auditor.get("/looks?since=2026-11-02&until=2026-11-02").text
    assert auditor.get("/looks?person=x&older=-1&since=never&route=no").status_code == 200
