"""Codes and leads through the pages, and what an authenticator never sees of them."""

import re

import httpx

from rules.roles import Role
from storage.rows import every, one
from storage.tables import ExhibitCode, Lead
from tests.portal.small_world import World, send

SERIAL = {"code_kind": "serial", "code": "SN 4711-0815"}


def _codes(world: World) -> list[ExhibitCode]:
    with world.db.read() as tx:
        return list(every(tx, ExhibitCode))


def _lead(world: World) -> Lead:
    with world.db.read() as tx:
        lead = one(tx, Lead)
    assert lead is not None
    return lead


def _said(answer: httpx.Response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_a_clerk_records_corrects_and_an_analyst_decides_on_the_lead(world: World) -> None:
    clerk, analyst = world.client(Role.CLERK), world.client(Role.ANALYST)
    for exhibit in ("PB/1", "PB/3"):
        assert send(clerk, f"/exhibits/{exhibit}/code", **SERIAL).status_code == 303
    page = _said(clerk.get("/exhibits/PB/1"))
    assert "SN 4711-0815" in page and "Write down a code" in page
    assert world.testbuys["judged"] not in page, "a clerk's page tells of no lead"
    listed = _said(analyst.get("/leads"))
    assert world.testbuys["examined"] in listed and world.testbuys["judged"] in listed
    assert "Same serial" in _said(analyst.get(f"/testbuys/{world.testbuys['judged']}"))
    number = str(_lead(world).id)
    refused = send(analyst, "/leads", lead=number, state="confirmed", reason="")
    assert refused.status_code == 422
    assert send(world.client(Role.LIAISON), "/leads", lead=number).status_code == 403
    said = {"lead": number, "state": "confirmed", "reason": "One hand"}
    assert send(analyst, "/leads", **said).status_code == 303
    assert "One hand" in _said(world.client(Role.AUDITOR).get("/leads"))
    wrong, *_ = _codes(world)
    fields = {"code_number": str(wrong.id), "code_kind": "serial", "code": "SN 4711-0816"}
    assert send(clerk, "/exhibits/PB/1/code-correct", **fields).status_code == 422
    fields["reason"] = "Read anew"
    assert send(clerk, "/exhibits/PB/1/code-correct", **fields).status_code == 303
    assert "Corrected since" in _said(clerk.get("/exhibits/PB/1"))
    assert "this code was corrected since" in _said(analyst.get("/leads"))


def test_a_buyer_writes_a_code_down_beside_its_photo(world: World) -> None:
    from casework.intake import receiving
    from tests.portal.small_world import BEFORE_BAGGING, BEFORE_ORDER, BEFORE_RECEIPT, photograph

    reference = world.testbuys["assigned"]
    buyer, task = world.client(Role.BUYER), f"/tasks/{reference}"
    assert send(buyer, f"{task}/codes", **SERIAL).status_code == 409, "there is no parcel yet"
    photograph(world, reference, BEFORE_ORDER)
    fields = {"order_number": "N-1", "currency": "CNY", "paid": "99.50", "carrier": ""}
    version = str(world.row(reference).version)
    assert send(buyer, f"{task}/order", version=version, **fields).status_code == 303
    photograph(world, reference, BEFORE_RECEIPT)
    act = world.act(Role.BUYER, "receive it")
    receiving.receive(world.db, act, reference, version=world.row(reference).version)
    photograph(world, reference, (*BEFORE_BAGGING, "U08"))
    page = buyer.get(task)
    assert "Write down a serial" in _said(page)
    (shown,) = re.findall(r'name="code_photo".*?<option value="(\w+)" selected', page.text)
    said = {
        "code_kind": "verification", "code": "HX-991", "code_photo": shown,
        "scan_result": "already_scanned", "scans": "12",
    }  # fmt: skip
    assert send(buyer, f"{task}/codes", **said).status_code == 303
    assert "already scanned 12 times" in _said(buyer.get(task))
    analyst = world.client(Role.ANALYST)
    assert "already scanned 12 times" in _said(analyst.get(f"/testbuys/{reference}"))
    assert send(world.client("other buyer"), f"{task}/codes", **SERIAL).status_code == 404


def test_an_authenticator_states_a_code_and_sees_neither_lead_nor_other_codes(
    world: World,
) -> None:
    clerk = world.client(Role.CLERK)
    assert send(clerk, "/exhibits/PB/3/code", **SERIAL).status_code == 303
    browser = world.client(Role.AUTHENTICATOR)
    address = f"/examinations/{world.examinations[world.testbuys['examined']]}"
    assert send(browser, f"{address}/claim").status_code == 303
    assert send(browser, f"{address}/code", **SERIAL).status_code == 303
    assert _lead(world).state == "open"
    seen = [browser.get(address), browser.get("/"), browser.get("/examinations")]
    other = world.testbuys["judged"]
    assert [answer.status_code for answer in seen] == [200] * 3
    for answer in seen:
        for secret in (other, "PB/", "Same serial", "lead", "4711"):
            assert secret not in _said(answer), (secret, answer.url)
    for hidden in ("/leads", f"/testbuys/{other}", "/exhibits/PB/3", "/operators"):
        assert browser.get(hidden).status_code == 403
