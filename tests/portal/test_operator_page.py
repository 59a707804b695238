"""One operator with its gauge, and the docket of proceedings."""

import re
from dataclasses import replace
from datetime import timedelta

from casework.flags import flagging
from casework.operators import proceedings
from rules.retention import EndedBy
from rules.roles import Role
from storage.tables import ProceedingKind
from tests.portal.small_world import World, sent


def _linked(world: World) -> None:
    """Two shops of one operator, one with sales on record, above the floor of selling."""
    analyst = world.act(Role.ANALYST, "link")
    flagging.link_shop(
        world.db, analyst, shop_id=3, operator=None, new_operator_name="Ring of Luohu",
        basis="One return address",
    )  # fmt: skip
    flagging.link_shop(
        world.db, world.act(Role.ANALYST, "again"), shop_id=5, operator="OP-0001",
        new_operator_name=None, basis="The same phone",
    )  # fmt: skip


def _sold(world: World, shop: int, amount: int, after: int = 0) -> None:
    """What a source says; asked again `after` as many seconds."""
    day = world.now.date()
    at = world.now + timedelta(seconds=after)
    said = replace(world.act(Role.ANALYST, f"sold {shop}"), now=at)
    flagging.record_sales(
        world.db, said, shop_id=shop,
        period_start=day.replace(day=1, month=1), period_end=day, units=40, amount_minor=amount,
        currency="CNY", source="Platform ledger",
    )  # fmt: skip


def test_the_gauge_of_an_operator_says_unknown_until_each_shop_has_a_record(world: World) -> None:
    _linked(world)
    liaison = world.client(Role.LIAISON)
    assert "/operators/OP-0001" in liaison.get("/operators").text
    _sold(world, 3, 4_000_000)
    page = liaison.get("/operators/OP-0001").text
    known, folded, unknown = page.partition('<details class="more limbs">')
    assert "unknown, at least CNY 40,000.00 of CNY 50,000.00" in unknown.partition("</details>")[0]
    assert "of 2 shops, 1 without a sales record in CNY with a source." in unknown and re.search(
        r"\d+ limbs are unknown", unknown
    )
    assert folded and "art. 213" not in known, "what is unknown is folded, with its number"
    assert "One return address" in page and "The same phone" in page
    assert "has no sales record in CNY with a source: obtain one." in page
    assert world.testbuys["judged"] in page and world.testbuys["requested"] not in page
    _sold(world, 5, 900_000)
    page = liaison.get("/operators/OP-0001").text
    known = page.partition('<details class="more limbs">')[0]
    assert "short by CNY 1,000.00 of CNY 50,000.00" in known and "art. 214" in known
    assert liaison.get("/operators/OP-9999").status_code == 404
    assert world.client(Role.AUTHENTICATOR).get("/operators/OP-0001").status_code == 403


def test_orders_that_may_be_made_up_are_told_beside_the_gauge_wherever_it_stands(
    world: World,
) -> None:
    """Whoever approves a referral must not take the sum as recorded for what was sold."""
    _linked(world)
    _sold(world, 3, 4_000_000)
    _sold(world, 5, 2_000_000)
    analyst, liaison = world.client(Role.ANALYST), world.client(Role.LIAISON)
    drafted = sent(analyst, "/operators/OP-0001/referral", agency="Fengxian police")
    case = sent(analyst, "/shops/3/brushing", reasons="Many orders of one minute.")
    period = {"period_start": "2026-10-01", "period_end": "2026-10-31"}
    worth = {"amount_low": "20000", "amount_high": "25000", "currency": "CNY"}
    orders = {"orders_low": "1", "orders_high": "2", "source": "Risk team"}
    sent(analyst, f"{case}/estimate", **period, **worth, **orders)
    for page in ("/operators/OP-0001", drafted):
        said = liaison.get(page).text
        assert "CNY 60,000.00 as recorded are CNY 35,000.00 to CNY 40,000.00 without" in said
        assert "China, art. 214, selling: met only with orders that may be made up" in said
    liaison.headers["accept-language"] = "zh-CN"
    said = liaison.get(drafted).text
    assert "中国，《刑法》第二百一十四条，销售假冒注册商标的商品：仅在计入" in said
    assert "剔除可能虚构的订单后为 CNY 35,000.00 至 CNY 40,000.00" in said


def test_what_a_source_said_again_stands_once(world: World) -> None:
    """Gathered for each test buy of an operator, the same figure comes again and again."""
    _linked(world)
    for after, amount in enumerate((4_000_000, 4_000_000, 5_000_000, 4_000_000, 4_000_000)):
        _sold(world, 3, amount, after)
    for page in ("/operators", "/operators/OP-0001"):
        told = world.client(Role.LIAISON).get(page).text
        shop = told.partition('id="shops"')[2].partition("</section>")[0] or told
        assert shop.count("CNY 40,000.00") == 2, page
        assert shop.count("CNY 50,000.00") == 1, page
        assert told.count("said 2 times since") == 2, page


def test_the_docket_lists_proceedings_by_court_and_state(world: World) -> None:
    _linked(world)
    counsel = world.act(Role.COUNSEL, "proceedings")
    for name in ("Longgang 2026/17", "Fengxian 2026/2"):
        proceedings.open_proceeding(
            world.db, counsel, "OP-0001", kind=ProceedingKind.ADMINISTRATIVE, name=name
        )
    day = world.now.date()
    proceedings.end_proceeding(
        world.db, counsel, 1, ended_on=day, how=EndedBy.DISCONTINUED, said="Too old"
    )
    browser = world.client(Role.COUNSEL)
    every = browser.get("/docket").text
    assert (
        "Longgang 2026/17" in every
        and ": discontinued, Too old" in every
        and "Fengxian 2026/2" in every
    )
    assert "Longgang" not in browser.get("/docket?state=open").text
    assert "Fengxian" not in browser.get("/docket?words=longgang").text
    assert "Fengxian" in browser.get("/docket?words=op-0001").text
    assert "No proceedings fit" in browser.get("/docket?words=100%25").text
    assert world.client(Role.CLERK).get("/docket").status_code == 403
