"""The whole way of a test buy, through the door, to each of its endings."""

import pytest

from casework.buying import campaigns, ending, ordering, requesting
from casework.examinations import examining
from casework.flags import flagging
from casework.programme import programme
from casework.referring import answering
from casework.verdicts import judging
from casework.views.custody import exhibit_page
from evidence import ledger as chains
from rules.lifecycle import EarlyEnd, Stage
from rules.referral import ReferralState
from rules.roles import Role
from rules.verdicts import Verdict
from storage.tables import (
    AttemptState,
    Exhibit,
    Flag,
    MoveRecord,
    Notice,
    OrderAttempt,
    RequestedVia,
    Route,
)
from storage.tables import Verdict as VerdictRow


def moves(town, reference):
    return [record.move.value for record in town.of(MoveRecord, reference)]


@pytest.mark.parametrize("route", Route)
def test_a_counterfeit_goes_all_the_way_to_an_accepted_referral(both, route):
    both.record_sales(1)
    reference = both.request(route=route)
    both.approve(reference)
    assert both.run(reference).stage is Stage.ASSIGNED
    both.carry_on(reference, Stage.DOCUMENTED)
    both.hand_over(reference)
    both.take_in(reference)
    assert both.run(reference).waiting_name == "Waiting for verdict"
    for exhibit in both.of(Exhibit, reference):
        assert exhibit_page(both.db, exhibit.reference).breaks == (), "two-sided from the parcel on"
    both.seal(reference)
    assert both.run(reference).waiting_name == "Waiting for referral approval"
    both.approve_referral(reference)
    both.send(reference)
    assert both.row(reference).waiting_name == "Waiting for agency"
    both.answer(reference, ReferralState.ACKNOWLEDGED)
    assert both.run(reference).stage is Stage.REFERRED
    both.answer(reference, ReferralState.ACCEPTED)
    assert both.run(reference).stage is Stage.CLOSED
    assert moves(both, reference) == [
        "request", "authorise", "assign", "place_order", "receive", "document", "submit",
        "judge", "refer", "close",
    ]  # fmt: skip
    assert chains.verify(both.ledger(reference), reference).ok


def test_below_the_threshold_it_is_held_until_sales_are_recorded(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.JUDGED)
    assert town.run(reference).waiting_name == "Held"
    town.record_sales(1, 100_000)
    assert town.run(reference).waiting_name == "Held"
    town.later(days=1)
    town.record_sales(1)
    assert town.run(reference).waiting_name == "Waiting for referral approval"


def test_a_later_referral_takes_what_was_held_once_the_shops_are_linked(both):
    first, second = both.bring(Stage.JUDGED, 1), both.bring(Stage.JUDGED, 2)
    assert both.run(first).waiting_name == both.run(second).waiting_name == "Held"
    both.record_sales(1, 3_000_000)
    both.record_sales(2, 3_000_000)
    assert both.run(first).waiting_name == both.run(second).waiting_name == "Held"
    analyst = both.act(Role.ANALYST)
    operator = flagging.link_shop(
        both.db,
        analyst,
        shop_id=both.shop(1).id,
        operator=None,
        new_operator_name="Liu",
        basis="One bank account.",
    )
    flagging.link_shop(
        both.db,
        both.act(Role.ANALYST),
        shop_id=both.shop(2).id,
        operator=operator,
        new_operator_name=None,
        basis="One bank account.",
    )
    both.run(second)
    assert both.referral(first).reference == both.referral(second).reference
    assert both.row(first).waiting_name == "Waiting for referral approval"
    both.approve_referral(first)
    both.send(first)
    assert both.stage(first) is both.stage(second) is Stage.REFERRED


def test_genuine_clears_the_shop_and_tells_the_flags_source(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.JUDGED, verdict=Verdict.GENUINE)
    assert town.run(reference).stage is Stage.CLOSED
    assert town.shop(1).cleared_at == town.now
    assert [flag.source_flag_id for flag in town.all(Flag) if flag.proved_wrong_at] == ["F1"]
    assert any("Tell vision" in notice.text for notice in town.of(Notice, reference))


def test_grey_market_closes_without_a_referral_and_clears_nobody(on_sqlite):
    town = on_sqlite
    town.record_sales(1)
    reference = town.bring(Stage.JUDGED, verdict=Verdict.GREY_MARKET)
    assert town.run(reference).stage is Stage.CLOSED
    assert town.referral(reference) is None
    assert town.shop(1).cleared_at is None


@pytest.mark.parametrize(
    "verdict", [Verdict.GENUINE_PACKAGING_COUNTERFEIT_CONTENTS, Verdict.ALTERED_GENUINE]
)
def test_other_counterfeits_are_referred_too(on_sqlite, verdict):
    on_sqlite.record_sales(1)
    reference = on_sqlite.bring(Stage.JUDGED, verdict=verdict)
    on_sqlite.run(reference)
    assert on_sqlite.referral(reference).state is ReferralState.DRAFTED


def test_inconclusive_asks_somebody_else_and_the_second_verdict_decides(both):
    reference = both.bring(Stage.JUDGED, verdict=Verdict.INCONCLUSIVE)
    assert both.run(reference).stage is Stage.SUBMITTED
    again = both.examination(reference)
    with both.refuses("somebody else"):
        examining.claim(both.db, both.act(Role.AUTHENTICATOR, "expert"), again)
    both.seal(reference, Verdict.GENUINE, "other expert")
    row = both.run(reference)
    assert (row.stage, row.conclusion) == (Stage.CLOSED, Verdict.GENUINE)


def test_inconclusive_twice_is_put_before_a_person(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.JUDGED, verdict=Verdict.INCONCLUSIVE)
    town.run(reference)
    town.seal(reference, Verdict.INCONCLUSIVE, "other expert")
    row = town.run(reference)
    assert (row.stage, row.waiting_name) == (Stage.JUDGED, "Waiting for decision")


def test_a_superseding_verdict_takes_the_place_of_the_first_which_stays_as_sealed(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.JUDGED)
    assert town.run(reference).waiting_name == "Held"
    sealed = town.all(VerdictRow)[0]
    judging.judge_again(
        town.db,
        town.act(Role.ANALYST),
        reference,
        version=town.version(reference),
        reason="The reference sample was wrong.",
        supersedes=True,
    )
    assert town.row(reference).conclusion is None
    town.seal(reference, Verdict.GENUINE, "other expert")
    assert town.run(reference).conclusion is Verdict.GENUINE
    first, second = town.all(VerdictRow)
    assert first == sealed._replace(superseded_at=town.now)
    assert second.superseded_at is None


def test_a_quorum_of_two_waits_for_the_second_examiner(on_sqlite):
    town = on_sqlite
    programme.set_policy(town.db, town.act(Role.ADMINISTRATOR), "quorum", 2)
    reference = town.bring(Stage.SUBMITTED)
    town.seal(reference)
    assert town.run(reference).waiting_name == "Waiting for verdict"
    with town.refuses("somebody else"):
        town.seal(reference)
    town.seal(reference, expert="other expert")
    assert town.run(reference).conclusion is Verdict.COUNTERFEIT


def test_a_photo_an_authenticator_asks_for_reaches_the_next_examination(both):
    reference = both.bring(Stage.SUBMITTED)
    before = both.examination(reference)
    expert = both.act(Role.AUTHENTICATOR)
    examining.ask_photo(both.db, expert, before, shot="I03", note="The serial, closer.")
    row = both.run(reference)
    assert (row.stage, row.waiting_name) == (Stage.DOCUMENTED, "Waiting for another photo")
    both.photograph(reference, "I04")
    assert both.run(reference).waiting_name == "Waiting for another photo"
    both.photograph(reference, "I03")
    assert both.run(reference).waiting_name == "Waiting for verdict"
    assert both.examination(reference) != before
    both.seal(reference)
    assert both.run(reference).stage is Stage.JUDGED


def test_the_programme_orders_again_and_gives_up_after_the_last_attempt(both):
    reference = both.bring(Stage.ORDERED, route=Route.BY_HAND)
    cancelled = EarlyEnd.SELLER_CANCELLED

    def fail():
        return ending.order_failed(
            both.db,
            both.buyer(reference),
            reference,
            version=both.version(reference),
            how=cancelled,
            note="Out of stock, they say.",
        )

    assert fail().stage is Stage.ASSIGNED
    both.order(reference)
    assert fail().stage is Stage.ABANDONED
    attempts = both.of(OrderAttempt, reference)
    assert [(each.number, each.state, each.outcome) for each in attempts] == [
        (1, AttemptState.DEAD, cancelled),
        (2, AttemptState.DEAD, cancelled),
    ]
    assert len({each.key for each in attempts}) == 2
    assert both.row(reference).early_end is cancelled


@pytest.mark.parametrize(
    ("how", "stage"),
    [
        (EarlyEnd.LISTING_GONE, Stage.AUTHORISED),
        (EarlyEnd.PAYMENT_REFUSED, Stage.ASSIGNED),
        (EarlyEnd.BUYER_WITHDREW, Stage.ASSIGNED),
        (EarlyEnd.BUDGET_WITHDRAWN, Stage.REQUESTED),
        (EarlyEnd.SELLER_CANCELLED, Stage.ORDERED),
        (EarlyEnd.NOT_SHIPPED, Stage.ORDERED),
        (EarlyEnd.LOST_IN_TRANSIT, Stage.ORDERED),
        (EarlyEnd.PARCEL_REFUSED, Stage.ORDERED),
        (EarlyEnd.REFUNDED, Stage.ORDERED),
        (EarlyEnd.WRONG_PARCEL, Stage.RECEIVED),
        (EarlyEnd.EMPTY_PARCEL, Stage.RECEIVED),
        (EarlyEnd.DAMAGED, Stage.RECEIVED),
    ],
)
def test_every_early_end_is_recorded_with_its_reason(on_sqlite, how, stage):
    town = on_sqlite
    reference = town.bring(stage, route=Route.BY_HAND)
    analyst = town.act(Role.ANALYST)
    version = town.version(reference)
    ending.abandon(town.db, analyst, reference, version=version, why=how, note="")
    row = town.row(reference)
    assert (row.stage, row.early_end, row.waiting_role) == (Stage.ABANDONED, how, None)
    assert town.of(MoveRecord, reference)[-1].reasons == [
        f"Ended early: {how.value.replace('_', ' ')}."
    ]
    assert town.run(reference).stage is Stage.ABANDONED


def test_every_early_end_has_its_test():
    marks = test_every_early_end_is_recorded_with_its_reason.pytestmark
    assert {how for how, _ in marks[0].args[1]} == set(EarlyEnd)


@pytest.mark.parametrize("how", [EarlyEnd.LOST_IN_TRANSIT, EarlyEnd.REFUNDED])
def test_an_order_that_can_not_be_tried_again_ends_the_test_buy_at_once(on_sqlite, how):
    town = on_sqlite
    reference = town.bring(Stage.ORDERED)
    ending.order_failed(town.db, town.engine(), reference, version=None, how=how, note="")
    assert town.row(reference).early_end is how


def test_declined(on_sqlite):
    town = on_sqlite
    reference = town.request()
    version = town.version(reference)
    approver = town.act(Role.APPROVER)
    requesting.decline(town.db, approver, reference, version=version, reason="Too little to see.")
    row = town.row(reference)
    assert (row.stage, row.waiting_name) == (Stage.DECLINED, "Declined")
    assert town.request() != reference, "the listing may be bought later"


def test_a_withdrawn_campaign_ends_what_is_not_yet_bought(both):
    both.open_campaign()
    requested = both.request(1, campaign="Autumn")
    assigned = both.request(2, campaign="Autumn")
    assert both.run(assigned).stage is Stage.ASSIGNED
    ordered = both.request(3, campaign="Autumn")
    both.run(ordered)
    both.order(ordered)
    under_way = both.request(4, campaign="Autumn")
    both.run(under_way)
    ordering.intend_order(both.db, both.engine(), under_way)
    told = campaigns.withdraw(both.db, both.act(Role.APPROVER), "Autumn", "No money.")
    assert set(told) == {requested, assigned, under_way}
    ends = {each: both.run(each) for each in (requested, assigned, ordered, under_way)}
    assert ends[requested].early_end is ends[assigned].early_end is EarlyEnd.BUDGET_WITHDRAWN
    assert ends[ordered].stage is Stage.ORDERED
    assert ends[under_way].stage is Stage.ASSIGNED, "its order may have been placed"


def test_a_request_from_the_control_room_waits_for_adoption(on_sqlite):
    town = on_sqlite
    reference = requesting.request(
        town.db,
        town.engine(),
        flag_id=1,
        purpose="Look",
        campaign=None,
        via=RequestedVia.CONTROL_ROOM,
        route=Route.BY_HAND,
    ).reference
    assert town.run(reference).waiting_name == "Waiting for adoption"
    with town.refuses("adopt"):
        town.approve(reference)
    analyst = town.act(Role.ANALYST)
    requesting.adopt(town.db, analyst, reference, version=town.version(reference))
    row = town.row(reference)
    assert (row.requested_by, row.waiting_name) == (analyst.person, "Waiting for approval")
    assert town.approve(reference).stage is Stage.AUTHORISED


def test_a_campaign_covers_a_request_from_the_control_room(on_sqlite):
    town = on_sqlite
    town.open_campaign()
    reference = town.request(campaign="Autumn", act=town.engine())
    assert town.run(reference).stage is Stage.ASSIGNED


def test_a_declined_referral_closes_its_test_buys_with_the_agencys_reason(on_sqlite):
    town = on_sqlite
    reference = town.refer()
    town.approve_referral(reference)
    town.send(reference)
    town.answer(reference, ReferralState.DECLINED, "Too small")
    assert town.run(reference).stage is Stage.CLOSED
    assert "Too small" in town.of(MoveRecord, reference)[-1].reasons[0]


def test_a_withdrawn_referral_leaves_its_test_buys_held(on_sqlite):
    town = on_sqlite
    reference = town.refer()
    row = town.referral(reference)
    liaison = town.act(Role.LIAISON)
    answering.withdraw(town.db, liaison, row.reference, version=row.version, reason="Wait")
    assert town.row(reference).waiting_name == "Held"
    analyst = town.act(Role.ANALYST)
    answering.close(
        town.db, analyst, reference, version=town.version(reference), note="No case in it."
    )
    assert town.stage(reference) is Stage.CLOSED
