"""An exhibit's page: who held it, both sides of a hand-over, the label that opens it."""

import base64
import io
import subprocess

import pytest
import zxingcpp
from PIL import Image

from rules.roles import Role
from storage.rows import every
from storage.tables import CustodyEntry
from tests.portal.small_world import World, send

EXHIBIT = "PB/2"


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
    answer = clerk.get(f"/api/v1/exhibits/{exhibit}/holder").json()
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


def test_who_held_it_by_page_and_api(world: World, exhibit: str) -> None:
    clerk = world.client(Role.CLERK)
    early = clerk.get(f"/api/v1/exhibits/{exhibit}/holder?at=2020-01-01").json()
    assert (early["state"], early["holder"]) == ("not_yet_an_exhibit", None)
    assert "not yet an exhibit" in clerk.get(f"/exhibits/{exhibit}?at=2020-01-01").text
    refused = clerk.get(f"/exhibits/{exhibit}?at=soon")
    assert refused.status_code == 409 and "Write a date" in refused.text
    assert clerk.get("/api/v1/exhibits/ZZ/99/holder").status_code == 404


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
