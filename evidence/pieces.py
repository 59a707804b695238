"""Large files in pieces: cutting a stream, and the list of digests that says how to join it again.

Owns the list's form (a digest a line, as it stands in the vault) and reading a stream part by part,
so that no more than a chunk of it is held. Leaves keeping the pieces to `vault`.
"""

import hashlib
from typing import Protocol

from evidence.digests import parse

PIECE = 8 << 20
"""Bytes of a piece."""
LIST = ".pieces"
"""What the name of a list ends with, in the vault."""


class Readable(Protocol):
    """Anything that is read chunk by chunk; no bytes mean its end."""

    def read(self, most: int, /) -> bytes: ...


class Part:
    """At most `left` bytes of a stream, which also go into the digest of the whole."""

    def __init__(self, data: Readable, left: int, whole: "hashlib._Hash") -> None:
        self._data, self._left, self._whole = data, left, whole

    def read(self, most: int, /) -> bytes:
        """The next chunk."""
        chunk = self._data.read(min(most, self._left))
        self._left -= len(chunk)
        self._whole.update(chunk)
        return chunk


def listed(digests: list[str]) -> bytes:
    """The list of pieces, in their order."""
    return "".join(f"{digest}\n" for digest in digests).encode()


def read_list(text: bytes) -> list[str]:
    """The digests of a list; ValueError where it is none."""
    digests = text.decode("ascii").split()
    for digest in digests:
        parse(digest)
    return digests
