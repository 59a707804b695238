"""Likeness: which photos look nearly the same, by the distance of their 64-bit difference hashes.

Owns the search in memory (8 bytes a photo). Leaves making the hash to `photos`, how near is near
and the bands of an index to `rules.likeness`, and what a likeness means to `casework`.
"""

import numpy as np

_FIRST_ROOM = 1024


class Likeness:
    """Keys and hashes, searched whole: 1,000,000 in about 2 ms, exact at any distance."""

    __slots__ = ("_count", "_distance", "_hashes", "_keys", "_work")

    def __init__(self) -> None:
        self._count = 0
        self._grow(_FIRST_ROOM)

    def __len__(self) -> int:
        return self._count

    def add(self, key: int, dhash: int) -> None:
        """Take up a photo: `key` (any 64-bit number) and its unsigned 64-bit `dhash`."""
        if self._count == len(self._keys):
            self._grow(2 * self._count)
        self._hashes[self._count] = dhash
        self._keys[self._count] = key
        self._count += 1

    def near(self, dhash: int, distance: int = 8) -> list[tuple[int, int]]:
        """(key, distance in bits) of all within `distance`, nearest first, then in key order."""
        count = self._count
        # Room kept between calls: allocating 9 MB a query would cost as much as the search.
        work, apart = self._work[:count], self._distance[:count]
        np.bitwise_xor(self._hashes[:count], np.uint64(dhash), out=work)
        np.bitwise_count(work, out=apart)
        hits = np.flatnonzero(apart <= distance)
        return sorted(
            ((int(self._keys[hit]), int(apart[hit])) for hit in hits),
            key=lambda pair: (pair[1], pair[0]),
        )

    def _grow(self, room: int) -> None:
        hashes, keys = np.zeros(room, np.uint64), np.zeros(room, np.int64)
        if self._count:
            hashes[: self._count] = self._hashes[: self._count]
            keys[: self._count] = self._keys[: self._count]
        self._hashes, self._keys = hashes, keys
        self._work, self._distance = np.empty(room, np.uint64), np.empty(room, np.uint8)
