"""Storage places on their pages: the clerk puts an exhibit away, everybody sees what lies where."""

import pytest

from rules.roles import Role
from tests.portal.small_world import World, send

SITE = {"site": "Store A", "room": "room 2", "shelf": "shelf 3", "roles": ["clerk"]}
SHELF = "Store A, room 2, shelf 3"


@pytest.fixture
def exhibit(world: World) -> str:
    return "PB/1"


def test_an_exhibit_is_put_away_found_and_fetched(world: World, exhibit: str) -> None:
    clerk, supervisor = world.client(Role.CLERK), world.client(Role.SUPERVISOR)
    assert "No place is on the list yet" in clerk.get("/places").text
    assert send(supervisor, "/places", **SITE).status_code == 303
    assert send(clerk, "/places", **SITE).status_code == 403
    here, said = f"/exhibits/{exhibit}", {"seal_number": "SEAL-3", "condition": "seal intact"}
    assert send(clerk, f"{here}/store", **said, place=SHELF).status_code == 303
    page = clerk.get(here).text
    assert f'<a href="/places/1">{SHELF}</a>' in page and "Take it out" in page
    assert "Hand over</button>" not in page
    assert exhibit in clerk.get("/places/1").text
    refused = send(supervisor, "/places/1/close", reason="Moved")
    assert refused.status_code == 409 and f"still holds {exhibit}" in refused.text
    assert "may not enter" in send(supervisor, f"{here}/fetch", **said, purpose="look").text
    assert send(clerk, f"{here}/fetch", **said, purpose="to look").status_code == 303
    assert send(supervisor, "/places/1/close", reason="Moved").status_code == 303
    assert "closed" in clerk.get("/places").text


def test_taking_in_offers_the_places_and_puts_it_there(world: World) -> None:
    clerk = world.client(Role.CLERK)
    send(world.client(Role.SUPERVISOR), "/places", **SITE)
    answer = send(
        clerk, "/exhibits/take-in", exhibit="PB/1", seal_number="SEAL-3", place="Elsewhere",
        condition="seal intact",
    )  # fmt: skip
    assert answer.status_code == 409 and "no storage place Elsewhere" in answer.text
