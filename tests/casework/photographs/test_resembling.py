"""Photos that look like one of another test buy: flagged, told, settled by a person."""

import io

import numpy as np
import pytest
from PIL import Image

from casework.intake import photographing
from casework.photographs import resembling
from evidence.photos import examine
from rules.lifecycle import Stage
from rules.roles import Role
from storage.tables import Notice, Photo, PhotoBand, Resemblance, Route


def photo(seed, *, quality=88, lighter=0):
    """A sharp photo of 2,000 pixels; another quality gives other bytes and the same picture."""
    chance = np.random.default_rng(seed)
    coarse = Image.fromarray(chance.integers(40, 200, (8, 9, 3), np.uint8))
    fine = Image.fromarray(chance.integers(0, 255, (1500, 2000, 3), np.uint8))
    mixed = Image.blend(coarse.resize((2000, 1500), Image.Resampling.BICUBIC), fine, 0.3)
    out = io.BytesIO()
    mixed.point(lambda value: min(255, value + lighter)).save(out, "JPEG", quality=quality)
    return out.getvalue()


FIRST, AGAIN, OTHER = photo(1), photo(1, quality=60, lighter=6), photo(2)


def take(town, reference, shot, data):
    return photographing.take_photo(
        town.db, town.vault, town.buyer(reference), reference, shot=shot, data=data, name="x"
    )


@pytest.fixture
def pair(both):
    """A town in which two test buys have nearly the same photo."""
    references = both.bring(Stage.ORDERED), both.bring(Stage.ORDERED, 2)
    answers = [
        take(both, ref, "R01", data) for ref, data in zip(references, (FIRST, AGAIN), strict=True)
    ]
    assert [answer.accepted for answer in answers] == [True, True]
    return both, references, answers


def test_a_photo_like_another_test_buys_is_accepted_and_put_before_people(pair):
    town, (first, second), answers = pair
    assert resembling.REMARK not in answers[0].remarks
    assert resembling.REMARK in answers[1].remarks
    assert first not in " ".join(answers[1].remarks)
    (row,) = town.all(Resemblance)
    assert (row.photo_id, row.earlier_id) == (
        town.of(Photo, second)[-1].id,
        town.of(Photo, first)[-1].id,
    )
    assert row.same is None and 0 <= row.distance <= 7
    told = [notice for notice in town.all(Notice) if second in notice.text]
    assert {notice.to_role for notice in told} == {Role.SUPERVISOR, Role.ANALYST}
    (shown,) = resembling.waiting(town.db)
    assert (shown.testbuy, shown.earlier_testbuy) == (second, first)


def test_neither_another_picture_nor_one_of_the_same_test_buy_is_flagged(both):
    first, second = both.bring(Stage.ORDERED), both.bring(Stage.ORDERED, 2)
    assert take(both, first, "R01", FIRST).accepted
    assert resembling.REMARK not in take(both, first, "R04", AGAIN).remarks
    assert resembling.REMARK not in take(both, second, "R01", OTHER).remarks
    assert both.all(Resemblance) == []


def test_screens_look_alike_and_are_never_flagged(on_sqlite):
    town = on_sqlite
    first, second = (town.bring(Stage.ASSIGNED, n, route=Route.BY_HAND) for n in (1, 2))
    for reference, data in ((first, FIRST), (second, AGAIN)):
        assert take(town, reference, "P01", data).accepted
    assert town.all(Resemblance) == [] and town.all(PhotoBand) == []


def test_a_person_settles_it_once_and_both_ledgers_hold_it(pair):
    town, references, _answers = pair
    number = town.all(Resemblance)[0].id
    for role in (Role.CLERK, Role.APPROVER, Role.AUTHENTICATOR):
        with town.refuses("Only a supervisor or an analyst"):
            resembling.settle(town.db, town.act(role), number, same=False, remark="")
    with town.refuses("Say what makes them the same"):
        resembling.settle(town.db, town.act(Role.ANALYST), number, same=True, remark=" ")
    resembling.settle(town.db, town.act(Role.SUPERVISOR), number, same=False, remark="")
    assert town.all(Resemblance)[0].same is False and resembling.waiting(town.db) == ()
    for reference in references:
        *_, last = town.ledger(reference)
        assert b"photos that look alike compared" in last.body
    with town.refuses("compared already"):
        resembling.settle(town.db, town.act(Role.ANALYST), number, same=True, remark="No")


def test_the_two_kinds_of_picture_are_what_they_are_taken_for():
    codes = [examine(data).dhash for data in (FIRST, AGAIN, OTHER)]
    assert None not in codes
    assert (codes[0] ^ codes[1]).bit_count() <= 7 < (codes[0] ^ codes[2]).bit_count()
