"""A step at an agency is corrected on the referral's page: asked for, decided, told."""

import re

import httpx

from rules.roles import Role
from storage.rows import change_one, one
from storage.tables import Referral
from tests.portal.small_world import World, send, sent
from tests.portal.test_claims_pages import told

TYPED, RIGHT = "LH-2026-17", "LH-2026-71"


def answered(world: World, referral: str) -> str:
    """The agency acknowledged it under a number that was mistyped; the address of its page."""
    with world.db.write() as tx:
        row = one(tx, Referral, reference=referral)
        assert row is not None
        change_one(tx, Referral, row.id, state="sent", sent_at=world.now)
    here = f"/referrals/{referral}"
    said = {"state": "acknowledged", "answered_on": str(world.now.date()), "agency_number": TYPED}
    say(world.client(Role.LIAISON), here, "answer", **said)
    return here


def version(browser: httpx.Client, here: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', browser.get(here).text)
    assert found, "no form on the page carries a version"
    return found[1]


def say(browser: httpx.Client, here: str, form: str, **fields: object) -> str:
    return sent(browser, f"{here}/{form}", version=version(browser, here), **fields)


def test_a_file_number_is_asked_for_decided_and_told_side_by_side(
    world: World, referral: str
) -> None:
    here = answered(world, referral)
    liaison, approver = world.client(Role.LIAISON), world.client(Role.APPROVER)
    page = liaison.get(here).text
    assert 'name="corrects" value="1"' in page and "right_number" in page
    nothing = {"corrects": "1", "reason": "Misread."}
    empty = send(liaison, f"{here}/corrections", version=version(liaison, here), **nothing)
    assert empty.status_code == 409 and "Write the right day, or the right number." in empty.text
    say(liaison, here, "corrections", **nothing, right_number=RIGHT)
    page = told(liaison.get(here))
    assert f"The right number is {RIGHT}. Misread." in page and TYPED in page
    assert "until an approver who had no part agrees" in page
    inbox = approver.get("/").text
    assert f"{here}#steps" in inbox and "Steps at agencies" in inbox
    auditor = world.client(Role.AUDITOR)
    assert "/corrections" not in auditor.get(here).text
    decided = {"correction": "1", "decision": "correct"}
    seen = version(approver, here)
    assert send(liaison, f"{here}/corrections/decide", version=seen, **decided).status_code == 403
    leave = {"correction": "1", "decision": "leave"}
    silent = send(approver, f"{here}/corrections/decide", version=seen, **leave)
    assert silent.status_code == 409 and "Say why it stands." in silent.text
    say(approver, here, "corrections/decide", **decided)
    page = told(auditor.get(here))
    assert re.search(r"corrected acknowledged ?, ", page), page
    assert TYPED in page and page.index(RIGHT) < page.index(TYPED) and "Corrected by" in page
    assert "Steps at agencies" not in approver.get("/").text
    (number,) = re.findall(r'<dd class="mono">(LH[^<]+)</dd>', auditor.get(here).text)
    assert number == RIGHT
    (line,) = auditor.get("/referrals.csv").text.splitlines()[1:]
    assert RIGHT in line and TYPED not in line
    stale = send(approver, f"{here}/corrections/decide", version=seen, **leave, said="No.")
    assert stale.status_code == 409 and "changed meanwhile" in stale.text


def test_the_page_says_it_in_chinese(world: World, referral: str) -> None:
    here = answered(world, referral)
    liaison = world.client(Role.LIAISON)
    asked = {"corrects": "1", "reason": "字迹不清", "right_number": RIGHT}
    say(liaison, here, "corrections", **asked)
    liaison.headers["accept-language"] = "zh"
    page = told(liaison.get(here))
    assert f"正确编号为 {RIGHT}。" in page and "申请更正此项" in page
