"""Who is given what of a photo: every role and level, over every shot, masked or not."""

from itertools import product

import pytest

from rules.audience import COPIES, ORIGINALS, Given, Level, Picture, in_package, on_page
from rules.roles import PERSONS, Role
from rules.shots import SHOTS

PICTURES = [
    Picture(shot, masked, place)
    for shot, masked, place in product(SHOTS.values(), (True, False), (True, False))
]


@pytest.mark.parametrize("role", sorted(PERSONS))
def test_only_those_entitled_get_an_original_on_a_page(role: Role) -> None:
    for picture in PICTURES:
        given = on_page(frozenset({role}), picture)
        assert (given is Given.ORIGINAL) == (role in ORIGINALS), picture
        if role not in picture.shot.audience:
            assert given is Given.NOTHING, picture


def test_authenticators_get_copies_of_goods_and_nothing_of_what_identifies_the_buyer() -> None:
    for picture in PICTURES:
        given = on_page(frozenset({Role.AUTHENTICATOR}), picture)
        if picture.identifies_buyer:
            assert given is Given.NOTHING, picture
        else:
            assert given is (Given.MASKED if picture.masked else Given.PREVIEW), picture
    assert {picture.shot.code for picture in PICTURES if picture.identifies_buyer} == {
        *(f"P0{number}" for number in range(1, 9)), "R01", "R02", "R03", "U01", "D01"
    }  # fmt: skip


def test_a_redacted_package_holds_no_original_and_shows_the_buyers_shots_masked_or_not_at_all() -> (
    None
):
    for picture in PICTURES:
        given = in_package(Level.REDACTED, picture)
        assert len(given) == 1
        assert given <= COPIES | {Given.NOTHING}
        if picture.identifies_buyer:
            assert given == {Given.MASKED if picture.masked else Given.NOTHING}


def test_the_full_package_holds_every_original_and_bags_what_tells_who_or_where() -> None:
    for picture in PICTURES:
        given = in_package(Level.FULL, picture)
        tells = picture.identifies_buyer or picture.names_place
        assert (Given.SEALED_ORIGINAL in given) == tells, picture
        assert (Given.ORIGINAL in given) == (not tells), picture
        assert Given.NOTHING not in given
