"""Words of a name or title, as they are found again: what a search asks and what an index holds.

Owns how text is cut into words. Chinese is written without spaces, so that each pair of signs side
by side is a word, and what is asked is found wherever its pairs stand. Everything is compared
without regard to case, width and signs that nobody sees. Leaves keeping the words to
`storage.searching`.
"""

import re
import unicodedata
from collections.abc import Iterable

from rules.signs import bare

_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af"
_RUNS = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
_IS_CJK = re.compile(rf"[{_CJK}]")
LONGEST = 24
"""Signs of a word that are kept; what is beyond tells hardly any two apart."""

MOST = 32
"""Words of one text that are kept, and by far more than a title has."""


def words_of(text: str) -> tuple[str, ...]:
    """The different words of a text, in its order; a single Chinese sign is a word of its own."""
    plain = unicodedata.normalize("NFKC", bare(text)).casefold()
    found: dict[str, None] = {}
    for run in _RUNS.findall(plain):
        if _IS_CJK.match(run) and len(run) > 1:
            found |= dict.fromkeys(run[at : at + 2] for at in range(len(run) - 1))
        else:
            found[run[:LONGEST]] = None
    return tuple(found)[:MOST]


def fits(asked: Iterable[str], text: str) -> bool:
    """Whether every word asked begins a word of the text."""
    there = words_of(text)
    return all(any(word.startswith(each) for word in there) for each in asked)
