"""Examinations and verdicts at their edges: ended test buys, quorums, digests, stale forms."""

import hashlib
from dataclasses import asdict

import pytest

from casework.buying import buying, ending, requesting
from casework.custody import storing
from casework.errors import Stale
from casework.examinations import examining, showing
from casework.people import access
from casework.programme import programme
from casework.sanctioning import deciding
from casework.verdicts import judging
from evidence import ledger as canonical
from rules.lifecycle import EarlyEnd, Stage
from rules.roles import Role
from rules.verdicts import Verdict
from storage.tables import Examination, ExaminationState, Exhibit, MoveRecord
from storage.tables import Verdict as VerdictRow
from tests.casework.programme_in import ROUGH, TESTIMONY


def end(town, reference, version=None):
    why = EarlyEnd.DAMAGED
    act = town.act(Role.ANALYST)
    return ending.abandon(town.db, act, reference, version=version, why=why, note="")


def states(town, reference):
    return [each.state for each in town.of(Examination, reference)]


def expert(town, name="expert"):
    return town.act(Role.AUTHENTICATOR, name)


def quorum(town, number):
    programme.set_policy(town.db, town.act(Role.ADMINISTRATOR), "quorum", number)


def test_ending_a_test_buy_withdraws_its_open_examinations(both):
    reference = both.bring(Stage.SUBMITTED)
    public_id = both.examination(reference)
    examining.claim(both.db, expert(both), public_id)
    end(both, reference)
    assert states(both, reference) == [ExaminationState.WITHDRAWN]
    with both.refuses("withdrawn already", Stale):
        both.seal_claimed(public_id, Verdict.COUNTERFEIT, expert(both))
    with both.refuses("withdrawn already", Stale):
        examining.claim(both.db, expert(both), public_id)
    with both.refuses("withdrawn already", Stale):
        examining.ask_photo(both.db, expert(both), public_id, shot="I03", note="Closer")
    assert both.run(reference).waiting_name == "Abandoned"


def test_a_sealed_verdict_is_not_thrown_away_before_its_conclusion(both):
    reference = both.bring(Stage.SUBMITTED)
    both.seal(reference)
    with both.refuses("Wait for the conclusion"):
        end(both, reference)
    assert both.run(reference).conclusion is Verdict.COUNTERFEIT


def test_nor_while_a_second_examiner_is_still_asked(on_sqlite):
    town = on_sqlite
    quorum(town, 2)
    reference = town.bring(Stage.SUBMITTED)
    town.seal(reference)
    town.run(reference)
    with town.refuses("Wait for the conclusion"):
        end(town, reference)
    town.seal(reference, Verdict.INCONCLUSIVE, "other expert")
    judging.conclude(town.db, town.engine(), reference)
    assert town.row(reference).conclusion is Verdict.INCONCLUSIVE


def test_once_its_conclusion_is_drawn_a_second_look_may_be_given_up(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.JUDGED, verdict=Verdict.INCONCLUSIVE)
    assert town.run(reference).stage is Stage.SUBMITTED
    assert end(town, reference).stage is Stage.ABANDONED
    assert states(town, reference) == [ExaminationState.SEALED, ExaminationState.WITHDRAWN]


def test_what_waits_for_a_photo_that_never_comes_may_be_given_up(on_sqlite):
    town = on_sqlite
    quorum(town, 2)
    reference = town.bring(Stage.SUBMITTED)
    town.seal(reference)
    town.run(reference)
    other = expert(town, "other expert")
    examining.ask_photo(town.db, other, town.examination(reference), shot="I03", note="Closer")
    assert end(town, reference).stage is Stage.ABANDONED


def test_a_form_shown_before_the_sealing_ends_nothing_after_it(both):
    """With two exhibits the wait is the same before and after; the page is another all the same."""
    reference = both.bring(Stage.RECEIVED)
    both.photograph(reference, "U02", "I01", "I02", "B02")
    both.document(reference, "S-1", "S-2")
    both.take_in(reference)
    judging.submit(both.db, both.engine(), reference)
    seen = both.version(reference)
    both.seal(reference)
    assert both.row(reference).waiting_name == "Waiting for verdict"
    with both.refuses("changed meanwhile", Stale):
        end(both, reference, seen)


def test_a_form_shown_before_an_intake_or_a_hold_is_stale_after_it(both):
    reference = both.bring(Stage.DOCUMENTED)
    seen = both.version(reference)
    (exhibit,) = both.of(Exhibit, reference)
    moved = storing.take_in(
        both.db, both.act(Role.CLERK), exhibit.reference, seal_number=exhibit.seal_number,
        place="Shelf", condition="sealed",
    )  # fmt: skip
    assert moved.version == both.version(reference) == seen + 1
    with both.refuses("changed meanwhile", Stale):
        end(both, reference, seen)
    judging.submit(both.db, both.engine(), reference)
    both.seal(reference)
    judging.conclude(both.db, both.engine(), reference)
    seen = both.version(reference)
    assert both.run(reference).waiting_name == "Held"
    with both.refuses("changed meanwhile", Stale):
        judging.judge_again(
            both.db, both.act(Role.ANALYST), reference, version=seen, reason="x", supersedes=False
        )


def test_photos_and_plain_notes_leave_a_form_as_it_is(both):
    reference = both.bring(Stage.ORDERED)
    seen = both.version(reference)
    both.photograph(reference, "R01", "R02")
    buying.record_tracking(
        both.db, both.buyer(reference), reference, carrier="SF", tracking_number="SF1"
    )
    assert both.version(reference) == seen


def test_a_quorum_is_of_different_people(on_sqlite):
    """A, B, A would go on for ever and look like three."""
    town = on_sqlite
    quorum(town, 3)
    reference = town.bring(Stage.SUBMITTED)
    for name in ("expert", "other expert"):
        town.seal(reference, expert=name)
        assert town.run(reference).waiting_name == "Waiting for verdict"
    for name in ("expert", "other expert"):
        with town.refuses("somebody else"):
            town.seal(reference, expert=name)
    town.seal(reference, expert="third expert")
    assert town.run(reference).conclusion is Verdict.COUNTERFEIT


def test_whose_verdict_was_superseded_may_look_again(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.JUDGED)

    def again():
        judging.judge_again(
            town.db, town.act(Role.ANALYST), reference, version=None, reason="A doubt.",
            supersedes=True,
        )  # fmt: skip

    again()
    with town.refuses("somebody else"):
        town.seal(reference)
    town.seal(reference, expert="other expert")
    judging.conclude(town.db, town.engine(), reference)
    again()
    town.seal(reference)
    assert town.run(reference).conclusion is Verdict.COUNTERFEIT


def test_a_verdicts_digest_says_who_sealed_what_and_when(both):
    reference = both.bring(Stage.SUBMITTED)
    sealed = both.seal(reference)
    (verdict,), (examination,) = both.all(VerdictRow), both.of(Examination, reference)
    with both.db.read() as tx:
        shown = showing.kept(tx, verdict.id)
    assert len(shown) > 3
    statement = {
        "examination": examination.public_id,
        "examiner": verdict.sealed_by,
        "given_at": verdict.given_at.isoformat(timespec="microseconds"),
        "sealed_at": verdict.sealed_at.isoformat(timespec="microseconds"),
        "photos": examination.photos_digest,
        "shown": [each.as_sealed() for each in shown],
        "verdict": verdict.value,
        "findings": [asdict(ROUGH) | {"marks": []}],
        **{
            name: getattr(verdict, name)
            for name in ("confidence", "method", "reasons", "limits", "conflict_statement")
        },
        **asdict(TESTIMONY),
    }
    told = hashlib.sha256(canonical.canonical(statement)).hexdigest()
    assert sealed.digest == verdict.digest == f"sha256:{told}"
    for name, other in (("examiner", 1 + verdict.sealed_by), ("sealed_at", "2026-01-01")):
        forged = canonical.canonical(statement | {name: other})
        assert hashlib.sha256(forged).hexdigest() != told


def test_a_second_look_begins_in_the_transaction_that_decides_on_it(on_sqlite, monkeypatch):
    """Between two a person may move, and the second one would override it."""
    town = on_sqlite
    reference = town.bring(Stage.JUDGED, verdict=Verdict.INCONCLUSIVE)
    written = []
    write = town.db.write

    def counted():
        written.append(1)
        return write()

    monkeypatch.setattr(town.db, "write", counted)
    assert deciding.decide(town.db, town.engine(), reference).stage is Stage.SUBMITTED
    assert len(written) == 1
    assert town.of(MoveRecord, reference)[-1].reasons == ["The first verdict was inconclusive."]


@pytest.mark.parametrize("last", ["photo", "waiver"])
def test_exhibits_that_travel_wait_for_the_photo_of_their_seals(both, last):
    programme.set_category(
        both.db, both.act(Role.ADMINISTRATOR), name="watches", shot_list="short", physical=True
    )
    reference = both.bring(Stage.DOCUMENTED)
    both.take_in(reference)
    row = both.run(reference)
    assert (row.waiting_name, row.waiting_role) == ("Waiting for transfer photos", Role.CLERK)
    version = both.version(reference)
    assert both.run(reference).version == version, "said once"
    both.photograph(reference, "B03", act=both.act(Role.CLERK))
    assert both.nothing_owed(reference)
    if last == "waiver":
        both.waives = True
    both.photograph(reference, "T01", act=both.act(Role.CLERK))
    assert both.row(reference).waiting_name == "Waiting for submission"
    assert not both.nothing_owed(reference)
    assert both.run(reference).stage is Stage.SUBMITTED
    (examination,) = both.of(Examination, reference)
    assert examination.basis == "physical"


def test_a_category_is_set_by_an_administrator_with_a_list_there_is(on_sqlite):
    town = on_sqlite
    administrator = town.act(Role.ADMINISTRATOR)
    said = {"name": "perfume", "shot_list": "full", "physical": True}
    with town.refuses("administrator"):
        programme.set_category(town.db, town.act(Role.ANALYST), **said)
    with town.refuses("Choose full or short"):
        programme.set_category(town.db, administrator, **said | {"shot_list": "long"})
    with town.refuses("Name the category"):
        programme.set_category(town.db, administrator, **said | {"name": " "})
    programme.set_category(town.db, administrator, **said)
    programme.set_category(town.db, administrator, **said | {"physical": False})


@pytest.mark.parametrize("part", ["requested_by", "authorised_by", "buyer_id", "campaign"])
def test_who_had_a_part_in_a_test_buy_never_examines_it(on_sqlite, part):
    """Whatever roles they hold now: the analyst of yesterday knows the flag's score today."""
    town = on_sqlite
    if part == "campaign":
        town.open_campaign("Autumn")
        reference = town.request(1, campaign="Autumn")
        requesting.authorise_by_campaign(town.db, town.engine(), reference)
        town.carry_on(reference, Stage.SUBMITTED)
        person = town.people["approver"]
    else:
        reference = town.bring(Stage.SUBMITTED)
        person = getattr(town.row(reference), part)
    (public_id,) = [each.public_id for each in town.of(Examination, reference)]
    name = next(each for each, number in town.people.items() if number == person)
    administrator = town.act(Role.ADMINISTRATOR)
    access.change_grants(town.db, administrator, person, [Role.AUTHENTICATOR], ["Swarovski"])
    for attempt in (
        lambda: examining.claim(town.db, expert(town, name), public_id),
        lambda: examining.ask_photo(
            town.db, expert(town, name), public_id, shot="I01", note="More light"
        ),
    ):
        with town.refuses("another part"):
            attempt()
    assert examining.claim_next(town.db, expert(town, name), [public_id]) is None
    examining.claim(town.db, expert(town), public_id)
