"""A verdict superseded after it was sent: each recipient is told, and nothing sent is edited."""

import pytest

from casework.errors import NotFound
from casework.referring import answering
from casework.verdicts import judging, reviewing, superseding
from rules.lifecycle import Stage
from rules.referral import ReferralState
from rules.roles import Role
from rules.verdicts import Verdict
from storage.rows import every
from storage.tables import (
    Conclusion,
    LedgerRow,
    Notice,
    OutcomeReview,
    Referral,
    ReferralReview,
    SupersededNotice,
)
from storage.tables import Verdict as VerdictRow


def sent(town):
    """A counterfeit that an agency has."""
    reference = town.refer()
    town.approve_referral(reference)
    town.send(reference)
    assert town.stage(reference) is Stage.REFERRED
    return reference


def supersede(town, reference, verdict=Verdict.GENUINE):
    judging.judge_again(
        town.db,
        town.act(Role.ANALYST),
        reference,
        version=town.version(reference),
        reason="The rights holder doubts it.",
        supersedes=True,
    )
    town.later(hours=1)
    return town.seal(reference, verdict, "other expert")


@pytest.mark.parametrize("state", [None, ReferralState.ACCEPTED])
def test_agency_and_rights_holder_are_told_and_the_referral_is_marked(both, state):
    town = both
    reference = sent(town)
    if state:
        town.answer(reference, state)
        town.run(reference)
    before = town.referral(reference), town.row(reference)
    (old,) = town.all(VerdictRow)
    supersede(town, reference)
    told = town.all(SupersededNotice)
    assert len(told) == 3 and {each.verdict_id for each in told} == {old.id}
    with town.db.read() as tx:
        names = {reviewing.recipient_name(tx, each) for each in told}
        assert names == {"Luohu police", "Swarovski AG", "Expert"}
        assert list(reviewing.under_review(tx)) == [before[0].reference]
    (review,) = town.all(ReferralReview)
    assert (review.referral_id, review.verdict_id) == (before[0].id, old.id)
    # What was sent stands as it was, and the test buy where it was.
    assert town.referral(reference) == before[0]
    after = town.row(reference)
    assert (after.stage, after.version, after.waiting_name) == (
        before[1].stage, before[1].version, before[1].waiting_name,
    )  # fmt: skip
    assert after.conclusion is Verdict.GENUINE
    assert [each.value for each in town.of(Conclusion, reference)] == [
        Verdict.COUNTERFEIT, Verdict.GENUINE,
    ]  # fmt: skip
    assert any("superseded" in each.text for each in town.of(Notice, reference))


def test_the_second_of_two_referrals_agencies_is_told_too(on_sqlite):
    """Each sent referral has its recipient; one is not the stand-in for another."""
    town = on_sqlite
    reference = sent(town)
    row = town.row(reference)
    with town.db.write() as tx:
        from storage.rows import add
        from storage.tables import Agency, ReferralTestBuy

        first = town.referral(reference)
        other = add(tx, Agency, name="Customs", jurisdiction="DE")
        second = add(
            tx, Referral, reference="RF-2026-009999", operator_id=first.operator_id,
            agency_id=other, state=ReferralState.SENT, version=1, key="k", grounds=[],
            drafted_at=town.now, sent_at=town.now, changed_at=town.now,
        )  # fmt: skip
        (old,) = every(tx, VerdictRow)
        add(tx, ReferralTestBuy, referral_id=second, testbuy_id=row.id)
        act = town.act(Role.AUTHENTICATOR)
        superseding.tell(tx, act, row, [old])
        superseding.tell(tx, act, row, [old])
        told = every(tx, SupersededNotice)
        names = sorted(reviewing.recipient_name(tx, each) for each in told)
    assert names == ["Customs", "Expert", "Luohu police", "Swarovski AG"]
    assert len(town.all(ReferralReview)) == 2


def test_a_receipt_and_a_review_are_recorded_once_by_a_liaison(both):
    town = both
    reference = sent(town)
    supersede(town, reference)
    notice = town.all(SupersededNotice)[0].id
    liaison = town.act(Role.LIAISON)
    with town.refuses("Only a liaison"):
        reviewing.record_receipt(town.db, town.act(Role.ANALYST), notice, by="Sgt. Lin")
    with town.refuses("who confirmed"):
        reviewing.record_receipt(town.db, liaison, notice, by=" ")
    reviewing.record_receipt(town.db, liaison, notice, by="Sgt. Lin")
    with town.refuses("already"):
        reviewing.record_receipt(town.db, liaison, notice, by="Another")
    (kept,) = [each for each in town.all(SupersededNotice) if each.id == notice]
    assert (kept.acknowledged_by, kept.recorded_by) == ("Sgt. Lin", liaison.person)
    assert kept.acknowledged_at == liaison.now
    assert not any(b"Lin" in each.body for each in town.all(LedgerRow))
    referral = town.referral(reference).reference
    with town.refuses("what came"):
        reviewing.record_review(town.db, liaison, referral, decision="")
    reviewing.record_review(town.db, liaison, referral, decision="The agency stops.")
    with town.refuses("not under review"):
        reviewing.record_review(town.db, liaison, referral, decision="Again.")
    with town.db.read() as tx:
        assert reviewing.under_review(tx) == []


def test_a_second_doubt_waits_for_the_first_ones_verdict(on_sqlite):
    town = on_sqlite
    reference = sent(town)
    ask = {"version": None, "reason": "Doubt.", "supersedes": True}
    judging.judge_again(town.db, town.act(Role.ANALYST), reference, **ask)
    with town.refuses("open already"):
        judging.judge_again(town.db, town.act(Role.ANALYST), reference, **ask)


def closed_as(town, verdict):
    """A test buy that ended on `verdict` and was never referred."""
    reference = town.bring(Stage.JUDGED, verdict=verdict)
    town.run(reference)
    if town.stage(reference) is not Stage.CLOSED:
        answering.close(
            town.db, town.act(Role.ANALYST), reference,
            version=town.version(reference), note="Too small.",
        )  # fmt: skip
    assert town.stage(reference) is Stage.CLOSED
    return reference


@pytest.mark.parametrize(
    ("first", "then", "rests"),
    [
        (Verdict.GENUINE, Verdict.COUNTERFEIT, ["closing", "shop_cleared", "source_told"]),
        (Verdict.COUNTERFEIT, Verdict.GENUINE, ["closing"]),
    ],
)
def test_what_became_of_a_test_buy_never_referred_is_looked_at_again(both, first, then, rests):
    town = both
    reference = closed_as(town, first)
    supersede(town, reference, then)
    (old,) = [each for each in town.all(VerdictRow) if each.superseded_at]
    with town.db.read() as tx:
        told = {reviewing.recipient_name(tx, each) for each in town.all(SupersededNotice)}
    assert told == {"Swarovski AG", "Expert"}
    reviews = town.of(OutcomeReview, reference)
    assert sorted(each.rests for each in reviews) == rests
    assert {each.verdict_id for each in reviews} == {old.id}
    assert town.all(ReferralReview) == []
    for notice in town.all(SupersededNotice):
        reviewing.record_receipt(town.db, town.act(Role.LIAISON), notice.id, by="By telephone")
    one_of_them, analyst = reviews[0].id, town.act(Role.ANALYST)
    with town.refuses("Only an analyst or liaison"):
        reviewing.record_outcome_review(
            town.db, town.act(Role.SUPERVISOR), one_of_them, decision="Nothing"
        )
    with town.refuses("what came"):
        reviewing.record_outcome_review(town.db, analyst, one_of_them, decision=" ")
    for review in reviews:
        said = reviewing.record_outcome_review(
            town.db, analyst, review.id, decision="Canary: told anew"
        )
        assert said == reference
    with town.refuses("decided already"):
        reviewing.record_outcome_review(town.db, analyst, one_of_them, decision="Again")
    with town.refuses("no such review", NotFound):
        reviewing.record_outcome_review(town.db, analyst, 99, decision="Again")
    assert all(each.decided_by == analyst.person for each in town.of(OutcomeReview, reference))
    bodies = [each.body for each in town.all(LedgerRow)]
    assert sum(b'"reviewed"' in body for body in bodies) == len(rests)
    assert not any(b"Canary" in body for body in bodies)


def test_who_sealed_it_is_told_by_the_number_they_know_it_by(on_sqlite):
    town = on_sqlite
    reference = closed_as(town, Verdict.GENUINE)
    examined = town.examination(reference)
    supersede(town, reference, Verdict.COUNTERFEIT)
    (told,) = [each for each in town.all(Notice) if each.key.startswith("superseded:")]
    assert told.to_person == town.people["expert"] and told.testbuy_id is None
    assert examined in told.text and reference not in told.text


def test_a_verdict_superseded_before_anything_followed_is_told_and_marks_nothing(on_sqlite):
    """Judged again before an end: nothing rests on it, and the rights holder knew it."""
    town = on_sqlite
    reference = town.bring(Stage.JUDGED, verdict=Verdict.COUNTERFEIT)
    supersede(town, reference, Verdict.GENUINE)
    assert len(town.all(SupersededNotice)) == 2
    assert town.all(OutcomeReview) == []
