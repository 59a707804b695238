"""Our own photo that looks like a seller's picture kept before: a person says whose it is."""

import io

import numpy as np
import pytest
from PIL import Image

from casework.photographs import resembling
from rules.identifiers import IdentifierState
from rules.lifecycle import Stage
from rules.linkage import ProposalState
from rules.pictures import Whose
from rules.roles import Role
from storage.tables import Identifier, LinkProposal, Notice, Resemblance, Route
from tests.casework.intake.test_codes import noted
from tests.casework.operators.test_linking import answer, confirm, owners, proposals
from tests.casework.operators.test_sellers_pictures import fetched, hand_in, picture
from tests.casework.photographs.test_resembling import take


def fits(data):
    """A picture as a photograph that passes the gates: large and sharp."""
    chance = np.random.default_rng(5)
    whole = Image.open(io.BytesIO(data)).convert("RGB").resize((2250, 2000))
    grain = Image.fromarray(chance.integers(0, 255, (2000, 2250, 3), np.uint8))
    out = io.BytesIO()
    Image.blend(whole, grain, 0.2).save(out, "JPEG", quality=85)
    return out.getvalue()


@pytest.fixture
def compared(both):
    """Two shops linked by a picture that was handed in, and then a photo of ours like it."""
    town = both
    ours, other = town.bring(Stage.ORDERED, 1), town.request(2)
    hand_in(town, ours, picture(3))
    fetched(town, other, picture(3, quality=60))
    (proposal,) = proposals(town)
    taken = take(town, ours, "R01", fits(picture(3)))
    assert taken.accepted
    assert resembling.SELLERS_REMARK in taken.remarks
    return town, ours, other, proposal


def of(town, reference):
    """The comparison that waits about a picture kept for a test buy."""
    return next(row for row in resembling.pictures_waiting(town.db) if row.kept_for == reference)


def test_a_photo_taken_after_the_same_picture_was_a_sellers_is_put_before_people(compared):
    town, ours, other, proposal = compared
    waiting = resembling.pictures_waiting(town.db)
    assert [(row.testbuy, row.kept_for, row.by_machine) for row in waiting] == [
        (ours, ours, False), (ours, other, True),
    ]  # fmt: skip
    told = [notice for notice in town.all(Notice) if "kept as a seller's" in notice.text]
    assert {notice.to_role for notice in told} == {Role.SUPERVISOR, Role.ANALYST}
    assert len(noted(town, ours, "photo looks like a seller's picture")) == 1
    # Until somebody has said whose it is, nothing rests on it.
    with town.refuses("our own people looks nearly the same"):
        answer(town, proposal, ProposalState.ACCEPTED)
    (mine,) = [row for row in town.all(Identifier) if row.shop_id == town.shop(1).id]
    with town.refuses("our own people looks nearly the same"):
        confirm(town, mine.id)
    assert owners(town, 1, 2) == [None, None]


def test_what_a_picture_in_doubt_tells_of_a_camera_is_in_doubt_too(on_sqlite):
    town = on_sqlite
    ours = town.bring(Stage.ORDERED, 1)
    hand_in(town, ours, picture(3, Make="Canon", BodySerialNumber="0420712345"))
    (device,) = town.all(Identifier)
    assert take(town, ours, "R01", fits(picture(3))).accepted
    with town.refuses("our own people looks nearly the same"):
        confirm(town, device.id)
    resembling.settle_picture(
        town.db, town.vault, town.act(Role.ANALYST), of(town, ours).number, whose=None, remark=""
    )
    confirm(town, device.id)
    assert [row.state for row in town.all(Identifier)] == [IdentifierState.CONFIRMED]


def test_found_to_be_our_own_it_is_no_sellers_and_says_nothing_again(compared):
    town, ours, other, _ = compared
    number = of(town, ours).number
    judge = town.act(Role.ANALYST)
    with town.refuses("Only a supervisor or an analyst"):
        resembling.settle_picture(
            town.db, town.vault, town.act(Role.CLERK), number, whose=Whose.OURS, remark="x"
        )
    with town.refuses("Say what makes them"):
        resembling.settle_picture(town.db, town.vault, judge, number, whose=Whose.OURS, remark=" ")
    with town.refuses("it is the seller's"):
        resembling.settle_picture(
            town.db,
            town.vault,
            judge,
            of(town, other).number,
            whose=Whose.OURS,
            remark="Our table.",
        )
    resembling.settle_picture(
        town.db, town.vault, judge, number, whose=Whose.OURS, remark="Our table."
    )
    states = {row.shop_id - town.shop(1).id: row.state for row in town.all(Identifier)}
    assert states == {0: IdentifierState.WITHDRAWN, 1: IdentifierState.RECORDED}
    assert {row.state for row in town.all(LinkProposal)} == {ProposalState.LAPSED}
    for reference in (ours,):
        assert len(noted(town, reference, "photo compared with a seller's picture")) == 1
    # A third shop shows it: the first one, where it was ours, is not tied to it.
    fetched(town, town.request(3), picture(3, quality=70))
    first = town.shop(1).id
    assert {(row.shop_id - first, row.other_id - first) for row in proposals(town)} == {(1, 2)}
    with town.refuses("compared already"):
        resembling.settle_picture(town.db, town.vault, judge, number, whose=None, remark="")


def settle_ours(town, reference):
    resembling.settle_picture(
        town.db, town.vault, town.act(Role.ANALYST), of(town, reference).number, whose=Whose.OURS,
        remark="Our table.",
    )  # fmt: skip


def test_our_own_camera_is_withdrawn_with_each_of_our_pictures(on_sqlite):
    town = on_sqlite
    ours = town.bring(Stage.ORDERED, 1)
    told = {"Make": "Canon", "BodySerialNumber": "0420712345"}
    hand_in(town, ours, picture(3, **told))
    hand_in(town, ours, picture(4, **told))
    hand_in(town, ours, picture(5, Make="Nikon", BodySerialNumber="3100712345"))
    assert len(town.all(Identifier)) == 2
    assert take(town, ours, "R01", fits(picture(3))).accepted
    settle_ours(town, ours)
    states = {row.value.split()[0]: row.state for row in town.all(Identifier)}
    assert states == {"Canon": IdentifierState.RECORDED, "Nikon": IdentifierState.RECORDED}, (
        "another picture, not known to be ours, tells the same camera"
    )
    assert take(town, ours, "R02", fits(picture(4))).accepted
    settle_ours(town, ours)
    states = {row.value.split()[0]: row.state for row in town.all(Identifier)}
    assert states == {"Canon": IdentifierState.WITHDRAWN, "Nikon": IdentifierState.RECORDED}


def test_our_own_camera_is_withdrawn_though_the_seller_sent_pictures_too(on_sqlite):
    town = on_sqlite
    ours = town.bring(Stage.ORDERED, 1)
    hand_in(town, ours, picture(3, Make="Canon", BodySerialNumber="0420712345"))
    hand_in(town, ours, picture(4))
    assert take(town, ours, "R01", fits(picture(3))).accepted
    settle_ours(town, ours)
    assert [row.state for row in town.all(Identifier)] == [IdentifierState.WITHDRAWN]


def test_a_photo_of_the_sellers_picture_takes_nothing_from_the_link(compared):
    town, ours, other, proposal = compared
    judge = town.act(Role.SUPERVISOR)
    for reference in (ours, other):
        resembling.settle_picture(
            town.db,
            town.vault,
            judge,
            of(town, reference).number,
            whose=Whose.SELLERS,
            remark="A screen.",
        )
    assert resembling.pictures_waiting(town.db) == ()
    answer(town, proposal, ProposalState.ACCEPTED)
    assert owners(town, 1, 2)[0] == owners(town, 1, 2)[1] is not None


def test_a_screen_shows_a_sellers_picture_as_it_should(on_sqlite):
    town = on_sqlite
    ours = town.bring(Stage.ASSIGNED, 1, route=Route.BY_HAND)
    hand_in(town, ours, picture(3))
    assert take(town, ours, "P01", fits(picture(3))).accepted
    assert town.all(Resemblance) == []
