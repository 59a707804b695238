"""A verdict through the API rests on exactly what its examiner saw, as one of the page does."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from casework.examinations import showing
from casework.photographs.masking import latest
from rules.roles import Role
from storage.rows import every, one
from storage.tables import Examination, Photo, Verdict
from tests.portal.small_world import World, send
from tests.portal.test_api import api, post, verdict
from tests.portal.test_workbench import library

ROOT = Path(__file__).parents[2]


def documented() -> Callable[[dict[str, Any]], str]:
    """The function that docs/api.md gives to clients."""
    (code,) = (
        block
        for block in re.findall(r"```python\n(.*?)```", (ROOT / "docs/api.md").read_text(), re.S)
        if "def shown_digest" in block
    )
    names: dict[str, Any] = {}
    exec(code, names)
    return names["shown_digest"]


def mask(world: World) -> str:
    """A clerk masks the photo I01 of the examination; gives the digest of the copy."""
    with world.db.read() as tx:
        owner = world.row(world.testbuys["examined"]).id
        photo = one(tx, Photo, testbuy_id=owner, shot="I01")
    assert photo is not None
    edges = {"left": ["10"], "top": ["20"], "right": ["30"], "bottom": ["40"]}
    answer = send(
        world.client(Role.CLERK), f"/photos/{photo.public_id}/masks", seen="0", kind=["phone"],
        **edges,
    )  # fmt: skip
    assert answer.status_code == 303
    with world.db.read() as tx:
        made = latest(tx, photo.id)
    assert made is not None
    return made.digest


@pytest.fixture
def here(world: World) -> str:
    library(world)
    return f"/examinations/{world.examinations[world.testbuys['examined']]}"


def read(client: httpx.Client, here: str) -> dict[str, Any]:
    return client.get(f"/api/v1{here}").json()


def test_the_api_names_what_the_page_names(world: World, here: str) -> None:
    client = api(world, Role.AUTHENTICATOR)
    post(client, f"{here}/claim", "claim")
    page = world.client(Role.AUTHENTICATOR).get(here).text
    told = read(client, here)
    assert f'name="seen" value="{told["shown_digest"]}"' in page
    assert documented()(told) == told["shown_digest"]
    assert [each["title"] for each in told["references"]] == ["Front", "Glue"]
    assert told["references"][0]["place"] == {"left": 0, "top": 0, "right": 99, "bottom": 99}
    assert told["references"][1]["href"] is None
    pictures = [each for each in (*told["photos"], *told["references"]) if each["href"]]
    assert len(pictures) == len(told["photos"]) + 1
    for each in pictures:
        answer = client.get(each["href"])
        assert "sha256:" + hashlib.sha256(answer.content).hexdigest() == each["shown"]
        assert answer.headers["etag"] == f'"{each["shown"]}"'
    words = client.get(f"/api/v1{here}/references/{told['references'][1]['reference']}")
    assert words.status_code == 404
    # Another brand's reader neither gets the picture, nor finds it beside an examination of theirs.
    other = api(world, "other authenticator")
    theirs = f"/examinations/{world.examinations[world.testbuys['other brand']]}"
    for address in (told["references"][0]["href"].replace(here, theirs), pictures[-1]["href"]):
        assert other.get(address).status_code == 404
    assert read(other, theirs)["references"] == []


def test_a_verdict_on_what_is_no_longer_shown_is_refused(world: World, here: str) -> None:
    """What the client's examiner saw before a photo was masked, and before the library grew."""
    client = api(world, Role.AUTHENTICATOR)
    post(client, f"{here}/claim", "claim")
    public_id = here.rpartition("/")[2]
    unmasked = verdict(world, client, public_id)
    copy = mask(world)
    assert read(client, here)["shown_digest"] != unmasked["shown_digest"]
    refused = post(client, f"{here}/verdict", "before-mask", **unmasked)
    assert (refused.status_code, refused.json()["type"][-6:]) == (409, "#stale")
    assert "have changed" in refused.json()["reasons"][0]
    masked = verdict(world, client, public_id)
    product = read(client, here)["references"][0]["product"]
    assert product == "Aura"
    send(
        world.client(Role.AUTHENTICATOR), "/references/1/entries", kind="known_tell",
        title="Screws", text="Cross-headed.",
    )  # fmt: skip
    assert post(client, f"{here}/verdict", "before-tell", **masked).status_code == 409
    with world.db.read() as tx:
        assert every(tx, Verdict, examination_id=_row(world, public_id).id) == []
    last = verdict(world, client, public_id)
    assert post(client, f"{here}/verdict", "seen", **last).status_code == 201
    with world.db.read() as tx:
        row = _row(world, public_id)
        (sealed,) = every(tx, Verdict, examination_id=row.id)
        kept = showing.kept(tx, sealed.id)
    assert showing.digest_of(kept) == last["shown_digest"]
    assert copy in [each.copy for each in kept]


def _row(world: World, public_id: str) -> Examination:
    with world.db.read() as tx:
        row = one(tx, Examination, public_id=public_id)
    assert row is not None
    return row
