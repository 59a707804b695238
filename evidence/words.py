"""The texts that documents are set in, one file a language, and the words of our own enums.

Owns finding a text and filling it in; a key that is missing is an error, never a blank. What people
typed is handed in as a fact and keeps its language; what our own programs recorded in English is
told in the language printed (`recorded.*.json`).
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from evidence.errors import PackageError

LANGUAGES = ("en", "zh")
_FOLDER = Path(__file__).parent / "templates"


class WordsError(PackageError):
    """A text is asked for that the language's file does not have."""


class Words:
    """The texts of one language: `label` for the templates, sentences, and terms.

    `terms` are the words of our enums, `told` the sentences that our programs record, with places
    `{0}`, `{1}` …; the portal's pages tell them by the same two lists.
    """

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise WordsError(f"There are no texts in {language}: choose {' or '.join(LANGUAGES)}.")
        self.language = language
        read = json.loads((_FOLDER / f"words.{language}.json").read_text("utf-8"))
        self.label: dict[str, Any] = read["label"]
        self._sentences: dict[str, str] = read["sentence"]
        self.terms: Mapping[str, str] = read["term"]
        own = _FOLDER / f"recorded.{language}.json"
        self.told: Mapping[str, str] = json.loads(own.read_text("utf-8")) if own.is_file() else {}
        self._recorded = [(_pattern(said), into) for said, into in self.told.items()]

    def say(self, key: str, **facts: object) -> str:
        """The sentence `key` with `facts` filled in."""
        try:
            return self._sentences[key].format(**facts)
        except KeyError as missing:
            raise WordsError(f"The {self.language} texts lack {missing} of {key}.") from missing

    def term(self, word: str) -> str:
        """An enum's word as people read it."""
        try:
            return self.terms[word]
        except KeyError as missing:
            raise WordsError(f"The {self.language} texts lack the word {word}.") from missing

    def known(self, word: str) -> str:
        """A word of an enum where it is one, else what somebody wrote, as they wrote it."""
        return self.terms.get(word) or self.recorded(word)

    def recorded(self, text: str) -> str:
        """`text` with the sentences that our own programs record in English put into the language.

        What people typed is in no list of ours and stays as it is.
        """
        for pattern, into in self._recorded:
            if found := pattern.fullmatch(text):
                return into.format(*map(self.recorded, found.groups()))
        for pattern, into in self._recorded:
            if pattern.pattern.endswith(_END) and not pattern.pattern.startswith(_PLACE):
                text = pattern.sub(lambda found, into=into: into.format(*found.groups()), text)
        return re.sub(r"(?<=。) (?=[\u4e00-\u9fff])", "", text)

    def day(self, at: date) -> str:
        """A day as the language writes it; of a moment, the one it has in UTC."""
        at = at.astimezone(UTC) if isinstance(at, datetime) else at
        if self.language == "zh":
            return f"{at.year}年{at.month}月{at.day}日"
        return f"{at.day} {at:%B %Y}"


_PLACE, _END = "(.+?)", r"\."


def _pattern(said: str) -> re.Pattern[str]:
    """Finds a sentence whose places `{0}`, `{1}` … stand in this order."""
    parts = re.split(r"\{\d\}", said)
    return re.compile(_PLACE.join(re.escape(part) for part in parts))


@cache
def words_of(language: str) -> Words:
    """The texts of `language`; raises WordsError where there are none."""
    return Words(language)


def languages_for(jurisdiction: str | None) -> tuple[str, ...]:
    """The languages a package for a jurisdiction is set in, the agency's own first."""
    return ("zh", "en") if jurisdiction == "CN" else ("en",)
