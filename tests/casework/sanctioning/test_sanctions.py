"""A shop's sanction through the door, on both databases: who, on what, and what it does."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from casework.errors import NotFound, Stale
from casework.keeping.retaining import basis_of
from casework.outcomes.sanctions import under_review
from casework.sanctioning import deciding, objecting, sanctioning
from casework.shots.shotcheck import PHYSICAL
from casework.verdicts import judging
from casework.views import sanctions as views
from casework.views.sanctions import last_day_of
from rules.lifecycle import Stage
from rules.resting import RestsOn
from rules.roles import Role
from rules.sanctions import SanctionKind, SanctionMove, SanctionState
from rules.verdicts import Verdict
from storage.rows import add, change, table_of
from storage.tables import (
    Agency,
    Examination,
    Notice,
    OutcomeReview,
    Sanction,
    SanctionAppeal,
    SanctionStep,
    SanctionTestBuy,
    TestBuy,
)
from storage.tables import Verdict as Verdicts
from tests.casework.sanctioning.sanctioned import (
    appeal,
    decide,
    decide_appeal,
    do,
    enforce,
    in_force,
    notify,
    propose,
    sanction,
)


def state(town, reference):
    return sanction(town, reference).state


def moves(town, reference):
    row = sanction(town, reference)
    steps = town.all(SanctionStep, table_of(SanctionStep).c.sanction_id == row.id)
    return [each.move for each in sorted(steps, key=lambda each: each.number)]


def test_the_whole_way_closes_the_shop_and_reopening_opens_it(both):
    town = both
    reference = propose(town)
    assert state(town, reference) is SanctionState.PROPOSED
    decide(town, reference)
    notify(town, reference)
    assert town.shop(1).closed_at is None
    town.later(days=16)
    enforce(town, reference)
    assert town.shop(1).closed_at == town.now == sanction(town, reference).in_force_at
    closed_at = town.now
    town.later(days=90)
    do(town, sanctioning.reopen, reference, town.act(Role.APPROVER), reasons="Half a year is over.")
    row = sanction(town, reference)
    assert (row.state, row.ended_at, row.in_force_at) == (
        SanctionState.REOPENED, town.now, closed_at,
    )  # fmt: skip
    assert town.shop(1).closed_at is None
    (last,) = [each for each in town.all(SanctionStep) if each.move is SanctionMove.REOPEN]
    assert last.shop_closed_at == closed_at
    done = ["propose", "decide", "notify", "enforce", "reopen"]
    assert moves(town, reference) == [SanctionMove(each) for each in done]


@pytest.mark.parametrize("kind", [SanctionKind.WARNED, SanctionKind.LISTING_REMOVED])
def test_what_closes_no_shop_leaves_it_open(on_sqlite, kind):
    reference = in_force(on_sqlite, kind=kind)
    assert state(on_sqlite, reference) is SanctionState.IN_FORCE
    assert on_sqlite.shop(1).closed_at is None


def test_nobody_decides_what_they_proposed(both):
    town = both
    reference = propose(town, act=town.act(Role.ANALYST, "both"))
    with town.refuses("You proposed this sanction"):
        decide(town, reference, town.act(Role.APPROVER, "both"))
    with town.refuses("You proposed this sanction"):
        do(town, sanctioning.decline, reference, town.act(Role.APPROVER, "both"), reasons="No.")
    decide(town, reference, town.act(Role.APPROVER))
    # And the table says so once more, to whoever changes it past the door.
    with pytest.raises(sa.exc.IntegrityError), town.db.write() as tx:
        row = sanction(town, reference)
        change(tx, Sanction, table_of(Sanction).c.id == row.id, decided_by=row.proposed_by)


def test_a_declined_and_a_withdrawn_proposal_end_and_another_may_follow(both):
    town = both
    fake = town.bring(Stage.JUDGED)
    first = propose(town, fake)
    with town.refuses("has not ended"):
        propose(town, fake)
    do(town, sanctioning.decline, first, town.act(Role.APPROVER), reasons="A warning will do.")
    second = propose(town, fake)
    do(town, sanctioning.withdraw, second, town.act(Role.ANALYST), reasons="Wrong shop.")
    assert [state(town, each) for each in (first, second)] == [
        SanctionState.DECLINED, SanctionState.WITHDRAWN,
    ]  # fmt: skip
    assert sanction(town, propose(town, fake)).reference == "SA-2026-000003"
    with town.refuses("it must be proposed"):
        do(town, sanctioning.withdraw, second, town.act(Role.ANALYST), reasons="Again.")


@pytest.mark.parametrize("verdict", [Verdict.GENUINE, Verdict.INCONCLUSIVE, Verdict.GREY_MARKET])
def test_no_sanction_rests_on_what_is_no_counterfeit(on_sqlite, verdict):
    town = on_sqlite
    reference = town.bring(Stage.JUDGED, verdict=verdict)
    with town.refuses():
        propose(town, reference)
    assert town.all(Sanction) == []


def test_it_rests_on_the_shops_own_test_buys(on_sqlite):
    town = on_sqlite
    mine, other = town.bring(Stage.JUDGED), town.bring(Stage.JUDGED, 2)
    with town.refuses("is no test buy of this shop", NotFound):
        propose(town, mine, other)
    with town.refuses("Name a test buy"):
        sanctioning.propose(
            town.db, town.act(Role.ANALYST), town.row(mine).shop_id, kind=SanctionKind.WARNED,
            resting=(), clause="C", reasons="R", objections_to="O",
        )  # fmt: skip


@pytest.mark.parametrize("role", [Role.APPROVER, Role.LIAISON, Role.AUDITOR, Role.CLERK])
def test_an_analyst_alone_proposes(on_sqlite, role):
    fake = on_sqlite.bring(Stage.JUDGED)
    with on_sqlite.refuses("Only analyst may propose"):
        propose(on_sqlite, fake, act=on_sqlite.act(role))


def test_an_auditor_changes_nothing(on_sqlite):
    town = on_sqlite
    reference = propose(town)
    auditor = town.act(Role.AUDITOR)
    for change_ in (sanctioning.decide, sanctioning.decline, sanctioning.withdraw):
        with town.refuses("Only "):
            do(town, change_, reference, auditor, reasons="R")
    assert sanction(town, reference).version == 1


def test_a_form_of_before_is_refused(both):
    town = both
    reference = propose(town)
    seen = sanction(town, reference).version
    decide(town, reference)
    with town.refuses("was changed meanwhile", Stale):
        sanctioning.withdraw(
            town.db, town.act(Role.ANALYST), reference, version=seen, reasons="Wrong shop."
        )


def test_the_ledger_holds_digests_of_what_people_wrote(both):
    town = both
    reference = in_force(town)
    appeal(town, reference, document=b"My uncle Zhou sold me these.")
    decide_appeal(town, reference, lifted=False)
    bodies = [each.body for each in town.ledger(reference)]
    assert [json.loads(each)["facts"]["what"] for each in bodies] == [
        "propose", "decide", "notify", "notice given", "notice given", "enforce", "appeal",
        "appeal recorded", "uphold",
    ]  # fmt: skip
    text = b"\n".join(bodies)
    for words in (b"plain", b"Zhou", b"Invoices", b"messages", b"clause"):
        assert words not in text


def test_an_appeal_is_heard_by_somebody_else_and_lifts_the_closing(both):
    town = both
    reference = in_force(town)
    town.later(days=3)
    assert appeal(town, reference) == 1
    assert town.shop(1).closed_at is not None, "a closing works until it is lifted"
    with town.refuses("You had a part in this sanction"):
        decide_appeal(town, reference, lifted=True, act=town.act(Role.APPROVER))
    with town.refuses("Only approver or supervisor may lift"):
        decide_appeal(town, reference, lifted=True, act=town.act(Role.ANALYST))
    with town.refuses("An appeal waits"):
        do(town, sanctioning.lift, reference, town.act(Role.SUPERVISOR), reasons="R")
    decide_appeal(town, reference, lifted=True, act=town.act(Role.APPROVER, "other approver"))
    assert state(town, reference) is SanctionState.LIFTED
    assert town.shop(1).closed_at is None
    (kept,) = town.all(SanctionAppeal)
    assert (kept.lifted, kept.reasons) == (True, "Invoices fit.")
    assert town.vault.read(kept.digest).decode() == "我店商品有进货发票。"


def test_an_upheld_sanction_stands_and_a_second_appeal_is_heard_again(both):
    town = both
    reference = in_force(town)
    appeal(town, reference)
    with town.refuses("it must be"):
        appeal(town, reference)
    decide_appeal(town, reference, lifted=False)
    assert state(town, reference) is SanctionState.UPHELD
    assert town.shop(1).closed_at is not None
    with town.refuses("is in force since"):
        enforce(town, reference)
    with town.refuses("No appeal against"):
        decide_appeal(town, reference, lifted=False)
    assert appeal(town, reference, document=b"%PDF-1.7 new invoices") == 2
    decide_appeal(town, reference, lifted=False)


def test_an_appeal_before_it_works_does_not_forget_that_it_did_not(both):
    town = both
    reference = propose(town)
    decide(town, reference)
    notify(town, reference)
    appeal(town, reference)
    decide_appeal(town, reference, lifted=False)
    assert town.shop(1).closed_at is None
    enforce(town, reference)
    assert town.shop(1).closed_at == town.now


def test_an_appeal_has_a_day_a_document_and_a_notice_before_it(on_sqlite):
    town = on_sqlite
    reference = propose(town)
    decide(town, reference)
    with town.refuses("to appeal it must be"):
        appeal(town, reference)
    town.later(days=2)
    notify(town, reference)
    for wrong, said in (
        ({"document": b" "}, "is empty"),
        ({"document": b"\xff\xfe\x00"}, "no PDF, JPEG, PNG or plain text"),
        ({"day": town.now.date().replace(day=town.now.day + 1)}, "in the future"),
        ({"day": town.now.date().replace(day=town.now.day - 1)}, "told later than that"),
    ):
        with town.refuses(said):
            appeal(town, reference, **wrong)


def genuine_after_all(town, reference):
    """A second verdict in place of the first: the goods were genuine."""
    judging.judge_again(
        town.db, town.act(Role.ANALYST), reference, version=town.version(reference),
        reason="The rights holder doubts it.", supersedes=True,
    )  # fmt: skip
    town.later(hours=1)
    town.seal(reference, Verdict.GENUINE, "other expert")
    if town.stage(reference) is Stage.SUBMITTED:
        judging.conclude(town.db, town.engine(), reference)
        deciding.decide(town.db, town.engine(), reference)


def test_a_genuine_result_lifts_what_rested_on_it_alone(both):
    town = both
    fake = town.bring(Stage.JUDGED)
    reference = in_force(town, fake)
    assert town.shop(1).closed_at is not None
    genuine_after_all(town, fake)
    assert town.stage(fake) is Stage.CLOSED
    assert state(town, reference) is SanctionState.LIFTED
    assert (town.shop(1).closed_at, town.shop(1).cleared_at) == (None, town.now)
    (last,) = [each for each in town.all(SanctionStep) if each.move is SanctionMove.LIFT]
    assert (last.by_role, last.by_person) == (Role.PROGRAMME, None)


def test_and_withdraws_a_proposal(on_sqlite):
    town = on_sqlite
    fake = town.bring(Stage.JUDGED)
    reference = propose(town, fake)
    genuine_after_all(town, fake)
    assert state(town, reference) is SanctionState.WITHDRAWN


def same_shop(town, reference, first):
    """As if both had been bought from one shop."""
    with town.db.write() as tx:
        shop = town.row(first).shop_id
        change(tx, TestBuy, table_of(TestBuy).c.reference == reference, shop_id=shop)


def test_what_rests_on_another_counterfeit_too_is_put_before_the_approver(both):
    town = both
    fake, other = town.bring(Stage.JUDGED), town.bring(Stage.JUDGED, 2)
    same_shop(town, other, fake)
    reference = in_force(town, fake, other)
    genuine_after_all(town, fake)
    assert state(town, reference) is SanctionState.IN_FORCE
    (told,) = [each for each in town.all(Notice) if each.about == reference]
    assert (told.to_role, told.shown) == (Role.APPROVER, True)
    # What rests on it carries it no longer as a whole: an approver lifts or reopens it.
    do(town, sanctioning.lift, reference, town.act(Role.SUPERVISOR), reasons="Too thin now.")


def test_a_superseded_verdict_puts_each_sanction_under_review(both):
    town = both
    fake = town.refer()
    town.approve_referral(fake)
    town.send(fake)
    reference = in_force(town, fake)
    genuine_after_all(town, fake)
    (review,) = [each for each in town.all(OutcomeReview) if each.rests is RestsOn.SANCTION]
    assert review.about == reference
    with town.db.read() as tx:
        assert under_review(tx, sanction(town, reference))
    assert state(town, reference) is SanctionState.IN_FORCE
    with town.refuses("clears the shop"):
        in_force(town, fake, kind=SanctionKind.WARNED)


def test_exhibits_stay_as_long_as_the_seller_may_object(on_sqlite):
    town = on_sqlite

    def rests():
        with town.db.read() as tx:
            testbuy = town.row(sanctioned)
            said = {each.name: each.ended_on for each in basis_of(tx, testbuy).rests}
        return said.get(reference, "nothing")

    reference = propose(town)
    (link,) = town.all(SanctionTestBuy)
    (sanctioned,) = [each.reference for each in town.all(TestBuy) if each.id == link.testbuy_id]
    assert rests() is None
    decide(town, reference)
    notify(town, reference)
    assert rests() is None
    town.later(days=16)
    enforce(town, reference)
    assert rests() == sanction(town, reference).objections_end_at.date()
    appeal(town, reference)
    assert rests() is None
    decide_appeal(town, reference, lifted=True)
    assert rests() == "nothing"


def test_a_sanction_on_photographs_says_which_agencies_they_suffice(both):
    town = both
    testbuy = town.bring(Stage.JUDGED)
    reference = propose(town, testbuy)
    country = town.shop(1).region
    for name, there, needs in (
        ("A that wants it", country, True), ("B that does not", country, False),
        ("C elsewhere", "XX", True),
    ):  # fmt: skip
        with town.db.write() as tx:
            add(tx, Agency, name=name, jurisdiction=there, needs_exhibit=needs)

    def shown():
        page = views.sanction(town.db, reference, town.now)
        new = views.new_sanction(town.db, town.shop(1).id)
        assert (page.photographed is None) is (new.photographed is None)
        return page.photographed

    assert shown().testbuys == {testbuy}
    said = {each.name: each.needs_exhibit for each in shown().agencies}
    assert said.items() >= {"A that wants it": True, "B that does not": False}.items()
    assert "C elsewhere" not in said
    with town.db.write() as tx:
        change(tx, Examination, table_of(Examination).c.id > 0, basis=PHYSICAL)
    assert shown() is None


def test_who_put_it_in_force_does_not_hear_the_appeal(on_sqlite):
    town = on_sqlite
    reference = propose(town)
    decide(town, reference)
    notify(town, reference)
    enforce(town, reference, town.act(Role.APPROVER, "other approver"))
    appeal(town, reference)
    with town.refuses("You had a part in this sanction"):
        decide_appeal(town, reference, lifted=False, act=town.act(Role.APPROVER, "other approver"))


def test_an_approver_declines_and_does_not_withdraw(on_sqlite):
    """Withdrawing leaves no decision and no decider: that way is the analysts' alone."""
    town = on_sqlite
    reference = propose(town)
    with town.refuses("Only analyst may withdraw"):
        do(town, sanctioning.withdraw, reference, town.act(Role.APPROVER), reasons="No.")


def test_the_last_day_to_object_is_whole(on_sqlite):
    town = on_sqlite
    reference = propose(town)
    decide(town, reference)
    notify(town, reference, days=15)
    row = sanction(town, reference)
    assert last_day_of(row) == (town.now + timedelta(days=15)).date()
    assert row.objections_end_at.date() == (town.now + timedelta(days=16)).date()


def test_an_upheld_sanction_that_never_worked_is_lifted_and_not_reopened(on_sqlite):
    town = on_sqlite
    reference = propose(town)
    decide(town, reference)
    notify(town, reference)
    appeal(town, reference)
    decide_appeal(town, reference, lifted=False)
    with town.refuses("was never in force"):
        do(town, sanctioning.reopen, reference, town.act(Role.APPROVER), reasons="Over.")
    assert state(town, reference) is SanctionState.UPHELD


def test_one_of_a_kind_stands_against_a_shop_and_others_beside_it(on_sqlite):
    town = on_sqlite
    mine, other = town.bring(Stage.JUDGED), town.bring(Stage.JUDGED, 2)
    propose(town, mine)
    propose(town, mine, kind=SanctionKind.WARNED)
    propose(town, other)
    assert len(town.all(Sanction)) == 3


@pytest.mark.parametrize("left_out", ["clause", "reasons", "objections_to"])
def test_each_of_what_a_seller_is_told_is_said(on_sqlite, left_out):
    fake = on_sqlite.bring(Stage.JUDGED)
    with on_sqlite.refuses("Name the clause"):
        propose(on_sqlite, fake, **{left_out: "  "})


def test_what_ends_or_decides_a_sanction_says_why(on_sqlite):
    town = on_sqlite
    reference = propose(town)
    for change_, role in (
        (sanctioning.decide, Role.APPROVER), (sanctioning.decline, Role.APPROVER),
        (sanctioning.withdraw, Role.ANALYST),
    ):  # fmt: skip
        with town.refuses("Say why"):
            do(town, change_, reference, town.act(role), reasons=" ")
    decide(town, reference)
    notify(town, reference)
    appeal(town, reference)
    with town.refuses("Say why"):
        do(
            town, objecting.decide_appeal, reference, town.act(Role.SUPERVISOR), lifted=True,
            reasons=" ",
        )  # fmt: skip
    assert state(town, reference) is SanctionState.APPEALED


@pytest.mark.parametrize(("days", "said"), [(0, "must lie ahead"), (367, "within a year")])
def test_a_seller_has_a_day_to_a_year(on_sqlite, days, said):
    town = on_sqlite
    reference = propose(town)
    decide(town, reference)
    with town.refuses(said):
        notify(town, reference, days=days)
    notify(town, reference, days=days + 1 if days == 0 else days - 1)


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_nothing_is_done_on_what_is_to_be_looked_at_again(on_sqlite, steps):
    """Between the judging anew and the review neither decision, notice nor closing is made."""
    town = on_sqlite
    reference = propose(town)
    way = (decide, notify, enforce)
    for step in way[:steps]:
        step(town, reference)
    with town.db.write() as tx:
        review = add(
            tx, OutcomeReview, rests=RestsOn.SANCTION, about=reference, opened_at=town.now,
            testbuy_id=town.all(SanctionTestBuy)[0].testbuy_id, verdict_id=town.all(Verdicts)[0].id,
        )  # fmt: skip
    with town.refuses("was judged anew"):
        way[steps](town, reference)
    with town.db.write() as tx:
        done = {"decided_at": town.now, "decision": "It stands.", "decided_by": 1}
        change(tx, OutcomeReview, table_of(OutcomeReview).c.id == review, **done)
    way[steps](town, reference)


def test_a_sign_that_nobody_sees_does_not_hide_what_is_withheld(on_sqlite):
    fake = on_sqlite.bring(Stage.JUDGED)
    with on_sqlite.refuses("It names a test buy"):
        propose(on_sqlite, fake, reasons=f"It is {fake[:4]}\u200b{fake[4:]}.")
