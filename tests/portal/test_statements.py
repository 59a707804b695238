"""Findings drawn on photos in a real browser, and the statement with its signed copies."""

import io
import re
from datetime import timedelta

from PIL import Image

from casework.examinations.findings import found_in
from casework.people import access
from rules.audience import Region
from rules.roles import Role
from simulator.people.authenticator import Authenticator
from simulator.people.person import Company
from storage.rows import every, one
from storage.tables import Examination, StatementScan, Verdict
from tests.portal.small_world import SHOP, TESTIMONY, World, csrf, seal, send

ROUGH = "contents:workmanship_rough"
PAPER = b"%PDF-1.4 signed and chopped"


def _open(world: World) -> tuple[str, list[str]]:
    """The address of a claimed examination, and the photos its page shows."""
    public_id = world.examinations[world.testbuys["examined"]]
    address = f"/examinations/{public_id}"
    browser = world.client(Role.AUTHENTICATOR)
    send(browser, f"{address}/claim")
    page = browser.get(address).text
    return address, list(dict.fromkeys(re.findall(r'data-board="([^"]+)"', page)))


def _found(world: World):
    with world.db.read() as tx:
        reference = world.testbuys["examined"]
        examination = one(tx, Examination, testbuy_id=world.row(reference).id)
        assert examination is not None
        verdict = one(tx, Verdict, examination_id=examination.id)
        assert verdict is not None
        return verdict, found_in(tx, verdict.id)


def test_a_finding_is_drawn_on_a_photo_and_sealed_with_it(world: World, page_of) -> None:
    """A frame drawn is tied to the finding ticked; one deleted by key is gone."""
    address, photos = _open(world)
    page = page_of(Role.AUTHENTICATOR)
    page.goto(address)
    page.locator(".live").wait_for()
    page.keyboard.press("2")
    board = page.locator(f'.viewer [data-board="{photos[1]}"]')
    svg = board.locator("svg")
    svg.wait_for(state="attached")
    page.keyboard.press("m")

    def draw(left, top, right, bottom):
        svg.scroll_into_view_if_needed()
        at = svg.bounding_box()
        page.mouse.move(at["x"] + left * at["width"], at["y"] + top * at["height"])
        page.mouse.down()
        page.mouse.move(at["x"] + right * at["width"], at["y"] + bottom * at["height"], steps=4)
        page.mouse.up()

    draw(0.2, 0.2, 0.5, 0.6)
    assert board.locator("rect").count() == 0
    assert "Tick the finding first" in page.locator("[data-told]").inner_text()
    page.locator(f'[name=finding][value="{ROUGH}"]').evaluate(
        "tick => { tick.closest('details').open = true; }"
    )
    page.locator(f'[name=finding][value="{ROUGH}"]').check()
    draw(0.2, 0.2, 0.5, 0.6)
    draw(0.7, 0.7, 0.9, 0.9)
    assert board.locator("rect").count() == 2
    assert board.locator(".tag").all_inner_texts() == ["1", "1"]
    page.keyboard.press("Delete")
    assert board.locator("rect").count() == 1
    # Another finding ticked and let go again draws all anew: each mark on its own photo alone.
    page.locator('[name=finding][value="contents:colour_abnormal"]').check()
    assert board.locator(".tag").all_inner_texts() == ["1"]
    page.locator('[name=finding][value="contents:colour_abnormal"]').uncheck()
    assert page.locator("[data-board] rect").count() == 1
    page.locator("[name=verdict][value=counterfeit]").check()
    page.get_by_text("You, and how you looked").click()
    for name, text in {**TESTIMONY, "reasons": "The edges are rough."}.items():
        page.locator(f"[name={name}]").fill(text)
    page.locator("[name=no_conflict]").check()
    page.get_by_role("button", name="Seal the verdict").click()
    page.wait_for_url("**did=given")
    world.now += timedelta(seconds=10)
    page.goto(address)
    page.keyboard.press("2")
    page.locator(".viewer .marked .over rect").wait_for(state="attached")
    _, (finding,) = _found(world)
    (mark,) = finding.marks
    assert mark.photo.public_id == photos[1]
    for seen, meant in zip(
        (mark.region.left, mark.region.top, mark.region.right, mark.region.bottom),
        (2000, 2000, 5000, 6000),
        strict=True,
    ):
        assert abs(seen - meant) < 60


def test_marks_are_typed_where_no_script_runs(world: World) -> None:
    address, photos = _open(world)
    browser = world.client(Role.AUTHENTICATOR)
    said = {
        "verdict": "counterfeit",
        "finding": [ROUGH],
        "confidence": "high",
        "method": "Comparison",
        "reasons": "Rough.",
        "no_conflict": "yes",
        **TESTIMONY,
    }

    def marks(**rows):
        return {f"mark_{name}": rows.get(name, ["", ""]) for name in NAMES}

    photo = [photos[0], photos[0]]
    for wrong in (
        {"finding": [ROUGH, ""], "photo": [photos[0], photos[0]]},
        {"finding": [ROUGH, ""], "photo": [photos[0], ""], "left": ["80", ""], "right": ["10", ""]},
        {"finding": ["code:material", ""], "photo": [photos[0], ""]},
    ):
        refused = seal(browser, address, **said, **marks(**wrong))
        assert refused.status_code == 422, wrong
    whole, corner = {"finding": [ROUGH, ROUGH], "photo": photo}, ["", "12.5"]
    edges = {"left": corner, "top": corner, "right": ["", "50"], "bottom": ["", "50"]}
    sealed = seal(browser, address, **said, **marks(**whole, **edges))
    assert sealed.status_code == 303, sealed.text
    world.now += timedelta(seconds=10)
    assert "sha256:" in browser.get(address).text
    _, (finding,) = _found(world)
    assert [mark.region for mark in finding.marks] == [
        Region(0, 0, 10000, 10000),
        Region(1250, 1250, 5000, 5000),
    ]
    assert f"{address}/statement.pdf" in browser.get(address).text


NAMES = ("finding", "photo", "left", "top", "right", "bottom")


def test_what_an_examiner_said_of_themselves_need_not_be_typed_again(world: World) -> None:
    """Who judged before finds qualification and authority filled in, their interest not."""
    address, _ = _open(world)
    page = world.client(Role.AUTHENTICATOR).get(address).text
    assert "Twelve years in the workshop</textarea>" in page
    assert "Letter of 2 January 2026</textarea>" in page
    assert re.search(r'<textarea name="conflict_statement"[^>]*></textarea>', page)


def test_a_statement_and_its_copies_are_there_for_their_own_examiner_only(world: World) -> None:
    """Another brand's, and another of the same brand; neither page nor file tells the test buy."""
    reference = world.testbuys["judged"]
    public_id = world.examinations[reference]
    address = f"/examinations/{public_id}"
    own, other = world.client(Role.AUTHENTICATOR), world.client("other authenticator")
    paper = own.get(f"{address}/statement.pdf")
    assert paper.status_code == 200 and paper.content.startswith(b"%PDF")
    assert own.get(f"{address}/statement.pdf?language=zh").content != paper.content
    upload = {"files": {"signed": ("signed.pdf", PAPER, "application/pdf")}}
    handed = send(own, f"{address}/signed", **upload)
    assert handed.headers["location"] == f"{address}?did=signed"
    with world.db.read() as tx:
        (scan,) = every(tx, StatementScan)
    copy = f"{address}/signed/{scan.id}"
    assert own.get(copy).content == PAPER
    assert own.get(f"{address}/signed/x").status_code == 404
    for answer in (own.get(address), paper, own.get(copy)):
        told = f"{answer.url} {answer.headers} {answer.content.decode('latin-1')}"
        for secret in (reference, SHOP, "PB/", "SEAL-", "shop.example", "Crystal watch"):
            assert secret not in told, secret

    def nothing_is_there():
        for path in (f"{address}/statement.pdf", copy):
            assert other.get(path).status_code == 404, path
        assert send(other, f"{address}/signed", **upload).status_code == 404

    nothing_is_there()
    number = world.people["other authenticator"]
    grants = {"roles": ["authenticator"], "brands": ["Swarovski"]}
    send(world.client(Role.ADMINISTRATOR), f"/people/{number}/grants", **grants)
    nothing_is_there()
    staff = f"/testbuys/{reference}/statements/{public_id}"
    assert own.get(f"{staff}.pdf").status_code == 403


def test_staff_find_statements_on_the_test_buys_page_and_a_clerk_hands_copies_in(
    world: World,
) -> None:
    reference = world.testbuys["judged"]
    public_id = world.examinations[reference]
    staff = f"/testbuys/{reference}/statements/{public_id}"
    clerk, liaison = world.client(Role.CLERK), world.client(Role.LIAISON)
    assert f'href="{staff}.pdf"' in liaison.get(f"/testbuys/{reference}").text
    upload = {"files": {"signed": ("signed.pdf", PAPER, "application/pdf")}}
    assert liaison.post(f"{staff}/signed", data={"csrf": csrf(liaison)}).status_code == 403
    assert send(clerk, f"{staff}/signed").status_code == 422
    handed = send(clerk, f"{staff}/signed", **upload)
    assert handed.headers["location"] == f"/testbuys/{reference}?did=signed"
    assert send(clerk, f"{staff}/signed", **upload).status_code == 409
    page = liaison.get(f"/testbuys/{reference}").text
    assert "handed in by Person Clerk (clerk)" in page
    (copy,) = re.findall(rf'href="({staff}/signed/\d+)"', page)
    assert liaison.get(copy).content == PAPER
    assert liaison.get(f"{staff}.pdf").content.startswith(b"%PDF")
    other = world.testbuys["examined"]
    for path in (copy, f"{staff}.pdf"):
        assert liaison.get(path.replace(reference, other)).status_code == 404
    assert world.client(Role.BUYER).get(copy).status_code == 403


def test_the_simulated_authenticator_fills_the_form_as_it_is(world: World) -> None:
    """Seen otherwise by the demonstration alone: a field it does not know stops it."""
    link = access.make_link(
        world.db,
        world.act(Role.ADMINISTRATOR, "link"),
        world.people[Role.AUTHENTICATOR],
        timedelta(minutes=5),
    )
    url = str(world.client().base_url).rstrip("/")
    person = Authenticator("Mira", f"{url}/link/{link}", Company(url, "", "SF", 17))
    try:
        person.log_in()
        assert person.act_once()
        world.now += timedelta(seconds=10)
        person.open("/examinations")
    finally:
        person.close()
    verdict, findings = _found(world)
    assert "Mira" in verdict.qualification and verdict.reference_samples
    assert findings[0].marks


def test_a_signed_copy_that_names_a_place_is_not_for_clerks(world: World) -> None:
    """Its metadata says where the paper was photographed, as a photo's original does."""
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (22.0, 32.0, 0.0), 3: "E", 4: (114.0, 7.0, 0.0)})
    out = io.BytesIO()
    Image.new("RGB", (1200, 900), "white").save(out, "JPEG", exif=exif)
    public_id, reference = world.examinations[world.testbuys["judged"]], world.testbuys["judged"]
    examiner = world.client(Role.AUTHENTICATOR)
    files = {"signed": ("scan.jpg", out.getvalue(), "image/jpeg")}
    assert send(examiner, f"/examinations/{public_id}/signed", files=files).status_code == 303
    with world.db.read() as tx:
        (scan,) = every(tx, StatementScan)
    number = scan.id
    address = f"/testbuys/{reference}/statements/{public_id}/signed/{number}"
    assert world.client(Role.CLERK).get(address).status_code == 404
    assert world.client(Role.ANALYST).get(address).content == out.getvalue()
