"""How names and titles are cut into words."""

import pytest

from rules.searching import LONGEST, MOST, fits, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Crystal watch, rose-gold", ("crystal", "watch", "rose", "gold")),
        ("ＣＲＹＳＴＡＬ  crystal", ("crystal",)),
        ("天鹅项链", ("天鹅", "鹅项", "项链")),
        ("链 Swan项链X2", ("链", "swan", "项链", "x2")),
        ("«…» _ -", ()),
    ],
)
def test_a_text_is_cut_into_its_words(text, words):
    assert words_of(text) == words


def test_a_text_costs_no_more_than_so_many_words():
    assert len(words_of(" ".join(f"w{n}" for n in range(500)))) == MOST
    assert words_of("x" * 500) == ("x" * LONGEST,)


def test_every_word_asked_begins_a_word_that_is_there():
    assert fits(("cry", "wat"), "Crystal watch")
    assert fits(words_of("鹅项链"), "天鹅项链 水晶")
    assert not fits(("cry", "stone"), "Crystal watch")
    assert not fits(("tal",), "Crystal watch")
