"""The shot list against the protocol, and what each move still waits for."""

import pytest

from rules.lifecycle import Move
from rules.roles import Role
from rules.shots import DEFAULT_SHOTS, FULL, SHORT, SHOTS, ShotKind, ShotList, missing

# The protocol's list, written a second time by hand; D01 is the programme's own.
REQUIRED = "P01 P02 P03 P05 P06 P07 R01 R02 R04 U01 U02 U03 U05 U06 I01 I02 I04 I05 B01 B02 T01 T02"
OPTIONAL = "P04 P08 R03 R05 U04 U07 U08 I03 I06 I07 I08 B03 T03 D01"


def _codes(shot_list: ShotList, move: Move, **facts: object) -> str:
    known = {"by_interface": False, "travels": True, "waived": (), "accepted": ()} | facts
    accepted = known.pop("accepted")
    return " ".join(s.code for s in missing(shot_list, accepted, move, **known))  # pyright: ignore


def test_the_list_is_the_protocols() -> None:
    assert {shot.code for shot in DEFAULT_SHOTS if shot.required} == set(REQUIRED.split())
    assert {shot.code for shot in DEFAULT_SHOTS if not shot.required} == set(OPTIONAL.split())
    assert all(shot.title and shot.instruction for shot in DEFAULT_SHOTS)


def test_the_full_list_is_the_whole_list() -> None:
    assert set(FULL.required) == set(REQUIRED.split())
    assert set(FULL.optional) == set(OPTIONAL.split())


@pytest.mark.parametrize(
    ("move", "codes"),
    [
        (Move.PLACE_ORDER, "P01 P02 P03 P05 P06 P07"),
        (Move.RECEIVE, "R01 R02 R04"),
        (Move.DOCUMENT, "R01 R02 R04 U01 U02 U03 U05 U06 I01 I02 I04 I05 B01 B02"),
        (Move.SUBMIT, "T01"),
        (Move.JUDGE, ""),
    ],
)
def test_each_move_waits_for_its_shots(move: Move, codes: str) -> None:
    assert _codes(FULL, move) == codes


def test_the_marketplaces_own_records_stand_for_p_shots_alone() -> None:
    assert _codes(SHORT, Move.PLACE_ORDER) == "P01 P05 P07"
    assert _codes(SHORT, Move.PLACE_ORDER, by_interface=True) == ""
    assert _codes(SHORT, Move.RECEIVE, by_interface=True) == "R01 R02"


def test_an_exhibit_that_stays_needs_no_seal_going_out() -> None:
    assert _codes(FULL, Move.SUBMIT, travels=False) == ""


def test_accepted_and_waived_shots_are_not_missing() -> None:
    assert _codes(FULL, Move.RECEIVE, accepted={"R01"}, waived={"R04"}) == "R02"


def test_what_identifies_the_buyer_is_not_for_authenticators() -> None:
    hidden = {shot.code for shot in DEFAULT_SHOTS if Role.AUTHENTICATOR not in shot.audience}
    assert {code for code in SHOTS if code.startswith("P")} <= hidden
    assert {"R01", "R02", "R03"} <= hidden
    assert not {code for code in SHOTS if code[0] in "IB"} & hidden
    assert all(Role.ENGINEER not in shot.audience for shot in DEFAULT_SHOTS)


def test_only_order_pages_are_screen_captures() -> None:
    screens = {shot.code for shot in DEFAULT_SHOTS if shot.kind is ShotKind.SCREEN}
    assert screens == {code for code in SHOTS if code.startswith("P")}


@pytest.mark.parametrize("required", [(), ("X99",), ("R01", "R01")])
def test_a_list_that_requires_nothing_or_nonsense_cannot_be_made(required: tuple[str]) -> None:
    with pytest.raises(ValueError, match="shot list odd"):
        ShotList("odd", required)
