"""The pages show what they should, and their forms carry a test buy along."""

import io
import json
import re
import subprocess
import sys
import zipfile
from datetime import timedelta

import httpx
import pytest
from jinja2 import meta

from portal.languages import LANGUAGES
from portal.pages import environment
from rules.lifecycle import WAY
from rules.roles import Role
from storage.rows import every, one, table_of
from storage.tables import Campaign, Confirmation, Flag, Operator, Photo, Waiver
from tests.casework import packaged
from tests.portal.small_world import (
    BEFORE_BAGGING,
    BEFORE_ORDER,
    BEFORE_RECEIPT,
    PASSWORD,
    TESTIMONY,
    UNLINKED,
    World,
    picture,
    seal,
    send,
)


def _version(world: World, reference: str) -> str:
    return str(world.row(reference).version)


def _hand_in(world: World, buyer: httpx.Client, reference: str, codes: tuple[str, ...]) -> None:
    for code in codes:
        photo = {"photo": (f"{code}.jpg", picture(f"portal {code}"), "image/jpeg")}
        answer = send(buyer, f"/tasks/{reference}/photos", shot=code, files=photo)
        assert answer.status_code == 200
        assert 'data-accepted="yes"' in answer.text, code


@pytest.mark.parametrize("role", [Role.ANALYST, Role.CLERK, Role.AUDITOR, Role.COUNSEL])
@pytest.mark.parametrize("which", ["requested", "assigned", "examined", "judged"])
def test_a_test_buys_page_is_whole_at_every_stage(world: World, role: Role, which: str) -> None:
    reference = world.testbuys[which]
    page = world.client(role).get(f"/testbuys/{reference}").text
    assert reference in page
    strip = page.split('class="strip', 1)[1].split("</ol>")[0]
    assert strip.count("<li") == len(WAY)
    assert f'<li class="now">{world.row(reference).stage}</li>' in strip


def test_the_whole_way_to_the_verdict_goes_through_the_forms(world: World) -> None:
    analyst, approver = world.client(Role.ANALYST), world.client(Role.APPROVER)
    launched = send(analyst, "/flags/6/launch", purpose="Look", campaign="", route="by_hand")
    reference = launched.headers["location"].split("?")[0].rpartition("/")[2]
    assert "requested outside any campaign" in approver.get("/approvals").text
    send(approver, f"/testbuys/{reference}/approve", version=_version(world, reference))
    from casework.buying import assigning
    from casework.verdicts import judging

    assigning.assign(world.db, world.act(Role.PROGRAMME, "assign by flow"), reference)
    buyer = world.client(Role.BUYER)
    task = f"/tasks/{reference}"
    page = buyer.get(task).text
    assert world.row(reference).challenge_code in page
    assert "<svg" in page.split("Your code")[1]
    assert "Next photo: P01" in page
    _hand_in(world, buyer, reference, BEFORE_ORDER)
    steps = [
        (
            "order",
            {"order_number": "N-1", "currency": "CNY", "paid": "99.50", "carrier": ""},
            "ordered",
        ),
        ("tracking", {"carrier": "SF", "tracking_number": "SF12345"}, "ordered"),
        ("receive", {}, "received"),
        (
            "document",
            {
                "kind": ["goods", "packaging", "goods"],
                "description": ["A watch", "Its box", ""],
                "seal_number": ["S-1", "S-2", ""],
            },
            "documented",
        ),
    ]
    for step, fields, stage in steps:
        if step == "receive":
            _hand_in(world, buyer, reference, BEFORE_RECEIPT)
        if step == "document":
            _hand_in(world, buyer, reference, BEFORE_BAGGING)
        version = {} if step == "tracking" else {"version": _version(world, reference)}
        answer = send(buyer, f"{task}/{step}", **version, **fields)
        assert answer.status_code == 303, answer.text
        assert world.row(reference).stage == stage
    clerk = world.client(Role.CLERK)
    assert "A watch" in clerk.get("/exhibits").text
    for exhibit, number in (("PB/4", "S-1"), ("PB/5", "S-2")):
        fields = {
            "exhibit": exhibit,
            "seal_number": number,
            "place": "Shelf",
            "condition": "intact",
        }
        assert send(clerk, "/exhibits/take-in", **fields).status_code == 303
    assert "Its box" in clerk.get("/exhibits?find=S-2").text
    assert judging.submit(world.db, world.act(Role.PROGRAMME, "submit by flow"), reference)
    assert "waiting for authenticator" not in clerk.get(f"/testbuys/{reference}").text


def test_a_verdict_is_sealed_through_the_form(world: World) -> None:
    public_id = world.examinations[world.testbuys["examined"]]
    browser = world.client(Role.AUTHENTICATOR)
    address = f"/examinations/{public_id}"
    assert "Seal the verdict" not in browser.get(address).text
    send(browser, f"{address}/claim")
    fields = {
        "verdict": "counterfeit",
        "finding": ["contents:workmanship_rough", "packaging:label_or_typography"],
        "severity:contents:workmanship_rough": "critical",
        "severity:packaging:label_or_typography": "minor",
        "note:contents:workmanship_rough": "Rough edges on the left.",
        "confidence": "high",
        "method": "Comparison",
        "reasons": "The edges are rough.",
        "limits": "The inside was not seen.",
        **TESTIMONY,
    }
    refused = seal(browser, address, **fields)
    assert refused.status_code == 409
    assert "Rough edges on the left." in refused.text
    sealed = seal(browser, address, **fields, no_conflict="yes")
    assert sealed.status_code == 303, sealed.text
    assert sealed.headers["location"] == f"{address}?did=given"
    assert "sha256:" not in browser.get(address).text
    world.now += timedelta(seconds=10)
    shown = browser.get(address).text
    assert "Rough edges on the left." in shown
    assert "sha256:" in shown
    page = world.client(Role.ANALYST).get(f"/testbuys/{world.testbuys['examined']}").text
    assert "workmanship rough" in page


def test_an_authenticator_asks_for_another_photo(world: World) -> None:
    reference = world.testbuys["examined"]
    browser = world.client(Role.AUTHENTICATOR)
    address = f"/examinations/{world.examinations[reference]}"
    send(browser, f"{address}/claim")
    answer = send(browser, f"{address}/ask", shot="I03", note="The engraving, please")
    assert answer.status_code == 303, answer.text
    task = world.client(Role.BUYER).get(f"/tasks/{reference}").text
    assert "Next photo: I03" in task
    assert "The engraving, please" in task


def test_a_refused_photo_comes_back_with_the_gates_answer(world: World) -> None:
    reference = world.testbuys["assigned"]
    photo = {"photo": ("small.jpg", picture("small", width=640))}
    answer = send(world.client(Role.BUYER), f"/tasks/{reference}/photos", shot="P05", files=photo)
    assert 'data-accepted="no"' in answer.text
    assert "pixels on its long edge" in answer.text
    supervisor = world.client(Role.SUPERVISOR)
    assert "P05" in supervisor.get("/waivers").text
    waived = send(supervisor, "/waivers", testbuy=reference, shot="P05", reason="Page is gone")
    assert waived.status_code == 303
    assert "Page is gone" not in supervisor.get("/waivers").text
    with world.db.read() as tx:
        assert len(every(tx, Waiver)) == 1
        assert len(every(tx, Photo, table_of(Photo).c.shot == "P05")) == 4


def test_the_clerk_is_told_of_a_seal_that_does_not_match(world: World) -> None:
    clerk = world.client(Role.CLERK)
    fields = {"exhibit": "PB/1", "seal_number": "?", "place": "Shelf", "condition": "torn"}
    answer = send(clerk, "/exhibits/take-in", **fields)
    assert answer.status_code == 409
    assert "was taken in already" in answer.text


def test_flags_come_in_with_a_report_by_line(world: World) -> None:
    good = {
        "flag_id": "N1",
        "source": "vision",
        "model": "logo",
        "model_version": "3",
        "score": 0.8,
        "signals": ["cheap"],
        "platform": "taobao",
        "shop_id": "S99",
        "shop_name": "New & <b>Shiny</b>",
        "listing_id": "L99",
        "listing_url": "https://shop.example/99",
        "title": "Watch",
        "brand": "Swarovski",
        "category": "watches",
        "price_minor": 5000,
        "currency": "CNY",
        "seen_at": "2026-11-01T08:00:00Z",
    }
    lines = [json.dumps(good), "{broken", json.dumps(good | {"flag_id": "N2", "brand": "Nobody"})]
    analyst = world.client(Role.ANALYST)
    feed = {"feed": ("feed.jsonl", "\n".join(lines).encode())}
    page = send(analyst, "/flags/import", files=feed).text
    assert "<b>1 imported</b>, 0 known already, 2 rejected" in page
    assert '<td class="figure">2</td>' in page
    assert '<td class="figure">3</td>' in page
    again = send(analyst, "/flags/import", files=feed).text
    assert "<b>0 imported</b>, 1 known already, 2 rejected" in again
    with world.db.read() as tx:
        assert one(tx, Flag, table_of(Flag).c.source_flag_id == "N1")
    shown = analyst.get("/flags").text
    assert "New &amp; &lt;b&gt;Shiny&lt;/b&gt;" in shown


def test_a_campaign_is_asked_for_approved_and_then_covers_a_launch(world: World) -> None:
    analyst, approver = world.client(Role.ANALYST), world.client(Role.APPROVER)
    fields = {
        "name": "Autumn",
        "purpose": "Watches",
        "brands": ["Swarovski"],
        "categories": ["watches"],
        "currency": "CNY",
        "max_price": "1,000.00",
        "max_buys": "10",
        "budget": "5000",
        "opens_on": "2026-11-01",
        "closes_on": "2026-11-30",
    }
    assert send(analyst, "/campaigns", **fields).status_code == 303
    assert send(approver, "/campaigns/approve", name="Autumn").status_code == 303
    with world.db.read() as tx:
        campaign = one(tx, Campaign)
    assert campaign is not None
    assert campaign.max_price_minor == 100_000
    assert campaign.closes_at.isoformat() == "2026-12-01T00:00:00+00:00"
    assert '<option value="Autumn"' in analyst.get("/flags").text
    launched = send(analyst, "/flags/7/launch", purpose="Look", campaign="Autumn", route="by_hand")
    assert launched.status_code == 303
    withdrawn = send(approver, "/campaigns/withdraw", name="Autumn", reason="Money is gone")
    assert withdrawn.status_code == 303


def test_shops_are_linked_and_sales_kept(world: World) -> None:
    analyst = world.client(Role.ANALYST)
    both = send(
        analyst, "/shops/1/link", operator="OP-0001", new_operator_name="New", basis="Same phone",
        seen=UNLINKED,
    )  # fmt: skip
    assert both.status_code == 422
    link = {"operator": "", "new_operator_name": "Chen trading", "basis": "Same phone number"}
    assert send(analyst, "/shops/1/link", **link, seen=UNLINKED).status_code == 303
    late = send(analyst, "/shops/1/link", **link, seen=UNLINKED)
    assert late.status_code == 409 and "OP-0001 by now, because Same phone number" in late.text
    assert "OP-0002" not in analyst.get("/operators").text
    sales = {
        "period_start": "2026-01-01",
        "period_end": "2026-09-30",
        "units": "412",
        "amount": "60000.00",
        "currency": "CNY",
        "source": "platform export",
    }
    assert send(analyst, "/shops/1/sales", **sales).status_code == 303
    page = analyst.get("/operators").text
    assert "Same phone number" in page
    assert "CNY 60,000.00" in page
    with world.db.read() as tx:
        operator = one(tx, Operator, table_of(Operator).c.name == "Chen trading")
    assert operator is not None
    drafted = send(analyst, f"/operators/{operator.reference}/referral", agency="Fengxian police")
    assert drafted.status_code in {303, 409}


def test_a_clerk_confirms_on_the_page_what_no_machine_read(world: World) -> None:
    reference, clerk = world.testbuys["examined"], world.client(Role.CLERK)
    page = clerk.get("/exhibits").text
    assert f'It must be <b class="mono">{world.row(reference).challenge_code}</b>' in page
    with world.db.read() as tx:
        photos = table_of(Photo).c
        photo = one(tx, Photo, photos.testbuy_id == world.row(reference).id, photos.shot == "R01")
    assert photo is not None
    assert f"/photos/{photo.public_id}" in page
    assert clerk.get(f"/photos/{photo.public_id}").status_code == 200
    entered = {
        "photo": photo.public_id,
        "proof": "challenge",
        "expected": world.row(reference).challenge_code,
        "answer": "it_does_not",
    }
    refused = send(clerk, "/exhibits/confirm", **entered)
    assert refused.status_code == 409
    assert "Say what the photo shows instead" in refused.text
    entered["remark"] = "It shows another code."
    assert send(clerk, "/exhibits/confirm", **entered).status_code == 303
    with world.db.read() as tx:
        said = every(tx, Confirmation)
    assert [(each.agrees, each.note) for each in said] == [(False, "It shows another code.")]
    assert photo.public_id not in clerk.get("/exhibits").text
    assert "To confirm" not in world.client(Role.AUDITOR).get("/exhibits").text


def test_the_board_filters_by_its_address_and_pages_by_key(world: World) -> None:
    analyst = world.client(Role.ANALYST)
    judged, requested = world.testbuys["judged"], world.testbuys["requested"]
    page = analyst.get("/board?stage=judged").text
    assert judged in page
    assert requested not in page
    assert world.testbuys["other brand"] in analyst.get("/board?brand=Royal+Canin").text
    assert judged not in analyst.get("/board?brand=Royal+Canin").text
    assert requested in analyst.get("/board?older=2").text
    assert judged not in analyst.get("/board?older=2").text
    assert requested not in analyst.get("/board?newer=1").text
    for odd in ("stage=nonsense", "older=-1", "newer=%00", "brand='"):
        assert analyst.get(f"/board?{odd}").status_code == 200, odd


def test_an_account_is_opened_and_enrolled_by_forms(world: World) -> None:
    browser = world.client(Role.ADMINISTRATOR)
    fields = {"name": "Ann", "email": "ann@example.org", "roles": ["buyer"]}
    short = send(browser, "/people", **fields, password="x")
    assert "at least 12 characters" in short.text
    assert 'value="ann@example.org"' in short.text
    assert send(browser, "/people", **fields, password=PASSWORD).status_code == 303
    number = max(world.people.values()) + 1
    enrol = {"region": "CN", "capacity": "2", "advance": "100", "currency": "CNY"}
    assert send(browser, f"/people/{number}/buyer", **enrol).status_code == 303
    persona = {
        "label": "rose",
        "recipient": "Li",
        "address": "1 Road",
        "region": "CN",
        "max_exposure": "5",
    }
    assert send(browser, f"/people/{number}/personas", **persona).status_code == 303
    assert "1 persona." in browser.get("/people").text


def test_the_styleguide_is_there_in_development_only(world: World) -> None:
    assert world.client().get("/styleguide").status_code == 404
    world.close()
    world.server = None
    world.settings = world.settings.model_copy(update={"development": True})
    assert world.client().get("/styleguide").status_code == 200


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_template_can_be_read(language: str) -> None:
    env = environment(language)
    there = set(env.list_templates())
    for name in there:
        env.get_template(name)
        text, _, _ = env.loader.get_source(env, name)
        assert set(meta.find_referenced_templates(env.parse(text))) <= there, name


def test_the_portal_starts_without_prefect() -> None:
    code = (
        "import sys, portal.app; sys.exit(any(m.split('.')[0] == 'prefect' for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_dossier_and_bundle_are_handed_out(world: World) -> None:
    address = f"/testbuys/{world.testbuys['judged']}"
    browser = world.client(Role.LIAISON)
    dossier = browser.get(f"{address}/dossier.pdf")
    assert dossier.headers["content-type"] == "application/pdf"
    assert dossier.content.startswith(b"%PDF")
    bundle = browser.get(f"{address}/bundle.zip")
    assert zipfile.ZipFile(io.BytesIO(bundle.content)).testzip() is None
    assert browser.get("/testbuys/TB-2026-999999/dossier.pdf").status_code == 404


def test_a_referral_is_drafted_by_one_liaison_and_approved_by_another_person(world: World) -> None:
    analyst, liaison = world.client(Role.ANALYST), world.client(Role.LIAISON)
    shop = world.row(world.testbuys["judged"]).shop_id
    link = {"operator": "", "new_operator_name": "Chen trading", "basis": "Same phone number"}
    send(analyst, f"/shops/{shop}/link", **link, seen=UNLINKED)
    drafted = send(liaison, "/operators/OP-0001/referral", agency="Fengxian police")
    address = drafted.headers["location"].split("?")[0]
    page = liaison.get(address).text
    assert "somebody else must approve it" in page
    assert world.testbuys["judged"] in page
    assert send(liaison, f"{address}/approve", version="1").status_code == 409
    assert send(liaison, f"{address}/withdraw", version="1", reason="Too early").status_code == 303


def test_a_liaison_reads_why_a_referral_was_not_sent_and_decides(world: World) -> None:
    liaison = world.client(Role.LIAISON)
    link = {"operator": "", "new_operator_name": "Chen trading", "basis": "Same phone number"}
    shop = world.row(world.testbuys["judged"]).shop_id
    send(world.client(Role.ANALYST), f"/shops/{shop}/link", **link, seen=UNLINKED)
    drafted = send(
        world.client(Role.ANALYST), "/operators/OP-0001/referral", agency="Fengxian police"
    )
    address = drafted.headers["location"].split("?")[0]
    reference = address.rpartition("/")[2]
    refused = send(liaison, f"{address}/approve", version="1")
    assert refused.status_code == 409 and "No harm is on record" in refused.text
    packaged.complete(world, reference)
    (seen,) = re.findall(r'name="version" value="(\d+)"', liaison.get(address).text)[:1]
    assert send(liaison, f"{address}/approve", version=seen).status_code == 303
    assert "/send-again" not in liaison.get(address).text
    world.refuse_sending(world.testbuys["judged"], "The agency's interface turned it away.")
    page = liaison.get(address).text
    assert "Not sent." in page and "turned it away" in page
    assert "/send-again" not in world.client(Role.ANALYST).get(address).text
    before, now = str(int(seen) + 1), str(int(seen) + 2)
    assert send(liaison, f"{address}/not-sent", version=now, reason="Li").status_code == 409
    assert send(liaison, f"{address}/send-again", version=before).status_code == 409
    assert send(liaison, f"{address}/send-again", version=now).status_code == 303
    assert "Not sent." not in liaison.get(address).text
