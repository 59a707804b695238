"""What a category may change of its shot list, and what list the changes make."""

import pytest

from rules.lifecycle import Move
from rules.roles import Role
from rules.shotlists import ALWAYS, Change, ListChange, made_of, may
from rules.shots import FULL, SHORT, SHOTS, Wording, missing

WORDS = (
    Wording("Batch stamp", "Show the stamp.", "as on the seam"),
    Wording("批次章", "拍摄批次章。"),
)


def change(kind: Change, shot: str, *words: Wording, reason: str = "") -> ListChange:
    return ListChange(2, kind, shot, *words, reason=reason)


def test_the_base_alone_is_the_default() -> None:
    assert made_of("short", []) == SHORT
    assert made_of("full", []) == FULL


def test_an_own_shot_is_a_photograph_of_the_goods_that_gates_the_documentation() -> None:
    changes = [change(Change.ADD, "U51", *WORDS), change(Change.REQUIRE, "U51")]
    listed = made_of("short", changes)
    asked = missing(
        listed, SHORT.required, Move.DOCUMENT, by_interface=False, travels=False, waived=()
    )
    (shot,) = asked
    assert (shot.code, shot.title, shot.example) == ("U51", "Batch stamp", "as on the seam")
    assert Role.AUTHENTICATOR in shot.audience
    assert listed.required.index("U51") == listed.required.index("U02") + 1
    own = listed.worded("U51")
    assert own is not None and own.chinese.title == "批次章"
    assert listed.find("U52") is None, "another category's own shot is none of this one's"


def test_what_is_required_may_be_made_optional_and_required_again() -> None:
    relaxed = change(Change.RELAX, "I02", reason="No mark on it")
    listed = made_of("short", [relaxed])
    assert "I02" in listed.optional and listed.relaxed == (("I02", "No mark on it"),)
    back = made_of("short", [relaxed, change(Change.REQUIRE, "I02")])
    assert back.required == SHORT.required and back.relaxed == ()


def test_another_base_keeps_what_the_category_changed() -> None:
    changes = [
        change(Change.ADD, "U51", *WORDS),
        change(Change.RELAX, "I02", reason="R"),
        change(Change.BASE, "full"),
    ]
    listed = made_of("short", changes)
    assert listed.name == "full"
    assert "U51" in listed.optional and "I02" in listed.optional
    assert set(listed.required) == set(FULL.required) - {"I02"}


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (change(Change.ADD, "I01"), "already"),
        (change(Change.ADD, "X01", *WORDS), "U50 to U99"),
        (change(Change.ADD, "P51", *WORDS), "U50 to U99"),
        (change(Change.ADD, "I49", *WORDS), "U50 to U99"),
        (change(Change.ADD, "U51", WORDS[0]), "in Chinese"),
        (change(Change.REQUIRE, "I01"), "already"),
        (change(Change.REQUIRE, "U51"), "Add it first"),
        (change(Change.RELAX, "I02", reason=" "), "Say why"),
        (change(Change.RELAX, "I03", reason="R"), "not required"),
        *((change(Change.RELAX, code, reason="R"), "always") for code in ALWAYS),
        (change(Change.REWORD, "I01"), "new words"),
        (change(Change.REWORD, "I06", *WORDS), "not on the list"),
        (change(Change.BASE, "short"), "no other"),
        (change(Change.BASE, "long"), "no other"),
    ],
)  # fmt: skip
def test_what_may_not_be_changed_says_why(made: ListChange, why: str) -> None:
    decision = may(SHORT, made)
    assert not decision.allowed and why in decision.reasons[0]


@pytest.mark.parametrize(
    "made",
    [
        change(Change.ADD, "U06"),
        change(Change.ADD, "U51", *WORDS),
        change(Change.REQUIRE, "I03"),
        change(Change.REQUIRE, "I06"),
        change(Change.RELAX, "I02", reason="No mark on it"),
        change(Change.REWORD, "I01", Wording(title="The dial")),
        change(Change.BASE, "full"),
    ],
)
def test_what_may_be_changed(made: ListChange) -> None:
    assert may(SHORT, made).allowed


def test_a_default_shot_in_own_words_keeps_its_kind_and_audience() -> None:
    listed = made_of("short", [change(Change.REWORD, "R02", Wording(title="Label of the carrier"))])
    shot = listed.shot("R02")
    assert shot.title == "Label of the carrier"
    assert shot.instruction == SHOTS["R02"].instruction and shot.audience == SHOTS["R02"].audience


def test_no_other_code_is_a_shot() -> None:
    assert "U51" not in SHOTS and SHOTS.get("U51") is None
    with pytest.raises(KeyError):
        SHOTS["X01"]
