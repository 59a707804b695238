"""How alike two pictures are, by the difference hashes of both (their *patterns*).

Owns within which distance two pictures look nearly the same, as they are or mirrored; the bands by
which an index finds such; and how a pattern is written where identifiers are compared. A pattern is
a coarse part of 64 bits, by which it is found, and a fine one of 256, by which it is told from
others of the same outline. Leaves making it to `evidence.patterns`, and what follows from a
likeness to `rules.linkage` and `casework`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum

NEAR = 7
"""Bits of the coarse part within which two pictures look nearly the same, and the most that the
bands find for sure. Another size, quality or brightness and a name written across stay within it, a
cut of a twentieth at each side does not (measured: docs/adr/0047).
"""

FINE_NEAR = 40
"""Bits of the fine part, of 256: copies stay within it, other pictures of one outline do not."""

FINE_BITS = 256
_FINE = (1 << FINE_BITS) - 1
_BANDS, _BAND_BITS = 4, 16
_SIGN = "~"
"""Before a pattern: no normal form of what a person types has it."""
_DIGITS = (64 + FINE_BITS) // 4
_TURNED = bytes(int(f"{byte:08b}"[::-1], 2) ^ 0xFF for byte in range(256))
"""Eight steps as a mirror shows them: from the other end, and darker for lighter."""


class Way(StrEnum):
    """How two pictures look nearly the same. MIRRORED: one as the other in a mirror."""

    STRAIGHT = "straight"
    MIRRORED = "mirrored"


def coarse(pattern: int) -> int:
    """The 64 bits of a pattern by which it is found."""
    return pattern >> FINE_BITS


def apart(one: int, other: int) -> int:
    """The bits in which the fine parts of two patterns differ, 0 to 256."""
    return ((one ^ other) & _FINE).bit_count()


def coarse_mirrored(code: int) -> int:
    """The 64-bit code of a picture as it is in a mirror: each row of eight steps turned."""
    return int.from_bytes(code.to_bytes(8, "big").translate(_TURNED), "big")


def mirrored(pattern: int) -> int:
    """The pattern of a picture as it is in a mirror; twice, it is the pattern again.

    Exact, because equal neighbours have bits that a mirror turns, too (`evidence.patterns`).
    """
    fine = (pattern & _FINE).to_bytes(FINE_BITS // 8, "big").translate(_TURNED)
    rows = bytes(fine[place ^ 1] for place in range(len(fine)))  # a row is two bytes
    return coarse_mirrored(coarse(pattern)) << FINE_BITS | int.from_bytes(rows, "big")


def way(one: int, other: int) -> Way | None:
    """How two patterns are near each other; None where they are not. The same from either side."""
    if _near(one, other):
        return Way.STRAIGHT
    return Way.MIRRORED if _near(one, mirrored(other)) else None


def apart_by(one: int, other: int, by: Way) -> int:
    """The bits in which the fine parts differ once one of a mirrored pair is turned."""
    return apart(one, mirrored(other) if by is Way.MIRRORED else other)


def _near(one: int, other: int) -> bool:
    return (coarse(one) ^ coarse(other)).bit_count() <= NEAR and apart(one, other) <= FINE_NEAR


def bands(code: int) -> tuple[int, ...]:
    """The four 16-bit parts of a 64-bit code, each with its place before it."""
    part = (1 << _BAND_BITS) - 1
    return tuple(
        place << _BAND_BITS | code >> (place * _BAND_BITS) & part for place in range(_BANDS)
    )


def bands_near(code: int) -> tuple[int, ...]:
    """The 68 bands of which a code within `NEAR` bits has at least one.

    Of 7 bits over 4 bands one band has at most 1: each band as it is, and with each of its bits
    turned.
    """
    return tuple(
        band ^ turned
        for band in bands(code)
        for turned in (0, *(1 << bit for bit in range(_BAND_BITS)))
    )


def written(pattern: int) -> str:
    """A pattern as the normal form of an identifier."""
    return f"{_SIGN}{pattern:0{_DIGITS}x}"


def beginning(pattern: int) -> str:
    """How every pattern with the same coarse part begins as it is written."""
    return f"{_SIGN}{coarse(pattern):016x}"


def pair(one: int, other: int) -> str:
    """What two pictures share that are near: both coarse parts, whichever is named first.

    The fine parts are another with each saving, and a file saved again is nothing new.
    """
    return "".join(sorted((beginning(one), beginning(other))))


def read(normal: str) -> int | None:
    """The pattern that a normal form is; None where it is words, or a pair of patterns."""
    single = normal.startswith(_SIGN) and len(normal) == 1 + _DIGITS
    return int(normal[1:], 16) if single else None


def neighbours(patterns: Iterable[int]) -> Mapping[int, frozenset[int]]:
    """Of each pattern all that are near it, itself among them."""
    known = set(patterns)
    by_band: dict[int, set[int]] = defaultdict(set)
    for pattern in known:
        for band in bands(coarse(pattern)):
            by_band[band].add(pattern)
    return {
        pattern: frozenset(
            other
            for code in (coarse(pattern), coarse_mirrored(coarse(pattern)))
            for band in bands_near(code)
            for other in by_band.get(band, ())
            if way(pattern, other)
        )
        for pattern in known
    }
