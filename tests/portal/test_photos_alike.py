"""The page on which a person compares two photos that look alike."""

from casework.intake import photographing
from rules.roles import Role
from storage.rows import every, one
from storage.tables import Resemblance
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
