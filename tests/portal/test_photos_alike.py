"""The page on which a person compares two photos that look alike."""

from casework.intake import photographing
from rules.roles import Role
from storage.rows import every, one
from storage.tables import Resemblance, SellerPicture
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


def test_a_picture_in_doubt_is_marked_wherever_something_rests_on_it(world: World) -> None:
    analyst, ours, other = (
        world.client(Role.ANALYST), world.testbuys["assigned"], world.testbuys["judged"],
    )  # fmt: skip
    for reference, quality in ((ours, 85), (other, 60)):
        file = {"picture": ("p.jpg", picture(3, quality=quality), "image/jpeg")}
        here = f"/testbuys/{reference}/sellers-pictures"
        assert send(analyst, here, origin="chat", files=file).status_code == 303
    asked, listed = "/proposals", f"/testbuys/{ours}/sellers-pictures"
    shop = f"/shops/{world.row(ours).shop_id}"
    for page in (asked, listed, shop):
        assert "in doubt" not in analyst.get(page).text
    offered = analyst.get(shop).text.count("identifiers/confirm")
    photographing.take_photo(
        world.db, world.vault, world.act(Role.BUYER, "alike"), ours, shot="R01",
        data=fits(picture(3)), name="x",
    )  # fmt: skip
    pictures = {row.testbuy_id: row.public_id for row in world.rows(SellerPicture)}
    mine, theirs = (pictures[world.row(each).id] for each in (ours, other))
    decide = f"/alike?picture={mine}"
    for page in (asked, listed, shop):
        text = analyst.get(page).text
        assert "in doubt" in text and f'"{decide}"' in text
    assert f"/alike?picture={theirs}" in analyst.get(asked).text
    assert analyst.get(shop).text.count("identifiers/confirm") == offered - 1
    counsel = world.client(Role.COUNSEL).get(shop).text
    assert "in doubt" in counsel and "/alike" not in counsel
    both, one = analyst.get("/alike").text, analyst.get(decide).text
    assert both.count('data-row="picture-') == 2
    assert one.count('data-row="picture-') == 1 and f'src="/sellers-pictures/{mine}"' in one
    for pair in world.rows(Resemblance):
        said = {"picture": str(pair.id), "answer": "another_picture", "remark": ""}
        assert send(analyst, "/alike", **said).status_code == 303
    assert "somebody has said whose it is" in analyst.get(decide).text
    for page in (asked, listed, shop):
        assert "in doubt" not in analyst.get(page).text
