"""What an administrator sets besides the frame: retention, personas, what an agency states."""

import json
from datetime import date, timedelta

from casework.buying import assigning, requesting
from casework.keeping import retaining
from casework.referring import agencies
from evidence.digests import sha256_of
from rules.roles import Role
from storage.rows import every, one, table_of
from storage.tables import (
    Agency,
    LedgerRow,
    Operator,
    Persona,
    Referral,
    RetentionRow,
)
from tests.portal.small_world import World, send

WHY = "The account was closed by the shop"
PERIOD = {
    "outcome": "cleared", "country": "cn", "months": "6", "evidence_months": "36",
    "valid_from": "2026-11-02", "source": "Letter of counsel, October 2026",
    "reason": "Cleared goods fill the store",
}  # fmt: skip


def _told(world: World, what: str) -> list[dict[str, object]]:
    with world.db.read() as tx:
        rows = every(tx, LedgerRow, subject="programme")
    facts = [json.loads(row.body)["facts"] for row in rows]
    return [each for each in facts if each["what"] == what]


def _periods(world: World) -> list[RetentionRow]:
    with world.db.read() as tx:
        return list(every(tx, RetentionRow, outcome="cleared"))


def test_a_period_is_set_for_a_reason_and_counsel_checks_it(world: World) -> None:
    boss, where = world.client(Role.ADMINISTRATOR), "/retention/periods"
    assert send(world.client(Role.LIAISON), where, **PERIOD).status_code == 403
    for wrong in ({"reason": ""}, {"months": "40"}, {"country": "C1"}, {"outcome": "happy"}):
        assert send(boss, where, **PERIOD | wrong).status_code == 422, wrong
    assert _periods(world) == []
    assert send(boss, where, **PERIOD).status_code == 303
    (row,) = _periods(world)
    assert (row.jurisdiction, row.months, row.evidence_months) == ("CN", 6, 36)
    assert (row.reason, row.set_by, row.verified) == (
        PERIOD["reason"], world.people[Role.ADMINISTRATOR], False,
    )  # fmt: skip
    (told,) = _told(world, "retention set")
    assert told["reason"] == sha256_of(PERIOD["reason"].encode()) and told["months"] == 6
    verify = f"{where}/{row.id}/verify"
    counsel, shown = world.client(Role.COUNSEL), retaining.mark_of(row)
    assert f'name="seen" value="{shown}"' in counsel.get("/retention").text
    assert send(boss, verify, seen=shown).status_code == 403
    assert send(counsel, verify, seen=shown).status_code == 303
    assert _periods(world)[0].verified
    assert send(counsel, verify, seen=shown).status_code == 409
    later = PERIOD | {"row": str(row.id), "months": "9", "valid_until": "2027-12-31"}
    assert send(boss, where, **PERIOD | {"months": "7"}).status_code == 409, "it is there already"
    world.now += timedelta(minutes=1)
    assert send(boss, where, **later, seen=shown).status_code == 303
    assert send(boss, where, **later, seen=shown).status_code == 409, "changed since it was shown"
    assert send(counsel, verify, seen=shown).status_code == 409, "counsel saw the one before"
    (row,) = _periods(world)
    # Counsel has not seen the new figure.
    assert (row.months, row.valid_until, row.verified) == (9, date(2027, 12, 31), False)
    with world.db.read() as tx:
        assert retaining.periods(tx)[-1].months == 9
    page = world.client(Role.AUDITOR).get("/retention").text
    assert PERIOD["reason"] in page and "9 months" in page and where not in page


def test_a_period_that_is_refused_comes_back_in_its_own_row(world: World) -> None:
    boss = world.client(Role.ADMINISTRATOR)
    assert send(boss, "/retention/periods", **PERIOD).status_code == 303
    (row,) = _periods(world)
    said = PERIOD | {"row": str(row.id), "reason": "", "source": "Another letter"}
    said["seen"] = retaining.mark_of(row)
    back = send(boss, "/retention/periods", **said).text
    assert back.count('value="Another letter"') == 1
    assert back.count('<details class="more" open>') == 1


def test_a_persona_is_switched_off_and_keeps_what_is_under_way(world: World) -> None:
    boss, buyer = world.client(Role.ADMINISTRATOR), world.people[Role.BUYER]
    reference = world.testbuys["assigned"]
    had = world.row(reference).persona_id
    with world.db.read() as tx:
        everyone = every(tx, Persona, order_by=table_of(Persona).c.id)
    for each in everyone:
        at = f"/people/{buyer}/personas/{each.id}"
        assert send(boss, at, active="no", reason=" ").status_code == 422
        assert send(boss, at, active="no", reason=WHY).status_code == 303
        assert send(boss, at, active="no", reason=WHY).status_code == 409
    elsewhere = f"/people/{world.people['other buyer']}/personas/{everyone[0].id}"
    assert send(boss, elsewhere, active="yes", reason=WHY).status_code == 404
    for role in (Role.AUDITOR, Role.SUPERVISOR):
        assert send(world.client(role), at, active="yes", reason=WHY).status_code == 403
    assert assigning.assign(world.db, world.act(Role.PROGRAMME, "look"), reference) is None
    assert world.row(reference).persona_id == had
    other = world.testbuys["requested"]
    requesting.approve(
        world.db, world.act(Role.APPROVER, "approve it"), other, version=world.row(other).version
    )
    assigning.assign(world.db, world.act(Role.PROGRAMME, "assign it"), other)
    waits = world.row(other)
    assert waits.persona_id is None and "not active" in " ".join(waits.waiting_reasons or [])
    page = world.client(Role.AUDITOR).get("/people").text
    assert page.count(WHY) == len(everyone) and "1 test buy under way" in page
    assert "lotus-" not in page and "Garden Road" not in boss.get("/people").text
    told = _told(world, "persona switched off")
    assert len(told) == len(everyone) and WHY not in str(told)
    assert not _owed(world, other)
    assert send(boss, at, active="yes", reason="Opened again").status_code == 303
    assert _owed(world, other)
    assigning.assign(world.db, world.act(Role.PROGRAMME, "again"), other)
    assert world.row(other).persona_id == everyone[-1].id


def _owed(world: World, reference: str) -> bool:
    """Whether the test buy was told that a persona can be had again."""
    with world.db.read() as tx:
        rows = every(tx, LedgerRow, subject=reference)
    return any(b"persona switched on" in row.body for row in rows)


STATED = {
    "name": "Fengxian district police", "country": "cn", "contact": "Desk 3, 021 555 0100",
    "needs": "Two paper copies, Chinese", "examination": "physical", "reason": "Its new name",
}  # fmt: skip


def test_what_an_agency_states_is_changed_and_its_country_stays(
    world: World, referral: str
) -> None:
    boss = world.client(Role.ADMINISTRATOR)
    assert send(boss, "/agencies/new", name="Police of Lund", country="se").status_code == 303
    with world.db.read() as tx:
        ours, other = every(tx, Agency, order_by=table_of(Agency).c.id)
    at, seen = f"/agencies/{ours.id}", agencies.mark_of(ours)
    assert f'name="seen" value="{seen}"' in boss.get("/agencies").text
    for wrong in ({"reason": ""}, {"country": "1"}, {"examination": "both"}, {"name": ""}):
        assert send(boss, at, **STATED | wrong).status_code == 422, wrong
    for wrong in ({"country": "SE"}, {"name": other.name}):
        refused = send(boss, at, **STATED | wrong, seen=seen)
        assert refused.status_code == 409 and "meanwhile" not in refused.text, wrong
    assert send(world.client(Role.LIAISON), at, **STATED, seen=seen).status_code == 403
    assert send(boss, at, **STATED, seen=seen).status_code == 303
    late = send(boss, at, **STATED | {"contact": "Desk 4"}, seen=seen)
    assert late.status_code == 409 and "changed meanwhile" in late.text
    with world.db.read() as tx:
        now = one(tx, Agency, id=ours.id)
        assert now and one(tx, Referral, agency_id=now.id) and one(tx, Operator, id=1)
    assert (now.name, now.needs_exhibit, now.jurisdiction) == (STATED["name"], True, "CN")
    assert send(boss, at, **STATED, seen=agencies.mark_of(now)).status_code == 409, "nothing new"
    (told,) = _told(world, "agency changed")
    assert told["changed"] == ["contact", "name", "needs", "needs_exhibit"]
    page = world.client(Role.LIAISON).get(f"/referrals/{referral}").text
    assert STATED["needs"] in page and "The exhibit itself must be examined." in page
    assert STATED["contact"] in world.client(Role.AUDITOR).get("/agencies").text
    last = STATED | {"name": "Police of Lund", "seen": agencies.mark_of(other)}
    assert send(boss, f"/agencies/{other.id}", **last).status_code == 303
