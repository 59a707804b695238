"""Words by which a buyer would suggest the offence to a seller.

Owns the list to start with and how words are found in a message. The list is the programme's own,
read by no lawyer: `verified` is false, and is shown wherever a warning is. A warning is a reason to
look at a chat, not a finding. Only the buyer's words count: a seller may say what he likes.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that warn, with their language, while they are in force."""

    words: str
    language: str
    valid_from: date
    valid_until: date | None
    source: str
    verified: bool


_SINCE = date(2026, 1, 1)
_SOURCE = "this programme's own list, not checked by counsel"
_WORDS = {
    "en": (
        "fake", "fakes", "counterfeit", "counterfeits", "replica", "replicas", "knock-off",
        "knockoff", "copy of the original", "copies", "mirror quality", "aaa quality",
        "super clone", "not genuine", "not original", "without invoice", "hide the logo",
        "remove the logo", "make me more", "can you get fakes",
    ),
    "zh": (
        "假货", "假的", "仿品", "高仿", "精仿", "仿货", "复刻", "山寨", "冒牌", "原单", "尾单",
        "超A", "A货", "不是正品", "非正品", "一比一", "去标", "剪标",
    ),
}  # fmt: skip

DEFAULT_PHRASES: tuple[Phrase, ...] = tuple(
    Phrase(words, language, _SINCE, None, _SOURCE, verified=False)
    for language, several in _WORDS.items()
    for words in several
)


def in_force(phrases: Sequence[Phrase], on: date) -> tuple[Phrase, ...]:
    """The phrases in force on a day."""
    return tuple(
        phrase
        for phrase in phrases
        if phrase.valid_from <= on and (phrase.valid_until is None or on <= phrase.valid_until)
    )


def version_of(phrases: Sequence[Phrase]) -> str:
    """A name for exactly this list: the day of its newest phrase, and a digest of its words."""
    newest = max((phrase.valid_from for phrase in phrases), default=date.min)
    words = "\n".join(sorted(f"{phrase.language}:{phrase.words}" for phrase in phrases))
    return f"{newest.isoformat()}/{hashlib.sha256(words.encode()).hexdigest()[:12]}"


def matched(text: str, phrases: Sequence[Phrase]) -> tuple[Phrase, ...]:
    """The phrases that `text` holds, in the list's order.

    Width, case and blanks don't count. Words of an alphabet must stand by themselves: “fakery” is
    not “fake”. Chinese has no blanks between words, so that its signs match wherever they stand.
    """
    plain = _plain(text)
    dense = re.sub(r"\s+", "", plain)
    return tuple(phrase for phrase in phrases if _holds(plain, dense, _plain(phrase.words)))


def _holds(plain: str, dense: str, words: str) -> bool:
    if not words.strip():
        return False
    if any(sign >= "\u2e80" for sign in words):
        return re.sub(r"\s+", "", words) in dense
    inner = r"[\s\-]+".join(re.escape(word) for word in re.split(r"[\s\-]+", words.strip()))
    # A Chinese sign beside it ends an English word as well as a blank does.
    return re.search(rf"(?<![0-9a-z]){inner}(?![0-9a-z])", plain) is not None


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    # Signs that show nothing and would part a word.
    return "".join(sign for sign in folded if unicodedata.category(sign) != "Cf")
