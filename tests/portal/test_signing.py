"""Signing in a real browser: strokes of a pointer on glass, or a receipt in their place."""

import io
import re
import subprocess

import pytest
from PIL import Image

from casework.papers.dossiers import dossier_pdf
from rules.roles import Role
from storage.rows import every
from storage.tables import CustodyEntry, HandOver
from tests.portal.small_world import bagged, photograph

pytestmark = pytest.mark.long

BAGGED, SEAL = "PB/4", "SEAL-7"
WIDEST = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def last_entry(world):
    with world.db.read() as tx:
        return every(tx, CustodyEntry)[-1]


def give_to_courier(page, task):
    """The buyer names a courier on the phone, in a time zone of their own."""
    page.context.new_cdp_session(page).send(
        "Emulation.setTimezoneOverride", {"timezoneId": "Asia/Shanghai"}
    )
    page.goto(task)
    company = page.get_by_label("Courier's company")
    assert not company.is_visible(), "asked for only where a courier takes it"
    page.get_by_label("To whom").select_option("courier")
    company.fill("SF Express")
    page.get_by_label("Tracking number").fill("SF77")
    page.get_by_label("Seal number").fill(SEAL)
    page.get_by_label("Where you are").fill("The counter of the post")
    page.get_by_role("button", name="Hand over").click()
    page.get_by_label("Seal number").fill(SEAL)
    page.get_by_label("Place").fill("The counter of the post")
    page.get_by_label("Name of who signs").fill("Wu Lei")


def draw(page, *strokes):
    """Each stroke is a list of points in hundredths of the pad."""
    pad = page.locator("canvas.pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    for stroke in strokes:
        points = [
            (box["x"] + box["width"] * x / 100, box["y"] + box["height"] * y / 100)
            for x, y in stroke
        ]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point, steps=5)
        page.mouse.up()


def test_a_courier_signs_with_a_pointer_on_the_buyers_phone(world, page_of, poppler, tmp_path):
    """What was drawn is what is kept, shown in the custody, and printed in the dossier."""
    reference = bagged(world, 7)
    kept = photograph(world, reference, ("T01",))
    page = page_of(Role.BUYER, width=390, height=844)
    give_to_courier(page, f"/tasks/{reference}")
    assert page.evaluate(WIDEST) <= 0
    page.get_by_role("button", name="Record the signature").click()
    assert "Sign, or choose a scanned receipt" in page.content()
    page.get_by_label("Seal number").fill(SEAL)
    page.get_by_label("Name of who signs").fill("Wu Lei")
    draw(page, [(5, 5), (95, 5)])
    page.get_by_role("button", name="Clear the signature").click()
    draw(page, [(20, 30), (20, 80), (50, 80)], [(70, 20), (70, 90)])
    page.get_by_role("button", name="Record the signature").click()
    page.get_by_text("the exhibit has changed hands").wait_for()
    entry = last_entry(world)
    assert (entry.to_vouched, entry.given_offset_minutes, entry.utc_offset_minutes) == (
        "glass",
        480,
        480,
    )
    assert entry.photos == kept and "signed by Wu Lei" in entry.condition
    with Image.open(io.BytesIO(world.vault.read(entry.to_signature))) as picture:
        ink = picture.convert("L").point(lambda grey: 255 if grey < 128 else 0)
        width, height = ink.size
        left, top, right, bottom = (round(edge, 2) for edge in (
            ink.getbbox()[0] / width, ink.getbbox()[1] / height,
            ink.getbbox()[2] / width, ink.getbbox()[3] / height,
        ))  # fmt: skip
        assert (left, top, right, bottom) == pytest.approx((0.2, 0.2, 0.7, 0.9), abs=0.03)
        assert not ink.getpixel((width // 2, height // 4)), "nothing joins the two strokes"
    clerk = page_of(Role.CLERK)
    clerk.goto(f"/exhibits/{BAGGED}")
    shown = clerk.get_by_alt_text("Signature of the taker")
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == width
    assert "UTC+08:00 there" in clerk.content()
    pdf = tmp_path / "dossier.pdf"
    pdf.write_bytes(dossier_pdf(world.db, world.vault, reference, world.now))
    listed = subprocess.run([poppler("pdfimages"), "-list", pdf], capture_output=True, text=True)
    sizes = re.findall(r"image +(\d+) +(\d+) +icc +1 ", listed.stdout)
    assert (str(width), str(height)) in sizes, listed.stdout


def test_a_receipt_stands_in_for_strokes_in_the_browser(world, page_of, tmp_path):
    reference = bagged(world, 7)
    page = page_of(Role.BUYER, width=390, height=844)
    give_to_courier(page, f"/tasks/{reference}")
    page.get_by_text("A scanned receipt instead").click()
    scan = tmp_path / "receipt.pdf"
    scan.write_bytes(b"%PDF-1.7 receipt")
    page.get_by_label("signed receipt").set_input_files(scan)
    page.get_by_role("button", name="Record the signature").click()
    page.get_by_text("the exhibit has changed hands").wait_for()
    entry = last_entry(world)
    assert (entry.to_vouched, world.vault.read(entry.to_signature)) == (
        "receipt",
        scan.read_bytes(),
    )
    clerk = world.client(Role.CLERK)
    address = f"/exhibits/{BAGGED}/signatures/{entry.seq}/taker"
    assert address in clerk.get(f"/exhibits/{BAGGED}").text
    answer = clerk.get(address)
    assert (answer.headers["content-type"], answer.content) == (
        "application/pdf",
        scan.read_bytes(),
    )
    assert clerk.get(f"/exhibits/{BAGGED}/signatures/1/taker").status_code == 404
    assert clerk.get(f"/exhibits/{BAGGED}/signatures/1/x").status_code == 404


def test_a_blank_or_broken_picture_is_no_signature(world, page_of):
    """Caught before it is kept: a dossier could not print it."""
    reference = bagged(world, 7)
    page = page_of(Role.BUYER, width=390, height=844)
    give_to_courier(page, f"/tasks/{reference}")
    page.evaluate(
        "HTMLCanvasElement.prototype.toDataURL = () => 'data:image/png;base64,iVBORw0KGgoAAAA='"
    )
    draw(page, [(20, 30), (50, 80)])
    page.get_by_role("button", name="Record the signature").click()
    page.get_by_text("Sign once more").wait_for()
    with world.db.read() as tx:
        assert every(tx, HandOver)[-1].completed_at is None
