"""An exhibit's page: who held it, both sides of a hand-over, the label that opens it."""

import base64
import io
import re
import subprocess
from datetime import timedelta

import pytest
import zxingcpp
from PIL import Image

from rules.roles import Role
from storage.rows import every
from storage.tables import CustodyEntry
from tests.portal.small_world import World, bagged, photograph, picture, send
from tests.portal.test_api import api

BAGGED, BAGGED_SEAL = "PB/4", "SEAL-7"
"""What the buyer of the test buy `bagged` still holds."""


def _strokes() -> str:
    out = io.BytesIO()
    Image.new("L", (40, 20), 0).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def _entries(world: World) -> list[CustodyEntry]:
    with world.db.read() as tx:
        return list(every(tx, CustodyEntry))


@pytest.fixture
def exhibit(world: World) -> str:
    page = world.client(Role.CLERK).get(f"/exhibits?find={world.testbuys['examined']}").text
    return page.split('class="ref" href="/exhibits/')[1].split('"')[0]


SEAL = {"condition": "intact", "place": "the desk"}


def _seal(world: World, exhibit: str) -> str:
    page = world.client(Role.CLERK).get(f"/exhibits/{exhibit}").text
    return page.split('seal <b class="mono">')[1].split("<")[0]


def test_both_sides_of_a_hand_over_go_through_the_forms(world: World, exhibit: str) -> None:
    clerk, supervisor = world.client(Role.CLERK), world.client(Role.SUPERVISOR)
    seal, here = _seal(world, exhibit), f"/exhibits/{exhibit}"
    said = {"seal_out": seal, "purpose": "to look at it", "to_person": world.people["supervisor"]}
    assert "Hand over" in clerk.get(here).text
    assert "Hand over" not in supervisor.get(here).text
    assert send(clerk, f"{here}/give", **SEAL, **said).status_code == 303
    assert send(clerk, f"{here}/take", **SEAL, seal_in=seal).status_code == 409
    wrong = send(supervisor, f"{here}/take", **SEAL, seal_in="OTHER")
    assert wrong.status_code == 409 and "does not match" in wrong.text
    assert "OTHER was read where" in wrong.text
    assert send(supervisor, f"{here}/take", **SEAL, seal_in=seal).status_code == 303
    page = supervisor.get(here).text
    assert "Person Supervisor (person) held" in page


def test_a_courier_signs_on_glass_and_the_carrier_holds_it(world: World, exhibit: str) -> None:
    clerk = world.client(Role.CLERK)
    seal, here = _seal(world, exhibit), f"/exhibits/{exhibit}"
    said = {"seal_out": seal, "purpose": "to the desk", "to_kind": "carrier", "to_name": "SF"}
    given = send(clerk, f"{here}/give", **SEAL, **said, tracking_number="SF7")
    assert given.status_code == 303, given.text
    assert 'data-signs="signature"' in clerk.get(here).text
    unsigned = send(clerk, f"{here}/sign", **SEAL, seal_in=seal, name="Wu", signature="")
    assert unsigned.status_code == 422 and "scanned receipt" in unsigned.text
    signed = send(clerk, f"{here}/sign", **SEAL, seal_in=seal, name="Wu", signature=_strokes())
    assert signed.status_code == 303, signed.text
    answer = api(world, Role.CLERK).get(f"/api/v1/exhibits/{exhibit}/holder").json()
    assert answer["holder"] == {"kind": "carrier", "name": "SF"}
    assert (answer["tracking_number"], answer["seal_number"]) == ("SF7", seal)
    back = send(clerk, f"{here}/take-back", **SEAL, seal_in=seal, tracking_number="SF7")
    assert back.status_code == 303, back.text


def test_a_receipt_stands_for_strokes(world: World, exhibit: str) -> None:
    clerk = world.client(Role.CLERK)
    seal, here = _seal(world, exhibit), f"/exhibits/{exhibit}"
    said = {"seal_out": seal, "purpose": "to the police", "to_kind": "police", "to_name": "Lin"}
    assert send(clerk, f"{here}/give", **SEAL, **said).status_code == 303
    receipt = {"receipt": ("r.jpg", b"\xff\xd8\xff scan", "image/jpeg")}
    signed = send(clerk, f"{here}/sign", **SEAL, seal_in=seal, name="Lin", files=receipt)
    assert signed.status_code == 303, signed.text
    last = max((row for row in _entries(world)), key=lambda row: row.id)
    assert (last.to_vouched, world.vault.read(last.to_signature)) == (
        "receipt",
        b"\xff\xd8\xff scan",
    )


def test_who_held_it_by_page(world: World, exhibit: str) -> None:
    clerk = world.client(Role.CLERK)
    assert "not yet an exhibit" in clerk.get(f"/exhibits/{exhibit}?at=2020-01-01").text
    refused = clerk.get(f"/exhibits/{exhibit}?at=soon")
    assert refused.status_code == 409 and "Write a date" in refused.text


def test_the_label_opens_the_exhibit_when_scanned(world: World, exhibit: str, poppler, tmp_path):
    """The code is read back from the printed page by a reader, not from what was drawn."""
    clerk = world.client(Role.CLERK)
    sheet = clerk.get(f"/exhibits/labels.pdf?testbuy={world.testbuys['examined']}")
    assert sheet.headers["content-type"] == "application/pdf"
    (tmp_path / "sheet.pdf").write_bytes(sheet.content)
    subprocess.run(
        [poppler("pdftoppm"), "-r", "200", "-png", "sheet.pdf", "page"], cwd=tmp_path, check=True
    )
    with Image.open(next(tmp_path.glob("page*.png"))) as picture:
        (code,) = zxingcpp.read_barcodes(picture)
    assert code.text.endswith(f"/exhibits/{exhibit}")
    page = clerk.get(code.text[code.text.index("/exhibits") :])
    assert page.status_code == 200 and f"{exhibit}</span>" in page.text
    svg = clerk.get(f"/exhibits/{exhibit}/label.svg").text
    assert exhibit in svg and svg.count("<svg") == 2


def test_the_buyer_hands_over_on_the_phone_and_the_clerk_takes_it_in(world: World) -> None:
    """Both sides through their own forms, each with local time; the checker finds nothing."""
    reference = bagged(world, 7)
    buyer, clerk = world.client(Role.BUYER), world.client(Role.CLERK)
    task, here = f"/tasks/{reference}", f"/exhibits/{BAGGED}"
    assert "Hand over" in buyer.get("/tasks").text
    page = buyer.get(task).text
    assert "Person Clerk, clerk" in page and 'name="seal_out" id' in page
    assert "has not handed it over yet" in clerk.get("/exhibits").text
    kept = photograph(world, reference, ("T01",))
    said = {"exhibit": BAGGED, "seal_out": BAGGED_SEAL, "place": "the office", "weight": "400"}
    said |= {"condition": "seal intact", "utc_offset": "480", "photos": kept}
    missing = send(buyer, f"{task}/give", **said | {"to_person": "courier"})
    assert missing.status_code == 422 and "Fill this in" in missing.text
    given = send(buyer, f"{task}/give", **said, to_person=world.people[Role.CLERK])
    assert given.status_code == 303, given.text
    assert "until they have confirmed it" in buyer.get(task).text
    assert "hands it to you" in clerk.get("/exhibits").text
    taken = {"exhibit": BAGGED, "seal_number": BAGGED_SEAL, "place": "Shelf 4", "weight": "401"}
    taken |= {"condition": "seal intact", "utc_offset": "60"}
    assert send(clerk, "/exhibits/take-in", **taken).status_code == 303
    last = _entries(world)[-1]
    assert (last.given_offset_minutes, last.utc_offset_minutes) == (480, 60)
    assert (last.given_weight_grams, last.weight_grams) == (400, 401)
    assert last.photos == kept and last.hand_over_id
    text = clerk.get(here).text
    assert "It holds from the sealing until now." in text
    assert "Hand over" not in buyer.get(task).text


def test_a_buyer_gives_only_what_is_theirs_and_only_its_own_photos(world: World) -> None:
    reference = bagged(world, 7)
    task = f"/tasks/{reference}"
    said = {"exhibit": BAGGED, "seal_out": BAGGED_SEAL, "place": "here", "condition": "intact"}
    said |= {"to_person": world.people[Role.CLERK]}
    stranger = world.client("other buyer")
    for step, more in (
        ("give", said),
        ("sign", said | {"seal_in": "x", "name": "x"}),
        ("keep", said),
    ):
        answer = send(
            stranger, f"{task}/{step}", **more, files={"receipt": ("r.pdf", b"%PDF-", "")}
        )
        assert answer.status_code == 404, step
        assert "Person Buyer" not in answer.text
    buyer = world.client(Role.BUYER)
    (other,) = photograph(world, world.testbuys["assigned"], ("P01",))
    wrong = send(buyer, f"{task}/give", **said, photos=[other])
    assert wrong.status_code == 409 and "accepted photos of T01" in wrong.text


def test_a_courier_signs_on_the_buyers_phone(world: World) -> None:
    reference = bagged(world, 7)
    buyer, task = world.client(Role.BUYER), f"/tasks/{reference}"
    said = {
        "exhibit": BAGGED,
        "seal_out": BAGGED_SEAL,
        "place": "the counter",
        "condition": "intact",
    }
    said |= {"to_person": "courier", "carrier": "SF", "tracking_number": "SF77"}
    assert send(buyer, f"{task}/give", **said).status_code == 303
    assert send(buyer, f"{task}/keep", exhibit=BAGGED).status_code == 303
    assert send(buyer, f"{task}/give", **said).status_code == 303
    sign = {
        "exhibit": BAGGED,
        "seal_in": BAGGED_SEAL,
        "place": "the counter",
        "condition": "intact",
    }
    signed = send(buyer, f"{task}/sign", **sign, name="Wu", signature=_strokes())
    assert signed.status_code == 303, signed.text
    clerk = world.client(Role.CLERK)
    assert "Take it in from the carrier" in clerk.get("/exhibits").text
    taken = {"exhibit": BAGGED, "seal_number": BAGGED_SEAL, "place": "Shelf", "condition": "intact"}
    assert send(clerk, "/exhibits/take-in", **taken).status_code == 409
    assert send(clerk, "/exhibits/take-in", **taken, tracking_number="SF77").status_code == 303
    assert "It holds" in clerk.get(f"/exhibits/{BAGGED}").text


def test_a_kit_is_given_by_the_clerk_and_confirmed_on_the_phone(world: World) -> None:
    clerk, buyer = world.client(Role.CLERK), world.client(Role.BUYER)
    assert "Person Buyer" in clerk.get("/kits").text
    numbers = {"seal_first": "SEAL-1", "seal_last": "SEAL-9", "colour_card": "CC-7"}
    assert send(clerk, "/kits", **numbers | {"seal_last": "S-9"}).status_code == 409
    assert send(clerk, "/kits", **numbers).status_code == 303
    given = {"to_person": world.people[Role.BUYER], "place": "the office", "utc_offset": "480"}
    assert send(clerk, "/kits/K-000001/give", **given).status_code == 303
    assert send(clerk, "/kits/K-000001/withdraw").status_code == 303
    assert send(clerk, "/kits/K-000001/give", **given).status_code == 303
    assert "being handed to you" in buyer.get("/tasks").text
    stranger = world.client("other buyer")
    assert "K-000001" not in stranger.get("/tasks").text
    said = {"condition": "complete", "utc_offset": "480"}
    assert send(stranger, "/kits/K-000001/confirm", **said).status_code == 404
    assert send(buyer, "/kits/K-000001/confirm", **said).status_code == 303
    kits = buyer.get("/tasks").text.partition("Your kits")[2]
    assert "SEAL-1<" in kits and "SEAL-9<" in kits
    assert "with Person Buyer since" in clerk.get("/kits").text
    bagged(world, 7)
    assert "is out of kit" in clerk.get(f"/exhibits/{BAGGED}").text
    assert "out of no kit on record" in clerk.get("/exhibits/PB/1").text


def test_a_desk_works_through_its_pages_and_another_sees_nothing(world: World, exhibit: str):
    """Nothing of the test buy is in what a desk is shown; another rights holder's finds 404."""
    reference = world.testbuys["examined"]
    clerk, desk = world.client(Role.CLERK), world.client(Role.DESK)
    other, seal, here = world.client("other desk"), _seal(world, exhibit), f"/desk/{exhibit}"
    photo = {"photo": ("t.jpg", picture("out"), "image/jpeg")}
    world.now += timedelta(minutes=1)
    assert send(clerk, f"/testbuys/{reference}/photos", shot="T01", files=photo).status_code < 400
    form = clerk.get(f"/exhibits/{exhibit}").text
    (out,) = re.findall(r'name="photos" value="([^"]+)" checked', form)
    said = {"seal_out": seal, "purpose": "to be examined", "to_desk": "yes", "photos": out}
    assert desk.get(here).status_code == 404
    assert send(clerk, f"/exhibits/{exhibit}/give", **SEAL, **said).status_code == 303
    shown = [desk.get("/desk"), desk.get(here), desk.get("/")]
    assert "being handed to you" in shown[0].text and seal not in shown[1].text
    photo = {"photo": ("t.jpg", picture("in"), "image/jpeg")}
    shown.append(send(desk, f"{here}/photos", shot="T02", files=photo))
    assert 'data-accepted="yes"' in shown[-1].text, shown[-1].text
    (came,) = re.findall(r'name="photos" value="([^"]+)" checked', desk.get(here).text)
    receive = {"intact": "intact", "seal_in": seal, "photos": came, "utc_offset": "60"}
    shown.append(send(desk, f"{here}/receive", **SEAL, **receive | {"seal_in": "OTHER"}))
    assert shown[-1].status_code == 409
    for address in (here, f"{here}/x"):
        assert other.get(address).status_code == 404
    for step in ("photos", "receive", "reseal", "give", "sign", "withdraw"):
        files = {"photo": ("t.jpg", picture("x"), "image/jpeg")} if step == "photos" else None
        fields = receive | said | {"shot": "T02", "seal": "N", "to_person": "1", "name": "W"}
        fields |= {"signature": _strokes()}
        answer = send(other, f"{here}/{step}", **SEAL, **fields, files=files)
        assert answer.status_code == 404, (step, answer.text)
        assert "Person" not in answer.text.replace("Other Desk", "")
    assert exhibit not in other.get("/desk").text
    assert send(desk, f"{here}/receive", **SEAL, **receive).status_code == 303
    assert "(rights holder) held" in clerk.get(f"/exhibits/{exhibit}").text
    shown += [desk.get("/desk"), desk.get(here)]
    for answer in shown:
        for secret in (reference, "Glitter Harbour", "Crystal watch", "Person Buyer", "SF00"):
            assert secret not in f"{answer.url} {answer.headers} {answer.text}", secret
