"""A listing's address, pasted into the search."""

import pytest

from rules.roles import Role
from tests.portal.small_world import World


@pytest.mark.parametrize(
    "copied", ["https://shop.example/1", "http://www.shop.example/1/?spm=a21&utm_source=mail#top"]
)
def test_a_pasted_address_finds_its_listing_and_nothing_that_sounds_alike(
    world: World, copied: str
) -> None:
    """Fails where an address must be typed as the feed had it, or is taken apart into words."""
    analyst, reference = world.client(Role.ANALYST), world.testbuys["requested"]
    found = analyst.get("/search", params={"q": copied})
    assert found.status_code == 200
    assert f'href="/testbuys/{reference}"' in found.text
    assert all(each not in found.text for each in world.testbuys.values() if each != reference)


def test_a_buyer_finds_their_own_task_by_it_and_nobody_elses(world: World) -> None:
    reference = world.testbuys["assigned"]
    asked = {"q": "shop.example/2"}
    assert f"/tasks/{reference}" in world.client(Role.BUYER).get("/search", params=asked).text
    for person in ("other buyer", Role.AUTHENTICATOR, Role.DESK):
        assert reference not in world.client(person).get("/search", params=asked).text
