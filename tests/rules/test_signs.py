"""Signs that nobody sees: every script stays writable, what hides or turns words is told."""

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.identifiers import IdentifierKind, normal_form
from rules.searching import words_of
from rules.signs import UNSEEN, bare, complaint, tidied, visible

WRITTEN = [
    "王小明", "葛\U000e0100城", "Łukasz Zażółć", "محمد بن سلمان", "می\u200cخواهم", "کتاب\u200cها",
    "شرکت\u200cهای", "ه\u200d", "क्\u200dष", "র\u200d্যাব", "ශ්\u200dරී", "ക്\u200dഷ", "न्\u200cयू",
    "ᠮᠣᠩᠭᠣᠯ\u180b", "שָׁלוֹם", "Nguyễn Văn A", "中国　深圳", "Zoë’s “shop” — 5 €",
    "❤\ufe0f shop", "👩\u200d👧", "🏳\ufe0f\u200d🌈", "👩🏽\u200d🚀", "1\ufe0f\u20e3", "N\u00a0° 5",
    "O\u0308",
]  # fmt: skip
"""What people write: joiners between letters that join, selectors behind what they change."""

HIDDEN = {
    "Li\u202egnaW": "U+202E RIGHT-TO-LEFT OVERRIDE after “Li”",
    "\u2066Wang\u2069": "begins with U+2066 LEFT-TO-RIGHT ISOLATE",
    "Wang\u200c Li": "U+200C",
    "Wa\u200dng": "U+200D ZERO WIDTH JOINER after “Wa”",
    "A\ufe0fB": "U+FE0F VARIATION SELECTOR-16 after “A”",
    "AB\U000e0041": "U+E0041 TAG LATIN CAPITAL LETTER A after “AB”",
    "Wang\u3164": "U+3164 HANGUL FILLER after “Wang”",
    "A\u2800B": "U+2800",
    "12\u20623": "U+2062 INVISIBLE TIMES after “12”",
    "Wa\x1bng": "U+001B after “Wa”",
    "Wa\x00ng": "U+0000 after “Wa”",
    "a\u034fb": "U+034F",
    "Wang\u200eLi": "U+200E LEFT-TO-RIGHT MARK after “Wang”",
    "A\u202aB\u202eC": "U+202A LEFT-TO-RIGHT EMBEDDING after “A”",
}
UNHARMED = {"\u0600", "\u0601", "\u0602", "\u0603", "\u0604", "\u0605", "\u06dd", "\u070f"} | {
    "\u0890", "\u0891", "\u08e2", "\U000110bd", "\U000110cd",
}  # fmt: skip
"""Format signs that are seen: they stand around or before a number."""

texts = st.text(st.one_of(st.characters(), st.sampled_from("\u200b\u200c\u200d\u202e\ufe0f‹U+›ه्")))


@pytest.mark.parametrize("text", WRITTEN)
def test_what_people_write_stays_writable_and_is_shown_as_it_is(text):
    assert tidied(text) == text and complaint(text) is None and visible(text) == text


@pytest.mark.parametrize(("text", "told"), HIDDEN.items())
def test_a_sign_that_nobody_sees_is_told_with_its_place(text, told):
    assert told in complaint(tidied(text))
    assert UNSEEN.search(visible(text)) is None and "‹U+" in visible(text)


@pytest.mark.parametrize(
    "text", ["Wa\u200bng", "\ufeffWang", "Wa\xadng", "Wang\u200e", "\u200fWang \t", "Wa\u2060ng"]
)
def test_what_copying_leaves_behind_is_dropped(text):
    assert tidied(text) == "Wang" and complaint("Wang") is None


def test_one_line_is_one_line_and_reasons_have_several():
    assert tidied("Wang\r\nLi\tA\u2028B") == "Wang Li A B"
    assert tidied("One.\r\nTwo.\u2029Three.", lines=True) == "One.\r\nTwo.\nThree."
    assert complaint("One.\r\n\tTwo.") is None


def test_a_mark_that_was_shown_is_no_text():
    shown = visible("Li\u202egnaW")
    assert shown == "Li‹U+202E›gnaW" and "Delete ‹U+202E›" in complaint(shown)


def test_every_sign_that_unicode_calls_a_control_or_format_is_known():
    for number in range(sys.maxunicode + 1):
        sign = chr(number)
        if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
            assert (UNSEEN.fullmatch(sign) is None) is (sign in UNHARMED or sign in "\t\n\r"), (
                number
            )


@given(texts)
def test_what_is_shown_hides_nothing_and_loses_nothing(text):
    shown = visible(text)
    assert visible(shown) == shown
    back = re.sub(r"‹U\+([0-9A-F]+)›", lambda found: chr(int(found[1], 16)), shown)
    assert back == text or "‹U+" in text
    left = tidied(text)
    assert complaint(left) is not None or visible(left) == left


@given(texts, st.booleans())
def test_tidying_twice_is_tidying_once_and_changes_nothing_seen(text, lines):
    once = tidied(text, lines=lines)
    assert tidied(once, lines=lines) == once
    assert "".join(bare(once).split()) == "".join(bare(text).split())


@given(texts.filter(lambda text: text.strip()), st.data())
def test_a_hidden_sign_makes_no_other_value(text, data):
    """Whoever hides a sign in an identifier or in what is searched for is found all the same."""
    at = data.draw(st.integers(0, len(text)))
    hidden = text[:at] + data.draw(st.sampled_from("\u200b\u202e\u2060\u200d")) + text[at:]
    assert bare(hidden) == bare(text)
    for kind in IdentifierKind:
        assert normal_form(kind, hidden, "CN") == normal_form(kind, text, "CN")
    assert words_of(hidden) == words_of(text)
