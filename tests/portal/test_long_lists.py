"""Lists among many: a page of each, the next ones, back again, and a form's row where it stands."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import httpx
import pytest

from rules.disposal import Way
from rules.holders import HolderKind, Method, Vouched
from rules.kits import KitPartKind
from rules.lifecycle import Stage
from rules.referral import ReferralState
from rules.roles import Role
from storage.keyset import ROWS
from storage.rows import add, change_one, every, one
from storage.session import Transaction
from storage.tables import (
    Agency,
    ApiToken,
    Asset,
    Brand,
    Campaign,
    Category,
    CustodyEntry,
    Disposal,
    Exhibit,
    GenuinePriceRow,
    HandOver,
    Kit,
    KitPart,
    Operator,
    Person,
    Product,
    Referral,
    RightsHolder,
    Shop,
    StoragePlace,
    TestBuy,
)
from tests.portal.small_world import World, send

MANY = 2 * ROWS + 20


def _people(world: World, tx: Transaction) -> None:
    # Two and two of one name: a place between two of them is told by their numbers.
    for number in range(MANY):
        add(
            tx, Person, name=f"Zoe {number // 2:03}", email=f"zoe{number}@example.org",
            created_at=world.now,
        )  # fmt: skip


def _operators(world: World, tx: Transaction) -> None:
    for number in range(MANY):
        add(tx, Operator, reference=f"OP-9{number:03}", name="A ring", created_at=world.now)


def _shops(_world: World, tx: Transaction) -> None:
    for number in range(MANY):
        add(tx, Shop, platform="taobao", platform_shop_id=f"N{number}", name=f"Zest {number:03}")


def _referrals(world: World, tx: Transaction) -> None:
    agency = add(tx, Agency, name="Police of Nowhere", jurisdiction="XX")
    owner = add(tx, Operator, reference="OP-8888", name="A ring", created_at=world.now)
    for number in range(MANY):
        add(
            tx, Referral, reference=f"RF-2026-{number + 900:06}", operator_id=owner,
            agency_id=agency, state=ReferralState.WITHDRAWN, version=1, key=f"k{number}",
            grounds=[], drafted_at=world.now, changed_at=world.now,
        )  # fmt: skip


def _bagged(world: World, tx: Transaction, **put: object) -> list[int]:
    owner = world.row(world.testbuys["requested"]).id
    change_one(tx, TestBuy, owner, stage=Stage.DOCUMENTED)
    bagged: list[int] = []
    for number in range(MANY):
        exhibit = add(
            tx, Exhibit, testbuy_id=owner, reference=f"ZZ/{number + 100}", kind="goods",
            description="A thing", seal_number=f"Z-{number}", created_at=world.now,
        )  # fmt: skip
        entry = {
            "from_kind": HolderKind.PERSON, "from_holder": "A shop",
            "to_kind": HolderKind.PERSON, "to_holder": "Person buyer",
            "method": next(iter(Method)), "place": "Shenzhen", "purpose": "evidence",
            "seal_out": "", "seal_in": f"Z-{number}", "condition": "seal intact",
            "given_at": world.now, "handed_at": world.now, "photos": [],
            "from_vouched": next(iter(Vouched)), "to_vouched": next(iter(Vouched)),
            "by_person": world.people[Role.BUYER],
        }  # fmt: skip
        add(tx, CustodyEntry, exhibit_id=exhibit, seq=1, **entry | put)
        bagged.append(exhibit)
    return bagged


def _place(world: World, tx: Transaction) -> None:
    shelf = {"name": "A, 1, 2", "site": "A", "room": "1", "shelf": "2"}
    assert add(tx, StoragePlace, **shelf, opened_at=world.now) == 1


def _stored(world: World, tx: Transaction) -> None:
    _bagged(world, tx, to_kind=HolderKind.PLACE, place_id=1, is_intake=True)


def _assets(world: World, tx: Transaction) -> None:
    for exhibit in _bagged(world, tx):
        who, at = world.people[Role.CLERK], world.now
        disposal = add(
            tx, Disposal, exhibit_id=exhibit, way=next(iter(Way)), recipient="us",
            reason="kept", asked_by=who, asked_at=at,
        )  # fmt: skip
        add(
            tx, Asset, number=f"A-{exhibit + 100}", exhibit_id=exhibit, disposal_id=disposal,
            keeper="the office", made_by=who, made_at=at,
        )  # fmt: skip


def _campaigns(world: World, tx: Transaction) -> None:
    for number in range(MANY):
        add(
            tx, Campaign, name=f"Sweep {number:03}", purpose="Look", brands=[], categories=[],
            max_price_minor=1, currency="CNY", max_buys=1, budget_minor=1, opens_at=world.now,
            closes_at=world.now + timedelta(days=1), requested_by=world.people[Role.ANALYST],
        )  # fmt: skip


def _tokens(world: World, tx: Transaction) -> None:
    for number in range(MANY):
        add(
            tx, ApiToken, name=f"system {number:03}", digest=f"d{number}", hint="tb_",
            person_id=world.people[Role.ANALYST], scopes=[], created_at=world.now,
            expires_at=world.now + timedelta(days=1),
        )  # fmt: skip


def _kits(world: World, tx: Transaction) -> None:
    for number in range(MANY):
        kit = {"prepared_by": world.people[Role.CLERK], "prepared_at": world.now}
        kit_id = add(tx, Kit, number=f"K-9{number:05}", **kit)
        bags = {"kind": KitPartKind.SEAL_BAGS, "first": f"N{number}", "last": f"N{number}"}
        add(tx, KitPart, kit_id=kit_id, **bags)


def _products(world: World, tx: Transaction) -> None:
    brand, category = one(tx, Brand, name="Swarovski"), one(tx, Category, name="watches")
    assert brand and category
    for number in range(MANY):
        add(
            tx, Product, brand_id=brand.id, category_id=category.id, name=f"Aura {number:03}",
            added_by=world.people[Role.AUTHENTICATOR], added_at=world.now,
        )  # fmt: skip


def _prices(world: World, tx: Transaction) -> None:
    for number in range(MANY):
        add(
            tx, GenuinePriceRow, brand_id=1, product=f"Aura {number:03}", amount_minor=1,
            currency="CNY", source="list", verified=True, valid_from=world.now.date(),
            added_at=world.now, added_by=world.people[Role.ANALYST],
        )  # fmt: skip


CONSIGNED = {
    "from_kind": HolderKind.PERSON, "from_holder": "Person clerk",
    "to_kind": HolderKind.RIGHTS_HOLDER, "to_holder": "Swarovski AG",
    "method": next(iter(Method)), "place": "Shenzhen", "purpose": "to be examined",
    "seal_out": "Z", "condition": "seal intact", "photos": [],
}  # fmt: skip


def _gone_back(world: World, tx: Transaction) -> None:
    holder = every(tx, RightsHolder, name="Swarovski AG") or every(tx, RightsHolder)
    who = {"opened_by": world.people[Role.CLERK], "opened_at": world.now}
    for exhibit in _bagged(world, tx):
        add(
            tx, HandOver, exhibit_id=exhibit, consigned_to=holder[0].id, **CONSIGNED, **who,
            completed_at=world.now,
        )  # fmt: skip


class List(NamedTuple):
    """Where it is, who reads it, what fills it, how a row is known, and its keys' names."""

    address: str
    role: Role
    fill: Callable[[World, Transaction], object]
    row: str
    name: str = ""


LISTS = {
    "people": List("/people", Role.ADMINISTRATOR, _people, r"zoe\d+@example.org"),
    "operators": List("/operators", Role.ANALYST, _operators, r"/operators/(OP-9\d{3})\""),
    "shops": List("/operators", Role.ANALYST, _shops, r">Zest \d{3}</", "shops_"),
    "referrals": List("/referrals", Role.LIAISON, _referrals, r"/referrals/RF-2026-\d+"),
    "exhibits": List("/exhibits", Role.CLERK, _bagged, r'id="ZZ-\d+"'),
    "place": List("/places/1", Role.CLERK, _stored, r"/exhibits/ZZ/\d+"),
    "assets": List("/assets", Role.CLERK, _assets, r'<td class="ref">A-\d+'),
    "campaigns": List("/campaigns", Role.ANALYST, _campaigns, r"<h2>Sweep \d{3}"),
    "kits": List("/kits", Role.CLERK, _kits, r'id="K-9\d+"'),
    "references": List("/references", Role.AUTHENTICATOR, _products, r">Aura \d{3}<"),
    "prices": List("/prices", Role.ANALYST, _prices, r"<td>Aura \d{3}</td>"),
    "desk": List("/desk", Role.DESK, _gone_back, r'href="/desk/ZZ/\d+"'),
    "tokens": List("/tokens", Role.ADMINISTRATOR, _tokens, r"<b>system \d{3}"),
}


def _read(browser: httpx.Client, address: str, row: str) -> tuple[list[str], dict[str, str]]:
    page = browser.get(address)
    assert page.status_code == 200, address
    links = {
        rel: where.replace("&amp;", "&")
        for where, rel in re.findall(r'href="([^"]+)" rel="(next|prev)"', page.text)
    }
    return list(dict.fromkeys(re.findall(row, page.text))), links


@pytest.mark.parametrize("name", LISTS)
def test_a_long_list_is_read_page_by_page_forth_and_back(world: World, name: str) -> None:
    here = LISTS[name]
    browser = world.client(here.role)
    with world.db.write() as tx:
        _place(world, tx)
    _, before = _read(browser, here.address, here.row)
    assert before == {}, "a short list has no pages"
    with world.db.write() as tx:
        here.fill(world, tx)
    seen: list[str] = []
    pages: list[list[str]] = []
    address, back = here.address, ""
    while address:
        rows, links = _read(browser, address, here.row)
        assert len(rows) <= ROWS
        pages.append(rows)
        seen += rows
        address = links.get("next", "")
        if len(pages) == 1:
            assert "prev" not in links
        back = links.get("prev", back)
    assert len(seen) == len(set(seen)) == MANY
    assert len(pages[1]) == ROWS
    assert _read(browser, back, here.row)[0] == pages[-2]
    assert _read(browser, f"{here.address}?{here.name}older=999999999", here.row)[0] == pages[0]
    assert _read(browser, f"{here.address}?{here.name}newer=x", here.row)[0] == pages[0]


def test_a_form_that_comes_back_brings_its_row_along(world: World) -> None:
    """Catches a refused form of a later page that is shown without the person it was about."""
    with world.db.write() as tx:
        _people(world, tx)
        last = add(tx, Person, name="Zzz", email="zzz@example.org", created_at=world.now)
        _bagged(world, tx)
    administrator = world.client(Role.ADMINISTRATOR)
    assert "zzz@example.org" not in administrator.get("/people").text
    wrong = send(administrator, f"/people/{last}/link", hours="many")
    assert wrong.status_code == 422
    assert "zzz@example.org" in wrong.text and 'value="many"' in wrong.text
    done = send(administrator, f"/people/{last}/grants", roles=["analyst"])
    assert done.headers["location"] == f"/people?at={last}&did=saved"
    assert "zzz@example.org" in administrator.get(done.headers["location"]).text
    first = send(administrator, f"/people/{world.people[Role.CLERK]}/link", hours="many")
    assert first.text.count('<article class="card"') > 20, "who stands on the first page stays"
    clerk = world.client(Role.CLERK)
    assert 'id="ZZ-219"' not in clerk.get("/exhibits").text
    refused = send(
        clerk, "/exhibits/take-in", exhibit="ZZ/219", seal_number="Other", place="Shelf",
        condition="seal intact",
    )  # fmt: skip
    assert refused.status_code == 409
    assert 'id="ZZ-219"' in refused.text and 'value="Other"' in refused.text
