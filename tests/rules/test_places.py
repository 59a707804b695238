"""Storage places: their names, and who may enter."""

import pytest

from rules.places import may_enter, name_of
from rules.roles import Role


def test_a_name_is_made_of_what_is_said():
    assert name_of(" Store  A ", "room 2", "shelf 3") == "Store A, room 2, shelf 3"
    assert name_of("Store A", "", " ") == "Store A"
    with pytest.raises(ValueError, match="which site"):
        name_of(" ", "room 2", "")


@pytest.mark.parametrize(
    ("role", "person", "allowed"),
    [
        (Role.CLERK, 1, True),
        (Role.SUPERVISOR, 7, True),
        (Role.SUPERVISOR, 1, False),
        (Role.CLERK, None, False),
        (Role.BUYER, 7, False),
    ],
)
def test_only_whom_the_place_names_enters(role, person, allowed):
    assert may_enter("Store A", {Role.CLERK, Role.BUYER}, {7}, role, person).allowed is allowed


def test_a_place_that_names_nobody_lets_in_nobody():
    assert not may_enter("Store A", (), (), Role.CLERK, 1).allowed
