"""Days of a claim's money follow their causes: paid, then given on, then recovered and closed."""

from datetime import timedelta

import pytest

from casework.suing import awarding
from rules.claims import ClaimMove
from rules.pleading import AllocatedTo
from rules.roles import Role
from tests.casework.suing import suits


@pytest.fixture
def paid(both):
    """A final claim under which 10,000 came in on the tenth day after."""
    town = both
    reference, _ = suits.heard(town)
    suits.judge(town, reference, 10_000, 0)
    suits.step(town, reference, ClaimMove.BECOME_FINAL)
    town.later(days=10)
    awarding.record_payment(
        town.db, town.vault, town.act(Role.COUNSEL), reference, **suits.seen(town, reference),
        received_on=town.now.date(), amount_minor=10_000, paper=suits.PAPER,
    )  # fmt: skip
    town.later(days=10)
    return town, reference


def allocate(town, reference, on, amount=10_000):
    awarding.allocate(
        town.db, town.act(Role.COUNSEL), reference, **suits.seen(town, reference),
        to=AllocatedTo.COSTS, said=None, amount_minor=amount, allocated_on=on,
    )  # fmt: skip


def end(town, reference, move, on):
    awarding.settle_up(
        town.db, town.act(Role.COUNSEL), reference, move, **suits.seen(town, reference), on=on
    )


def test_nothing_is_given_on_before_it_came_in(paid):
    town, reference = paid
    came = town.now.date() - timedelta(days=10)
    with town.refuses("so much had not come in"):
        allocate(town, reference, came - timedelta(days=1))
    allocate(town, reference, came)


def test_what_went_later_is_not_given_on_a_second_time_before(paid):
    """By each day alone the sums would do; by the later day more went than had come."""
    town, reference = paid
    came = town.now.date() - timedelta(days=10)
    awarding.record_payment(
        town.db, town.vault, town.act(Role.COUNSEL), reference, **suits.seen(town, reference),
        received_on=town.now.date(), amount_minor=10_000, paper=suits.PAPER,
    )  # fmt: skip
    allocate(town, reference, came + timedelta(days=5))
    with town.refuses(f"By {came + timedelta(days=5)} so much had not come in"):
        allocate(town, reference, came, 5_000)
    allocate(town, reference, town.now.date())


def test_nothing_is_recovered_or_closed_before_its_money_moved(paid):
    town, reference = paid
    came = town.now.date() - timedelta(days=10)
    with town.refuses(f"on {came}"):
        end(town, reference, ClaimMove.RECOVER, came - timedelta(days=1))
    end(town, reference, ClaimMove.RECOVER, came)
    given = came + timedelta(days=5)
    allocate(town, reference, given)
    with town.refuses(f"on {given}"):
        end(town, reference, ClaimMove.CLOSE, given - timedelta(days=1))
    end(town, reference, ClaimMove.CLOSE, given)
