"""A case of made-up orders clicked through, out as a table, and recorded as looked at."""

import csv
import io
from dataclasses import replace

import pytest

from casework.gauge import brushing as moves
from rules.roles import Role
from storage.tables import Brushing, BrushingEstimate, Look
from tests.portal.small_world import World, send, sent

SAID = {
    "period_start": "2026-10-01", "period_end": "2026-10-31", "orders_low": "100",
    "orders_high": "240", "amount_low": "10000", "amount_high": "25000", "currency": "CNY",
}  # fmt: skip


@pytest.fixture
def case(world: World) -> str:
    """The address of a case that an analyst opened."""
    shop = world.row(world.testbuys["judged"]).shop_id
    said = "Many orders of one minute, none of which was shipped."
    return sent(world.client(Role.ANALYST), f"/shops/{shop}/brushing", reasons=said)


def test_opened_estimated_and_settled_by_somebody_else(world: World, case: str) -> None:
    analyst, approver = world.client(Role.ANALYST), world.client(Role.APPROVER)
    for source in ("Risk team", "=HYPERLINK(1)"):
        sent(analyst, f"{case}/estimate", **SAID, source=source)
    assert f'action="{case}/settle"' not in analyst.get(case).text
    (row,) = world.rows(Brushing)
    told = {"version": str(row.version), "answer": "established", "reasons": "Both agree."}
    refused = send(analyst, f"{case}/settle", **told)
    assert refused.status_code == 403 and world.rows(Brushing)[0].settled_at is None
    sent(approver, f"{case}/settle", **told)
    (row,) = world.rows(Brushing)
    assert (row.state, row.settled_by) == ("established", world.people[Role.APPROVER])
    stale = send(approver, f"{case}/settle", **told | {"answer": "unfounded"})
    assert stale.status_code == 409 and world.rows(Brushing)[0].state == "established"


def test_who_opened_a_case_does_not_settle_it_in_another_role(world: World) -> None:
    """An approver who was an analyst when they opened it."""
    shop = world.row(world.testbuys["judged"]).shop_id
    person = world.people[Role.APPROVER]
    before = replace(world.act(Role.ANALYST, "opened before"), person=person)
    case = f"/brushing/{moves.open_case(world.db, before, shop, reasons='One minute.')}"
    approver = world.client(Role.APPROVER)
    page = approver.get(case).text
    assert "somebody else must settle it" in page and f'action="{case}/settle"' not in page
    told = {"version": "1", "answer": "established", "reasons": "Plain."}
    refused = send(approver, f"{case}/settle", **told)
    assert refused.status_code == 409 and world.rows(Brushing)[0].settled_at is None


def test_a_wrong_estimate_comes_back_with_what_was_typed(world: World, case: str) -> None:
    wrong = SAID | {"orders_low": "300", "source": "Risk team"}
    answer = send(world.client(Role.ANALYST), f"{case}/estimate", **wrong)
    assert answer.status_code in (409, 422) and 'value="300"' in answer.text
    assert world.rows(BrushingEstimate) == []


def test_the_table_holds_each_estimate_and_no_formula(world: World, case: str) -> None:
    analyst = world.client(Role.ANALYST)

    def table() -> list[dict[str, str]]:
        answer = analyst.get("/brushing.csv")
        assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"]
        return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    (empty,) = table()
    assert (empty["case"], empty["orders_low"]) == ("BR-2026-000001", "")
    for source in ("Risk team", "=HYPERLINK(1)"):
        sent(analyst, f"{case}/estimate", **SAID, source=source)
    first, second = table()
    assert (first["orders_low"], first["amount_high_minor"]) == ("100", "2500000")
    assert (first["currency"], second["source"]) == ("CNY", "'=HYPERLINK(1)")


def test_a_case_that_is_shown_is_recorded_as_looked_at(world: World, case: str) -> None:
    world.client(Role.AUDITOR).get(case)
    looks = [(row.route, row.subject) for row in world.rows(Look)]
    assert ("brushing", "BR-2026-000001") in looks
    for who in (Role.BUYER, Role.CLERK, Role.AUTHENTICATOR):
        for address in ("/brushing", "/brushing.csv", case):
            assert world.client(who).get(address).status_code == 403
