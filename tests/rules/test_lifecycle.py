"""The table of moves, walked over every stage, move and role."""

import itertools

import pytest

from rules.lifecycle import ENDS, MOVES, WAY, EarlyEnd, Move, Stage, may, may_end, rule_for
from rules.roles import Role

# The way of the design, written a second time by hand: from, move, to, by whom.
DRAWN = """
-           request      requested   analyst programme
requested   authorise    authorised  approver programme
requested   decline      declined    approver
authorised  assign       assigned    analyst programme
assigned    place_order  ordered     buyer programme
ordered     order_again  assigned    analyst programme
ordered     receive      received    buyer clerk
received    document     documented  buyer clerk
documented  submit       submitted   clerk programme
submitted   ask_photo    documented  authenticator
submitted   judge        judged      programme
judged      judge_again  submitted   analyst programme
judged      refer        referred    programme
judged      close        closed      analyst programme
referred    close        closed      liaison programme
requested   abandon      abandoned   analyst buyer programme
authorised  abandon      abandoned   analyst buyer programme
assigned    abandon      abandoned   analyst buyer programme
ordered     abandon      abandoned   analyst buyer programme
received    abandon      abandoned   analyst buyer programme
documented  abandon      abandoned   analyst buyer programme
submitted   abandon      abandoned   analyst buyer programme
"""
LINES = [line.split() for line in DRAWN.strip().splitlines()]
ROLES = {
    (None if source == "-" else source, move, target): set(roles)
    for source, move, target, *roles in LINES
}

# The reasons a test buy may end early for, by where it stands, written a second time by hand.
ENDINGS = {
    "requested": {"listing_gone", "budget_withdrawn"},
    "authorised": {"listing_gone", "budget_withdrawn"},
    "assigned": {
        "listing_gone",
        "budget_withdrawn",
        "payment_refused",
        "seller_cancelled",
        "not_shipped",
        "buyer_withdrew",
    },
    "ordered": {
        "payment_refused",
        "seller_cancelled",
        "not_shipped",
        "lost_in_transit",
        "parcel_refused",
        "refunded",
        "buyer_withdrew",
    },
    "received": {"wrong_parcel", "empty_parcel", "damaged", "refunded", "buyer_withdrew"},
    "documented": {"wrong_parcel", "empty_parcel", "damaged", "refunded", "buyer_withdrew"},
    "submitted": {"damaged", "refunded"},
}


def test_table_is_the_drawing() -> None:
    assert len(ROLES) == len(LINES)
    assert {(rule.source, rule.move, rule.target) for rule in MOVES} == ROLES.keys()


@pytest.mark.parametrize("role", Role)
def test_whole_product_of_stage_stage_and_role(role: Role) -> None:
    for source, target, move in itertools.product([None, *Stage], Stage, Move):
        rule = rule_for(move, source)
        leads_there = rule is not None and rule.target is target
        allowed = leads_there and may(move, source, role).allowed
        assert allowed == (role in ROLES.get((source, move, target), ())), (source, move, target)


@pytest.mark.parametrize("role", Role)
def test_every_refusal_has_a_reason(role: Role) -> None:
    for source, move in itertools.product([None, *Stage], Move):
        decision = may(move, source, role)
        assert decision.allowed or all(decision.reasons)


def test_a_reason_to_end_early_fits_the_stage() -> None:
    for stage, why in itertools.product(Stage, EarlyEnd):
        decision = may_end(why, stage)
        assert decision.allowed == (why in ENDINGS.get(stage, ())), (stage, why)
        assert decision.allowed or all(decision.reasons)
    assert may_end(EarlyEnd.LOST_IN_TRANSIT, Stage.REQUESTED).reasons == (
        "A test buy that is requested can't end with “lost in transit”; "
        "say listing gone or budget withdrawn.",
    )
    assert "it must be requested, authorised" in may_end(EarlyEnd.DAMAGED, Stage.CLOSED).reasons[0]


def test_whatever_may_be_abandoned_has_a_reason_to_be() -> None:
    assert {rule.source for rule in MOVES if rule.move is Move.ABANDON} == ENDINGS.keys()


def test_nothing_leaves_an_end() -> None:
    assert not [rule for rule in MOVES if rule.source in ENDS]


def test_every_stage_is_reached() -> None:
    assert {rule.target for rule in MOVES} == set(Stage)


def test_no_early_end_once_judged() -> None:
    for stage in WAY[WAY.index(Stage.JUDGED) :]:
        assert not may(Move.ABANDON, stage, Role.ANALYST).allowed


def test_refusals_say_where_the_move_starts_and_who_may_make_it() -> None:
    assert may(Move.RECEIVE, Stage.ASSIGNED, Role.BUYER).reasons == (
        "The test buy is assigned; to receive it must be ordered.",
    )
    assert may(Move.DECLINE, Stage.REQUESTED, Role.ANALYST).reasons == (
        "Only approver may decline; you act as analyst.",
    )


def test_nobody_but_the_programme_concludes_or_refers() -> None:
    for rule in MOVES:
        if rule.move in {Move.JUDGE, Move.REFER}:
            assert rule.roles == {Role.PROGRAMME}
