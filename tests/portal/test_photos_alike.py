"""The page on which a person compares two photos that look alike."""

from casework.intake import photographing
from rules.roles import Role
from storage.rows import every, one
from storage.tables import Resemblance
from tests.casework.operators.test_our_own_pictures import fits
from tests.casework.operators.test_sellers_pictures import picture
from tests.casework.photographs.test_resembling import AGAIN, FIRST
from tests.portal.small_world import World, send


def test_a_pair_is_shown_and_settled_by_its_form(world: World) -> None:
    for which, data in (("assigned", FIRST), ("examined", AGAIN)):
        buyer, reference = world.act(Role.BUYER, f"{which} alike"), world.testbuys[which]
        photographing.take_photo(
            world.db, world.vault, buyer, reference, shot="R01", data=data, name="x"
        )
    with world.db.read() as tx:
        (pair,) = every(tx, Resemblance)
    analyst = world.client(Role.ANALYST)
    assert f'name="pair" value="{pair.id}"' in analyst.get("/alike").text
    said = {"pair": str(pair.id), "answer": "the_same_picture", "remark": ""}
    assert send(analyst, "/alike", **said).status_code == 409
    said["remark"] = "The same crease in the tape"
    assert send(analyst, "/alike", **said).status_code == 303
    with world.db.read() as tx:
        settled = one(tx, Resemblance, id=pair.id)
    assert settled is not None
    assert (settled.same, settled.remark) == (True, "The same crease in the tape")
    assert f'name="pair" value="{pair.id}"' not in analyst.get("/alike").text


def test_a_photo_like_a_sellers_picture_is_shown_with_it_and_settled_by_its_form(
    world: World,
) -> None:
    analyst, reference = world.client(Role.ANALYST), world.testbuys["assigned"]
    file = {"picture": ("p.jpg", picture(3), "image/jpeg")}
    kept = send(analyst, f"/testbuys/{reference}/sellers-pictures", origin="chat", files=file)
    assert kept.status_code == 303
    photographing.take_photo(
        world.db, world.vault, world.act(Role.BUYER, "alike"), reference, shot="R01",
        data=fits(picture(3)), name="x",
    )  # fmt: skip
    with world.db.read() as tx:
        (pair,) = every(tx, Resemblance)
    page = analyst.get("/alike").text
    assert f'name="picture" value="{pair.id}"' in page and "/sellers-pictures/" in page
    assert "Nothing to compare" not in page
    said = {"picture": str(pair.id), "answer": "our_own_photo", "remark": ""}
    assert send(analyst, "/alike", **said).status_code == 409
    assert send(analyst, "/alike", **said | {"answer": "the_same_picture"}).status_code == 422
    said["remark"] = "Our table"
    assert send(analyst, "/alike", **said).status_code == 303
    assert f'value="{pair.id}"' not in analyst.get("/alike").text
    assert "our own photo" in world.client(Role.SUPERVISOR).get("/overrides").text
