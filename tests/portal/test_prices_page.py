"""The page of genuine prices: an analyst adds one, others look."""

from rules.roles import Role
from tests.portal.small_world import World, send


def test_an_analyst_adds_a_price_and_others_look(world: World) -> None:
    analyst = world.client(Role.ANALYST)
    fields = {
        "brand": "Swarovski", "product": "Crystal watch", "amount": "1890.00", "currency": "CNY",
        "valid_from": "2026-01-01", "source": "Price list 2026",
    }  # fmt: skip
    assert send(analyst, "/prices", **fields | {"source": ""}).status_code == 422
    assert send(world.client(Role.LIAISON), "/prices", **fields).status_code == 403
    assert send(analyst, "/prices", **fields).status_code == 303
    page = world.client(Role.AUDITOR).get("/prices").text
    assert "CNY 1,890.00" in page and "Price list 2026" in page and "unverified" in page
    assert world.client(Role.AUTHENTICATOR).get("/prices").status_code == 403
