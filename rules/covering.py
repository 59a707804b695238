"""Covering what leads to the buyer in what people wrote: the chat, custody, waivers, notes.

Owns what counts as leading, and the sign that stands in its place. Pure: the account's own
words are handed in. Covers no more than that: what speaks for the accused stays legible. What was
covered of a chat lies whole in the inner bag, opened by the ledger's commitment.
"""

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from rules.signs import UNSEEN

SIGN = "\u2588\u2588\u2588"
"""Stands where something was covered."""

_NUMBER = re.compile(r"(?<![\w.])\+?\d(?:[ \-.]?\d){6,}(?!\w)|(?<=[^\x00-\x7f])\d{7,}")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_PARTS = re.compile(r"[,;\n\uff0c\uff1b\u3001]+")
_DISTRICT = re.compile(r"^.*[\u7701\u5e02\u533a\u53bf](?=.)")
"""Province, city, district, county: what stands behind the last of these is street and door."""
_LEAST_LATIN, _LEAST_CHINESE = 6, 4
_BETWEEN = f"[\\s\\-.()\u2010-\u2015\u2212{UNSEEN.pattern[1:-1]}]"
"""What may stand between two signs of a word: spaces, dashes of every length, what nobody sees."""
_APART = re.compile(_BETWEEN)


def leading(account: Collection[str], said_by_buyer: Iterable[str]) -> frozenset[str]:
    """The words to cover: the account's own, the parts of its address, and each telephone number
    and mail address that the buyer wrote, which the seller may repeat.
    """
    words: set[str] = set()
    for each in account:
        whole = each.strip()
        words.add(whole)
        for part in _PARTS.split(whole):
            words |= {part.strip(), _DISTRICT.sub("", part.strip())} if _long(part) else set()
    for text in said_by_buyer:
        words |= {found.group() for kind in (_NUMBER, _MAIL) for found in kind.finditer(text)}
    return frozenset(word for word in words if len(word) > 1 and (word in account or _long(word)))


def covered(text: str, words: Collection[str]) -> str:
    """`text` with each of `words` covered, however it is written in capitals and spaces."""
    for pattern in _patterns(frozenset(words)):
        text = pattern.sub(SIGN, text)
    return text


def stands_in(text: str, words: Collection[str]) -> bool:
    """Whether one of `words` would be covered in `text`."""
    return any(pattern.search(text) for pattern in _patterns(frozenset(words)))


@lru_cache(maxsize=64)
def _patterns(words: frozenset[str]) -> tuple[re.Pattern[str], ...]:
    """What finds each word, the longest first: a shorter one may be a part of it."""
    found: list[re.Pattern[str]] = []
    for word in sorted(words, key=lambda each: (-len(each), each)):
        letters = [sign for sign in word if not _APART.fullmatch(sign)]
        if letters:
            # A short Latin name must not be found inside another word.
            begins = r"(?<![A-Za-z0-9])" if _latin(letters[0]) else ""
            ends = r"(?![A-Za-z0-9])" if _latin(letters[-1]) else ""
            search = begins + f"{_BETWEEN}*".join(map(_either_width, letters)) + ends
            found.append(re.compile(search, re.IGNORECASE))
    return tuple(found)


def _either_width(sign: str) -> str:
    """A sign as keyboards of both kinds write it: 1 and １."""
    wide = chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else ""
    return f"[{re.escape(sign)}{wide}]" if wide else re.escape(sign)


def _latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def _long(word: str) -> bool:
    word = word.strip()
    return len(word) >= (_LEAST_LATIN if word.isascii() else _LEAST_CHINESE)
