"""Which passwords are taken: long ones that are not among the first that anybody would try.

Owns the rule. No list of leaked passwords is shipped: those of twelve characters and more that
stand high in such lists are a common word with digits behind it, one word twice, a walk over the
keyboard or a run of digits, and are found by that.
"""

import re
from itertools import pairwise

SHORTEST = 12
LONGEST = 200
_DIFFERENT = 5
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qazwsxedcrfvtgbyhnujmikolp")
_DIGITS = ("01234567890", "09876543210")
_COMMON = frozenset(
    """
    admin administrator adminadmin authenticator baseball basketball changeme charlie
    chocolate computer counterfeit default dragon evidence football freedom governance
    iloveyou internet letmein liverpool login master monkey mustang passphrase passwort
    password pokemon princess qwerty secret starwars summer sunshine superman supervisor
    swarovski test testbuy testbuys trustno welcome whatever winter woaini
    """.split()  # noqa: SIM905 - read as a list of words
)
_AS_LETTERS = str.maketrans("013457@$!", "oieastasi")


def weakness(password: str, *known: str) -> str | None:
    """What is wrong with a password, as a sentence; None where it is taken.

    `known` are words others know of its owner: name, e-mail address.
    """
    if len(password) < SHORTEST:
        return f"Choose a password of at least {SHORTEST} characters."
    if len(password) > LONGEST:
        return f"Choose a password of at most {LONGEST} characters."
    plain = password.lower()
    if len(set(plain)) < _DIFFERENT or _is_walk(plain):
        return "This password is a pattern that is tried first. Choose four or five words instead."
    own = {part for word in known for part in _parts(word.lower()) if len(part) > 2}
    for spelled in (plain, re.sub(r"[\W\d_]+$", "", plain).translate(_AS_LETTERS)):
        parts = _parts(spelled)
        if parts and parts <= own:
            return "This password is your own name or address. Choose four or five words instead."
        if parts <= _COMMON | own:
            return "This password is among those tried first. Choose four or five words instead."
    return None


def _parts(text: str) -> set[str]:
    """The words in it, without digits and signs; a word said twice is one."""
    words = re.findall(r"[^\W\d_]+", text)
    return {_once(word) for word in words}


def _once(word: str) -> str:
    half = len(word) // 2
    return word[:half] if half and word[:half] == word[half:] else word


def _is_walk(text: str) -> bool:
    """Whether it is made of runs along an alphabet, a keyboard or the digits, and of repeats."""
    ways = [way for row in (*_ROWS, *_DIGITS) for way in (row, row[::-1])]
    steps = list(pairwise(text))
    follows = sum(one == two or any(one + two in way for way in ways) for one, two in steps)
    return follows >= len(steps) * 3 // 4
