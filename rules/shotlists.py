"""What a category changes of its base shot list: changes in a row, each a version of the list.

Owns which changes are allowed and what list they make. The base stays the default of `rules.shots`.
A category may add shots, require optional ones, and use its own words; it may make a required shot
optional only with a reason, which every dossier prints, and never the two without which nothing
ties photos to parcel and exhibit. A shot is never taken off a list: who wants it may hand it in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rules.decision import Decision
from rules.shots import ADDED, SHOT_LISTS, SHOTS, UNCHANGED, Own, ShotList, Wording, place_of

ALWAYS = ("R01", "B02")
"""The parcel with the challenge code, and the sealed bag with its number: always required."""


class Change(StrEnum):
    """What a version changes. BASE names another base list in place of a shot."""

    BASE = "base"
    ADD = "add"
    REQUIRE = "require"
    RELAX = "relax"
    REWORD = "reword"


class Asked(StrEnum):
    """How a category asks for a shot; a default shot that its list lacks is not asked for."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class ListChange:
    """A version of a category's list: one change to the version before. `shot`: code, or base."""

    version: int
    change: Change
    shot: str
    english: Wording = UNCHANGED
    chinese: Wording = UNCHANGED
    reason: str = ""
    made_at: datetime | None = None


def made_of(base: str, changes: Sequence[ListChange]) -> ShotList:
    """The list that the changes make; `base` where none of them names one.

    A change of base keeps what was added, required and relaxed: what a category's goods need does
    not hang on it.
    """
    for each in changes:
        base = each.shot if each.change is Change.BASE else base
    start = SHOT_LISTS[base]
    required, optional = set(start.required), set(start.optional)
    own: dict[str, Own] = {}
    relaxed: dict[str, str] = {}
    for each in changes:
        code = each.shot
        if each.change is Change.BASE:
            continue
        if each.change is Change.REQUIRE:
            required.add(code)
            relaxed.pop(code, None)
        elif each.change is Change.RELAX:
            required.discard(code)
            relaxed[code] = each.reason
        if code not in required:
            optional.add(code)
        if each.english != UNCHANGED or each.chinese != UNCHANGED:
            before = own.get(code, Own(code, UNCHANGED, UNCHANGED))
            own[code] = Own(
                code, _over(before.english, each.english), _over(before.chinese, each.chinese)
            )
    return ShotList(
        base,
        tuple(sorted(required, key=place_of)),
        tuple(sorted(optional - required, key=place_of)),
        tuple(own.values()),
        tuple(relaxed.items()),
    )


def asked(listed: ShotList, code: str) -> Asked:
    """How a list asks for a shot."""
    if code in listed.required:
        return Asked.REQUIRED
    return Asked.OPTIONAL if code in listed.optional else Asked.NOT_ASKED


def open_to(listed: ShotList, code: str) -> tuple[Asked, ...]:
    """How the list's next version may ask for a shot, what it asks now included."""
    if code in ALWAYS and code in listed.required:
        return (Asked.REQUIRED,)
    if asked(listed, code) is Asked.NOT_ASKED:
        return tuple(Asked)
    return (Asked.REQUIRED, Asked.OPTIONAL)


def toward(listed: ShotList, wanted: Mapping[str, Asked], reason: str) -> tuple[ListChange, ...]:
    """The changes, in the order of the shots, that make a list ask as `wanted`; each is for `may`.

    ValueError where a shot would come off the list, which no change does.
    """
    made: list[ListChange] = []
    for code in sorted(wanted, key=place_of):
        now, then = asked(listed, code), wanted[code]
        if now is then:
            continue
        if then is Asked.NOT_ASKED:
            raise ValueError(f"{code} is never taken off the list. Make it optional.")
        if then is Asked.REQUIRED:
            kind = Change.REQUIRE
        else:
            kind = Change.RELAX if now is Asked.REQUIRED else Change.ADD
        made.append(ListChange(0, kind, code, reason=reason))
    return tuple(made)


def free(listed: ShotList, phase: str) -> str:
    """The first number that no own shot of a phase (U or I) bears yet; at the end the last one."""
    numbers = (f"{phase}{number}" for number in range(50, 100))
    on_list = (*listed.required, *listed.optional)
    return next((code for code in numbers if code not in on_list), f"{phase}99")


def may(listed: ShotList, change: ListChange) -> Decision:
    """Whether a change may be made to the list as it stands."""
    code = change.shot
    if change.change is Change.BASE:
        known = code in SHOT_LISTS and code != listed.name
        return Decision.yes() if known else Decision.no(f"{code!r} is no other base list.")
    if code not in SHOTS and not ADDED.fullmatch(code):
        return Decision.no(
            f"There is no shot {code}. A shot of the category's own is numbered U50 to U99 (at the "
            "unboxing) or I50 to I99 (of the exhibit)."
        )
    on_list = code in listed.required or code in listed.optional
    return {
        Change.ADD: _may_add,
        Change.REQUIRE: _may_require,
        Change.RELAX: _may_relax,
        Change.REWORD: _may_reword,
    }[change.change](listed, change, on_list)


def _may_add(_listed: ShotList, change: ListChange, on_list: bool) -> Decision:
    if on_list:
        return Decision.no(f"{change.shot} is on the list already. Require it, or reword it.")
    words = (
        change.english.title, change.english.instruction,
        change.chinese.title, change.chinese.instruction,
    )  # fmt: skip
    if change.shot not in SHOTS and not all(words):
        return Decision.no(
            "A shot of the category's own needs title and instruction, in English and in Chinese: "
            "buyers and dossiers read them."
        )
    return Decision.yes()


def _may_require(listed: ShotList, change: ListChange, on_list: bool) -> Decision:
    if change.shot in listed.required:
        return Decision.no(f"{change.shot} is required already.")
    if not on_list and change.shot not in SHOTS:
        return Decision.no(f"{change.shot} is not on the list. Add it first, with its words.")
    return Decision.yes()


def _may_relax(listed: ShotList, change: ListChange, _on_list: bool) -> Decision:
    if change.shot not in listed.required:
        return Decision.no(f"{change.shot} is not required, so it can't be relaxed.")
    if change.shot in ALWAYS:
        return Decision.no(
            f"{change.shot} is always required: without it nothing ties the photos to the parcel, "
            "or the exhibit to its seal."
        )
    if not change.reason.strip():
        return Decision.no("Say why the shot need not be taken; every dossier prints the reason.")
    return Decision.yes()


def _may_reword(_listed: ShotList, change: ListChange, on_list: bool) -> Decision:
    if not on_list:
        return Decision.no(f"{change.shot} is not on the list. Add it first.")
    if change.english == UNCHANGED and change.chinese == UNCHANGED:
        return Decision.no("Give a title, an instruction or an example in its new words.")
    return Decision.yes()


def _over(before: Wording, after: Wording) -> Wording:
    return Wording(
        after.title or before.title,
        after.instruction or before.instruction,
        after.example or before.example,
    )
