"""How orders fail and test buys end early: no order is taken for dead that may still be shipped."""

import pytest

from casework.buying import assigning, buying, campaigns, ending, ordering
from casework.flags import flagging
from rules.lifecycle import EarlyEnd, Stage
from rules.money import Money
from rules.roles import Role
from storage import watching
from storage.rows import every, one, table_of
from storage.tables import (
    AttemptState,
    Campaign,
    OrderAttempt,
    Parcel,
    PersonaUse,
    Route,
    TestBuy,
)


def order_held(town, number="M-1", **request):
    """A test buy whose order the platform holds."""
    reference = town.bring(Stage.ASSIGNED, route=Route.INTERFACE, **request)
    place(town, reference, number)
    return reference


def place(town, reference, number):
    intent = ordering.intend_order(town.db, town.engine(), reference)
    paid = Money(9_000, "CNY")
    ordering.settle_placed(town.db, town.engine(), reference, intent.attempt_id, number, paid)
    return intent.attempt_id


def given_up(town):
    """…and a buyer who says that nothing was sent."""
    reference = order_held(town)
    fail(town, town.buyer(reference), reference)
    return reference


def fail(town, act, reference, how=EarlyEnd.NOT_SHIPPED, **others):
    version = town.version(reference)
    return ending.order_failed(town.db, act, reference, version=version, how=how, note="", **others)


def abandon(town, act, reference, why=EarlyEnd.BUYER_WITHDREW):
    version = town.version(reference)
    return ending.abandon(town.db, act, reference, version=version, why=why, note="")


def answer(town, reference, number=None):
    return ordering.answer_for_order(
        town.db,
        town.act(Role.ANALYST),
        reference,
        version=town.version(reference),
        order_number=number,
        paid_minor=None,
    )


def ship(town, reference, number="SF1"):
    attempt = town.of(OrderAttempt, reference)[-1]
    buying.note_shipped(
        town.db,
        town.engine(),
        reference,
        attempt_id=attempt.id,
        carrier="SF",
        tracking_number=number,
    )
    with town.db.read() as tx:
        return one(tx, Parcel, table_of(Parcel).c.tracking_number == number)


def states(town, reference):
    return [each.state for each in town.of(OrderAttempt, reference)]


def test_an_order_the_platform_holds_is_not_dead_by_a_persons_word(both):
    reference = given_up(both)
    row = both.row(reference)
    assert (row.stage, row.waiting_name) == (Stage.ORDERED, "Waiting for cancellation")
    assert ordering.intend_order(both.db, both.engine(), reference) is None
    intent = ordering.order_to_cancel(both.db, reference)
    assert (intent.order_number, intent.how) == ("M-1", EarlyEnd.NOT_SHIPPED)
    fail(both, both.engine(), reference, intent.how, attempt_id=intent.attempt_id)
    assert states(both, reference) == [AttemptState.DEAD]
    assert both.row(reference).stage is Stage.ASSIGNED
    assert ordering.order_to_cancel(both.db, reference) is None
    assert ordering.intend_order(both.db, both.engine(), reference).fresh


@pytest.mark.parametrize("role", [Role.BUYER, Role.ANALYST])
@pytest.mark.parametrize("how", [fail, abandon])
def test_while_it_is_being_cancelled_nobodys_word_ends_it(on_sqlite, role, how):
    town = on_sqlite
    reference = given_up(town)
    act = town.buyer(reference) if role is Role.BUYER else town.act(role)
    with town.refuses("being asked to cancel"):
        how(town, act, reference)
    assert states(town, reference) == [AttemptState.CANCELLING]


def test_an_analyst_who_found_out_answers_for_a_silent_platform(on_sqlite):
    town = on_sqlite
    reference = given_up(town)
    assert answer(town, reference).stage is Stage.ASSIGNED
    place(town, reference, "M-2")
    fail(town, town.buyer(reference), reference)
    answer(town, reference, "M-2")
    assert states(town, reference) == [AttemptState.DEAD, AttemptState.PLACED]
    assert town.row(reference).waiting_name == "Waiting for parcel"


def test_an_order_that_was_shipped_meanwhile_is_waited_for_again(on_sqlite):
    town = on_sqlite
    reference = given_up(town)
    intent = ordering.order_to_cancel(town.db, reference)
    arguments = (reference, intent.attempt_id, "already_shipped")
    ordering.settle_not_cancelled(town.db, town.engine(), *arguments)
    (attempt,) = town.of(OrderAttempt, reference)
    assert (attempt.state, attempt.outcome) == (AttemptState.PLACED, None)
    assert town.row(reference).waiting_name == "Waiting for parcel"
    ordering.settle_not_cancelled(town.db, town.engine(), *arguments)
    assert ordering.order_to_cancel(town.db, reference) is None


def test_the_parcel_of_an_order_being_cancelled_may_arrive_and_turn_out_empty(on_sqlite):
    town = on_sqlite
    reference = given_up(town)
    town.carry_on(reference, Stage.RECEIVED)
    assert ordering.order_to_cancel(town.db, reference) is None
    assert states(town, reference) == [AttemptState.PLACED]
    assert abandon(town, town.act(Role.ANALYST), reference).stage is Stage.ABANDONED


@pytest.mark.parametrize("role", [Role.BUYER, Role.ANALYST])
def test_ending_early_cancels_the_order_first_and_orders_no_other(both, role):
    reference = order_held(both)
    act = both.buyer(reference) if role is Role.BUYER else both.act(role)
    assert abandon(both, act, reference, EarlyEnd.SELLER_CANCELLED).stage is Stage.ORDERED
    intent = ordering.order_to_cancel(both.db, reference)
    done = fail(both, both.engine(), reference, intent.how, attempt_id=intent.attempt_id)
    assert done.stage is Stage.ABANDONED
    assert both.row(reference).early_end is EarlyEnd.SELLER_CANCELLED
    assert states(both, reference) == [AttemptState.DEAD]


def test_an_order_that_was_shipped_ends_by_what_may_happen_to_parcels(on_sqlite):
    town = on_sqlite
    reference = order_held(town)
    ship(town, reference)
    analyst = town.act(Role.ANALYST)
    with town.refuses("was shipped"):
        fail(town, analyst, reference, EarlyEnd.NOT_SHIPPED)
    assert fail(town, analyst, reference, EarlyEnd.LOST_IN_TRANSIT).stage is Stage.ABANDONED


def test_what_a_platform_says_of_an_earlier_order_kills_no_later_one(both):
    reference = order_held(both)
    with both.db.read() as tx:
        (asked,) = watching.open_orders(tx)
    fail(both, both.engine(), reference, attempt_id=asked.attempt_id)
    place(both, reference, "M-2")
    with both.refuses("another order"):
        fail(both, both.engine(), reference, attempt_id=asked.attempt_id)
    buying.note_shipped(
        both.db,
        both.engine(),
        reference,
        attempt_id=asked.attempt_id,
        carrier="SF",
        tracking_number="SF-of-the-first",
    )
    assert states(both, reference) == [AttemptState.DEAD, AttemptState.PLACED]
    with both.db.read() as tx:
        assert every(tx, Parcel) == []


@pytest.mark.parametrize("state", sorted(buying.LOST))
def test_a_parcel_that_will_not_arrive_ends_the_test_buy_with_the_word_itself(both, state):
    reference = order_held(both)
    parcel = ship(both, reference)
    tell(both, reference, parcel, state)
    row = both.row(reference)
    assert (row.stage, row.early_end) == (Stage.ABANDONED, buying.LOST[state])


def test_one_lost_parcel_of_two_ends_nothing(on_sqlite):
    town = on_sqlite
    reference = order_held(town)
    first, second = ship(town, reference), ship(town, reference, "SF2")
    tell(town, reference, first, "lost")
    assert town.row(reference).stage is Stage.ORDERED
    tell(town, reference, second, "lost")
    assert town.row(reference).early_end is EarlyEnd.LOST_IN_TRANSIT


def test_a_parcel_told_lost_after_it_arrived_ends_nothing(on_sqlite):
    town = on_sqlite
    reference = order_held(town)
    parcel = ship(town, reference)
    town.carry_on(reference, Stage.RECEIVED)
    tell(town, reference, parcel, "lost")
    assert town.row(reference).stage is Stage.RECEIVED


def tell(town, reference, parcel, state):
    buying.note_parcel(
        town.db, town.engine(), reference, parcel.id, state=state, changed_at=town.now
    )


def test_a_refusal_that_ends_nothing_is_put_before_an_analyst(both):
    reference = both.bring(Stage.ASSIGNED, route=Route.INTERFACE)
    intent = ordering.intend_order(both.db, both.engine(), reference)
    arguments = (reference, intent.attempt_id, "price_over_limit", None)
    ordering.settle_refused(both.db, both.engine(), *arguments)
    row = both.row(reference)
    assert (row.stage, row.waiting_name) == (Stage.ASSIGNED, "Waiting for decision")
    assert ordering.intend_order(both.db, both.engine(), reference) is None, "by itself"
    with both.refuses("refused this order"):
        answer(both, reference, "M-1")
    answer(both, reference)
    again = ordering.intend_order(both.db, both.engine(), reference)
    assert again.fresh and again.key != intent.key


def test_a_refused_order_does_not_keep_a_test_buy_from_ending(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.ASSIGNED, route=Route.INTERFACE)
    intent = ordering.intend_order(town.db, town.engine(), reference)
    arguments = (reference, intent.attempt_id, "price_over_limit", None)
    ordering.settle_refused(town.db, town.engine(), *arguments)
    assert abandon(town, town.act(Role.ANALYST), reference).stage is Stage.ABANDONED


def test_an_order_intended_while_its_marketplace_is_away_can_be_answered_for(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.ASSIGNED, route=Route.INTERFACE)
    hold = town.take(reference, "run")
    ordering.intend_order(town.db, town.engine(hold=hold), reference)
    with town.refuses("asking about this order just now"):
        answer(town, reference)
    town.later(seconds=61)
    answer(town, reference)
    assert abandon(town, town.act(Role.ANALYST), reference).stage is Stage.ABANDONED


def test_without_a_marketplace_the_buyer_orders_by_hand(on_sqlite):
    town = on_sqlite
    reference = town.bring(Stage.ASSIGNED, route=Route.INTERFACE)
    ordering.by_hand_instead(town.db, town.engine(), reference)
    assert town.row(reference).route is Route.BY_HAND
    started = town.bring(Stage.ASSIGNED, flag=2, route=Route.INTERFACE)
    ordering.intend_order(town.db, town.engine(), started)
    ordering.by_hand_instead(town.db, town.engine(), started)
    assert town.row(started).route is Route.INTERFACE, "an order may be under way"


def used(town):
    with town.db.read() as tx:
        campaign = one(tx, Campaign)
    return campaign.buys, campaign.committed_minor


def test_what_was_never_bought_gives_the_campaign_its_budget_back(both):
    both.open_campaign()
    first, second = (both.request(flag, campaign="Autumn") for flag in (1, 2))
    for reference in (first, second):
        both.run(reference)
    buys, committed = used(both)
    assert buys == 2
    abandon(both, both.act(Role.ANALYST), first, EarlyEnd.LISTING_GONE)
    assert used(both) == (1, committed - both.row(first).price_minor)
    place(both, second, "M-1")
    fail(both, both.engine(), second, EarlyEnd.REFUNDED)
    assert used(both)[0] == 1, "what was paid for stays counted"


def test_a_request_that_no_campaign_had_authorised_gives_nothing_back(on_sqlite):
    town = on_sqlite
    town.open_campaign()
    covered = town.request(1, campaign="Autumn")
    town.run(covered)
    waiting = town.request(2, campaign="Autumn")
    campaigns.withdraw(town.db, town.act(Role.APPROVER), "Autumn", "No money.")
    town.run(waiting)
    assert town.row(waiting).stage is Stage.ABANDONED
    assert used(town)[0] == 1


def link(town, shop, operator):
    return flagging.link_shop(
        town.db,
        town.act(Role.ANALYST),
        shop_id=town.shop(shop).id,
        operator=operator,
        new_operator_name=None if operator else "Liu",
        basis="One phone number.",
    )


def test_a_persona_whose_shops_are_linked_before_the_order_gives_way_to_another(both):
    first = both.bring(Stage.ASSIGNED, flag=1, route=Route.INTERFACE)
    second = both.bring(Stage.ASSIGNED, flag=2, route=Route.INTERFACE)
    taken = both.row(first).persona_id
    with both.db.write() as tx:
        # Both under one persona, as happens where a month lies between the two.
        uses = table_of(PersonaUse)
        rows = table_of(TestBuy)
        tx.execute(
            uses.update().where(uses.c.testbuy_id == both.row(second).id).values(persona_id=taken)
        )
        tx.execute(rows.update().where(rows.c.reference == second).values(persona_id=taken))
    link(both, 2, link(both, 1, None))
    assert ordering.intend_order(both.db, both.engine(), second) is None
    assigning.reassign(both.db, both.engine(), second)
    row = both.row(second)
    assert row.persona_id != taken
    with both.db.read() as tx:
        (use,) = every(tx, PersonaUse, table_of(PersonaUse).c.testbuy_id == row.id)
    assert use.persona_id == row.persona_id
    assert ordering.intend_order(both.db, both.engine(), second).fresh
    assigning.reassign(both.db, both.engine(), second)
    assert both.row(second).persona_id == row.persona_id
