"""What analyst, approver, liaison and auditor do all day, each step counted, at 300 ms."""

import pytest

from casework.flags import flagging
from casework.flags.feed import read_feed
from rules.roles import Role
from storage.rows import every
from storage.tables import TestBuy
from tests.casework import packaged
from tests.portal.journeys.recorder import Hand, noted, words_of
from tests.portal.small_world import FEED, UNLINKED, World, send

PURPOSE = "Confirm the suspicion"


def _more_flags(world: World, count: int) -> None:
    lines = [FEED]
    for at in range(100, 100 + count):
        lines.append(
            f"F{at},vision,logo,3,0.95,price far below market,taobao,S{at},Corner {at},L{at},"
            f"https://shop.example/{at},Crystal watch {at},Swarovski,watches,{9000 + at},CNY,"
            f"2026-11-01T08:00:00Z,Li Na,CN"
        )
    read = read_feed("feed.csv", "\n".join(lines).encode())
    flagging.import_flags(world.db, world.act(Role.ANALYST, "many flags"), read.rows)


def test_twenty_launches_one_by_one(world: World, page_of) -> None:
    """The first and two more are done and counted; the other seventeen are the same again. The
    purpose is typed once, and the next flag is at hand when the page is back."""
    _more_flags(world, 3)
    page = page_of(Role.ANALYST)
    first, more = Hand(page), Hand(page)
    first.open("/flags")
    first.write(page.locator("[data-row] [name=purpose]").first, PURPOSE)
    first.press("Escape")
    first.go_by_key("l")
    for _ in range(2):
        assert page.locator("main .message.done a.ref").count() == 1
        more.go_by_key("l")
    with world.db.read() as tx:
        assert [row.purpose for row in every(tx, TestBuy, order_by="id")][-3:] == [PURPOSE] * 3
    done = first.tally.then(more.tally.times(19 / 2))
    noted("analyst", "20 launches, one by one", done, limit=3)


def test_twenty_launches_from_a_list(world: World, page_of) -> None:
    """Pasted, looked at line by line, launched."""
    _more_flags(world, 20)
    page = page_of(Role.ANALYST)
    hand = Hand(page)
    hand.open("/launch")
    hand.paste(page.locator("[name=list]"), "\n".join(f"F{at}" for at in range(100, 120)))
    hand.write(page.locator("main [name=purpose]"), PURPOSE)
    hand.go(page.get_by_role("button", name="See what will happen"))
    hand.go(page.get_by_role("button", name="Launch 20 test buys"))
    assert page.locator("table.plan a.ref").count() == 20
    noted("analyst", "20 launches, from a list", hand.tally, limit=3)


def test_an_analyst_links_a_shop_to_its_operator(world: World, page_of) -> None:
    page = page_of(Role.ANALYST)
    hand = Hand(page)
    hand.open("/operators")
    shop = page.locator("details.more", has_text="Link to an operator").first
    hand.click(shop.locator("summary"))
    hand.write(shop.locator("[name=new_operator_name]"), "Chen trading")
    hand.write(shop.locator("[name=basis]"), "Same phone number in both shops")
    hand.go(shop.get_by_role("button"))
    assert "did=linked" in page.url
    noted("analyst", "a shop linked to its operator", hand.tally, limit=1)


def test_an_analyst_finds_a_test_buy_on_the_board(world: World, page_of) -> None:
    page = page_of(Role.ANALYST)
    hand = Hand(page)
    hand.open("/")
    hand.go(page.get_by_role("link", name="Board", exact=True).first)
    hand.go(page.locator("main a[href*='stage=judged']").first)
    hand.go(page.locator("main a.ref").first)
    assert world.testbuys["judged"] in page.url
    noted("analyst", "from home to a judged test buy", hand.tally, limit=0.5)


def test_an_approver_decides_a_request(world: World, page_of) -> None:
    reference = world.testbuys["requested"]
    page = page_of(Role.APPROVER)
    hand = Hand(page)
    hand.open(f"/testbuys/{reference}")
    hand.go(page.get_by_role("button", name="Approve", exact=True))
    assert world.row(reference).stage == "authorised"
    noted("approver", "a request read and approved", hand.tally, limit=0.5)


@pytest.fixture
def drafted(world: World) -> str:
    analyst = world.client(Role.ANALYST)
    shop = world.row(world.testbuys["judged"]).shop_id
    link = {"operator": "", "new_operator_name": "Chen trading", "basis": "Same phone number"}
    send(analyst, f"/shops/{shop}/link", **link, seen=UNLINKED)
    answer = send(analyst, "/operators/OP-0001/referral", agency="Fengxian police")
    address = answer.headers["location"].split("?")[0]
    packaged.complete(world, address.rpartition("/")[2])
    return address


def test_a_liaison_approves_a_referral_and_hands_it_over(world: World, drafted, page_of) -> None:
    page, say = page_of(Role.LIAISON), words_of("liaison")
    hand = Hand(page)
    hand.open("/")
    hand.go(page.get_by_role("link", name=say("Referrals"), exact=True).first)
    hand.go(page.locator(f"main a[href='{drafted}']").first)
    hand.go(page.get_by_role("button", name=say("Approve and hand over")))
    assert "did=approved" in page.url
    noted("liaison", "a referral found, read and approved", hand.tally, limit=0.5)


def test_an_auditor_reads_what_a_verdict_is_sealed_by(world: World, page_of) -> None:
    page = page_of(Role.AUDITOR)
    hand = Hand(page)
    hand.open("/board")
    hand.go(page.locator(f"main a[href$='{world.testbuys['judged']}']").first)
    seal = page.locator("details.seal").last
    hand.click(seal.locator("summary"))
    assert "sha256:" in seal.inner_text()
    noted("auditor", "the digest a verdict is sealed by", hand.tally, limit=0.5)
