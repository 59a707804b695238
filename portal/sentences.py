"""Telling the programme's own English sentences in a page's language.

Reasons, refusals and notices are written where they arise, in English, and kept so: the row and the
ledger have one wording. A page tells them anew by pattern. Owns the matching: a sentence of the
catalogue, its facts put where the translation has them. What is in no catalogue stays as it is, so
that nothing a person typed is ever changed. Leaves the finding of sentences to `portal.extracting`,
their Chinese to `portal/locale` and to the dossier's own words (`evidence.words`).

A translation says of each place how its fact is told: `{0}` as it stands, `{0:word}` as a word of
an enum or a list of such (`{0:word.referral}` where the word means something else there),
`{0:told}` as a sentence of its own, or `{0:day}` as a day, which a sentence has as 2026-11-24, in
the reader's way. English tells the same sentences as they stand, with their days alone written
anew.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from string import Formatter

from babel.messages.pofile import read_po

from evidence.words import Words, words_of
from portal.days import DAY, written
from portal.english import NAMES
from rules.shots import SHOTS

FOLDER = Path(__file__).parent / "locale"
_PERSONS = r"(?!(?:The|An?|It|This|That|I|We|You|They|He|She) )"
_SPLIT = re.compile(r"(, and |, | or | and |; )")
_JOINED = {", and ": "、", ", ": "、", " or ": "或", " and ": "和", "; ": "；"}
_SHOT = re.compile(r"([A-Z]\d\d)(?: (.+))?")
_COUNTED = re.compile(r"(\d+) ([a-z]+\(s\) .+)", re.DOTALL)
_ENDS = re.compile(r"[.?!](?= )")
_MOST_SENTENCES = 8
_TRANSLATED = "zh"
"""Whose catalogue says which facts of an English sentence are days."""


class CatalogueError(Exception):
    """A translation of ours names a fact that its sentence does not have."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One sentence with its places; `weight` is how much of it is said in so many words."""

    said: str
    matcher: re.Pattern[str]
    literal: str
    weight: int
    told: tuple[tuple[str, int | None, str], ...]


def pattern(said: str, translation: str) -> Pattern:
    """The matcher of `said`, and `translation` taken apart; CatalogueError where they don't fit."""
    parts = re.split(r"\{(\d+)\}", said)
    literals, places = parts[::2], [int(each) for each in parts[1::2]]
    told = tuple(
        (literal, int(place) if place else None, how or "")
        for literal, place, how, _ in Formatter().parse(translation)
    )
    unknown = {place for _, place, _ in told if place is not None} - set(places)
    if unknown:
        raise CatalogueError(f"{translation!r} names {unknown}, which {said!r} does not have")
    # A reference, a name or an amount comes first; what begins like a person's prose is not ours.
    first = "" if literals[0] else _PERSONS
    matcher = first + "(.+?)".join(re.escape(literal) for literal in literals)
    longest = max(literals, key=len)
    return Pattern(said, re.compile(matcher, re.DOTALL), longest, sum(map(len, literals)), told)


def is_piece(said: str) -> bool:
    """Whether it stands only inside a sentence: alone it would match what a person typed."""
    begins = said[0].isupper() or (said[0] in "{“" and said.rstrip()[-1] in ".:?")
    return "{" in said and not begins


class _Index:
    """Patterns by their first or their last word, so that few are tried on a text."""

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        self.exact: dict[str, str] = {}
        self._first: dict[str, list[Pattern]] = {}
        self._last: dict[str, list[Pattern]] = {}
        self._any: list[Pattern] = []
        for said, translation in entries:
            if "{" not in said:
                self.exact[said] = translation
            else:
                self._place(pattern(said, translation))

    def _place(self, each: Pattern) -> None:
        first, space, _ = each.said.partition(" ")
        _, gap, last = each.said.rpartition(" ")
        if space and "{" not in first:
            self._first.setdefault(first, []).append(each)
        elif gap and "}" not in last:
            self._last.setdefault(last, []).append(each)
        else:
            self._any.append(each)

    def find(self, text: str) -> tuple[Pattern, re.Match[str]] | None:
        """The pattern that says most of `text` in so many words."""
        best: tuple[Pattern, re.Match[str]] | None = None
        candidates = (
            self._first.get(text.partition(" ")[0], ()),
            self._last.get(text.rpartition(" ")[2], ()),
            self._any,
        )
        for group in candidates:
            for each in group:
                if best is not None and each.weight <= best[0].weight:
                    continue
                if each.literal in text and (found := each.matcher.fullmatch(text)):
                    best = each, found
        return best


class Sentences:
    """The sentences and words of one language. English tells all but the days as it stands."""

    def __init__(self, language: str) -> None:
        self._words: Words | None = None if language == "en" else words_of(language)
        self._own: Mapping[tuple[str, str], str] = {}
        recorded = words_of(_TRANSLATED if self._words is None else language).told
        entries = {said: _dossiers(into) for said, into in recorded.items()}
        if self._words is None:
            entries |= read(_TRANSLATED, "sentences")
            entries = {said: _in_english(said, into) for said, into in entries.items()}
        else:
            entries |= read(language, "sentences")
            self._own = read_words(language)
            titles = {shot.title: self._words.term(code) for code, shot in SHOTS.items()}
            entries |= {title: term for title, term in titles.items() if title not in entries}
        self._space, self._stop = (" ", ".") if self._words is None else ("", "。")
        whole = {said for said in entries if not is_piece(said) or said in recorded}
        self._whole = _Index((said, into) for said, into in entries.items() if said in whole)
        self._inside = _Index(entries.items())
        self.tell = lru_cache(4096)(self._tell)

    def _tell(self, text: str) -> str:
        if self._words is None and not DAY.search(text):
            return text
        told = self._known(text, self._whole)
        return text if told is None else told

    def recognised(self, text: str) -> str | None:
        """The sentence of the catalogue that `text` is, with its places; None where it is none."""
        if text in self._inside.exact:
            return text
        found = self._inside.find(text)
        return found[0].said if found else None

    def word(self, value: str, group: str = "") -> str:
        """A word of an enum, or a list of them, as people read it; else what stands there."""
        if self._words is None:
            own = NAMES.get(f"{group}.{value}") or NAMES.get(value)
            return own or value.replace("_", " ")
        if (one := self._one(value, group)) is not None:
            return one
        parts = _SPLIT.split(value)
        told = [self._one(part, group) for part in parts[::2]]
        if all(each is None for each in told):
            return value.replace("_", " ")
        joined = [*(_JOINED[each] for each in parts[1::2]), ""]
        kept = [each or part for each, part in zip(told, parts[::2], strict=True)]
        return "".join(each + join for each, join in zip(kept, joined, strict=True))

    def knows(self, word: str, group: str = "") -> bool:
        """Whether the language has a word for this one."""
        return self._one(word, group) is not None

    def _one(self, value: str, group: str) -> str | None:
        assert self._words is not None
        key = value.replace(" ", "_")
        own = self._own.get((group, key)) or self._words.terms.get(f"{group}.{key}")
        own = own or self._own.get(("", key)) or self._words.terms.get(key)
        if own or not value:
            return own
        if shot := _SHOT.fullmatch(value):
            title = self._inside.exact.get(shot[2]) if shot[2] else ""
            return None if title is None else f"{shot[1]} {title}".rstrip()
        begun = value[0].upper() + value[1:]
        found = self._inside.exact.get(value) or self._inside.exact.get(begun)
        # "Closed" is the name of a wait, "closed" the stage.
        return found or (self._words.terms.get(key.lower()) if value.istitle() else None)

    def _known(self, text: str, index: _Index) -> str | None:
        """`text` told as several sentences in a row, as one, or as one and what a person added."""
        if (told := index.exact.get(text)) is not None:
            return told
        ends = [at.end() for at in _ENDS.finditer(text)][:_MOST_SENTENCES]
        if (row := self._row(text, ends, index)) is not None:
            return row
        if (told := self._single(text, index)) is not None:
            return told
        for end in reversed(ends):
            if (first := self._single(text[:end], index)) is not None:
                return f"{first} {text[end + 1 :]}"
        return None

    def _row(self, text: str, ends: list[int], index: _Index) -> str | None:
        """Every sentence of it told, each as short as it can be; None where one is unknown."""
        for at, end in enumerate(ends):
            if (first := self._single(text[:end], index)) is None:
                continue
            rest, further = text[end + 1 :], [each - end - 1 for each in ends[at + 1 :]]
            then = self._row(rest, further, index)
            then = self._single(rest, index) if then is None else then
            if then is not None:
                return first + self._space + then
        return None

    def _single(self, text: str, index: _Index) -> str | None:
        if (told := index.exact.get(text)) is not None:
            return told
        found = index.find(text)
        stopped = text.endswith(".")
        if found and (not stopped or found[0].said.endswith(".")):
            return self._filled(*found)
        if counted := _COUNTED.fullmatch(text):
            told = self._single(counted[2], self._inside)
            return None if told is None else f"{counted[1]} {told}"
        # The stop was put behind a sentence that is written without.
        bare = self._single(text[:-1], index) if stopped else None
        return None if bare is None else bare + self._stop

    def _filled(self, each: Pattern, found: re.Match[str]) -> str:
        facts = found.groups()
        return "".join(
            literal + ("" if place is None else self._fact(facts[place], how))
            for literal, place, how in each.told
        )

    def _fact(self, fact: str, how: str) -> str:
        kind, _, group = how.partition(".")
        if kind == "word":
            return self.word(fact, group)
        if kind in ("day", "told") and (day := written(fact, english=self._words is None)):
            return day
        return self._piece(fact) if kind == "told" else fact

    def _piece(self, fact: str) -> str:
        if (told := self._known(fact, self._inside)) is not None:
            return told
        if self._words is None:
            return fact
        begun = self._known(fact[:1].upper() + fact[1:], self._inside)
        return begun or self._one(fact, "") or fact


def _in_english(said: str, translation: str) -> str:
    """The sentence as it stands; its places that are days, or may hold some, are told as in the
    translation.
    """
    told = dict(re.findall(r"\{(\d+):(day|told)\}", translation))
    return re.sub(
        r"\{(\d+)\}",
        lambda at: f"{{{at[1]}{':' if at[1] in told else ''}{told.get(at[1], '')}}}",
        said,
    )


def _dossiers(translation: str) -> str:
    # The dossier tells every fact of such a sentence anew.
    return re.sub(r"\{(\d)\}", r"{\1:told}", translation)


def read(language: str, name: str) -> dict[str, str]:
    """What `name`.po of `language` translates: each sentence with its translation."""
    return {said: into for (_, said), into in _entries(language, name)}


def read_words(language: str) -> dict[tuple[str, str], str]:
    """The words that the dossier's texts lack: (group, word) with the translation."""
    return dict(_entries(language, "words"))


@cache
def sentences_of(language: str) -> Sentences:
    """The sentences of `language`, read once."""
    return Sentences(language)


def _entries(language: str, name: str) -> Iterator[tuple[tuple[str, str], str]]:
    path = FOLDER / language / "LC_MESSAGES" / f"{name}.po"
    if not path.is_file():
        return
    with path.open("rb") as written:
        for message in read_po(written, locale=language):
            if message.id and message.string:
                yield (message.context or "", str(message.id)), str(message.string)
