"""Chat, kit card, code sheet, conduct and certificates through the portal's own door."""

import pytest

from rules.roles import Role
from storage.tables import ChatMessage, ConductRemark, ConductWarning, KitCard, NotaryCertificate
from tests.portal.small_world import World, csrf, send


def test_a_chat_from_paste_to_remark(world: World) -> None:
    reference = world.testbuys["assigned"]
    buyer = world.client(Role.BUYER)
    address = f"/tasks/{reference}/chat"
    assert address in buyer.get(f"/tasks/{reference}").text
    said = {"said_by": "buyer", "language": "en", "text": "Is it a <b>fake</b>?"}
    wrong = send(buyer, address, **said, said_at="yesterday")
    assert wrong.status_code == 422 and "2026-11-24 09:30" in wrong.text
    assert world.rows(ChatMessage) == []
    assert send(buyer, address, **said, said_at="2026-11-02 08:00").status_code == 303
    assert "Is it a &lt;b&gt;fake&lt;/b&gt;?" in buyer.get(address).text
    supervisor = world.client(Role.SUPERVISOR)
    page = supervisor.get("/conduct").text
    assert "fake" in page and "not verified by counsel" in page
    (warning,) = world.rows(ConductWarning)
    send(supervisor, "/conduct", warning=str(warning.id), text="Spoken to the buyer.")
    assert "Spoken to the buyer." in supervisor.get("/conduct").text
    assert len(world.rows(ConductRemark)) == len(world.rows(ConductWarning)) == 1
    assert "Spoken to the buyer." in world.client(Role.AUDITOR).get("/conduct").text


@pytest.mark.parametrize(
    ("written", "clock", "kept"),
    [
        ("2026-11-02T16:00", {"utc_offset": "480", "clock": "device"}, (8, 480, "device")),
        ("2026-11-02T03:30", {"utc_offset": "-270", "clock": "chosen"}, None),
        ("2026-11-02T03:30", {"utc_offset": "-210", "clock": "chosen"}, (7, -210, "chosen")),
        ("2026-11-02T08:00", {"utc_offset": "0"}, (8, 0, "chosen")),
        ("2026-11-02 08:00", {}, (8, None, None)),
        ("2026-11-02T16:00+08:00", {"utc_offset": "60"}, (8, None, None)),
        ("0001-01-01T00:00", {"utc_offset": "480"}, None),
        ("2026-11-02T08:00", {"utc_offset": "soon"}, None),
        ("2026-11-02T09:30", {"utc_offset": "0"}, None),
    ],
)
def test_a_time_is_read_by_its_writers_clock_and_kept_in_utc(
    world: World, written: str, clock: dict, kept: tuple | None
) -> None:
    """Fails where a buyer's eight o'clock is taken for that of Greenwich."""
    buyer, address = world.client(Role.BUYER), f"/tasks/{world.testbuys['assigned']}/chat"
    said = {"said_by": "seller", "language": "en", "text": "Yes."}
    answer = send(buyer, address, **said, said_at=written, **clock)
    found = [
        (row.said_at.hour, row.utc_offset_minutes, row.clock) for row in world.rows(ChatMessage)
    ]
    assert answer.status_code == (303 if kept else 409 if "T09:30" in written else 422)
    assert found == ([kept] if kept else [])


def test_a_phone_tells_its_own_clock_and_its_owner_may_choose_another(world, page_of):
    reference = world.testbuys["assigned"]
    address = f"/tasks/{reference}/chat"
    page = page_of(Role.BUYER, width=390, height=844, timezone_id="Europe/Berlin")
    page.goto(address)
    for summer, name in (("2026-07-01T10:00", "UTC+02:00"), ("2026-11-02T09:30", "UTC+01:00")):
        page.get_by_label("When").fill(summer)
        assert page.get_by_label("By which clock").locator(":checked").inner_text() == name
    page.get_by_label("Language").fill("en")
    page.get_by_label("The message").fill("Yes.")
    page.get_by_role("button", name="Record the message").click()
    page.get_by_text("09:30 UTC+01:00 there").wait_for()
    page.get_by_label("By which clock").select_option("480")
    page.get_by_label("When").fill("2026-11-02T16:00")
    page.get_by_label("Language").fill("en")
    page.get_by_label("The message").fill("Sent.")
    page.get_by_role("button", name="Record the message").click()
    page.get_by_text("16:00 UTC+08:00 there").wait_for()
    kept = [(row.said_at.isoformat()[11:16], row.clock) for row in world.rows(ChatMessage)]
    assert kept == [("08:30", "device"), ("08:00", "chosen")]


def test_another_buyer_sees_neither_chat_nor_code(world: World) -> None:
    reference = world.testbuys["assigned"]
    for page in ("chat", "code.pdf"):
        assert world.client("other buyer").get(f"/tasks/{reference}/{page}").status_code == 404


def test_the_code_sheet_and_the_kit_card(world: World) -> None:
    reference = world.testbuys["assigned"]
    buyer = world.client(Role.BUYER)
    sheet = buyer.get(f"/tasks/{reference}/code.pdf")
    assert sheet.headers["content-type"] == "application/pdf" and sheet.content[:5] == b"%PDF-"
    assert send(buyer, f"/tasks/{reference}/kit-card", number="KC-7").status_code == 303
    assert [row.number for row in world.rows(KitCard)] == ["KC-7"]
    assert "KC-7" in buyer.get(f"/tasks/{reference}/chat").text


def test_a_certificate_is_handed_in(world: World) -> None:
    reference = world.testbuys["assigned"]
    clerk = world.client(Role.CLERK)
    address = f"/testbuys/{reference}/certificates"
    assert address in clerk.get(f"/testbuys/{reference}").text
    told = {"office": "Luohu Notary", "number": "2026-77", "issued_on": "2026-11-01"}
    answer = clerk.post(
        address,
        data={"csrf": csrf(clerk), "covers": "The purchase", **told},
        files={"document": ("scan.pdf", b"%PDF-1.7 x", "application/pdf")},
    )
    assert answer.status_code == 303, answer.text
    (row,) = world.rows(NotaryCertificate)
    assert world.vault.read(row.digest) == b"%PDF-1.7 x"
    assert "Luohu Notary" in world.client(Role.AUDITOR).get(address).text
