"""Who looked at what: recorded when it is shown, never changed, read by the auditor alone."""

import re

import pytest
from fastapi.routing import APIRoute

from casework import seen
from portal.looks import LOOKED_AT
from rules.roles import Role
from storage.rows import every
from storage.session import DatabaseFull
from storage.tables import Look, Photo
from tests.portal.small_world import World


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


def test_every_route_that_is_recorded_names_its_subject_in_its_address(world: World) -> None:
    """A part that is not in the address would record looks at nothing."""
    world.client()
    paths = {route.name: route.path for route in world.app.routes if isinstance(route, APIRoute)}
    assert {
        route for route, (part, _) in LOOKED_AT.items() if f"{{{part}}}" not in paths[route]
    } == set()
    sensitive = {"photo_original", "dossier", "bundle", "identity", "identity_opening", "statement"}
    assert sensitive | {"testbuy", "examination"} <= LOOKED_AT.keys()


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
