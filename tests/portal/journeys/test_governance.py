"""What analyst, approver, liaison and auditor do all day, each step counted, at 300 ms."""

import pytest

from casework import flagging
from casework.feed import read_feed
from rules.roles import Role
from tests.portal.journeys.recorder import Hand, noted
from tests.portal.small_world import FEED, World, send

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


def test_twenty_launches_one_by_one_stay_under_five_minutes(world: World, page_of) -> None:
    """Three are done and counted; the other seventeen are the same again. Most of it is the
    purpose, typed each time: who has twenty in hand launches them from a list."""
    _more_flags(world, 3)
    page = page_of(Role.ANALYST)
    hand = Hand(page)
    hand.open("/flags")
    for _ in range(3):
        flag = page.locator("form[action$='/launch']").first
        hand.write(flag.locator("[name=purpose]"), PURPOSE)
        hand.go(flag.get_by_role("button"))
        assert page.locator("h1 .ref").count() == 1
        hand.go(page.get_by_role("link", name="Flags", exact=True).first)
    minutes = noted("analyst", "20 launches, one by one", hand, times=20, of=3)
    assert minutes <= 5


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
    assert noted("analyst", "a shop linked to its operator", hand) <= 1


def test_an_analyst_finds_a_test_buy_on_the_board(world: World, page_of) -> None:
    page = page_of(Role.ANALYST)
    hand = Hand(page)
    hand.open("/")
    hand.go(page.get_by_role("link", name="Board", exact=True).first)
    hand.go(page.locator("main a[href*='stage=judged']").first)
    hand.go(page.locator("main a.ref").first)
    assert world.testbuys["judged"] in page.url
    assert noted("analyst", "from home to a judged test buy", hand) <= 0.5


def test_an_approver_decides_a_request(world: World, page_of) -> None:
    reference = world.testbuys["requested"]
    page = page_of(Role.APPROVER)
    hand = Hand(page)
    hand.open(f"/testbuys/{reference}")
    hand.go(page.get_by_role("button", name="Approve", exact=True))
    assert world.row(reference).stage == "authorised"
    assert noted("approver", "a request read and approved", hand) <= 0.5


@pytest.fixture
def drafted(world: World) -> str:
    analyst = world.client(Role.ANALYST)
    shop = world.row(world.testbuys["judged"]).shop_id
    link = {"operator": "", "new_operator_name": "Chen trading", "basis": "Same phone number"}
    send(analyst, f"/shops/{shop}/link", **link)
    answer = send(analyst, "/operators/OP-0001/referral", agency="Fengxian police")
    return answer.headers["location"].split("?")[0]


def test_a_liaison_approves_a_referral_and_hands_it_over(world: World, drafted, page_of) -> None:
    page = page_of(Role.LIAISON)
    hand = Hand(page)
    hand.open("/")
    hand.go(page.get_by_role("link", name="Referrals", exact=True).first)
    hand.go(page.locator(f"main a[href='{drafted}']").first)
    hand.go(page.get_by_role("button", name="Approve and hand over"))
    assert "did=approved" in page.url
    assert noted("liaison", "a referral found, read and approved", hand) <= 0.5


def test_an_auditor_reads_what_a_verdict_is_sealed_by(world: World, page_of) -> None:
    page = page_of(Role.AUDITOR)
    hand = Hand(page)
    hand.open("/board")
    hand.go(page.locator(f"main a[href$='{world.testbuys['judged']}']").first)
    seal = page.locator("details.seal").last
    hand.click(seal.locator("summary"))
    assert "sha256:" in seal.inner_text()
    assert noted("auditor", "the digest a verdict is sealed by", hand) <= 0.5
