"""A sanction through the portal's pages, and what its seller and its readers are told of it."""

import csv
import io
import re
import subprocess
from datetime import timedelta

import pytest

from casework.flags import flagging
from casework.views import inbox
from rules.roles import Role
from storage.rows import change, every, one, table_of
from storage.tables import Flag, Persona, Sanction, Shop
from tests import canary
from tests.portal.small_world import World, send

SAID = {
    "clause": "Seller agreement of 1 March 2026, clause 5.2",
    "reasons": "A watch bought from the shop was found to be counterfeit.",
    "objections_to": "Appeals desk of the platform",
}


def proposed(world: World, kind: str = "shop_closed", who: Role = Role.ANALYST, **said: str):
    """The address of a sanction on the judged test buy's shop."""
    reference = world.testbuys["judged"]
    shop = world.row(reference).shop_id
    fields = {"kind": kind, "testbuys": reference, **SAID, **said}
    return send(world.client(who), f"/shops/{shop}/sanction", **fields)


def address_of(answer) -> str:
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].split("?")[0]


def version(world: World, address: str) -> str:
    with world.db.read() as tx:
        row = one(tx, Sanction, reference=address.rpartition("/")[2])
        assert row is not None
        return str(row.version)


def step(world: World, who: Role, address: str, step: str, **said: str):
    answer = send(world.client(who), f"{address}/{step}", version=version(world, address), **said)
    assert answer.status_code == 303, re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2])
    return answer


def told(world: World) -> str:
    """A closing whose seller was told."""
    address = address_of(proposed(world))
    step(world, Role.APPROVER, address, "decide", reasons="The findings are plain.")
    until = str(world.now.date() + timedelta(days=15))
    given = {"given_by": "the platform's messages", "objection_until": until}
    step(world, Role.ANALYST, address, "notice", **given)
    return address


def test_the_whole_way_by_its_pages(world: World) -> None:
    address = told(world)
    page = world.client(Role.AUDITOR).get(address)
    assert page.status_code == 200 and '<form method="post" action="/sanctions' not in page.text
    step(world, Role.ANALYST, address, "enforce")
    came = {"received_on": str(world.now.date()), "words": "我有发票。"}
    step(world, Role.LIAISON, address, "appeal", **came)
    read = world.client(Role.COUNSEL).get(f"{address}/appeals/1")
    assert read.content.decode() == "我有发票。"
    assert "attachment" in read.headers["content-disposition"]
    assert "somebody else must decide the appeal" in world.client(Role.APPROVER).get(address).text
    step(world, Role.SUPERVISOR, address, "grant", reasons="The invoices are right.")
    assert "The invoices are right." in world.client(Role.ANALYST).get(address).text
    with world.db.read() as tx:
        assert {shop.closed_at for shop in every(tx, Shop)} == {None}


def test_a_form_of_before_is_refused_and_says_so(world: World) -> None:
    address = address_of(proposed(world))
    step(world, Role.APPROVER, address, "decide", reasons="Plain.")
    answer = send(world.client(Role.ANALYST), f"{address}/withdraw", version="1", reasons="No.")
    assert answer.status_code == 409 and "was changed meanwhile" in answer.text


def test_two_at_once_leave_one_sanction(world: World) -> None:
    address_of(proposed(world))
    again = proposed(world)
    assert again.status_code == 409 and "has not ended" in again.text


@pytest.mark.parametrize("who", [Role.AUTHENTICATOR, Role.BUYER, Role.DESK, Role.CLERK])
def test_who_must_not_know_of_a_suspicion_sees_none_of_it(world: World, who: Role) -> None:
    address = told(world)
    reader = world.client(who)
    for path in ("/sanctions", address, f"{address}/notice.pdf", "/sanctions.csv"):
        assert reader.get(path).status_code == 403, path


def test_the_inbox_leads_to_each_decision_and_not_to_ones_own(world: World) -> None:
    def kinds(role: Role) -> set[str]:
        reader = inbox.Reader(world.people[role], frozenset({role}), world.now)
        return {each for each, count in inbox.inbox(world.db, reader).counts.items() if count}

    address = address_of(proposed(world))
    assert "sanction" in kinds(Role.APPROVER) and "sanction" not in kinds(Role.ANALYST)
    step(world, Role.APPROVER, address, "decide", reasons="Plain.")
    assert "sanction" not in kinds(Role.APPROVER) and "sanction_notice" in kinds(Role.ANALYST)
    until = str(world.now.date() + timedelta(days=2))
    step(world, Role.ANALYST, address, "notice", given_by="a letter", objection_until=until)
    assert "objection" not in kinds(Role.ANALYST)
    world.now += timedelta(days=3)
    assert "objection" in kinds(Role.ANALYST)
    came = {"received_on": str(world.now.date()), "words": "No."}
    step(world, Role.COUNSEL, address, "appeal", **came)
    assert "objection" not in kinds(Role.ANALYST)
    assert "appeal" in kinds(Role.SUPERVISOR) and "appeal" not in kinds(Role.APPROVER)


def names_withheld(world: World) -> tuple[str, ...]:
    """What tells who bought, how attention was drawn, and of other shops."""
    reference = world.testbuys["judged"]
    row = world.row(reference)
    act = world.act(Role.ANALYST, "second shop")
    with world.db.read() as tx:
        other = next(shop for shop in every(tx, Shop) if shop.id != row.shop_id)
    for shop in (row.shop_id, other.id):
        flagging.link_shop(
            world.db, act, shop_id=shop, operator="OP-0001" if shop == other.id else None,
            new_operator_name=None if shop == other.id else "Chen", basis="One phone number",
        )  # fmt: skip
    with world.db.write() as tx:
        persona = one(tx, Persona, id=row.persona_id)
        flag = one(tx, Flag, id=row.flag_id)
        change(tx, Flag, table_of(Flag).c.id == flag.id, score=0.8712)
        assert persona is not None
    buyer = "Person Buyer"
    return (
        reference, persona.label, persona.recipient, persona.address, buyer, other.name, "0.8712",
        flag.source_flag_id, row.challenge_code,
    )  # fmt: skip


def text_of(pdf: bytes, poppler, folder) -> bytes:
    (folder / "notice.pdf").write_bytes(pdf)
    asked = [poppler("pdftotext"), "-layout", folder / "notice.pdf", "-"]
    return subprocess.run(asked, check=True, capture_output=True).stdout


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_notice_names_no_buyer_persona_other_shop_or_score(
    world: World, poppler, tmp_path, language: str
) -> None:
    withheld = names_withheld(world)
    address = told(world)
    pdf = world.client(Role.AUDITOR).get(f"{address}/notice.pdf?language={language}").content
    text = text_of(pdf, poppler, tmp_path)
    # The search finds what is there, so that finding nothing means something.
    shop = "Glitter Harbour"
    assert canary.in_bytes(text, (shop, address.rpartition("/")[2], "clause 5.2"))
    assert not canary.in_bytes(text, withheld), canary.in_bytes(text, withheld)
    # A flag's number has two signs here and stands among any bytes: it is looked for in the text.
    assert not canary.in_bytes(pdf, [name for name in withheld if len(name) > 2])
    assert b"Preview" not in text and "预览".encode() not in text


def test_a_notice_that_was_given_stays_as_it_was_and_a_preview_says_so(
    world: World, poppler, tmp_path
) -> None:
    address = address_of(proposed(world))
    assert world.client(Role.ANALYST).get(f"{address}/notice.pdf").status_code == 404
    step(world, Role.APPROVER, address, "decide", reasons="Plain.")
    preview = world.client(Role.ANALYST).get(f"{address}/notice.pdf").content
    assert b"Preview: not sealed" in text_of(preview, poppler, tmp_path)
    until = str(world.now.date() + timedelta(days=15))
    step(world, Role.ANALYST, address, "notice", given_by="a letter", objection_until=until)
    given = world.client(Role.ANALYST).get(f"{address}/notice.pdf").content
    world.now += timedelta(days=40)
    assert world.client(Role.COUNSEL).get(f"{address}/notice.pdf").content == given


def test_reasons_that_name_what_is_withheld_are_refused(world: World) -> None:
    *named, number, _ = names_withheld(world)
    for name in named:
        answer = proposed(world, reasons=f"We know from {name.upper()} that it is fake.")
        assert answer.status_code == 409, name
        assert "The seller must not learn that" in answer.text, name
        assert name.upper() not in answer.text.partition('class="message')[2].partition("</")[0]
    assert proposed(world, reasons=f"It is fake, see {number} on page 3.").status_code == 303


def test_the_table_is_safe_in_a_spreadsheet(world: World) -> None:
    address = told(world)
    with world.db.write() as tx:
        shop = world.row(world.testbuys["judged"]).shop_id
        change(tx, Shop, table_of(Shop).c.id == shop, name="=cmd|' /C calc'!A0")
    text = world.client(Role.AUDITOR).get("/sanctions.csv").content.decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(text))
    assert line["sanction"] == address.rpartition("/")[2]
    assert line["shop_name"].startswith("'=cmd") and line["state"] == "notified"
    assert line["last_day_to_object"] == str(world.now.date() + timedelta(days=15))
