"""Referrals, and operators with their shops, as tables: without persons and without formulas."""

import csv
import io

import httpx

from rules.roles import Role
from storage.rows import change_one, one
from storage.tables import Referral, Shop
from tests.portal.small_world import UNLINKED, World, send, sent


def _table(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_each_referral_is_a_line_with_the_days_of_its_steps(world: World, referral: str) -> None:
    with world.db.write() as tx:
        row = one(tx, Referral, reference=referral)
        assert row is not None
        change_one(tx, Referral, row.id, state="sent", sent_at=world.now, agency_number="=1+1")
        version = row.version
    liaison, day = world.client(Role.LIAISON), str(world.now.date())
    declines = {"decline_reason": "evidence", "reason": "Nobody said who sells."}
    answer = {"state": "declined", "answered_on": day, "agency_number": "=1+1", **declines}
    sent(liaison, f"/referrals/{referral}/answer", version=version, **answer)
    assert "/referrals.csv" in liaison.get("/referrals").text
    (line,) = _table(world.client(Role.AUDITOR).get("/referrals.csv"))
    assert (line["referral"], line["state"], line["operator"]) == (referral, "declined", "OP-0001")
    assert (line["agency"], line["country"], line["test_buys"]) == ("Fengxian police", "CN", "1")
    assert (line["decline_by_agency_on"], line["decline_reason"]) == (day, "evidence")
    assert (line["accept_on"], line["file_number"], line["agency_number"]) == ("", "", "'=1+1")
    assert "Nobody said" not in str(line) and "Chen" not in str(line)
    assert world.client(Role.AUTHENTICATOR).get("/referrals.csv").status_code == 403


def test_each_linked_shop_is_a_line_with_its_basis(world: World) -> None:
    analyst = world.client(Role.ANALYST)
    shop = world.row(world.testbuys["judged"]).shop_id
    assert _table(analyst.get("/operators.csv")) == []
    assert "/operators.csv" not in analyst.get("/operators").text
    link = {"operator": "", "new_operator_name": "Chen trading", "basis": "=Same phone"}
    send(analyst, f"/shops/{shop}/link", **link, seen=UNLINKED)
    assert "/operators.csv" in analyst.get("/operators").text
    (line,) = _table(world.client(Role.AUDITOR).get("/operators.csv"))
    with world.db.read() as tx:
        row = one(tx, Shop, id=shop)
        assert row is not None
    assert (line["operator"], line["shop"], line["shop_name"]) == (
        "OP-0001", row.platform_shop_id, row.name,
    )  # fmt: skip
    assert (line["link_basis"], line["closed_at"]) == ("'=Same phone", "")
    assert "Chen" not in str(line)
    assert world.client(Role.BUYER).get("/operators.csv").status_code == 403
