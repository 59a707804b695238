"""Route × role × brand on what is really there: 200 for whom it is, 403 or 404 for all others.

`test_permissions.py` asks with references that name nothing, so that "not found" counts as let in
there. Here every page, file and answer of the API is asked for by an address that shows something.
"""

from collections import defaultdict
from dataclasses import dataclass, field

import httpx
import pytest
from fastapi.routing import APIRoute

from casework.telling import webhooks
from casework.views import overrides
from portal.permissions import PERMISSIONS, Anyone
from portal.scopes import SCOPES
from rules.roles import PERSONS, Role
from rules.webhooks import AUDIENCE
from storage.rows import every
from storage.tables import Examination, ExaminationPhoto, Photo
from tests.portal.every_page import addresses_of, fillings_of
from tests.portal.small_world import World
from tests.portal.test_api import api

SHOWS_NOTHING = {
    "examination_signed_copy": "test_statements.py",
    "statement_signed_copy": "test_statements.py",
    "photo_masked": "test_masks.py",
    "sellers_picture_masked": "test_sellers_pictures.py",
    "reference_photo": "test_workbench.py",
    "reference_photo_close": "test_workbench.py",
    "api_examination_reference": "test_api_seen.py",
    "package_dossier": "test_package_preview.py",
    "package_seal": "test_seals.py",
    "exhibit_signature": "test_signing.py",
    "task_upload": "test_uploads.py",
}
"""What this world has none of, and where it is tried; one that shows something fails."""
EVENTS = {
    role: [event for event, roles in AUDIENCE.items() if role in roles]
    for role in {role for roles in AUDIENCE.values() for role in roles}
}
OTHERS = {
    Role.BUYER: "other buyer",
    Role.AUTHENTICATOR: "other authenticator",
    Role.DESK: "other desk",
}
"""Who holds the same role for another brand, or other tasks."""
ANYBODYS = {
    "code": "what a shot asks for is the same for every buyer",
}


@dataclass
class Table:
    """By route: who was shown which addresses, and what everybody was answered there."""

    shown: dict[str, dict[str, list[str]]] = field(default_factory=lambda: defaultdict(dict))
    answers: dict[tuple[str, str, str], int] = field(default_factory=dict)


@pytest.fixture(scope="module")
def full(full_to_change: World) -> World:
    """Webhooks and tokens are made in it."""
    return full_to_change


def _routes(world: World) -> list[APIRoute]:
    """Every GET route that is for roles."""
    world.client()
    return [
        route
        for route in world.app.routes
        if isinstance(route, APIRoute)
        and "GET" in route.methods
        and not isinstance(PERMISSIONS[route.name], Anyone)
    ]


@pytest.fixture(scope="module")
def table(full: World) -> Table:
    """Each route asked for by everybody: at all addresses by whom it is for, at one by others."""
    people = [*sorted(PERSONS), *OTHERS.values()]
    fillings = fillings_of(full)
    fillings |= {"webhook": _webhooks(full), "kind": [next(iter(overrides.KINDS))]}
    fillings |= _examined(full)
    fillings["entry"] = fillings["public_id"][:1]
    fillings["photos public_id"] = [*fillings["public_id"], *fillings["examinations photo"]]
    pages = {person: full.client(person) for person in people}
    programs = {person: api(full, person) for person in people}
    made = Table()
    for route in _routes(full):
        clients = programs if route.name in SCOPES else pages
        permission = PERMISSIONS[route.name]
        assert not isinstance(permission, Anyone)
        for person in sorted(permission):
            found = []
            (asked,) = fillings.get(f"{route.name} asked", [""])
            for filled in addresses_of(route.path, fillings):
                address = filled + asked
                code = made.answers[route.name, person, address] = _code(clients[person], address)
                if code == 200:
                    found.append(address)
                if code == 200 and person not in OTHERS:
                    break  # one is enough for whoever sees all
            made.shown[route.name][person] = found
        shown = [each for found in made.shown[route.name].values() for each in found]
        for person in people:
            if person in permission:
                continue
            holds = next((role for role, other in OTHERS.items() if other == person), None)
            for address in shown if holds in permission else shown[:1]:
                made.answers[route.name, person, address] = _code(clients[person], address)
    return made


def _webhooks(world: World) -> list[str]:
    """One of each who may have any."""
    return [
        webhooks.subscribe(
            world.db,
            world.act(role, f"webhook of {role}"),
            url=f"https://{role}.example/hook",
            events=[events[0]],
            owner=None,
        ).public_id
        for role, events in sorted(EVENTS.items())
    ]


def _examined(world: World) -> dict[str, list[str]]:
    """Examinations of both brands, and of each a photo that it shows."""
    photos = []
    with world.db.read() as tx:
        for examination in every(tx, Examination):
            first = every(tx, ExaminationPhoto, examination_id=examination.id, limit=1)
            photos += [
                row.public_id for each in first for row in every(tx, Photo, id=each.photo_id)
            ]
    return {"examinations photo": photos, "testbuys public_id": list(world.examinations.values())}


def _code(client: httpx.Client, address: str) -> int:
    with client.stream("GET", address) as answer:
        return answer.status_code


def test_each_role_is_shown_what_there_is_of_each_of_its_routes(table: Table) -> None:
    """Catches a page that its own role can't open, which "404 is let in" would hide."""
    blind = {
        route: sorted(person for person, found in by.items() if not found)
        for route, by in table.shown.items()
        if not all(by.values())
    }
    assert blind.keys() == SHOWS_NOTHING.keys(), {
        route: roles for route, roles in blind.items() if route not in SHOWS_NOTHING
    }


def test_nobody_else_is_shown_it(table: Table) -> None:
    wrong = [
        (route, person, address, code)
        for (route, person, address), code in table.answers.items()
        if person in PERSONS and person not in PERMISSIONS[route] and code != 403
    ]
    assert wrong == []


def test_what_is_a_brands_or_a_buyers_is_not_there_for_the_other(table: Table) -> None:
    wrong, asked = [], set()
    for (route, person, address), code in table.answers.items():
        role = next((role for role, other in OTHERS.items() if other == person), None)
        if role is None:
            continue
        permission = PERMISSIONS[route]
        if role not in permission:
            assert code == 403, (route, person, address)
            continue
        if address not in table.shown[route].get(role, ()) or address == _plain(route):
            continue
        asked.add((route, person))
        if code != 404 and route not in ANYBODYS:
            wrong.append((route, person, address, code))
    assert wrong == []
    assert {person for _, person in asked} == set(OTHERS.values())


def test_whoever_is_let_in_is_answered_with_it_or_that_it_is_not_there(table: Table) -> None:
    wrong = {
        (route, person, address, code)
        for (route, person, address), code in table.answers.items()
        if person in PERMISSIONS[route] and code not in {200, 303, 404}
    }
    assert wrong == set()


def _plain(route: str) -> str:
    """The address of a route without a part to fill: a list, which shows each what is theirs."""
    return _PLAIN.get(route, "")


_PLAIN: dict[str, str] = {}


@pytest.fixture(scope="module", autouse=True)
def _lists(full: World) -> None:
    _PLAIN.update({route.name: route.path for route in _routes(full) if "{" not in route.path})
