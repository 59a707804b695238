"""Several labels at one go: each is answered, and a refused one harms no other."""

import pytest

from casework.custody import handing_over
from casework.custody.sides import Giving
from casework.views.scanning import read_label
from rules.roles import Role
from tests.portal.small_world import World, bagged, csrf

HERE = {"place": "Shelf 4", "condition": "seal intact"}


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("as/1", "AS/1"),
        (" AS/1/2 ", "AS/1/2"),
        ("https://portal.example/exhibits/AS/1", "AS/1"),
        ("https://portal.example/exhibits/AS%2F17/", "AS/17"),
        ("SB-41000578", "SB-41000578"),
    ],
)
def test_a_label_is_read_however_the_scanner_types_it(typed: str, read: str) -> None:
    assert read_label(typed) == read


@pytest.fixture
def bags(world: World) -> dict[str, str]:
    """Exhibits being handed to the clerk, each with its seal."""
    handed: dict[str, str] = {}
    for flag in (6, 7):
        bagged(world, flag)
        exhibit, seal = f"PB/{flag - 2}", f"SEAL-{flag}"
        said = Giving(
            seal, "to the store", "the office", "seal intact", to_person=world.people[Role.CLERK]
        )
        buyer = world.act(Role.BUYER, f"give {flag}")
        handing_over.give(world.db, world.vault, buyer, exhibit, said)
        handed[exhibit] = seal
    return handed


def test_the_scanner_fills_a_list_that_stands_in_the_address(world: World, bags) -> None:
    clerk = world.client(Role.CLERK)
    clerk.follow_redirects = True
    page = clerk.get("/scan", params={"label": "pb/4"})
    assert page.url.params.get_list("on") == ["PB/4"]
    page = clerk.get("/scan", params={"on": "PB/4", "label": "SEAL-7"})
    again = clerk.get("/scan", params={"on": ["PB/4", "SEAL-7"], "label": "PB/4"})
    assert again.url.params.get_list("on") == page.url.params.get_list("on") == ["PB/4", "SEAL-7"]
    assert "Take 2 exhibits in" in page.text and "Hand" not in page.text.split("<main")[1]
    unknown = clerk.get("/scan", params={"label": "nobody's"}).text
    assert "No exhibit bears this label or seal." in unknown and "/scan/take-in" not in unknown


def test_two_are_taken_in_and_a_wrong_seal_harms_only_its_own(world: World, bags) -> None:
    clerk = world.client(Role.CLERK)
    (first, seal), (second, right) = bags.items()
    said = HERE | {"csrf": csrf(clerk), "on": [first, second], "seal": [seal, "ANOTHER"]}
    answer = clerk.post("/scan/take-in", data=said)
    assert answer.status_code == 409
    assert ">done<" in answer.text and "The seal does not match: PB/5" in answer.text
    assert "Person Clerk" in clerk.get(f"/exhibits/{first}").text
    mended = said | {"on": [second], "seal": [right]}
    assert clerk.post("/scan/take-in", data=mended).status_code == 200
    repeated = clerk.post("/scan/take-in", data=said | {"seal": [seal, right]})
    assert repeated.status_code == 409 and repeated.text.count("was taken in already") == 2


def test_both_go_to_one_carrier_under_one_number(world: World, bags) -> None:
    clerk = world.client(Role.CLERK)
    both = {"csrf": csrf(clerk), "on": list(bags), "seal": list(bags.values())}
    assert clerk.post("/scan/take-in", data=both | HERE).status_code == 200
    said = both | HERE | {"purpose": "to be examined", "carrier": "SF", "tracking_number": "SF1"}
    wrong = clerk.post("/scan/give", data=said | {"to_person": "1"})
    assert wrong.status_code == 422 and "not both" in wrong.text
    assert "SEAL-6" in wrong.text, "the seals typed are kept"
    assert clerk.post("/scan/give", data=said).status_code == 200
    for exhibit in bags:
        assert "Being handed to SF" in clerk.get(f"/exhibits/{exhibit}").text
    missing = clerk.post("/scan/give", data=said | {"seal": [""]})
    assert missing.status_code == 422
    assert world.client(Role.LIAISON).get("/scan").status_code == 403
    assert clerk.post("/scan/store", data={"csrf": csrf(clerk)} | HERE).status_code == 409
