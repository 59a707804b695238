"""Small copies of photos: light enough for lists, of the copy a person may see and of no other."""

import re
from io import BytesIO

from PIL import Image

from casework.photographs import masking
from casework.photographs.masking import Marked
from evidence.small import SMALL_EDGE, small
from rules.audience import MaskKind, Region
from rules.roles import Role
from storage.rows import one
from storage.tables import Photo
from tests.portal.small_world import World, picture

SHEET_OF_TWELVE = 250_000
"""Bytes."""


def _size(data: bytes) -> tuple[int, int]:
    return Image.open(BytesIO(data)).size


def test_a_contact_sheet_of_twelve_is_light(world: World) -> None:
    """Also of photos as noisy as these, which pack worse than any real one."""
    clerk = world.client(Role.CLERK)
    page = clerk.get(f"/testbuys/{world.testbuys['judged']}").text
    shown = re.findall(r'<img src="(/photos/[^"]+)"', page)
    assert len(shown) >= 8
    answers = [clerk.get(address) for address in shown]
    assert {answer.headers["content-type"] for answer in answers} == {"image/jpeg"}
    assert all(max(_size(answer.content)) <= SMALL_EDGE for answer in answers)
    assert sum(len(answer.content) for answer in answers) / len(answers) * 12 < SHEET_OF_TWELVE
    tag = {"if-none-match": answers[0].headers["etag"]}
    assert clerk.get(shown[0], headers=tag).status_code == 304
    assert clerk.get(shown[0].removesuffix("/small"), headers=tag).status_code == 200


def test_a_masked_photo_is_small_only_as_masked(world: World) -> None:
    """The small copy that staff were shown before is not what an examiner is given."""
    reference = world.testbuys["examined"]
    with world.db.read() as tx:
        photo = one(tx, Photo, testbuy_id=world.row(reference).id, shot="I01")
    assert photo is not None
    here = f"/photos/{photo.public_id}/small"
    clerk, examiner = world.client(Role.CLERK), world.client(Role.AUTHENTICATOR)
    before = examiner.get(here)
    assert before.content == clerk.get(here).content
    hidden = Marked(MaskKind.PHONE, Region(2500, 2500, 7500, 7500))
    masking.mark(
        world.db, world.vault, world.act(Role.CLERK, "mask"), photo.public_id, seen=0,
        regions=[hidden], nothing=False,
    )  # fmt: skip
    after = examiner.get(here, headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200
    grey = Image.open(BytesIO(after.content)).convert("L")
    left, top = round(0.28 * grey.width), round(0.28 * grey.height)
    right, bottom = round(0.72 * grey.width), round(0.72 * grey.height)
    assert grey.crop((left, top, right, bottom)).getextrema()[1] <= 2
    assert clerk.get(here).content == before.content
    assert world.client("other authenticator").get(here).status_code == 404


def test_what_is_small_already_stays_as_it_is() -> None:
    tiny = picture("tiny", width=320)
    assert small(tiny) is tiny
    assert _size(small(picture("upright", width=640))) == (SMALL_EDGE, 300)
