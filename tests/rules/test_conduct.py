"""Which words warn: as they are really written, and no others."""

from datetime import date

import pytest

from rules.conduct import DEFAULT_PHRASES, Phrase, in_force, matched, version_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Is this FAKE?", ["fake"]),
        ("ｆａｋｅ one please", ["fake"]),
        ("a knock off of it", ["knock-off"]),
        ("copy  of the\noriginal", ["copy of the original"]),
        ("fa\u200bke", ["fake"]),
        ("这是假货吗", ["假货"]),
        ("有 高 仿 吗", ["高仿"]),
        ("有A货吗", ["A货"]),
        ("是不是fake的", ["fake"]),
        ("Is it in stock? Can you ship today?", []),
        ("fakery, unreplicated", []),
        ("请问有货吗？什么时候发货", []),
        ("", []),
    ],
)
def test_words_are_found_as_people_write_them(text, words):
    assert [phrase.words for phrase in matched(text, DEFAULT_PHRASES)] == words


def test_the_list_is_dated_and_says_that_nobody_checked_it():
    assert DEFAULT_PHRASES and not any(phrase.verified for phrase in DEFAULT_PHRASES)
    old = Phrase("fake", "en", date(2025, 1, 1), date(2025, 12, 31), "s", verified=False)
    new = Phrase("bogus", "en", date(2026, 6, 1), None, "s", verified=False)
    assert in_force([old, new], date(2025, 12, 31)) == (old,)
    assert in_force([old, new], date(2026, 6, 1)) == (new,)
    assert version_of([old, new]) == version_of([new, old]) != version_of([new])
