"""What a buyer's kit holds, by numbers: which bags, cards and colour card are in it.

Owns what a range of numbers is and which numbers lie in it. Leaves who has a kit to
`casework.custody.kits`.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

LARGEST = 10_000
"""Numbers in one range; more is a slip of the pen."""
_NUMBERED = re.compile(r"(.*?)([0-9]+)")


class KitPartKind(StrEnum):
    """What lies in a kit."""

    SEAL_BAGS = "seal_bags"
    COLOUR_CARD = "colour_card"
    KIT_CARDS = "kit_cards"


@dataclass(frozen=True, slots=True)
class Numbers:
    """A range of printed numbers, `SB-00010` to `SB-00029`: one prefix, one width.

    Raises ValueError with what to do.
    """

    first: str
    last: str

    def __post_init__(self) -> None:
        (before, start), (after, end) = _split(self.first), _split(self.last)
        if before != after or len(start) != len(end):
            raise ValueError(
                f"{self.first} and {self.last} are not of one series. Type both as printed."
            )
        if not 0 <= int(end) - int(start) < LARGEST:
            raise ValueError(
                f"{self.first} to {self.last} is no range of 1 to {LARGEST:,} numbers. "
                "Type the lowest first."
            )

    @property
    def count(self) -> int:
        """How many numbers there are."""
        return int(_split(self.last)[1]) - int(_split(self.first)[1]) + 1

    def holds(self, number: str) -> bool:
        """Whether a printed number lies in the range."""
        found = _NUMBERED.fullmatch(number.strip())
        prefix, start = _split(self.first)
        return (
            found is not None
            and (found[1], len(found[2])) == (prefix, len(start))
            and int(start) <= int(found[2]) <= int(_split(self.last)[1])
        )

    def meets(self, other: "Numbers") -> bool:
        """Whether two ranges share a number."""
        return self.holds(other.first) or self.holds(other.last) or other.holds(self.first)

    def __str__(self) -> str:
        return self.first if self.first == self.last else f"{self.first} to {self.last}"


def _split(number: str) -> tuple[str, str]:
    found = _NUMBERED.fullmatch(number.strip())
    if found is None or len(found[2]) > 18:
        raise ValueError(f"{number!r} ends in no number. Type it as printed, like SB-00010.")
    return found[1], found[2]
