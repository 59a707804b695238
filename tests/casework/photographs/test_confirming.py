"""What no machine read in a photo: a clerk compares it, and the ledger remembers who said what."""

import json

import pytest

from casework.buying import attempts, ending
from casework.errors import NotFound, Stale
from casework.photographs import confirming
from casework.sanctioning import deciding
from casework.views import exhibits
from rules.lifecycle import EarlyEnd, Stage
from rules.roles import Role
from rules.shots import Proof
from rules.verdicts import Verdict
from storage import confirmations, testbuys
from storage.tables import Confirmation, Photo, Route


def confirm(town, row, act=None, **changes):
    said = {
        "proof": row.proof,
        "compared_with": row.expected,
        "agrees": True,
        "remark": "",
    } | changes
    return confirming.confirm(town.db, act or town.act(Role.CLERK), row.public_id, **said)


def waiting(town, reference):
    return {row.shot.code: row for row in exhibits.to_confirm(town.db) if row.testbuy == reference}


def test_a_clerk_confirms_code_seal_and_waybill(both):
    town = both
    reference = town.bring(Stage.ASSIGNED, route=Route.BY_HAND)
    town.carry_on(reference, Stage.RECEIVED)
    row = town.row(reference)
    assert {code: each.expected for code, each in waiting(town, reference).items()} == {
        "R01": row.challenge_code,
        "R02": f"SF{row.id:09d}",
    }
    town.carry_on(reference, Stage.DOCUMENTED)
    left = waiting(town, reference)
    assert left["B02"].expected == f"SEAL-{reference}"
    for each in left.values():
        town.later(minutes=1)
        assert confirm(town, each) == reference
    assert waiting(town, reference) == {}
    assert [each.proof for each in town.of(Confirmation, reference)] == [
        Proof.CHALLENGE,
        Proof.WAYBILL,
        Proof.SEAL,
    ]
    chain = [json.loads(entry.body) for entry in town.ledger(reference)]
    said = [entry for entry in chain if "compared by eye" in str(entry)]
    assert len(said) == 3
    assert str(town.people["clerk"]) in str(said[0]) and "2026-11-02T09:31" in str(said[0])
    assert f"SF{row.id:09d}" not in str(said)


def test_only_a_clerk_confirms_and_only_what_is_there(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.DOCUMENTED)
    left = waiting(town, reference)
    row = left["R01"]
    with town.refuses("Only a clerk"):
        confirm(town, row, town.act(Role.SUPERVISOR))
    with town.refuses("Only a clerk"):
        confirm(town, row, town.engine())
    with town.refuses("needs nobody"):
        confirm(town, row, proof=Proof.SEAL)
    with town.refuses("Say what the photo shows"):
        confirm(town, row, agrees=False, remark=" ")
    with town.refuses("changed meanwhile", Stale):
        confirm(town, row, compared_with="ANOTHER")
    with town.refuses("no such photo", NotFound):
        confirming.confirm(
            town.db,
            town.act(Role.CLERK),
            "nothing",
            proof=Proof.SEAL,
            compared_with="x",
            agrees=True,
            remark="",
        )
    # Ordered through the interface, without a parcel's number on record.
    assert "R02" not in left
    photo = next(each for each in town.of(Photo, reference) if each.shot == "R02")
    with town.refuses("on record yet"):
        confirming.confirm(
            town.db,
            town.act(Role.CLERK),
            photo.public_id,
            proof=Proof.WAYBILL,
            compared_with="x",
            agrees=True,
            remark="",
        )


def test_a_second_click_changes_nothing_and_another_word_corrects_the_first(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.DOCUMENTED)
    row = waiting(town, reference)["R01"]
    confirm(town, row)
    with town.refuses("recorded already"):
        confirm(town, row)
    confirm(town, row, agrees=False, remark="It says K8 where K7 should be.")
    said = town.of(Confirmation, reference)
    assert [each.agrees for each in said] == [True, False]


@pytest.mark.parametrize("stage", [Stage.REQUESTED, Stage.ASSIGNED])
def test_nothing_waits_before_there_are_photos(on_sqlite, stage):
    assert waiting(on_sqlite, on_sqlite.bring(stage)) == {}


@pytest.mark.parametrize("end", [Stage.ABANDONED, Stage.REFERRED, Stage.CLOSED])
def test_nobody_is_asked_about_what_is_out_of_the_house_or_over(both, end):
    """Left open, such photos would be looked through for ever by each inbox of a clerk."""
    town = both
    if end is Stage.REFERRED:
        reference = town.refer()
        town.approve_referral(reference)
        assert waiting(town, reference)
        town.send(reference)
    elif end is Stage.CLOSED:
        reference = town.bring(Stage.JUDGED, verdict=Verdict.GENUINE)
        assert waiting(town, reference)
        deciding.decide(town.db, town.engine(), reference)
    else:
        reference = town.bring(Stage.DOCUMENTED)
        assert waiting(town, reference)
        ending.abandon(
            town.db, town.act(Role.ANALYST), reference, version=town.version(reference),
            why=EarlyEnd.WRONG_PARCEL, note="Another parcel",
        )  # fmt: skip
    assert town.stage(reference) is end
    assert waiting(town, reference) == {}
    assert not any(photo.to_confirm for photo in town.of(Photo, reference))
    # What is handed in afterwards, or compared late, asks nobody anew.
    with town.db.write() as tx:
        confirmations.look_over(tx, town.row(reference))
    assert waiting(town, reference) == {}


def test_a_number_that_comes_later_makes_its_photo_wait(on_sqlite):
    """The label was photographed before its number was on record: nothing to compare it with."""
    town = on_sqlite
    reference = town.bring(Stage.DOCUMENTED)
    assert "R02" not in waiting(town, reference)
    with town.db.write() as tx:
        attempt = testbuys.last_attempt(tx, town.row(reference).id)
        attempts.add_parcel(tx, town.row(reference), attempt.id, "SF", "SF1", town.now)
    assert waiting(town, reference)["R02"].expected == "SF1"
