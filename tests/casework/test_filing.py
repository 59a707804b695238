"""Videos, documents and stripped photos at the door: kept as they come, judged by their kind."""

import io

import pytest
from PIL import Image

from casework.programme import programme
from rules.lifecycle import Stage
from rules.roles import Role
from storage.tables import Photo
from tests.casework.intake.test_photographs import take
from tests.casework.programme_in import picture

FILM = b"RIFF\0\0\0\0AVI LIST" + bytes(range(251)) * 400
PDF = b"%PDF-1.7\n" + b"0" * 3000


def stripped():
    out = io.BytesIO()
    Image.open(io.BytesIO(picture("bare"))).save(out, "JPEG", quality=70, exif=b"")
    return out.getvalue()


def test_a_video_is_kept_in_pieces_and_accepted_for_its_shot(both):
    reference = both.bring(Stage.RECEIVED)
    taken = take(both, reference, "U01", io.BytesIO(FILM))
    assert taken.accepted, taken.reasons
    assert any("was not played" in remark for remark in taken.remarks)
    row = both.of(Photo, reference)[-1]
    assert (row.media_type, row.size, row.preview_digest) == ("video/x-msvideo", len(FILM), None)
    assert b"".join(both.vault.chunks(row.digest)) == FILM
    assert take(both, reference, "U01", io.BytesIO(FILM)) == taken


@pytest.mark.parametrize(
    ("shot", "data", "said"),
    [
        ("U01", picture("no film"), "U01 is a video"),
        ("U01", PDF, "U01 is a video"),
        ("U01", FILM[:900], "choose the whole video"),
        ("I01", FILM, "I01 is a photograph"),
        ("I01", PDF, "I01 is a photograph"),
        ("D01", FILM, "D01 is a document"),
    ],
)
def test_a_file_of_another_kind_is_kept_and_told_what_to_do(on_sqlite, shot, data, said):
    town = on_sqlite
    reference = town.bring(Stage.RECEIVED)
    taken = take(town, reference, shot, data)
    assert not taken.accepted and said in taken.reasons[0]
    # The opening of a parcel does not come back: a supervisor looks at what there is.
    assert taken.kept_for_supervisor == (shot == "U01")
    assert town.vault.read(town.of(Photo, reference)[-1].digest) == data


@pytest.mark.parametrize("data", [PDF, picture("scan")])
def test_a_document_is_a_pdf_or_a_picture(on_sqlite, data):
    reference = on_sqlite.bring(Stage.RECEIVED)
    assert take(on_sqlite, reference, "D01", data).accepted


def test_larger_than_the_policy_is_refused_and_nothing_is_kept(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.RECEIVED)
    programme.set_policy(town.db, town.act(Role.ADMINISTRATOR), "video_megabytes", 1)
    kept = list(town.vault.digests())
    with town.refuses("larger than the 1 MB allowed"):
        take(town, reference, "U01", FILM * 11)
    assert list(town.vault.digests()) == kept


def test_a_photo_without_anything_of_the_camera_is_remarked(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.ORDERED)
    bare = take(town, reference, "R04", stripped())
    assert bare.accepted
    assert any("nothing that a camera writes" in remark for remark in bare.remarks)
