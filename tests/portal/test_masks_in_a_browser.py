"""Marking a photo in a real browser, by mouse, finger and keyboard; seen in the copy's pixels."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Page

from casework.photographs.masking import latest
from rules.roles import Role
from storage.rows import every, one, table_of
from storage.tables import MaskRegion, Photo
from tests.portal.small_world import World

WIDEST = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
ROWS = ".maskrows > li:visible"
FRAMES = "[data-masks] rect"
SIZES = {"desk": (1280, 900), "phone": (390, 844)}


@pytest.fixture
def photo(world: World) -> Photo:
    with world.db.read() as tx:
        owner = world.row(world.testbuys["examined"]).id
        found = one(tx, Photo, testbuy_id=owner, shot="I01")
    assert found is not None
    return found


def opened(page_of, photo: Photo, size: str = "desk") -> Page:
    width, height = SIZES[size]
    page = page_of(Role.CLERK, width=width, height=height)
    page.goto(f"/photos/{photo.public_id}/masks")
    page.locator("[data-add]:visible").wait_for()
    return page


def places(page: Page, *parts: tuple[float, float]) -> list[tuple[float, float]]:
    """Where parts of the picture (0 to 1) are on the screen."""
    board = page.locator("[data-masks]")
    board.scroll_into_view_if_needed()
    box = board.bounding_box()
    assert box is not None
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in parts]


def stroke(page: Page, start: tuple[float, float], end: tuple[float, float], how: str) -> None:
    """A stroke with the mouse, or with a finger as a touch screen reports it."""
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    first, *others = places(page, start, middle, end)
    if how == "mouse":
        page.mouse.move(*first)
        page.mouse.down()
        for place in others:
            page.mouse.move(*place)
        page.mouse.up()
        return
    screen = page.context.new_cdp_session(page)
    screen.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    for kind, place in [("touchStart", first), *(("touchMove", each) for each in others)]:
        points = [{"x": place[0], "y": place[1]}]
        screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    screen.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def saved(world: World, page: Page, photo: Photo) -> tuple[list[MaskRegion], Image.Image]:
    """Press the button; the regions on record, and the copy that others get."""
    page.get_by_role("button", name="Make the masked copy").click()
    page.get_by_text("The masked copy is made").wait_for()
    with world.db.read() as tx:
        mask = latest(tx, photo.id)
        assert mask is not None
        order = table_of(MaskRegion).c.id
        regions = list(every(tx, MaskRegion, mask_id=mask.id, order_by=order))
    return regions, Image.open(io.BytesIO(world.vault.read(mask.digest))).convert("L")


def shades(copy: Image.Image, x: float, y: float) -> tuple[int, int]:
    """The darkest and the lightest shade around a part of the picture."""
    column, row = round(x * copy.width), round(y * copy.height)
    low, high = copy.crop((column - 6, row - 6, column + 6, row + 6)).getextrema()
    return low, high


@pytest.mark.parametrize(("size", "how"), [("desk", "mouse"), ("phone", "finger")])
def test_what_was_drawn_is_gone_from_the_copys_pixels(world, page_of, photo, size, how) -> None:
    """Catches frames that are shown and not sent, or sent for another place than was drawn."""
    page = opened(page_of, photo, size)
    assert page.locator(ROWS).count() == 0
    stroke(page, (0.2, 0.3), (0.5, 0.6), how)
    stroke(page, (0.9, 0.9), (0.7, 0.8), how)  # from the lower right, as some people draw
    assert page.locator(ROWS).count() == page.locator(FRAMES).count() == 2
    assert page.evaluate(WIDEST) <= 0
    page.locator(ROWS).first.locator("select").select_option("phone")
    regions, copy = saved(world, page, photo)
    assert [each.kind for each in regions] == ["phone", "recipient"]
    drawn = [(2000, 3000, 5000, 6000), (7000, 8000, 9000, 9000)]
    for region, edges in zip(regions, drawn, strict=True):
        said = (region.left, region.top, region.right, region.bottom)
        # A pixel of the screen is some thousandths of the picture.
        assert all(abs(one - other) <= 40 for one, other in zip(said, edges, strict=True)), said
    for place in ((0.35, 0.45), (0.22, 0.32), (0.48, 0.58), (0.8, 0.85)):
        assert shades(copy, *place)[1] <= 2, place
    for place in ((0.1, 0.45), (0.6, 0.45), (0.35, 0.2), (0.35, 0.7), (0.8, 0.7)):
        low, high = shades(copy, *place)
        assert high - low > 10, f"{place} was covered as well"
    # The page shows the frames it kept, and the copy as others get it.
    assert page.locator(FRAMES).count() == 2
    assert page.locator("img.kept").evaluate("each => each.naturalWidth") > 0


def test_by_keyboard_alone_a_region_is_made_moved_sized_and_taken_away(
    world, page_of, photo
) -> None:
    page = opened(page_of, photo)
    page.locator("[data-add]").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.tagName") == "rect"
    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    named = page.locator(FRAMES).get_attribute("aria-label")
    assert named is not None and named.startswith("Region 1, recipient: from 34, 40 to 65, 60")
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.name") == "kind"
    page.keyboard.press("a")  # as one chooses in a list: address, then account
    kind = page.locator(ROWS).locator("select").input_value()
    assert kind in ("address", "account")
    page.locator("[data-add]").press("Enter")
    assert page.locator(FRAMES).count() == 2
    page.keyboard.press("Delete")
    assert page.locator(FRAMES).count() == page.locator(ROWS).count() == 1
    regions, copy = saved(world, page, photo)
    (region,) = regions
    assert region.kind == kind
    assert (region.left, region.top, region.right, region.bottom) == (3400, 3950, 6450, 6000)
    assert shades(copy, 0.5, 0.5)[1] <= 2


def test_a_frame_is_dragged_a_touch_makes_none_and_nothing_contradicts_itself(
    page_of, photo
) -> None:
    page = opened(page_of, photo)
    stroke(page, (0.5, 0.5), (0.501, 0.501), "mouse")
    assert page.locator(FRAMES).count() == page.locator(ROWS).count() == 0
    page.get_by_label("There is nothing to mask").check()
    stroke(page, (0.2, 0.2), (0.4, 0.4), "mouse")
    nothing = page.get_by_label("There is nothing to mask")
    assert not nothing.is_checked() and nothing.is_disabled()
    stroke(page, (0.3, 0.3), (0.95, 0.5), "mouse")  # beyond the edge: it stops there
    edges = [page.locator(ROWS).locator(f"[name={name}]") for name in ("left", "right")]
    left, right = (float(each.input_value()) for each in edges)
    assert right == pytest.approx(100, abs=0.01) and right - left == pytest.approx(20, abs=0.5)
    edges[0].fill("10")
    frame = page.locator(FRAMES)
    assert frame.get_attribute("x") == "1000"
    page.get_by_role("button", name="Take region 1 away").click()
    assert frame.count() == 0 and nothing.is_enabled()
