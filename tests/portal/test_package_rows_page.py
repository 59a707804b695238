"""What an operator's packages say, through its page: recorded, corrected, withdrawn, waived."""

import re

import pytest

from rules.roles import Role
from tests.portal.small_world import World, send

HERE = "/operators/OP-0001/package"
HARM = {"kind": "refunds", "text": "Sent back", "source": "Taobao"}


def version_of(page: str) -> str:
    return re.findall(r'name="version" value="(\d+)"', page)[0]


def test_a_row_is_recorded_corrected_and_withdrawn(world: World, referral: str) -> None:
    analyst = world.client(Role.ANALYST)
    told = {**HARM, "figure": "1,250.50", "currency": "CNY"}
    assert send(analyst, f"{HERE}/harm", **told).status_code == 303
    assert "CNY 1,250.50" in analyst.get(HERE).text
    fix = {**HARM, "figure": "3", "currency": "", "corrects": "1", "reason": "Counted anew"}
    assert send(analyst, f"{HERE}/harm", **fix).status_code == 303
    stale = send(analyst, f"{HERE}/harm", **fix)
    assert stale.status_code == 409 and "corrected meanwhile" in stale.text
    page = analyst.get(HERE).text
    assert "Counted anew" in page and "CNY 1,250.50" in page
    gone = send(analyst, f"{HERE}/harm/withdraw", row="2", reason="Another shop")
    assert gone.status_code == 303
    assert "No harm is on record." in analyst.get(HERE).text
    assert "No harm is on record" in analyst.get(f"/referrals/{referral}").text


def test_a_field_is_refused_with_what_to_do(world: World, referral: str) -> None:
    analyst = world.client(Role.ANALYST)
    for missing in ("text", "source"):
        answer = send(analyst, f"{HERE}/harm", **(HARM | {missing: ""}))
        assert answer.status_code == 422
        assert ("Sent back" in answer.text) is (missing == "source"), "what was entered is kept"
    paper = {"document": ("a.pdf", b"\x89PNG no paper", "application/pdf")}
    assert send(analyst, f"{HERE}/harm", files=paper, **HARM).status_code == 409
    assert send(analyst, f"{HERE}/nothing/withdraw", row="1", reason="x").status_code == 404


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.COUNSEL, Role.SUPERVISOR, Role.APPROVER])
def test_others_read_and_do_not_record(world: World, referral: str, role: Role) -> None:
    send(world.client(Role.ANALYST), f"{HERE}/harm", **HARM)
    reader = world.client(role)
    page = reader.get(HERE).text
    assert "Sent back" in page and "Record harm" not in page
    assert send(reader, f"{HERE}/harm", **HARM).status_code == 403
    for blind in (Role.AUTHENTICATOR, Role.BUYER, Role.CLERK):
        assert world.client(blind).get(HERE).status_code == 403


def test_a_document_comes_back_as_it_was(world: World, referral: str) -> None:
    analyst = world.client(Role.ANALYST)
    paper = {"document": ("a.pdf", b"%PDF-1.7 signed", "application/pdf")}
    who = {"rights_holder": "Swarovski AG", "person": "Anna Berger", "position": "Counsel"}
    given = {"given_on": "2026-01-07", "source": "Letter"}
    assert send(analyst, f"{HERE}/undertaking", files=paper, **who, **given).status_code == 303
    answer = world.client(Role.AUDITOR).get(f"{HERE}/undertaking/1/document")
    assert answer.content == b"%PDF-1.7 signed"
    assert analyst.get(f"{HERE}/harm/1/document").status_code == 404


def test_a_second_person_waives_and_approval_says_what_is_missing(
    world: World, referral: str
) -> None:
    here = f"/referrals/{referral}"
    liaison, supervisor = world.client(Role.LIAISON), world.client(Role.SUPERVISOR)
    page = liaison.get(here).text
    assert "approval waits" in page and f"{here}/approve" not in page
    lacks = page.partition('id="items"')[2].partition("<dl")[0]
    assert all(f'href="{HERE}#{kind}">Record it' in lacks for kind in ("harm", "premises"))
    page = supervisor.get(here).text
    let_go = {"version": version_of(page), "item": "harm", "reason": "Nobody was hurt"}
    let_go["of"] = re.search(r'value="harm"><input type="hidden" name="of" value="([^"]+)"', page)[
        1
    ]
    unseen = send(supervisor, f"{here}/waive", **let_go | {"of": ["operator", "shop 1"]})
    assert unseen.status_code == 409 and "not what was shown any more" in unseen.text
    assert send(liaison, f"{here}/waive", **let_go).status_code == 403
    assert send(supervisor, f"{here}/waive", **let_go).status_code == 303
    assert send(supervisor, f"{here}/waive", **let_go).status_code == 409
    assert "Nobody was hurt" in liaison.get(here).text
