"""A decision and its reasons: the one shape in which a rule answers yes or no."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no, with the sentences that the page, the dossier and the artifact print.

    A "no" always carries at least one reason; a "yes" carries what it rests on, where it rests on
    something.
    """

    allowed: bool
    reasons: tuple[str, ...]

    @classmethod
    def yes(cls, *reasons: str) -> Self:
        """Allowed, resting on `reasons`."""
        return cls(True, reasons)

    @classmethod
    def no(cls, *reasons: str) -> Self:
        """Refused; at least one reason, or ValueError."""
        if not reasons:
            raise ValueError("a refusal needs at least one reason")
        return cls(False, reasons)

    @classmethod
    def unless(cls, objections: tuple[str, ...] | list[str], *grounds: str) -> Self:
        """Refused with every objection where there is one, else allowed on `grounds`."""
        return cls.no(*objections) if objections else cls.yes(*grounds)
