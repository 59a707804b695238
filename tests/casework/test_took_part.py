"""Who had a part in a test buy: each table that tells of a person is read, on both databases."""

from rules.lifecycle import Move, Stage
from rules.roles import Role
from storage.rows import add, every
from storage.tables import Mask, MoveRecord, Person, Photo, Waiver
from storage.took_part import took_part


def test_each_row_that_tells_of_a_person_counts(both, now):
    reference = both.bring(Stage.SUBMITTED)
    testbuy = both.row(reference)
    with both.db.write() as tx:
        before = took_part(tx, testbuy.id)
        named = {"analyst", "approver", "buyer", "clerk"}
        assert before >= {number for name, number in both.people.items() if name in named}
        assert None not in before
        marks, waives, moves, takes, examines = (
            add(tx, Person, name=word, email=f"{word}@example.org", created_at=now)
            for word in ("marks", "waives", "moves", "takes", "examines")
        )
        photo = every(tx, Photo, testbuy_id=testbuy.id)[0]
        add(
            tx, Mask, photo_id=photo.id, version=9, digest="sha256:1", made_from="sha256:2",
            marked_by=marks, marked_at=now,
        )  # fmt: skip
        add(
            tx, Waiver, testbuy_id=testbuy.id, shot="U08", reason="None is on it.",
            waived_by=waives, waived_at=now,
        )  # fmt: skip
        for version, (person, role) in enumerate(
            ((moves, Role.SUPERVISOR), (examines, Role.AUTHENTICATOR)), 90
        ):
            add(
                tx, MoveRecord, testbuy_id=testbuy.id, version=version, move=Move.SUBMIT,
                target=Stage.SUBMITTED, moved_at=now, by_role=role, by_person=person, reasons=[],
            )  # fmt: skip
        add(
            tx, Photo, public_id="another", testbuy_id=testbuy.id, shot="U08", digest="sha256:3",
            size=1, media_type="image/jpeg", width=1, height=1, readable=True, accepted=True,
            preview_digest="sha256:4", original_name="a.jpg", received_by=takes, received_at=now,
        )  # fmt: skip
        assert took_part(tx, testbuy.id) == before | {marks, waives, moves, takes}
