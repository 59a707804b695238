"""Marking a photo through the page, by numbers as a keyboard types them, and by pointer."""

import io
import re
import subprocess
import sys

from PIL import Image

from casework.intake import photographing
from casework.photographs.masking import latest
from evidence.digests import sha256_of
from evidence.vault import Vault
from rules.roles import Role
from simulator.pictures import draw
from storage.rows import every, one
from storage.tables import MaskRegion, Photo
from tests.portal.small_world import World, csrf, send


def _photo(world: World, shot: str) -> Photo:
    with world.db.read() as tx:
        owner = world.row(world.testbuys["examined"]).id
        photo = one(tx, Photo, testbuy_id=owner, shot=shot)
    assert photo is not None
    return photo


def test_a_clerk_marks_by_numbers_and_the_authenticator_sees_the_copy(world: World) -> None:
    photo = _photo(world, "I01")
    here = f"/photos/{photo.public_id}"
    clerk = world.client(Role.CLERK)
    page = clerk.get(f"{here}/masks")
    assert page.status_code == 200
    assert 'name="seen" value="0"' in page.text
    assert page.text.count('<select name="kind"') >= 12
    empty = {name: ["", ""] for name in ("left", "top", "right", "bottom")}
    wrong = send(clerk, f"{here}/masks", seen="0", kind=["phone", ""], **empty)
    assert wrong.status_code == 422
    edges = {"left": ["10", ""], "top": ["20.5", ""], "right": ["30", ""], "bottom": ["40", ""]}
    made = send(clerk, f"{here}/masks", seen="0", kind=["phone", ""], **edges)
    assert made.headers["location"] == f"{here}/masks?did=masked"
    with world.db.read() as tx:
        mask = latest(tx, photo.id)
        (region,) = every(tx, MaskRegion)
    assert mask is not None
    assert (region.left, region.top, region.right, region.bottom) == (1000, 2050, 3000, 4000)
    stale = send(clerk, f"{here}/masks", seen="0", nothing="yes")
    assert stale.status_code == 409
    copy = Vault(world.home / "vault").read(mask.digest)
    seen = world.client(Role.AUTHENTICATOR).get(here)
    assert seen.content == copy
    assert seen.headers["x-made-from"] == photo.digest
    # Staff see the whole picture, and the copy where they ask for it.
    assert clerk.get(here).content != copy
    assert clerk.get(f"{here}/masked").content == copy
    assert "version 1" in clerk.get(f"{here}/masks").text
    for role in (Role.AUTHENTICATOR, Role.ANALYST):
        other = world.client(role)
        assert other.get(f"{here}/masks").status_code == 403
        answer = other.post(f"{here}/masks", data={"csrf": csrf(other), "nothing": "yes"})
        assert answer.status_code == 403


def test_a_buyer_marks_own_photos_only(world: World) -> None:
    photo = _photo(world, "P07")
    here = f"/photos/{photo.public_id}/masks"
    task = world.client(Role.BUYER).get(f"/tasks/{world.testbuys['examined']}")
    assert f'href="{here}"' in task.text
    assert world.client("other buyer").get(here).status_code == 404
    other = world.client("other buyer")
    assert send(other, here, seen="0", nothing="yes").status_code == 404
    assert send(world.client(Role.BUYER), here, seen="0", nothing="yes").status_code == 303


def test_the_pages_policy_lets_its_own_module_run_and_no_other(world: World) -> None:
    page = world.client(Role.CLERK).get(f"/photos/{_photo(world, 'I01').public_id}/masks")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    scripts = re.findall(r"<script[^>]*>", page.text)
    sources = [re.search(r'src="(/static/[^"]+)"', script) for script in scripts]
    assert all(sources), "a script stands in the page itself"
    (own,) = (each[1] for each in sources if each and "masks.js" in each[1])
    answer = world.client().get(own)
    assert answer.status_code == 200
    assert "javascript" in answer.headers["content-type"]


def test_a_heic_photo_is_shown_decoded_and_its_copy_names_the_original(world: World) -> None:
    """An iPhone's photo: no browser draws it, so that both the page and others get a JPEG."""
    drawn = draw("I01", seed=9, reference="TB", taken_at=world.now, size=(800, 600))
    make = (
        "import io, sys, pillow_heif; from PIL import Image; out = io.BytesIO();"
        "pillow_heif.from_pillow(Image.open(sys.stdin.buffer)).save(out, quality=70);"
        "sys.stdout.buffer.write(out.getvalue())"
    )
    # In a process of its own, as everywhere: the decoder is never loaded into this one.
    data = subprocess.run(
        [sys.executable, "-c", make], input=drawn, check=True, capture_output=True
    ).stdout
    taken = photographing.take_photo(
        world.db, Vault(world.home / "vault"), world.act(Role.CLERK, "heic"),
        world.testbuys["assigned"], shot="I01", data=data, name="IMG_1.HEIC",
    )  # fmt: skip
    here, clerk = f"/photos/{taken.public_id}", world.client(Role.CLERK)
    assert clerk.get(f"{here}/masks").text.count("/masks") and clerk.get(here).status_code == 200
    assert Image.open(io.BytesIO(clerk.get(here).content)).format == "JPEG"
    edges = {"left": ["10"], "top": ["20"], "right": ["60"], "bottom": ["70"]}
    assert send(clerk, f"{here}/masks", seen="0", kind=["address"], **edges).status_code == 303
    copy = clerk.get(f"{here}/masked")
    assert copy.headers["x-made-from"] == sha256_of(data)
    grey = Image.open(io.BytesIO(copy.content)).convert("L")
    middle = (0.3 * grey.width, 0.4 * grey.height, 0.5 * grey.width, 0.6 * grey.height)
    assert grey.crop(tuple(map(round, middle))).getextrema()[1] <= 2
