"""Erasing through its page: by kind and number, with no value on it, and what others read after."""

import re

import pytest

from rules.roles import Role
from storage.tables import Identifier, OperatorPerson, RaidPlace
from tests import canary
from tests.portal.small_world import UNLINKED, World, send, sent

WHO, WHERE, PHONE = "Canary Wardson", "Canary Lane 7", "139 0042 7788"
WORDS = (WHO, WHERE, PHONE)


@pytest.fixture
def known(world: World) -> World:
    """An operator with a person, a phone on its shop, and a raid with a place."""
    analyst, liaison = world.client(Role.ANALYST), world.client(Role.LIAISON)
    shop = world.row(world.testbuys["judged"]).shop_id
    link = {"operator": "", "new_operator_name": "Liu", "basis": "He runs it"}
    sent(analyst, f"/shops/{shop}/link", **link, seen=UNLINKED)
    said = {"role": "nominee", "source": "The register"}
    sent(analyst, "/operators/OP-0001/persons", name=WHO, **said)
    day = str(world.now.date())
    found = {"kind": "phone", "confidence": "certain", "seen_on": day, "said_by": "The waybill"}
    sent(analyst, f"/shops/{shop}/identifiers", value=PHONE, **found)
    plan = {"operator": "OP-0001", "agency": "Fengxian police", "planned_on": day}
    raid = sent(liaison, "/raids", **plan)
    sent(liaison, f"{raid}/places", kind="residence", address=WHERE)
    return world


def test_each_is_erased_by_its_number_and_its_page_says_so(known: World) -> None:
    boss = known.client(Role.ADMINISTRATOR)
    shop = known.row(known.testbuys["judged"]).shop_id
    # The operator's list has its shops' identifiers, too, so that nothing is left on the shop's.
    for about, count in (("OP-0001", 2), ("RA-2026-000001", 1), (str(shop), 0)):
        led = boss.get("/erasure", params={"about": about.lower()})
        assert led.status_code == 303 and led.headers["location"] == f"/erasure/{about}"
        page = boss.get(f"/erasure/{about}").text
        assert not canary.in_bytes(page.encode(), WORDS)
        due = re.compile(rf'href="(/erasure/{about}/[^"]+)">Erase')
        assert len(due.findall(page)) >= count
        # One at a time: a registrant's identifier takes the name out of its shop's row as well.
        while each := due.search(page):
            assert f'action="{each[1]}"' in boss.get(each[1]).text
            assert sent(boss, each[1], reason="They asked for it.") == each[1]
            assert "erased" in boss.get(each[1]).text
            page = boss.get(f"/erasure/{about}").text
        assert ">erased<" in page
    assert {row.value for row in known.rows(Identifier) if row.shop_id == shop} == {""}
    assert [row.name for row in known.rows(OperatorPerson)] == [""]
    assert [row.address for row in known.rows(RaidPlace)] == [""]
    with known.db.read() as tx:
        kept = repr([list(tx.exec_driver_sql(f"SELECT * FROM {name}")) for name in tables(tx)])
    assert not canary.in_bytes(kept.encode(), WORDS)
    analyst = known.client(Role.ANALYST)
    for address in ("/operators/OP-0001", f"/shops/{shop}"):
        shown = r'<(s|b)>[^<]*erased</\1>|<span class="value">erased</span>'
        assert re.search(shown, analyst.get(address).text), address
    assert "erased" in known.client(Role.LIAISON).get("/raids/RA-2026-000001").text
    assert "until somebody splits it" in analyst.get(f"/shops/{shop}").text


def tables(tx) -> list[str]:
    found = tx.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
    return [row[0] for row in found]


def test_a_second_form_a_wrong_address_and_no_reason_are_answered(known: World) -> None:
    boss = known.client(Role.ADMINISTRATOR)
    form = "/erasure/OP-0001/person/1"
    nothing = send(boss, form, reason="")
    assert nothing.status_code == 422 and WHO not in nothing.text
    sent(boss, form, reason="They asked.")
    again = send(boss, form, reason="They asked.", once="another")
    assert again.status_code == 409 and "erased already" in again.text
    for wrong in ("/erasure/OP-0001/person/99", "/erasure/OP-0001/buyer/1"):
        assert send(boss, wrong, reason="x").status_code == 404, wrong
    assert boss.get("/erasure/OP-9999").status_code == 404


def test_a_hold_is_shown_and_no_form_beside_it(known: World) -> None:
    boss = known.client(Role.ADMINISTRATOR)
    sent(known.client(Role.COUNSEL), "/holds", subject="OP-0001", reason="The court asked.")
    for address in ("/erasure/OP-0001", "/erasure/OP-0001/person/1"):
        page = boss.get(address).text
        assert "legal hold 1" in page and 'action="/erasure/OP-0001/' not in page
    refused = send(boss, "/erasure/OP-0001/person/1", reason="They asked.")
    assert refused.status_code == 409 and "legal hold 1" in refused.text


def test_what_stands_in_texts_is_named_ticked_and_covered(known: World) -> None:
    boss, analyst = known.client(Role.ADMINISTRATOR), known.client(Role.ANALYST)
    said = {"role": "seller", "name": "Somebody Else", "source": f"{WHO.upper()} named him"}
    sent(analyst, "/operators/OP-0001/persons", **said)
    why = f"{WHO} is tried."
    sent(known.client(Role.COUNSEL), "/holds", subject="OP-0001", reason=why)
    sent(known.client(Role.SUPERVISOR), "/holds/1/lift", reason="The court is done.")
    at = "/erasure/OP-0001/person/1"
    page = boss.get(at).text
    assert not canary.in_bytes(page.encode(), WORDS)
    assert re.findall(r'data-text="([^"]+)"', page) == [
        "legal_hold.reason:1", "operator_person.source:2",
    ]  # fmt: skip
    assert re.findall(r'name="cover" value="([^"]+)"', page) == ["operator_person.source:2"]
    assert "Counsel decides" in page
    none = send(boss, at, reason="They asked.", cover="legal_hold.reason:1")
    assert none.status_code == 409 and "not as you saw it" in none.text
    sent(boss, at, reason="They asked.", cover="operator_person.source:2")
    assert known.rows(OperatorPerson)[1].source == "███ named him"
    after = boss.get(at).text
    assert re.findall(r'data-text="([^"]+)"', after) == ["legal_hold.reason:1"]
    assert "nobody can look for it again" in after and "/texts/" not in after


def test_a_text_left_is_covered_later_as_a_whole(known: World) -> None:
    boss, analyst = known.client(Role.ADMINISTRATOR), known.client(Role.ANALYST)
    said = {"role": "seller", "name": "Somebody Else", "source": f"{WHO} named him"}
    sent(analyst, "/operators/OP-0001/persons", **said)
    at = "/erasure/OP-0001/person/1"
    sent(boss, at, reason="They asked.")
    (form,) = re.findall(rf'action="({at}/texts/[0-9]+)"', boss.get(at).text)
    nothing = send(boss, form, reason="")
    assert nothing.status_code == 422
    sent(boss, form, reason="They asked again.")
    assert known.rows(OperatorPerson)[1].source == "███"
    assert ">covered<" in boss.get(at).text and form not in boss.get(at).text
    assert send(boss, form, reason="x", once="another").status_code == 409


@pytest.mark.parametrize("who", [each for each in Role if each is not Role.PROGRAMME])
def test_nobody_else_opens_it(known: World, who: Role) -> None:
    allowed = who is Role.ADMINISTRATOR
    for address in ("/erasure/OP-0001", "/erasure/OP-0001/person/1"):
        assert (known.client(who).get(address).status_code == 200) is allowed


def test_it_speaks_chinese(known: World) -> None:
    boss = known.client(Role.ADMINISTRATOR)
    sent(boss, "/language", language="zh", next="/erasure/OP-0001")
    page = boss.get("/erasure/OP-0001").text
    one = boss.get("/erasure/OP-0001/person/1").text.partition("<main")[2]
    assert "人员 1" in one and "███" not in one and "Where" not in one and "Stays" not in one
    assert "人员 1" in page and "删除" in page and "Erase" not in page.partition("<main")[2]
