"""What a passed deadline asks for, and that nothing ends unannounced."""

from datetime import UTC, datetime, timedelta

import pytest

from rules.deadlines import DEFAULTS, NextStep, StagePolicy, StepKind, lateness, next_step
from rules.lifecycle import ENDS, EarlyEnd, Stage
from rules.roles import Role
from rules.waiting import ON_ENTRY

SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def _day(number: float) -> datetime:
    return SINCE + timedelta(days=number)


def _policy(then: str) -> StagePolicy:
    two, five = timedelta(days=2), timedelta(days=5)
    return StagePolicy(Stage.ORDERED, Role.BUYER, two, five, Role.ANALYST, then)


def _step(
    then: str, now: float, reminded: float | None = None, escalated: float | None = None
) -> NextStep:
    return next_step(
        _policy(then),
        SINCE,
        None if reminded is None else _day(reminded),
        None if escalated is None else _day(escalated),
        _day(now),
    )


ABANDON = "abandon:not_shipped"


@pytest.mark.parametrize(
    ("then", "now", "reminded", "escalated", "kind", "due"),
    [
        ("escalate", 1.9, None, None, "nothing", 2),
        ("escalate", 2, None, None, "remind", 5),
        ("escalate", 4.9, 2, None, "nothing", 5),
        ("escalate", 5, 2, None, "escalate", None),
        ("escalate", 9, None, None, "escalate", None),
        ("escalate", 9, 2, 5, "nothing", None),
        # reminders of an earlier wait do not count for this one
        ("escalate", 2, -1, -1, "remind", 5),
        ("remind", 2, None, None, "remind", 4),
        ("remind", 3.9, 2, None, "nothing", 4),
        ("remind", 9, 2, None, "remind", 11),
        (ABANDON, 1, None, None, "nothing", 2),
        (ABANDON, 2, None, None, "remind", 5),
        (ABANDON, 4.9, 2, None, "nothing", 5),
        (ABANDON, 5, 2, None, "abandon", None),
        # a sweep that comes late reminds first and gives the full notice
        (ABANDON, 30, None, None, "remind", 33),
        (ABANDON, 32, 30, None, "nothing", 33),
        (ABANDON, 33, 30, None, "abandon", None),
    ],
)
def test_the_step_due(
    then: str,
    now: float,
    reminded: float | None,
    escalated: float | None,
    kind: str,
    due: float | None,
) -> None:
    step = _step(then, now, reminded, escalated)
    assert step == NextStep(StepKind(kind), None if due is None else _day(due))


def test_the_policy_names_its_early_end() -> None:
    assert _policy(ABANDON).early_end is EarlyEnd.NOT_SHIPPED
    assert _policy("escalate").early_end is None


@pytest.mark.parametrize("then", ["abandon", "abandon:", "abandon:bored", "not_shipped", ""])
def test_a_policy_that_says_nothing_sensible_cannot_be_made(then: str) -> None:
    with pytest.raises(ValueError, match="ordered"):
        _policy(then)


def test_every_open_stage_has_a_default_for_whom_it_waits_for() -> None:
    owners = {policy.stage: policy.owner for policy in DEFAULTS}
    assert len(owners) == len(DEFAULTS)
    assert owners == {
        stage: waiting.role for stage, waiting in ON_ENTRY.items() if stage not in ENDS
    }


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (timedelta(days=3, hours=5), "3 days late"),
        (timedelta(days=1), "1 day late"),
        (timedelta(minutes=119), "1 hour late"),
        (timedelta(seconds=2), "2 seconds late"),
        (timedelta(), "due now"),
        (-timedelta(minutes=20), "due in 20 minutes"),
    ],
)
def test_lateness_in_words(late: timedelta, words: str) -> None:
    assert lateness(SINCE, SINCE + late) == words
