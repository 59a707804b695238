"""Board, approvals, lists to launch and search, through the portal's own door."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from casework.act import Act
from casework.buying import campaigns, requesting
from rules.lifecycle import Stage
from rules.roles import Role
from storage.rows import every, table_of
from storage.tables import Flag, LedgerRow, RequestedVia, Route, TestBuy
from tests.portal import full_world
from tests.portal.small_world import SHOP, UNLINKED, World, csrf, seed, send


def _references(text):
    return list(dict.fromkeys(re.findall(r"TB-2026-\d{6}", text.split("<main", 1)[1])))


def _request(world: World, flag: int, person: str = Role.ANALYST, campaign: str | None = None):
    act = Act(Role.ANALYST, world.now, seed(f"ask {flag}"), world.people[person])
    return requesting.request(
        world.db,
        act,
        flag_id=flag,
        purpose="Look closer",
        campaign=campaign,
        via=RequestedVia.PORTAL,
        route=Route.BY_HAND,
    ).reference


def _campaign(world: World, name: str, buys: int) -> None:
    campaigns.open_campaign(
        world.db,
        world.act(Role.ANALYST, name),
        name=name,
        purpose="Watches",
        brands=["Swarovski"],
        categories=["watches"],
        max_price_minor=100_000,
        currency="CNY",
        max_buys=buys,
        budget_minor=1_000_000,
        opens_at=world.now,
        closes_at=world.now + timedelta(days=9),
    )
    campaigns.approve(world.db, world.act(Role.APPROVER, f"approve {name}"), name)


def test_the_filters_of_the_board_are_a_sentence_each_word_of_which_takes_itself_away(world):
    world.now += timedelta(days=30)
    analyst = world.client(Role.ANALYST)
    page = analyst.get("/board?late=yes&brand=Swarovski&owner=mine").text
    sentence = page.split('class="sentence"', 1)[1].split("</p>", 1)[0]
    rests = [
        sorted(parse_qs(urlsplit(link.replace("&amp;", "&")).query))
        for link in re.findall(r'href="(/board\?[^"]+)"', sentence)
    ]
    assert rests == [["brand", "owner"], ["late", "owner"], ["brand", "late"]]
    assert world.testbuys["judged"] in page
    assert world.testbuys["other brand"] not in page
    assert "16 days late" in page


def test_an_address_of_the_board_keeps_only_what_means_something(world):
    answer = world.client(Role.ANALYST).get("/board?stage=judged&brand=&waiting=x&owner=&order=up")
    assert (answer.status_code, answer.headers["location"]) == (303, "/board?stage=judged")


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("owner={mine}", {"requested", "assigned", "examined", "other brand", "judged"}),
        ("owner=1", set()),
        ("waiting=Waiting+for+verdict", {"examined", "other brand"}),
        ("since=2026-11-02&until=2026-11-02", {"requested", "assigned", "examined", "other brand",
                                               "judged"}),
        ("until=2026-11-01", set()),
        ("shop=3", {"examined"}),
        ("shop=99", set()),
        ("operator=OP-0001", set()),
        ("campaign=None+such", set()),
        ("order=longest", {"requested", "assigned", "examined", "other brand", "judged"}),
    ],
)  # fmt: skip
def test_each_filter_shows_what_it_says(world, asked, shown):
    mine = world.people[Role.ANALYST]
    page = world.client(Role.AUDITOR).get(f"/board?{asked.format(mine=mine)}").text
    assert set(_references(page)) == {world.testbuys[name] for name in shown}


def test_an_operators_shops_are_one_list_on_the_board_and_on_its_page(world):
    """Two shops linked to one operator, a third to nobody."""
    analyst = world.client(Role.ANALYST)
    linked = [world.testbuys[name] for name in ("examined", "judged")]
    first, second = (world.row(reference).shop_id for reference in linked)
    new = {"operator": "", "new_operator_name": "Chen trading", "basis": "Same phone number"}
    assert send(analyst, f"/shops/{first}/link", **new, seen=UNLINKED).status_code == 303
    known = {"operator": "OP-0001", "new_operator_name": "", "basis": "Same return address"}
    assert send(analyst, f"/shops/{second}/link", **known, seen=UNLINKED).status_code == 303
    board = analyst.get("/board?operator=OP-0001").text
    assert _references(board) == sorted(linked, reverse=True)
    held = analyst.get("/board?operator=OP-0001&stage=judged").text
    assert _references(held) == [world.testbuys["judged"]]
    page = analyst.get("/operators/OP-0001").text
    assert _references(page) == sorted(linked, reverse=True)
    # A registrant's name that they share leads to further shops; those are not its own.
    section = page.partition('id="shops"')[2].partition("</section>")[0]
    own = " ".join(re.findall(r"<h3>.*?</h3>", section))
    assert f"{SHOP} 3" in own and f"{SHOP} 5" in own and f"{SHOP} 1" not in own


def test_money_is_out_until_an_end_brings_it_back(world):
    reference = world.testbuys["examined"]
    analyst = world.client(Role.ANALYST)

    def row():
        return analyst.get("/board").text.split(f'/testbuys/{reference}"', 1)[1].split("</tr>")[0]

    assert "CNY 90.00" in row()
    version = world.row(reference).version
    ended = send(
        analyst, f"/testbuys/{reference}/abandon", version=version, why="refunded", note="x"
    )
    assert ended.status_code == 303
    assert "CNY 90.00" not in row()
    assert "came back" in row()


def test_new_test_buys_are_announced_and_only_those_of_the_filter(world):
    analyst = world.client(Role.ANALYST)
    address = re.search(r'hx-get="([^"]+)"', analyst.get("/board?brand=Swarovski").text)[1]
    address = address.replace("&amp;", "&")
    assert analyst.get(address).text.strip() == ""
    _request(world, 6)
    assert "1 new, show it" in analyst.get(address).text
    other = address.replace("Swarovski", "Royal+Canin")
    assert analyst.get(other).text.strip() == ""


def test_a_batch_answers_for_each_request_by_itself(world):
    """Catches one that fails taking the others along, and approving one's own by way of a batch."""
    good, stale = world.testbuys["requested"], _request(world, 6)
    own = _request(world, 7, "both")
    approver = world.client("both")
    page = approver.get("/approvals").text
    chosen = re.findall(r'name="chosen" value="([^"]+)"', page)
    assert sorted(each.partition(":")[0] for each in chosen) == sorted([good, stale])
    answer = send(
        approver,
        "/approvals",
        decision="approve",
        chosen=[f"{good}:1", f"{stale}:7", f"{own}:1", f"{own}:1"],
    )
    assert answer.status_code == 200
    told = answer.text.split('role="status"', 1)[1].split("</div>", 1)[0]
    assert "1 decided" in told and "2 left as they were" in told
    assert "was changed meanwhile" in told
    assert "You asked for this test buy yourself" in told
    stages = [world.row(reference).stage for reference in (good, stale, own)]
    assert stages == [Stage.AUTHORISED, Stage.REQUESTED, Stage.REQUESTED]


def test_a_batch_is_declined_for_a_reason_that_is_kept(world):
    reference = world.testbuys["requested"]
    approver = world.client(Role.APPROVER)
    chosen = f"{reference}:1"
    refused = send(approver, "/approvals", decision="decline", chosen=chosen, reason="")
    assert refused.status_code == 422
    assert "Fill this in" in refused.text
    assert send(approver, "/approvals", decision="approve").status_code == 409
    assert send(approver, "/approvals", decision="approve", chosen="x:1").status_code == 422
    assert send(world.client(Role.SUPERVISOR), "/approvals", chosen=chosen).status_code == 403
    assert world.row(reference).stage is Stage.REQUESTED
    assert send(approver, "/approvals", decision="decline", chosen=chosen, reason="Dear").is_success
    assert "Dear" in approver.get(f"/testbuys/{reference}").text


def test_requests_are_grouped_by_their_reason_without_the_figures(world):
    _campaign(world, "Cheap", 5)
    with world.db.write() as tx:
        flags = table_of(Flag)
        tx.execute(flags.update().where(flags.c.id.in_([6, 7])).values(price_minor=200_000))
        tx.execute(flags.update().where(flags.c.id == 7).values(price_minor=300_000))
    for flag in (6, 7):
        _request(world, flag, campaign="Cheap")
    page = world.client(Role.APPROVER).get("/approvals").text
    assert "CNY … is more than the CNY … the campaign Cheap allows." in page
    assert "CNY 3,000.00 is more than the CNY 1,000.00 the campaign Cheap allows." in page
    assert page.count('<section class="group"') == 2


@pytest.mark.parametrize(
    ("then", "to"), [("/approvals", "/approvals?did=approved"), ("//evil.example", "/testbuys/")]
)
def test_who_decides_in_the_list_comes_back_to_it_and_nowhere_else(world, then, to):
    reference = world.testbuys["requested"]
    answer = send(
        world.client(Role.APPROVER), f"/testbuys/{reference}/approve", version=1, then=then
    )
    assert answer.headers["location"].startswith(to)


def _hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1].replace("&#10;", "\n")


LIST = "flag_id,remark\nF6,a\nF7,b\nF1,taken\nF6,again\nnone,x\n"


def _plan(world, analyst, campaign="Small"):
    wish = {"purpose": "A list", "campaign": campaign, "route": "by_hand"}
    page = send(analyst, "/launch", list=LIST, **wish)
    assert page.status_code == 200, page.text
    whole = {name: _hidden(page.text, name) for name in ("list", "digest", "told")}
    return page.text, {**wish, **whole}


def _count(world):
    with world.db.read() as tx:
        return len(every(tx, TestBuy)), len(every(tx, LedgerRow))


def test_a_list_is_looked_at_without_writing_and_launched_as_it_was_told(world):
    """The plan counts what the lines before would use: the campaign covers one buy only."""
    _campaign(world, "Small", 1)
    analyst, before = world.client(Role.ANALYST), _count(world)
    page, form = _plan(world, analyst)
    assert _count(world) == before
    assert form["told"] == "awrrr"
    assert "Inside the limits of the campaign Small: buy 1 of 1" in page
    assert "has used all of its 1 buys" in page
    assert f"{world.testbuys['requested']} is already buying this listing" in page
    assert "names this flag above already" in page and "No flag has this number" in page
    done = send(analyst, "/launch/many", **form)
    assert done.status_code == 200
    launched = [ref for ref in _references(done.text) if ref > world.testbuys["judged"]]
    assert len(launched) == 2
    programme = world.act(Role.PROGRAMME, "authorise")
    came_to = [requesting.authorise_by_campaign(world.db, programme, ref) for ref in launched]
    assert [each and each.stage for each in came_to] == [Stage.AUTHORISED, None]
    with world.db.read() as tx:
        bodies = [row.body for row in every(tx, LedgerRow, subject="programme")]
    assert form["digest"].encode() in bodies[-1]


def test_what_changed_after_the_look_is_left_alone_and_told(world):
    _campaign(world, "Small", 1)
    analyst = world.client(Role.ANALYST)
    _, form = _plan(world, analyst)
    mine = _request(world, 7)
    campaigns.withdraw(world.db, world.act(Role.APPROVER, "end"), "Small", "No money")
    done = send(analyst, "/launch/many", **form)
    told = done.text.split('class="list plan"', 1)[1]
    assert "foretold as “authorised” and is “waits” by now" in told
    assert f"{mine} is already buying this listing" in told
    with world.db.read() as tx:
        assert [row.reference for row in every(tx, TestBuy)][-1] == mine


@pytest.mark.parametrize(
    "wrong", [{"list": "F7"}, {"purpose": "Another"}, {"told": "aarrr"}, {"campaign": ""}]
)
def test_another_list_than_was_looked_at_is_refused_whole(world, wrong):
    _campaign(world, "Small", 1)
    analyst = world.client(Role.ANALYST)
    _, form = _plan(world, analyst)
    before = _count(world)
    answer = send(analyst, "/launch/many", **{**form, **wrong})
    assert answer.status_code == 409
    assert "not the list that was looked at" in answer.text
    assert _count(world) == before


def test_a_dismissed_flag_is_told_apart_and_never_bought_from(world):
    analyst = world.client(Role.ANALYST)
    assert send(analyst, "/flags/6/dismiss", reason="").status_code == 422
    assert send(analyst, "/flags/1/dismiss", reason="Late").status_code == 409
    assert send(analyst, "/flags/6/dismiss", reason="A museum shop").status_code == 303
    assert "/flags/6/launch" not in analyst.get("/flags").text
    assert "A museum shop" in analyst.get("/flags?became=dismissed").text
    launch = {"purpose": "Look", "campaign": "", "route": "by_hand"}
    refused = send(analyst, "/flags/6/launch", **launch)
    assert refused.status_code == 409 and "A museum shop" in refused.text
    assert world.testbuys["judged"] in analyst.get("/flags?became=used").text


def _found(world, person, text):
    answer = world.client(person).get("/search", params={"q": text})
    return answer.headers.get("location") or answer.text.split("<main", 1)[1]


def test_staff_go_straight_to_what_a_number_names(world):
    reference = world.testbuys["examined"]
    to = f"/testbuys/{reference}"
    public_id = world.examinations[reference]
    for asked in (reference, reference.lower(), "ORDER-3-SECRET", "SF003", public_id, "SEAL-3"):
        assert _found(world, Role.ANALYST, asked) == to, asked
    assert _found(world, Role.CLERK, "SEAL-3") == "/exhibits/PB/1"
    assert _found(world, Role.AUDITOR, "PB/1") == "/exhibits/PB/1"
    assert _found(world, Role.ANALYST, "F6") == "/flags?number=F6"
    page = _found(world, Role.ANALYST, "crys watch 3")
    assert "Crystal watch 3" in page and "Crystal watch 2" not in page
    assert "/board?shop=3" in _found(world, Role.COUNSEL, f"{SHOP} 3".lower())
    assert reference in _found(world, Role.AUDITOR, "TB-2026-00000")


def test_nobody_finds_what_they_may_not_open(world):
    examined = world.testbuys["examined"]
    public_id = world.examinations[examined]
    mine = f"/tasks/{examined}"
    assert _found(world, Role.BUYER, examined) == mine
    assert _found(world, Role.BUYER, "ORDER-3-SECRET") == mine
    assert mine in _found(world, Role.BUYER, "crystal watch 3")
    for person in ("other buyer", Role.AUTHENTICATOR, Role.DESK, Role.ADMINISTRATOR):
        for asked in (examined, "ORDER-3-SECRET", "SF003", "SEAL-3", "PB/1", "F3", "crystal"):
            page = _found(world, person, asked)
            assert "Nothing of that is found" in page, (person, asked)
    assert _found(world, Role.AUTHENTICATOR, public_id) == f"/examinations/{public_id}"
    other = world.examinations[world.testbuys["other brand"]]
    assert "Nothing of that is found" in _found(world, Role.AUTHENTICATOR, other)
    sealed = world.examinations[world.testbuys["judged"]]
    assert "Nothing of that is found" in _found(world, "other authenticator", sealed)
    assert "/people" in _found(world, Role.ADMINISTRATOR, "person buyer")
    for person in (Role.ANALYST, Role.CLERK, Role.AUDITOR, Role.AUTHENTICATOR, Role.BUYER):
        assert "Nothing of that is found" in _found(world, person, "person buyer"), person
    assert "Nothing of that is found" in _found(world, Role.ANALYST, "lotus-1")


def test_a_kit_is_found_by_its_number_and_by_what_lies_in_it(world):
    clerk = world.client(Role.CLERK)
    kit = {"seal_first": "SB-0010", "seal_last": "SB-0029", "card_first": "C-100"}
    assert send(clerk, "/kits", **kit, card_last="C-119").status_code == 303
    assert _found(world, Role.CLERK, "k-000001") == "/kits#K-000001"
    for inside in ("SB-0010", "SB-0029", "C-105"):
        assert "/kits#K-000001" in _found(world, Role.CLERK, inside), inside
    for outside in ("SB-0030", "SB-010", "SB-00010", "C-99", "0010"):
        assert "K-000001" not in _found(world, Role.CLERK, outside), outside
    for person in (Role.BUYER, Role.ANALYST, Role.DESK, Role.AUTHENTICATOR):
        assert "kits#" not in _found(world, person, "SB-0010"), person
    to = {"to_person": world.people[Role.BUYER], "place": "the office", "utc_offset": "480"}
    assert send(clerk, "/kits/K-000001/give", **to).status_code == 303
    assert "/tasks" in _found(world, Role.BUYER, "SB-0011")
    assert "Nothing of that is found" in _found(world, "other buyer", "K-000001")


def test_a_desk_finds_what_is_consigned_to_it_and_nothing_else(world):
    world.now += timedelta(minutes=1)
    full_world._hand_to_the_desk(world)
    assert _found(world, Role.DESK, "pb/3") == "/desk/PB/3"
    for hidden in ("PB/1", "SEAL-5", "SEAL-3", world.testbuys["judged"]):
        assert "Nothing of that is found" in _found(world, Role.DESK, hidden), hidden
    assert "Nothing of that is found" in _found(world, "other desk", "PB/3")


def test_a_brand_is_found_by_those_who_may_see_its_test_buys(world):
    assert "/board?brand=Swarovski" in _found(world, Role.ANALYST, "swaro")
    mine = _found(world, Role.AUTHENTICATOR, "swarovski")
    assert "/references" in mine and "Royal Canin" not in mine
    for person, brand in ((Role.AUTHENTICATOR, "royal"), (Role.BUYER, "swarovski")):
        assert "Nothing of that is found" in _found(world, person, brand), person


def test_a_test_buys_page_has_one_next_action_and_a_seal_on_every_move(world):
    requested, judged = world.testbuys["requested"], world.testbuys["judged"]
    approver = world.client(Role.APPROVER).get(f"/testbuys/{requested}").text
    top = approver.split('class="next"', 1)[1].split('class="others"', 1)[0]
    assert top.count("<button") == 1 and f"/testbuys/{requested}/approve" in top
    assert 'class="next"' not in world.client(Role.AUDITOR).get(f"/testbuys/{requested}").text
    page = world.client(Role.AUDITOR).get(f"/testbuys/{judged}").text
    line = page.split('<ol class="line">', 1)[1].split("</ol>", 1)[0]
    with world.db.read() as tx:
        digests = [f"sha256:{row.hash.hex()}" for row in every(tx, LedgerRow, subject=judged)]
    assert all(digest in line for digest in digests)
    assert "not in the ledger" not in line
    assert csrf(world.client(Role.APPROVER))
