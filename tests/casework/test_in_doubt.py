"""What rests on a test buy while it is judged a second time, and once it is no counterfeit."""

from datetime import date

import pytest

from casework.errors import NotFound
from casework.outcomes import claims
from casework.outcomes.sanctions import under_review
from casework.sanctioning import deciding, telling_sellers
from casework.suing import claiming, grounding
from casework.verdicts import judging
from casework.views import inbox
from casework.views.sanctions import sanction as sanction_page
from rules.claims import ClaimMove
from rules.lifecycle import Stage
from rules.resting import RestsOn
from rules.roles import Role
from rules.sanctions import SanctionState
from rules.verdicts import Verdict
from storage.tables import ClaimEvidence, Exhibit, OutcomeReview, SanctionAppeal
from storage.tables import Verdict as Sealed
from tests.casework.sanctioning.sanctioned import (
    appeal,
    decide,
    decide_appeal,
    enforce,
    in_force,
    notify,
    propose,
    sanction,
)
from tests.casework.suing import suits


def doubt(town, testbuy, *, supersedes=False):
    """Ask for a second verdict."""
    judging.judge_again(
        town.db, town.act(Role.ANALYST), testbuy, version=town.version(testbuy),
        reason="The rights holder doubts it.", supersedes=supersedes,
    )  # fmt: skip
    town.later(hours=1)


def say(town, testbuy, verdict):
    """The second verdict, and what is concluded of both."""
    town.seal(testbuy, verdict, "other expert")
    judging.conclude(town.db, town.engine(), testbuy)


def asked(town, reference, role):
    """Whether the inbox of the usual person of a role asks for something of a sanction."""
    reader = inbox.Reader(town.act(role).person, frozenset({role}), town.now)
    found = inbox.inbox(town.db, reader)
    return any(line.subject == reference for line in (*found.late, *found.waiting))


def reviews(town):
    return {(each.rests, each.about) for each in town.all(OutcomeReview) if each.about}


def test_a_second_verdict_that_disagrees_puts_what_rests_on_the_first_under_review(both):
    """No verdict was superseded: both stand, and what they add up to is no counterfeit."""
    town = both
    claim, testbuy = suits.filed(town)
    measure = in_force(town, testbuy)
    doubt(town, testbuy)
    assert reviews(town) == set(), "nothing is said yet"
    say(town, testbuy, Verdict.GENUINE)
    assert town.row(testbuy).conclusion is Verdict.INCONCLUSIVE
    assert all(each.superseded_at is None for each in town.all(Sealed))
    assert reviews(town) == {(RestsOn.CLAIM, claim), (RestsOn.SANCTION, measure)}
    with town.db.read() as tx:
        assert under_review(tx, sanction(town, measure)) and claims.under_review(tx, claim)


def test_a_second_verdict_that_agrees_asks_for_no_review(both):
    town = both
    testbuy = town.bring(Stage.JUDGED)
    in_force(town, testbuy)
    doubt(town, testbuy)
    say(town, testbuy, Verdict.COUNTERFEIT)
    assert reviews(town) == set()


def test_a_claim_is_neither_approved_nor_filed_while_what_it_rests_on_is_in_doubt(both):
    town = both
    testbuy, operator = suits.counterfeit(town)
    reference = suits.prepare(town, operator)
    suits.plead(town, reference, testbuy)
    suits.approve(town, reference)
    doubt(town, testbuy)
    with town.refuses(f"{testbuy} is not concluded to be a counterfeit"):
        suits.step(town, reference, ClaimMove.FILE)
    suits.step(town, reference, ClaimMove.SEND_BACK, said="In doubt", paper=None)
    with town.refuses(f"{testbuy} is not concluded to be a counterfeit"):
        suits.approve(town, reference)
    say(town, testbuy, Verdict.COUNTERFEIT)
    suits.approve(town, reference)
    suits.step(town, reference, ClaimMove.FILE)


@pytest.mark.parametrize("at", [SanctionState.PROPOSED, SanctionState.DECIDED, "notified"])
def test_a_sanction_under_review_goes_no_further_until_that_is_decided(both, at):
    """The goods are counterfeit still, and by another verdict than the one it was proposed on."""
    town = both
    testbuy = town.bring(Stage.JUDGED)
    reference = propose(town, testbuy)
    further = decide
    if at != SanctionState.PROPOSED:
        decide(town, reference)
        further = notify
    if at == SanctionState.NOTIFIED:
        notify(town, reference)
        further = enforce
    doubt(town, testbuy, supersedes=True)
    say(town, testbuy, Verdict.COUNTERFEIT)
    (review,) = [each for each in town.all(OutcomeReview) if each.about == reference]
    with town.refuses("Decide the review first"):
        further(town, reference)
    suits.decide(town, review.id, Role.ANALYST)
    further(town, reference)


def test_a_genuine_result_ends_the_appeal_that_waited(both):
    """Nobody can decide it any more, so that nobody is asked to."""
    town = both
    testbuy = town.bring(Stage.JUDGED)
    reference = in_force(town, testbuy)
    appeal(town, reference)
    doubt(town, testbuy, supersedes=True)
    say(town, testbuy, Verdict.GENUINE)
    deciding.decide(town.db, town.engine(), testbuy)
    assert sanction(town, reference).state is SanctionState.LIFTED
    (kept,) = town.all(SanctionAppeal)
    assert kept.decided_at is None, "no person decided it"
    assert sanction_page(town.db, reference, town.now).appeal is None
    assert not asked(town, reference, Role.SUPERVISOR)
    with town.refuses("No appeal against"):
        decide_appeal(town, reference, lifted=True)


def test_a_last_day_beyond_all_calendars_is_refused(on_sqlite):
    town = on_sqlite
    reference = propose(town)
    decide(town, reference)
    for until in (date.max, date(2062, 11, 30)):
        with town.refuses("within a year"):
            telling_sellers.notify(
                town.db, town.vault, town.act(Role.ANALYST), reference,
                version=sanction(town, reference).version, given_by="Letter",
                objection_until=until,
            )  # fmt: skip


def test_what_was_upheld_before_it_works_is_asked_to_be_put_in_force(both):
    town = both
    reference = propose(town)
    decide(town, reference)
    notify(town, reference)
    appeal(town, reference)
    decide_appeal(town, reference, lifted=False)
    town.later(days=16)
    assert asked(town, reference, Role.ANALYST)
    enforce(town, reference)
    assert not asked(town, reference, Role.ANALYST)


def test_no_notice_is_made_while_the_goods_are_judged_again(both):
    town = both
    testbuy = town.bring(Stage.JUDGED)
    reference = propose(town, testbuy)
    decide(town, reference)
    doubt(town, testbuy)
    with town.refuses("concluded counterfeits alone"):
        notify(town, reference)
    with town.refuses("concluded counterfeits alone"):
        telling_sellers.notice_pdf(town.db, town.vault, reference, town.now, "en")


def test_a_test_buy_is_taken_out_of_a_claim_after_its_evidence(both):
    town = both
    testbuy, operator = suits.counterfeit(town)
    reference = suits.prepare(town, operator)
    suits.plead(town, reference, testbuy)
    (exhibit,) = town.of(Exhibit, testbuy)
    counsel = town.act(Role.COUNSEL)
    grounding.list_evidence(
        town.db, town.vault, counsel, reference, **suits.seen(town, reference), proves="It is one.",
        exhibit=exhibit.reference,
    )  # fmt: skip

    def out(part, number):
        claiming.take_out(
            town.db, counsel, reference, **suits.seen(town, reference), part=part, number=number
        )

    with town.refuses("listed as evidence"):
        out("testbuy", town.row(testbuy).id)
    (line,) = [each for each in town.all(ClaimEvidence) if each.exhibit_id == exhibit.id]
    out("evidence", line.id)
    out("testbuy", town.row(testbuy).id)
    with town.db.read() as tx:
        assert claims.members_of(tx, suits.row(town, reference).id) == []
    with town.refuses("no such part", NotFound):
        out("testbuy", town.row(testbuy).id)
