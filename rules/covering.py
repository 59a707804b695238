"""Covering what leads to the buyer in what people wrote: the chat, custody, waivers, notes.

Owns what counts as leading, and the sign that stands in its place. Pure: the account's own
words are handed in. Covers no more than that: what speaks for the accused stays legible. What was
covered of a chat lies whole in the inner bag, opened by the ledger's commitment.
"""

import re
from collections.abc import Collection, Iterable

SIGN = "\u2588\u2588\u2588"
"""Stands where something was covered."""

_NUMBER = re.compile(r"(?<![\w.])\+?\d(?:[ \-.]?\d){6,}(?!\w)|(?<=[^\x00-\x7f])\d{7,}")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_PARTS = re.compile(r"[,;\n\uff0c\uff1b\u3001]+")
_DISTRICT = re.compile(r"^.*[\u7701\u5e02\u533a\u53bf](?=.)")
"""Province, city, district, county: what stands behind the last of these is street and door."""
_LEAST_LATIN, _LEAST_CHINESE = 6, 4


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
    for word in sorted(words, key=lambda each: (-len(each), each)):
        letters = [re.escape(sign) for sign in word if not sign.isspace() and sign not in "-."]
        if letters:
            # A short Latin name must not be found inside another word.
            begins = r"(?<![A-Za-z0-9])" if _latin(letters[0]) else ""
            ends = r"(?![A-Za-z0-9])" if _latin(letters[-1]) else ""
            search = begins + r"[\s\-.]*".join(letters) + ends
            text = re.sub(search, SIGN, text, flags=re.IGNORECASE)
    return text


def _latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def _long(word: str) -> bool:
    word = word.strip()
    return len(word) >= (_LEAST_LATIN if word.isascii() else _LEAST_CHINESE)
