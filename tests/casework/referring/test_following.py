"""A referral in an agency's hands: each step with its day, once, and in its order."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.errors import Stale
from casework.keeping import retaining
from casework.outcomes.outcome import ACCEPTED, outcome
from casework.referring import answering, following
from casework.views.feedback import feedback_of
from rules.lifecycle import Stage
from rules.referral import (
    REFERRAL_MOVES,
    TAKEN,
    DeclineReason,
    ReferralMove,
    ReferralState,
    moves_from,
    rule_for,
)
from rules.retention import EndedBy
from rules.roles import Role
from storage.tables import Proceeding, ReferralStep

M = ReferralMove


@pytest.fixture
def sent(on_sqlite):
    """A test buy whose referral is with the agency, and the day it was sent."""
    reference = on_sqlite.refer()
    on_sqlite.approve_referral(reference)
    on_sqlite.send(reference)
    return on_sqlite, reference


def step(town, reference, move, *, role=Role.LIAISON, **said):
    row = town.referral(reference)
    about = {"version": row.version, "happened_on": town.now.date()} | said
    return following.record(town.db, town.act(role), row.reference, move, **about)


def test_the_whole_way_is_told_with_its_days_and_ends_the_proceedings(sent):
    town, reference = sent
    town.answer(reference, ReferralState.ACCEPTED)
    town.run(reference)
    assert town.stage(reference) is Stage.CLOSED
    town.later(days=30)
    day = town.now.date()
    step(town, reference, M.ASK_MATERIAL, words="The invoices", until=day)
    step(town, reference, M.SEND_MATERIAL, words="Three invoices")
    step(town, reference, M.PLAN, until=day + timedelta(days=3))
    step(town, reference, M.RAID, happened_on=day - timedelta(days=1))
    step(town, reference, M.FILE, number="LH-2026-114")
    step(town, reference, M.INDICT)
    step(town, reference, M.SENTENCE, words="Three years, and a fine")
    assert town.all(Proceeding) == []
    row = town.row(reference)
    assert outcome(row, town.referral(reference).state) == ACCEPTED
    with town.db.read() as tx:
        assert retaining.retention_of(tx, row, town.now).evidence_from is None
    step(town, reference, M.CLOSE, words="The sentence is final")
    assert town.referral(reference).state is ReferralState.CLOSED
    (ended,) = town.all(Proceeding)
    assert (ended.ended_on, ended.ended_how) == (day, EndedBy.AGENCY_CLOSED)
    assert ended.ended_said == "The sentence is final"
    with town.db.read() as tx:
        assert retaining.retention_of(tx, row, town.now).evidence_from is not None
    told = [(each.move, each.number) for each in town.all(ReferralStep)]
    assert told[0] == (M.ACCEPT, "LH-7") and (M.FILE, "LH-2026-114") in told
    assert [each.happened_on for each in town.all(ReferralStep) if each.move is M.RAID] == [
        day - timedelta(days=1)
    ]


@pytest.mark.parametrize(
    "way",
    [
        [],
        [(M.PLAN, {})],
        [(M.RAID, {})],
        [(M.FILE, {"number": "LH-2026-114"})],
        [(M.FILE, {"number": "LH-2026-114"}), (M.INDICT, {})],
    ],
    ids=["at once", "planned", "raided", "filed", "indicted"],
)
def test_an_agency_gives_up_what_it_accepted_and_proceedings_end_with_it(sent, way):
    town, reference = sent
    town.answer(reference, ReferralState.ACCEPTED)
    town.run(reference)
    for move, said in way:
        planned = {"until": town.now.date()} if move is M.PLAN else {}
        step(town, reference, move, **said, **planned)
    with town.refuses("how it ended"):
        step(town, reference, M.CLOSE)
    step(town, reference, M.CLOSE, words="Nothing was found at either place.")
    (ended,) = town.all(Proceeding)
    assert (ended.ended_how, ended.ended_said) == (
        EndedBy.AGENCY_CLOSED, "Nothing was found at either place.",
    )  # fmt: skip
    assert outcome(town.row(reference), town.referral(reference).state) == ACCEPTED
    with town.refuses("it must be"):
        step(town, reference, M.RAID)


def test_a_sentence_that_was_appealed_is_told_again_and_the_first_one_stays(sent):
    town, reference = sent
    town.answer(reference, ReferralState.ACCEPTED)
    step(town, reference, M.FILE, number="LH-2026-114")
    with town.refuses("it must be indicted"):
        step(town, reference, M.SENTENCE, words="Three years")
    step(town, reference, M.INDICT)
    step(town, reference, M.SENTENCE, words="Three years, and a fine")
    town.later(days=90)
    step(town, reference, M.SENTENCE, words="On appeal: two years, and the fine")
    assert town.referral(reference).state is ReferralState.SENTENCED
    told = [each for each in town.all(ReferralStep) if each.move is M.SENTENCE]
    assert [each.words for each in told] == [
        "Three years, and a fine", "On appeal: two years, and the fine",
    ]  # fmt: skip
    assert told[0].happened_on < told[1].happened_on


def test_a_decline_says_why_from_a_list_and_in_words(sent):
    town, reference = sent
    row = town.referral(reference)
    said = {"version": row.version, "agency_number": None, "reason": "Only one watch."}
    with town.refuses("belongs to a decline"):
        answering.record_answer(
            town.db, town.act(Role.LIAISON), row.reference, state=ReferralState.ACCEPTED,
            decline_reason=DeclineReason.EVIDENCE, **said,
        )  # fmt: skip
    answering.record_answer(
        town.db, town.act(Role.LIAISON), row.reference, state=ReferralState.DECLINED,
        decline_reason=DeclineReason.BELOW_THRESHOLD, **said,
    )  # fmt: skip
    (kept,) = town.all(ReferralStep)
    assert (kept.decline_reason, kept.words) == (DeclineReason.BELOW_THRESHOLD, "Only one watch.")
    with town.refuses("declined"):
        step(town, reference, M.RAID)


@pytest.mark.parametrize(
    ("code", "reason", "kept"),
    [
        ("evidence", "The chain is broken", (DeclineReason.EVIDENCE, "The chain is broken")),
        ("rights", "", (DeclineReason.RIGHTS, "")),
        (None, "We are few", (DeclineReason.OTHER, "We are few")),
        ("E-17", "We are few", (DeclineReason.OTHER, "E-17: We are few")),
        ("Evidence", "", (DeclineReason.OTHER, "Evidence")),
    ],
)
def test_why_an_interface_declined_is_a_word_of_the_list_and_its_own_words_stay(
    sent, code, reason, kept
):
    town, reference = sent
    answering.record_told(
        town.db, town.engine(), town.referral(reference).reference, state=ReferralState.DECLINED,
        number="LH-7", reason=reason, reason_code=code,
    )  # fmt: skip
    (step_,) = town.all(ReferralStep)
    assert (step_.decline_reason, step_.words) == kept
    with town.db.read() as tx:
        told = feedback_of(tx, town.referral(reference).agency_id, town.now)
    assert told.declined == ((kept[0], 1),)


def test_a_code_beside_another_answer_says_nothing(sent):
    town, reference = sent
    answering.record_told(
        town.db, town.engine(), town.referral(reference).reference, state=ReferralState.ACCEPTED,
        number="LH-7", reason="", reason_code="evidence",
    )  # fmt: skip
    (step_,) = town.all(ReferralStep)
    assert (step_.move, step_.decline_reason, step_.words) == (M.ACCEPT, None, "")


def test_a_step_is_not_dated_before_what_it_comes_of(sent):
    town, reference = sent
    town.later(days=40)
    town.answer(reference, ReferralState.ACCEPTED)
    town.later(days=40)
    day = town.now.date()
    with town.refuses("The step before it happened on"):
        step(town, reference, M.FILE, number="LH-2026-114", happened_on=day - timedelta(days=50))
    step(town, reference, M.FILE, number="LH-2026-114", happened_on=day - timedelta(days=20))
    with town.refuses(f"happened on {day - timedelta(days=20)}"):
        step(town, reference, M.INDICT, happened_on=day - timedelta(days=21))
    step(town, reference, M.INDICT, happened_on=day - timedelta(days=10))
    with town.refuses(f"happened on {day - timedelta(days=10)}"):
        step(town, reference, M.SENTENCE, words="A year", happened_on=day - timedelta(days=15))
    step(town, reference, M.SENTENCE, words="A year", happened_on=day - timedelta(days=9))
    with town.refuses(f"happened on {day - timedelta(days=9)}"):
        step(town, reference, M.CLOSE, words="Final", happened_on=day - timedelta(days=10))


def test_material_is_not_sent_before_it_was_asked_for(sent):
    town, reference = sent
    town.later(days=5)
    day = town.now.date()
    step(town, reference, M.ASK_MATERIAL, words="Invoices", until=day)
    with town.refuses(f"happened on {day}"):
        step(town, reference, M.SEND_MATERIAL, happened_on=day - timedelta(days=1))


def test_what_is_told_of_a_step_must_make_one(sent):
    town, reference = sent
    with town.refuses("in the future"):
        step(town, reference, M.ASK_MATERIAL, happened_on=town.now.date() + timedelta(days=1))
    with town.refuses("nothing came of it before"):
        step(town, reference, M.ASK_MATERIAL, happened_on=town.now.date() - timedelta(days=1))
    with town.refuses("in words"):
        step(town, reference, M.ASK_MATERIAL, until=town.now.date())
    with town.refuses("Name the day"):
        step(town, reference, M.ASK_MATERIAL, words="The invoices")
    with town.refuses("No further material was asked for"):
        step(town, reference, M.SEND_MATERIAL)
    town.answer(reference, ReferralState.ACCEPTED)
    with town.refuses("criminal file"):
        step(town, reference, M.FILE, number=" ")
    with town.refuses("must be indicted"):
        step(town, reference, M.SENTENCE, words="Three years")
    with town.refuses("Only liaison"):
        step(town, reference, M.RAID, role=Role.ANALYST)
    with town.refuses("its own form"):
        step(town, reference, M.ACCEPT)
    seen = town.referral(reference)
    step(town, reference, M.RAID)
    with town.refuses(kind=Stale):
        step(town, reference, M.RAID, version=seen.version)


def test_an_answer_that_comes_again_later_changes_nothing(sent):
    town, reference = sent
    town.answer(reference, ReferralState.ACCEPTED)
    step(town, reference, M.RAID)
    before = town.referral(reference)
    town.answer(reference, ReferralState.ACCEPTED)
    assert town.referral(reference) == before
    town.run(reference)
    assert town.stage(reference) is Stage.CLOSED


@given(st.lists(st.sampled_from(ReferralMove), max_size=12))
def test_whatever_is_taken_stays_taken(moves):
    state = ReferralState.ACCEPTED
    for move in moves:
        if rule := rule_for(move, state):
            state = rule.target
        assert state in TAKEN
    assert all(rule_for(move, state) for move in moves_from(state))
    assert not [row for row in REFERRAL_MOVES if row.source is ReferralState.CLOSED]


def test_what_a_station_did_is_told_where_the_next_package_goes_to_it(sent):
    town, reference = sent
    agency = town.referral(reference).agency_id
    town.later(days=6)
    with town.db.read() as tx:
        told = feedback_of(tx, agency, town.now)
    assert (told.sent, told.accepted, told.open, told.waiting) == (1, 0, 1, 6)
    town.answer(reference, ReferralState.ACCEPTED)
    step(town, reference, M.RAID)
    with town.db.read() as tx:
        told = feedback_of(tx, agency, town.now)
    assert (told.accepted, told.median, told.open) == (1, 6, 0)
