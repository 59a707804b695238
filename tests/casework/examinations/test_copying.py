"""Close copies: of what examiners see alone, before the examination opens, by the run in charge."""

import io

import pytest
from PIL import Image

from casework.auditing import verifying
from casework.errors import LeaseLost
from casework.examinations import copying, showing
from evidence.photos import PREVIEW_EDGE
from rules.lifecycle import Stage
from storage.rows import change, table_of
from storage.tables import Examination, Photo

EXAMINED = {"U02", "I01", "I02", "B02"}


def draw(town, reference, **act):
    return copying.draw_close_copies(town.db, town.vault, town.engine(**act), reference)


def close(town, reference):
    return {photo.shot for photo in town.of(Photo, reference) if photo.close_digest}


def test_a_photo_that_examiners_see_is_drawn_once_and_whole(both):
    reference = both.bring(Stage.DOCUMENTED)
    assert draw(both, reference) == len(EXAMINED)
    assert close(both, reference) == EXAMINED, "a photo that examiners never get was drawn too"
    assert draw(both, reference) == 0
    for photo in both.of(Photo, reference):
        if photo.close_digest:
            copy = Image.open(io.BytesIO(both.vault.read(photo.close_digest)))
            assert copy.size == (photo.width, photo.height)
            assert photo.width > PREVIEW_EDGE


def test_nothing_is_drawn_under_an_open_examination(both):
    """What its page named as shown would be something else under the eyes of whoever judges."""
    reference = both.bring(Stage.SUBMITTED)
    with both.db.write() as tx:
        change(tx, Photo, table_of(Photo).c.id > 0, close_digest=None)
    before = _digest(both, reference)
    assert draw(both, reference) == 0
    assert _digest(both, reference) == before


def test_a_run_that_lost_its_lease_names_no_copy(both):
    reference = both.bring(Stage.DOCUMENTED)
    lost = both.take(reference, "first")
    both.later(hours=1)
    assert both.take(reference, "second")
    with pytest.raises(LeaseLost):
        draw(both, reference, hold=lost)
    assert close(both, reference) == set()


def test_a_close_copy_that_is_damaged_is_told(both):
    reference = both.bring(Stage.DOCUMENTED)
    draw(both, reference)
    (photo,) = (each for each in both.of(Photo, reference) if each.shot == "I01")
    path = both.vault.path(photo.close_digest)
    path.chmod(0o600)
    path.write_bytes(b"another picture")
    found = verifying.check_testbuy(both.db, both.vault, reference)
    assert any("I01" in problem for each in found for problem in each.problems)


def _digest(town, reference):
    (examination,) = town.of(Examination, reference)
    with town.db.read() as tx:
        return showing.digest_of(showing.on_page(tx, examination))
