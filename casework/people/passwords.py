"""Passwords: kept as argon2 hashes, checked in the same time whether there is one or not."""

from functools import cache

from pwdlib import PasswordHash

from casework.errors import Refused
from rules.passwords import weakness


def hashed(password: str, *known: str) -> str:
    """The hash of a new password. Refused where it is weak; `known` is what others know of them."""
    if problem := weakness(password, *known):
        raise Refused(problem)
    return _hasher().hash(password)


def fits(password: str, stored: str | None) -> bool:
    """Whether it is the password behind `stored`; the same work where none is stored."""
    right = _hasher().verify(password, stored or _decoy())
    return right and stored is not None


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _decoy() -> str:
    return _hasher().hash("verified in place of a password that is not there")
