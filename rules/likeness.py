"""How alike two pictures are, by the 64-bit difference hashes of both (their *patterns*).

Owns the distance within which two pictures look nearly the same, the bands by which an index finds
such, and how a pattern is written where identifiers are compared. Leaves making the hash to
`evidence.photos`, and what follows from a likeness to `rules.linkage` and `casework`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

NEAR = 7
"""Bits within which two pictures look nearly the same, and the most that the bands find for sure.
Another size, quality or brightness and a name written across stay within it, a cut of a twentieth
at each side does not (measured: docs/adr/0047).
"""

_BANDS, _BAND_BITS = 4, 16
_SIGN = "~"
"""Before a pattern: no normal form of what a person types has it."""
_LENGTH = 17


def apart(one: int, other: int) -> int:
    """The bits in which two patterns differ, 0 to 64."""
    return (one ^ other).bit_count()


def bands(pattern: int) -> tuple[int, ...]:
    """The four 16-bit parts of a pattern, each with its place before it."""
    part = (1 << _BAND_BITS) - 1
    return tuple(
        place << _BAND_BITS | pattern >> (place * _BAND_BITS) & part for place in range(_BANDS)
    )


def bands_near(pattern: int) -> tuple[int, ...]:
    """The 68 bands of which a pattern within `NEAR` bits has at least one.

    Of 7 bits over 4 bands one band has at most 1: each band as it is, and with each of its bits
    turned.
    """
    return tuple(
        band ^ turned
        for band in bands(pattern)
        for turned in (0, *(1 << bit for bit in range(_BAND_BITS)))
    )


def written(pattern: int) -> str:
    """A pattern as the normal form of an identifier."""
    return f"{_SIGN}{pattern:016x}"


def read(normal: str) -> int | None:
    """The pattern that a normal form is; None where it is words, or a pair of patterns."""
    single = normal.startswith(_SIGN) and len(normal) == _LENGTH
    return int(normal[1:], 16) if single else None


def neighbours(patterns: Iterable[int]) -> Mapping[int, frozenset[int]]:
    """Of each pattern all that are near it, itself among them."""
    known = set(patterns)
    by_band: dict[int, set[int]] = defaultdict(set)
    for pattern in known:
        for band in bands(pattern):
            by_band[band].add(pattern)
    return {
        pattern: frozenset(
            other
            for band in bands_near(pattern)
            for other in by_band.get(band, ())
            if apart(pattern, other) <= NEAR
        )
        for pattern in known
    }
