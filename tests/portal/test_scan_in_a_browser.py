"""Labels and seals read by the camera: a drawn label, photographed askew, before real pages."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter
from playwright.sync_api import Browser, Page, expect

from casework.custody import placing
from evidence.barcodes import code128_png
from rules.roles import Role
from tests.portal.small_world import World, csrf

pytestmark = pytest.mark.long

EXHIBIT, SEAL = "PB/1", "SEAL-3"
SETTLED = 90_000


def photographed(drawn: Image.Image, degrees: float, size: tuple[int, int]) -> bytes:
    """The print on a desk, turned, a little out of focus, lit from one side."""
    turned = drawn.convert("L").rotate(degrees, Image.Resampling.BICUBIC, True, fillcolor=120)
    turned.thumbnail((size[0] * 9 // 10, size[1] * 9 // 10))
    desk = Image.new("L", size, 120)
    desk.paste(turned, ((size[0] - turned.width) // 2, (size[1] - turned.height) // 2))
    lit = np.asarray(desk.filter(ImageFilter.GaussianBlur(0.8)), float)
    lit = lit * np.linspace(0.55, 1, size[0]) + np.random.default_rng(3).normal(0, 4, lit.shape)
    out = io.BytesIO()
    Image.fromarray(lit.clip(0, 255).astype(np.uint8)).convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()


@pytest.fixture
def label(world: World, browser: Browser) -> Image.Image:
    """The label as the portal draws it and a printer prints it."""
    drawn = world.client(Role.CLERK).get(f"/exhibits/{EXHIBIT}/label.svg").text
    page = browser.new_page(viewport={"width": 700, "height": 400}, device_scale_factor=2)
    page.set_content(f"<body style='margin:0'>{drawn.replace('<svg', '<svg width=700', 1)}")
    print_of = page.locator("svg").first.screenshot()
    page.close()
    return Image.open(io.BytesIO(print_of))


def seal_label() -> Image.Image:
    return Image.open(io.BytesIO(code128_png(SEAL)))


def test_a_photo_of_a_label_is_read_without_scripts_and_kept_nowhere(
    world: World, label: Image.Image
) -> None:
    clerk = world.client(Role.CLERK)
    token, home = csrf(clerk), world.home
    files = {each for each in home.rglob("*") if each.is_file() and "testbuy" not in each.name}
    data = {"csrf": token, "on": ["AS/1"]}
    sent = {"photo": ("label.jpg", photographed(label, 17, (1600, 1200)))}
    answer = clerk.post("/scan/photo", data=data, files=sent)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/scan?on=AS%2F1&on=PB%2F1"
    assert {e for e in home.rglob("*") if e.is_file() and "testbuy" not in e.name} == files
    blank = {"photo": ("desk.jpg", photographed(Image.new("L", (9, 9), 120), 0, (800, 600)))}
    unread = clerk.post("/scan/photo", data=data, files=blank)
    assert unread.status_code == 422 and "No code can be read" in unread.text
    assert 'name="on" value="AS/1"' in unread.text, "what was scanned before stays"
    no_photo = clerk.post("/scan/photo", data=data, files={"photo": ("a.txt", b"hello")})
    assert no_photo.status_code == 409 and "This file is no photo" in no_photo.text


def test_a_seal_s_bar_code_is_read_at_any_angle(world: World) -> None:
    """Whoever types a seal number may photograph it; bars are found at a few angles only, unless
    the picture is turned."""
    sent = {"photo": ("seal.jpg", photographed(seal_label(), 30, (1600, 1200)))}
    for role in (Role.CLERK, Role.DESK, Role.BUYER, Role.LIAISON):
        browser = world.client(role)
        head = {"x-csrf-token": csrf(browser, "/account"), "accept": "application/json"}
        answer = browser.post("/scan/codes", files=sent, headers=head)
        assert answer.json() == {"codes": [SEAL]}, role


def test_photos_fill_the_list_and_the_seal_and_the_exhibit_is_put_away(
    world: World, page_of, label: Image.Image, tmp_path: Path
) -> None:
    """No camera that a page could use: each code is photographed, as on a phone over plain http."""
    (tmp_path / "label.jpg").write_bytes(photographed(label, -12, (1600, 1200)))
    (tmp_path / "seal.jpg").write_bytes(photographed(seal_label(), 4, (1600, 1200)))
    act = world.act(Role.SUPERVISOR, "place")
    shelf = placing.add_place(world.db, act, site="Store", shelf="4", roles=[Role.CLERK])
    page = page_of(Role.CLERK, width=390, height=844)
    page.goto("/scan")
    page.locator("#label + .scan").click()
    expect(page.locator("#scanner [role=status]")).to_contain_text("No camera can be used here")
    page.set_input_files("#scanner input", tmp_path / "label.jpg")
    expect(page.locator("#scanner [data-part=read]")).to_have_text(EXHIBIT)
    page.get_by_role("button", name="Done").click()
    page.wait_for_url("**/scan?on=PB%2F1")
    page.locator("[name=seal] + .scan").first.click()
    page.set_input_files("#scanner input", tmp_path / "label.jpg")
    expect(page.locator("#scanner [role=status]")).to_have_text(
        "PB/1 is a label, not a seal. Read the number on the bag."
    )
    page.set_input_files("#scanner input", tmp_path / "seal.jpg")
    expect(page.locator("#scanner")).to_be_hidden()
    store = page.locator("form[action='/scan/store']")
    expect(store.locator("[name=seal]")).to_have_value(SEAL)
    store.locator("[name=place]").select_option(shelf)
    store.get_by_role("button", name="Store them").click()
    expect(page.locator("main")).to_contain_text("done")


@pytest.fixture
def filmed(world: World, browser: Browser, chromium: str, label: Image.Image, tmp_path: Path):
    """A page whose camera sees the label, then the seal."""
    frame = photographed(label, 9, (640, 480))
    (tmp_path / "camera.mjpeg").write_bytes(frame * 4)
    started = browser.browser_type.launch(
        executable_path=chromium,
        args=[
            "--no-sandbox",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={tmp_path / 'camera.mjpeg'}",
        ],
    )
    client, token = world.client(), world.session(Role.CLERK)
    context = started.new_context(base_url=str(client.base_url))
    there = str(client.base_url)
    context.add_cookies([{"name": "testbuy_session", "value": token, "url": there}])
    page = context.new_page()
    yield page
    started.close()


def test_the_camera_is_read_by_the_server_where_the_browser_can_t(filmed: Page) -> None:
    filmed.goto("/exhibits")
    filmed.locator("#find + .scan").click()
    filmed.wait_for_url("**/exhibits?find=*", timeout=SETTLED)
    expect(filmed.locator("article a.ref").first).to_have_text(EXHIBIT)


DETECTOR = """
globalThis.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code", "code_128"]; }
  async detect(video) {
    globalThis.looked = (globalThis.looked ?? 0) + 1;
    if (!video.videoWidth) throw new Error("nothing to see yet");
    const label = "http://portal.example/exhibits/PB/1";
    const seen = [[], [label], [label, "SEAL-3"]];
    return seen[Math.min(globalThis.looked, 3) - 1].map((rawValue) => ({ rawValue }));
  }
};
"""
"""Stands in for what Chrome has on Android and on no machine that tests run on."""


def test_where_the_browser_reads_codes_nothing_is_sent(filmed: Page) -> None:
    sent: list[str] = []
    filmed.on("request", lambda request: sent.append(request.url))
    filmed.add_init_script(DETECTOR)
    filmed.goto("/scan")
    filmed.locator("#label + .scan").click()
    lines = filmed.locator("#scanner [data-part=read] li")
    expect(lines).to_have_text(["PB/1", "SEAL-3"], timeout=SETTLED)
    filmed.get_by_role("button", name="Done").click()
    filmed.wait_for_url("**/scan?on=PB%2F1&on=SEAL-3")
    assert not [url for url in sent if "codes" in url]
