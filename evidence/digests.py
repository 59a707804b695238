"""Digests: their one written form, commitments that can be opened later, and digests of a set.

Owns the form `sha256:<64 hex>`. Leaves to `vault` what is kept under a digest.
"""

import hashlib
import re
from collections.abc import Iterable
from io import BufferedReader
from pathlib import Path

PREFIX = "sha256:"
_FORM = re.compile(r"sha256:[0-9a-f]{64}")
_SALTED = b"testbuy salted commitment v1\x00"
MIN_SALT = 16
"""Bytes of salt below which a short value (a name, a phone number) could be found by trying."""


class DigestError(ValueError):
    """What was given is not a digest, or a commitment was asked for with too little salt."""


def sha256_of(data: bytes) -> str:
    """The digest of `data`; what `sha256sum` prints, with `sha256:` before it."""
    return PREFIX + hashlib.sha256(data).hexdigest()


def digest_of_file(path: Path) -> str:
    """The digest of a file's bytes, read in pieces."""
    with path.open("rb") as file:
        return digest_of(file)


def digest_of(data: BufferedReader) -> str:
    """The digest of what is left of an open file, read in pieces; it stands at its end then."""
    return PREFIX + hashlib.file_digest(data, "sha256").hexdigest()


def parse(text: str) -> str:
    """The 64 hex digits of a digest; DigestError where `text` is not one."""
    if not isinstance(text, str) or not _FORM.fullmatch(text):
        raise DigestError(f"{text!r} is not a digest. Give sha256: and 64 hexadecimal digits.")
    return text[len(PREFIX) :]


def salted(value: str, salt: bytes) -> str:
    """A commitment to `value` that whoever holds `salt` can open later, and nobody else.

    SHA-256 over a fixed domain, the salt's length in 8 bytes, the salt, and the value in UTF-8.
    Erasing value and salt leaves the commitment valid and unopenable.
    """
    if len(salt) < MIN_SALT:
        raise DigestError(f"A commitment needs at least {MIN_SALT} bytes of salt.")
    material = _SALTED + len(salt).to_bytes(8, "big") + salt + value.encode()
    return sha256_of(material)


def opens(commitment: str, value: str, salt: bytes) -> bool:
    """Whether `value` and `salt` open `commitment`."""
    return salted(value, salt) == commitment


def set_of(digests: Iterable[str]) -> str:
    """The digest of a set of digests: sorted, one a line, each line ended, then SHA-256.

    Anybody repeats it with `sort -u | sha256sum`. The empty set is refused with DigestError: no
    evidence is not a set of evidence.
    """
    lines = sorted(set(digests))
    if not lines:
        raise DigestError("There is no evidence to take the digest of.")
    for line in lines:
        parse(line)
    return sha256_of("".join(f"{line}\n" for line in lines).encode())
