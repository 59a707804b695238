"""The table of moves, walked over every stage, move and role."""

import itertools

import pytest

from rules.lifecycle import ENDS, MOVES, WAY, Move, Stage, may
from rules.roles import Role

# The way of the design, written a second time by hand: from, move, to.
DRAWN = {
    (None, "request", "requested"),
    ("requested", "authorise", "authorised"),
    ("requested", "decline", "declined"),
    ("authorised", "assign", "assigned"),
    ("assigned", "place_order", "ordered"),
    ("ordered", "order_again", "assigned"),
    ("ordered", "receive", "received"),
    ("received", "document", "documented"),
    ("documented", "submit", "submitted"),
    ("submitted", "ask_photo", "documented"),
    ("submitted", "judge", "judged"),
    ("judged", "judge_again", "submitted"),
    ("judged", "refer", "referred"),
    ("judged", "close", "closed"),
    ("referred", "close", "closed"),
} | {
    (stage, "abandon", "abandoned")
    for stage in (
        "requested",
        "authorised",
        "assigned",
        "ordered",
        "received",
        "documented",
        "submitted",
    )
}


def test_table_is_the_drawing() -> None:
    assert {(rule.source, rule.move, rule.target) for rule in MOVES} == DRAWN


@pytest.mark.parametrize("role", Role)
def test_whole_product_of_stage_stage_and_role(role: Role) -> None:
    for source, target in itertools.product([None, *Stage], Stage):
        for move in Move:
            rules = [
                rule
                for rule in MOVES
                if (rule.source, rule.move, rule.target) == (source, move, target)
            ]
            decision = may(move, source, role)
            if rules:
                assert decision.allowed == (role in rules[0].roles), (source, move, role)
            elif (source, move) not in {(rule.source, rule.move) for rule in MOVES}:
                assert not decision.allowed, (source, move, role)
            assert decision.allowed or all(decision.reasons)


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
