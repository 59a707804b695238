"""A raid clicked through: recorded by the liaison, read by the others, and out as tables."""

import csv
import io
import re

import pytest

from rules.referral import ReferralState
from rules.roles import Role
from storage.rows import change_one, every, one
from storage.tables import Flag, RaidPaper, Referral, SeizureLine, Shop
from tests.portal.small_world import UNLINKED, World, csrf, picture, send, sent

GOODS = {"kind": "goods", "description": "Watches", "unit": "pieces", "precision": "exactly"}
WORTH = {"amount": "2,000,000", "currency": "CNY", "value_of": "all", "value_precision": "about"}
LIST = (
    "kind,description,quantity,unit,value_minor,currency,basis\n"
    "seal,Counterfeit seals,2,pieces,,,\n"
    "label,=HYPERLINK(1),400,pieces,50,CNY,counterfeit_price\n"
)


def _sent(client, address: str, /, **fields: object) -> str:
    answer = send(client, address, **fields)
    assert answer.status_code == 303, answer.text.partition("<main")[2][:2000]
    return answer.headers["location"]


@pytest.fixture
def raid(world: World) -> str:
    """The address of a raid that was carried out, with two sources, 1 and 2."""
    shop = world.row(world.testbuys["judged"]).shop_id
    link = {"operator": "", "new_operator_name": "Liu", "basis": "He runs it"}
    _sent(world.client(Role.ANALYST), f"/shops/{shop}/link", **link, seen=UNLINKED)
    liaison = world.client(Role.LIAISON)
    plan = {"operator": "op-0001", "agency": "Fengxian police", "planned_on": "2016-08-10"}
    here = _sent(liaison, "/raids", **plan).split("?")[0]
    _sent(liaison, f"{here}/carried-out", version="1", on="2016-08-10")
    for kind, name in (("agency_list", "List 88"), ("press", "City paper")):
        _sent(liaison, f"{here}/sources", kind=kind, name=name, said_on="2016-08-12")
    return here


def _table(answer) -> list[dict[str, str]]:
    assert answer.status_code == 200 and answer.content.startswith("\ufeff".encode())
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_two_accounts_stand_side_by_side_until_one_is_taken(world: World, raid: str) -> None:
    liaison = world.client(Role.LIAISON)
    worth = {**WORTH, "basis": "estimate"}
    _sent(liaison, f"{raid}/lines", source="1", **GOODS, quantity="125", **worth)
    _sent(liaison, f"{raid}/lines", source="2", **GOODS | {"precision": "over"}, quantity="125")
    page = liaison.get(raid).text
    assert "about <span" in page and "CNY 2,000,000.00" in page and "over 125 pieces" in page
    assert "250" not in page.partition("<main")[2]
    assert "no source" in liaison.get("/raids").text
    _sent(liaison, f"{raid}/figures", version="2", source="1", reason="Signed by both.")
    for address in ("/raids", "/operators/OP-0001"):
        assert "125 pieces" in liaison.get(address).text, address
    (count, total) = _table(liaison.get("/raids.csv"))
    assert (count["figure"], count["quantity"], count["precision"]) == ("goods", "125", "exactly")
    assert (total["figure"], total["value_minor"], total["currency"]) == (
        "estimate", "200000000", "CNY",
    )  # fmt: skip
    assert {row["source"] for row in (count, total)} == {"List 88"}


def test_a_list_is_shown_line_by_line_before_anything_is_recorded(world: World, raid: str) -> None:
    liaison = world.client(Role.LIAISON)
    bad = {"list": ("list.csv", (LIST + "goods,W,many,pieces,,,\n").encode(), "text/csv")}
    looked = send(liaison, f"{raid}/lists", source="1", files=bad)
    assert looked.status_code == 200 and "1 line has faults" in looked.text
    assert "is no whole number in the column" in looked.text and 'name="text"' not in looked.text
    # Chinese spreadsheets put a mark before the first column and end lines their own way.
    good = {"list": ("list.csv", ("\ufeff" + LIST.replace("\n", "\r\n")).encode(), "text/csv")}
    looked = send(liaison, f"{raid}/lists", source="1", files=good)
    assert "Record 2 lines" in looked.text
    with world.db.read() as tx:
        assert every(tx, SeizureLine) == []
    fields = dict(re.findall(r'name="(source|digest)" value="([^"]*)"', looked.text))
    for _ in range(2):
        _sent(liaison, f"{raid}/lists/import", **fields, text=LIST)
    with world.db.read() as tx:
        assert len(every(tx, SeizureLine)) == 2
    again = send(liaison, f"{raid}/lists", source="1", files=good)
    assert "on record for this source" in again.text and 'name="text"' not in again.text


def test_a_table_holds_no_formula_and_every_line(world: World, raid: str) -> None:
    liaison = world.client(Role.LIAISON)
    for what, brand in (("=cmd|' /C calc'!A0", "＝1+1"), ("-2", "@x"), ("\u65bd\u534e", "+1")):
        goods = GOODS | {"description": what, "brand": brand}
        _sent(liaison, f"{raid}/lines", source="1", **goods, quantity="3")
    correct = {**GOODS, "corrects": "1", "quantity": "2", "reason": "-counted"}
    _sent(liaison, f"{raid}/lines/correct", **correct)
    rows = _table(liaison.get(f"{raid}/seizures.csv"))
    assert [row["description"] for row in rows] == [
        "'=cmd|' /C calc'!A0", "'-2", "\u65bd\u534e", "Watches",
    ]  # fmt: skip
    assert [row["brand"] for row in rows] == ["'＝1+1", "'@x", "'+1", ""]
    assert (rows[0]["superseded_by"], rows[3]["corrects"], rows[3]["because"]) == (
        "4", "1", "'-counted",
    )  # fmt: skip
    assert {row["quantity"] for row in rows} == {"3", "2"}


def test_a_stale_form_and_a_half_filled_one_are_refused(world: World, raid: str) -> None:
    liaison = world.client(Role.LIAISON)
    _sent(liaison, f"{raid}/lines", source="1", **GOODS, quantity="3")
    again = {**GOODS, "corrects": "1", "quantity": "2", "reason": "Counted again"}
    _sent(liaison, f"{raid}/lines/correct", **again)
    other = send(liaison, f"{raid}/lines/correct", **again | {"quantity": "4"})
    assert other.status_code == 409 and "was corrected meanwhile" in other.text
    stale = send(liaison, f"{raid}/figures", version="1", source="1", reason="Mine")
    assert stale.status_code == 409 and "was changed meanwhile" in stale.text
    half = send(liaison, f"{raid}/lines", source="1", **GOODS, quantity="3", amount="5")
    assert half.status_code == 422
    for field in ("currency", "value_of", "value_precision", "basis"):
        gone = {**WORTH, "basis": "estimate"}
        del gone[field]
        answer = send(liaison, f"{raid}/lines", source="1", **GOODS, quantity="3", **gone)
        assert answer.status_code == 422, field
    assert send(liaison, "/raids", planned_on="2026-01-01").status_code == 422
    assert send(liaison, f"{raid}/lists", source="9", files={}).status_code == 422


def test_a_second_seller_is_opened_in_one_form_and_bought_from(world: World, raid: str) -> None:
    liaison, analyst = world.client(Role.LIAISON), world.client(Role.ANALYST)
    shop = {"platform_1": "taobao", "shop_number_1": "S77", "shop_name_1": "Bright Harbour"}
    listing = {"in_shop_1": "1", "listing_number_1": "L77", "title_1": "Crystal watch"}
    listing |= {"url_1": "https://shop.example/77", "brand_1": "Swarovski"}
    listing |= {"category_1": "watches", "price_1": "129", "listing_currency_1": "CNY"}
    second = {"name": "Zhao", "basis": "Her stock lay in the same room", **shop}
    for wrong in ({"price_1": "0"}, {"listing_currency_1": "ZZZ"}, {"title_1": ""}):
        assert send(liaison, f"{raid}/found", **second, **listing | wrong).status_code == 422
    assert _sent(liaison, f"{raid}/found", **second, **listing).endswith("#OP-0002")
    assert "Bright Harbour" in liaison.get(raid).text
    assert "Found as a second seller at" in liaison.get("/operators/OP-0002").text
    with world.db.read() as tx:
        (flag,) = every(tx, Flag, source=raid.rpartition("/")[2])
    launched = _sent(
        analyst, f"/flags/{flag.id}/launch", purpose="A second buy", campaign="", route="by_hand"
    )
    assert launched.startswith("/testbuys/TB-")


def test_a_second_seller_has_as_many_shops_and_listings_as_were_found(
    world: World, raid: str
) -> None:
    liaison = world.client(Role.LIAISON)
    filled = {"name": "Zhao", "basis": "Her stock", "shop": "2", "listing": "4"}
    page = send(liaison, f"{raid}/found/rows", **filled, shop_name_1="Bright", more="shop")
    assert page.status_code == 200
    assert 'name="shop_name_3"' in page.text and 'name="shop_name_4"' not in page.text
    assert 'value="Bright"' in page.text and 'name="listing_number_5"' not in page.text
    page = send(liaison, f"{raid}/found/rows", **filled | {"shop": "3"}, more="listing")
    assert 'name="listing_number_5"' in page.text
    assert '<option value="3"' in page.text.partition('name="in_shop_5"')[2][:400]
    most = send(liaison, f"{raid}/found/rows", **filled | {"shop": "9999"}, more="shop").text
    assert 'name="shop_name_50"' in most and 'name="shop_name_51"' not in most
    fields = dict(filled)
    for row in (1, 2, 3):
        fields |= {f"platform_{row}": "taobao", f"shop_number_{row}": f"S8{row}"}
        fields |= {f"shop_name_{row}": f"Harbour {row}"}
    for row in range(1, 7):
        fields |= {
            f"in_shop_{row}": "3", f"listing_number_{row}": f"L8{row}", f"title_{row}": "Watch",
            f"url_{row}": f"https://shop.example/8{row}", f"brand_{row}": "Swarovski",
            f"category_{row}": "watches", f"price_{row}": "129", f"listing_currency_{row}": "CNY",
        }  # fmt: skip
    wrong = send(liaison, f"{raid}/found", **fields | {"price_6": "0", "shop": "3", "listing": "6"})
    assert wrong.status_code == 422 and 'value="L86"' in wrong.text
    _sent(liaison, f"{raid}/found", **fields)
    with world.db.read() as tx:
        assert len(every(tx, Flag, source=raid.rpartition("/")[2])) == 6
        assert {each.name for each in every(tx, Shop)} >= {"Harbour 1", "Harbour 2", "Harbour 3"}


def test_a_paper_is_kept_and_given_back_bit_for_bit(world: World, raid: str) -> None:
    liaison, auditor = world.client(Role.LIAISON), world.client(Role.AUDITOR)
    photo = picture("raid")
    file = {"paper": ("raid.jpg", photo, "image/jpeg")}
    for _ in range(2):
        _sent(liaison, f"{raid}/papers", kind="photo", title="The room", source="", files=file)
    with world.db.read() as tx:
        (row,) = every(tx, RaidPaper)
    answer = auditor.get(f"{raid}/papers/{row.id}")
    assert answer.content == photo and "attachment" in answer.headers["content-disposition"]
    assert auditor.get(f"{raid}/papers/999").status_code == 404
    small = auditor.get(f"{raid}/papers/{row.id}/small")
    assert small.headers["content-type"] == "image/jpeg" and len(small.content) < len(photo)
    assert f'src="{raid}/papers/{row.id}/small"' in auditor.get(raid).text
    letter = {"paper": ("list.pdf", b"%PDF-1.7 a list", "application/pdf")}
    _sent(liaison, f"{raid}/papers", kind="other", title="The list", source="", files=letter)
    assert auditor.get(f"{raid}/papers/{row.id + 1}/small").status_code == 404
    assert auditor.get(raid).text.count('/small"') == 1
    none = {"paper": ("x.exe", b"MZ nothing", "application/x")}
    refused = send(liaison, f"{raid}/papers", kind="other", title="T", source="", files=none)
    assert refused.status_code == 409


@pytest.mark.parametrize("role", [Role.ANALYST, Role.COUNSEL, Role.AUDITOR, Role.SUPERVISOR])
def test_who_reads_records_nothing(world: World, raid: str, role: Role) -> None:
    reader = world.client(role)
    page = reader.get(raid)
    assert page.status_code == 200 and f'action="{raid}/' not in page.text
    assert reader.get("/raids").status_code == reader.get("/raids.csv").status_code == 200
    for form in ("lines", "found", "called-off", "figures", "papers", "lists/import"):
        answer = reader.post(f"{raid}/{form}", data={"csrf": csrf(reader)})
        assert answer.status_code == 403, form


@pytest.mark.parametrize("role", [Role.AUTHENTICATOR, Role.DESK, Role.BUYER, Role.CLERK])
def test_who_examines_or_buys_sees_no_raid(world: World, raid: str, role: Role) -> None:
    other = world.client(role)
    for address in (raid, "/raids", "/raids.csv", f"{raid}/seizures.csv"):
        assert other.get(address).status_code == 403, address


def test_a_raid_is_planned_and_called_off(world: World, raid: str) -> None:
    liaison = world.client(Role.LIAISON)
    plan = {"operator": "OP-0001", "agency": "Fengxian police", "planned_on": "2026-12-01"}
    here = _sent(liaison, "/raids", **plan).split("?")[0]
    _sent(liaison, f"{here}/places", kind="warehouse", address="3 Dock Road")
    late = send(liaison, f"{here}/carried-out", version="1", on="2026-12-01")
    assert late.status_code == 409 and "future" in late.text
    _sent(liaison, f"{here}/called-off", version="1", reason="They had moved out.")
    page = liaison.get(here).text
    assert "They had moved out." in page and f'action="{here}/' not in page
    rows = _table(liaison.get("/raids.csv"))
    assert [(row["raid"], row["state"], row["figure"]) for row in rows] == [
        (here.rpartition("/")[2], "called_off", ""),
        (raid.rpartition("/")[2], "carried_out", ""),
    ]


def test_a_plan_begins_where_its_operator_is_read(world: World, raid: str) -> None:
    assert "/raids?operator=" not in world.client(Role.ANALYST).get("/operators/OP-0001").text
    liaison = world.client(Role.LIAISON)
    (on,) = re.findall(r'href="(/raids\?operator=OP-0001)"', liaison.get("/operators/OP-0001").text)
    begun = liaison.get(on).text
    assert '<details class="more" open>' in begun and 'value="OP-0001"' in begun
    assert '<details class="more" open>' not in liaison.get("/raids").text


def test_a_raid_is_offered_the_referrals_that_were_accepted(world: World, raid: str) -> None:
    analyst, liaison = world.client(Role.ANALYST), world.client(Role.LIAISON)
    led = sent(analyst, "/operators/OP-0001/referral", agency="Fengxian police")
    led = led.split("?")[0].rpartition("/")[2]
    plan = {"referral": led.lower(), "operator": "", "agency": "", "planned_on": "2026-12-01"}
    assert f'<option value="{led}">' not in liaison.get("/raids").text
    early = send(liaison, "/raids", **plan)
    assert early.status_code == 409 and f"{led} is drafted: no agency has accepted" in early.text
    with world.db.write() as tx:
        row = one(tx, Referral, reference=led)
        change_one(tx, Referral, row.id, state=ReferralState.ACCEPTED, sent_at=world.now)
    assert f'<option value="{led}">' in liaison.get("/raids").text
    here = sent(liaison, "/raids", **plan)
    page = liaison.get(f"/referrals/{led}").text
    assert here.split("?")[0] in page and '<option value="close"' not in page


def test_the_day_is_asked_for_decided_and_told_side_by_side(world: World, raid: str) -> None:
    liaison, supervisor = world.client(Role.LIAISON), world.client(Role.SUPERVISOR)
    asked = {"version": "2", "reason": "The list says the ninth."}
    late = send(liaison, f"{raid}/corrections", **asked, right_on="2016-08-13")
    assert late.status_code == 409 and "What comes after it is dated 12 Aug 2016." in late.text
    _sent(liaison, f"{raid}/corrections", **asked, right_on="2016-08-09")
    page = liaison.get(raid).text
    assert "asks to have this corrected" in page and "The list says the ninth." in page
    assert "until a supervisor who had no part agrees" in page and "right_on" not in page
    assert (
        raid in supervisor.get("/").text and "Recorded on a wrong day" in supervisor.get("/").text
    )
    auditor = world.client(Role.AUDITOR)
    assert "/corrections" not in auditor.get(raid).text
    decided = {"version": "3", "correction": "1"}
    correct = {**decided, "decision": "correct"}
    assert send(liaison, f"{raid}/corrections/decide", **correct).status_code == 403
    silent = send(supervisor, f"{raid}/corrections/decide", **decided, decision="leave")
    assert silent.status_code == 409 and "Say why it stands." in silent.text
    _sent(supervisor, f"{raid}/corrections/decide", **correct)
    told = re.sub(r"<[^>]+>", "", auditor.get(raid).text)
    assert "carried out 9 Aug 2016" in told and "Recorded first as 10 Aug 2016." in told
    (line, *_) = _table(auditor.get("/raids.csv"))
    assert line["carried_out_on"] == "2016-08-09"
    stale = send(supervisor, f"{raid}/corrections/decide", **decided, decision="leave", said="No.")
    assert stale.status_code == 409
    assert "Recorded on a wrong day" not in supervisor.get("/").text
