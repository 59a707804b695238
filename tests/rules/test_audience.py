"""Who is given what of a photo: every role and level, over every shot, masked or not."""

from itertools import product

import pytest

from rules.audience import (
    COPIES,
    ORIGINALS,
    Beside,
    Given,
    Level,
    Picture,
    beside,
    in_package,
    of_seller,
    of_seller_on_page,
    on_page,
)
from rules.roles import PERSONS, Role
from rules.shots import SHOTS

PICTURES = [
    Picture(shot, masked, place, hides)
    for shot, (masked, hides), place in product(
        SHOTS.values(), ((True, True), (True, False), (False, False)), (True, False)
    )
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
        tells = picture.identifies_buyer or picture.names_place or picture.hides
        assert (Given.SEALED_ORIGINAL in given) == tells, picture
        assert (Given.ORIGINAL in given) == (not tells), picture
        assert Given.NOTHING not in given


def test_a_film_or_a_document_is_never_shown_in_part() -> None:
    for shot in SHOTS.values():
        film = Picture(shot, masked=False, names_place=False, drawn=False)
        assert in_package(Level.REDACTED, film) == {Given.NOTHING}
        whole = Given.SEALED_ORIGINAL if film.identifies_buyer else Given.ORIGINAL
        assert in_package(Level.FULL, film) == {whole}


def test_the_chat_is_in_every_package_and_whole_in_the_inner_bag_alone() -> None:
    for level in Level:
        assert beside(level, Beside.CAPTURE) == {Given.ORIGINAL}
        assert Given.MASKED in beside(level, Beside.CHAT)
        assert Given.ORIGINAL not in beside(level, Beside.CHAT) | beside(level, Beside.CERTIFICATE)
    assert beside(Level.REDACTED, Beside.CERTIFICATE) == {Given.NOTHING}
    for what in (Beside.CHAT, Beside.CERTIFICATE):
        assert Given.SEALED_ORIGINAL in beside(Level.FULL, what)
        assert Given.SEALED_ORIGINAL not in beside(Level.REDACTED, what)


@pytest.mark.parametrize(
    ("fetched", "public", "masked", "hides"), list(product((True, False), repeat=4))
)
def test_what_is_covered_in_a_sellers_picture_is_the_polices_alone(fetched, public, masked, hides):
    if hides and not masked:
        return  # a mask hides
    at = {"fetched": fetched, "public": public, "masked": masked, "hides": hides}
    redacted, full = of_seller(Level.REDACTED, **at), of_seller(Level.FULL, **at)
    assert Given.SEALED_ORIGINAL not in redacted
    assert (Given.ORIGINAL in redacted) == (Given.ORIGINAL in full) == (fetched and not hides)
    if Given.ORIGINAL in full:
        return
    shown = {Given.MASKED} if masked else {Given.PREVIEW} if public else set()
    assert redacted == (shown or {Given.NOTHING})
    assert full == shown | {Given.SEALED_ORIGINAL}


def test_only_whoever_masks_a_sellers_picture_sees_the_whole_of_a_masked_one():
    for role in Role:
        seen = of_seller_on_page(frozenset({role}), masked=True)
        assert (seen is Given.PREVIEW) == (role is Role.ANALYST), role
        assert of_seller_on_page(frozenset({role}), masked=False) is Given.PREVIEW
